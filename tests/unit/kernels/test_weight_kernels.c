/* Convolutions and products: each kernel against its definition, written as
 * directly as possible, on small random shapes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "kernels/ref/batch_matmul.h"
#include "kernels/ref/conv.h"
#include "kernels/ref/conv_3d.h"
#include "kernels/ref/depthwise.h"
#include "kernels/ref/fully_connected.h"
#include "kernels/ref/hybrid.h"
#include "kernels/ref/transpose_conv.h"

enum { CASES = 200, SIZE = 4096, CHANNELS = 24 };

static uint32_t state = 7;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
static int32_t pick(int32_t low, int32_t high) { return low + (int32_t)(next() % (uint32_t)(high - low + 1)); }

static int8_t in_s8[SIZE], w_s8[SIZE], out_s8[SIZE];
static int16_t in_s16[SIZE], out_s16[SIZE];
static float in_f32[SIZE], w_f32[SIZE], out_f32[SIZE], bias_f32[CHANNELS];
static int32_t bias_s32[CHANNELS], multiplier[CHANNELS], shift[CHANNELS];
static int64_t bias_s64[CHANNELS];
static double scale[CHANNELS];

/* Small integers in float: every sum is exact, so that order does not matter to the definition. */
static octet_requantize fill(void) {
    for (int i = 0; i < SIZE; i++) {
        in_s8[i] = (int8_t)next();
        w_s8[i] = (int8_t)pick(-127, 127);
        in_s16[i] = (int16_t)next();
        in_f32[i] = (float)pick(-9, 9);
        w_f32[i] = (float)pick(-9, 9);
    }
    for (int i = 0; i < CHANNELS; i++) {
        bias_s32[i] = pick(-9999, 9999);
        bias_s64[i] = bias_s32[i];
        bias_f32[i] = (float)pick(-9, 9);
        scale[i] = ldexp(1.0 + (double)pick(0, 999) / 1000.0, -pick(7, 10));
        assert_true(octet_fixed_multiplier(scale[i], &multiplier[i], &shift[i]));
    }
    return (octet_requantize){.input_zero_point = pick(-128, 127),
                              .output_zero_point = pick(-20, 20),
                              .min = -100,
                              .max = 120,
                              .multiplier = multiplier,
                              .shift = shift};
}

static int8_t requantized(const octet_requantize *q, int64_t sum, int32_t channel) {
    const int32_t value =
        octet_fixed_scale((int32_t)sum, q->multiplier[channel], q->shift[channel]) + q->output_zero_point;
    return (int8_t)(value < q->min ? q->min : value > q->max ? q->max : value);
}

static octet_conv_2d_params random_conv(void) {
    octet_conv_2d_params p = {.batches = pick(1, 2),
                              .in_h = pick(1, 7),
                              .in_w = pick(1, 7),
                              .groups = pick(1, 3),
                              .filter_c = pick(1, 3),
                              .filter_h = pick(1, 3),
                              .filter_w = pick(1, 3),
                              .stride_h = pick(1, 2),
                              .stride_w = pick(1, 2),
                              .dilation_h = pick(1, 2),
                              .dilation_w = pick(1, 2),
                              .pad_top = pick(0, 2),
                              .pad_left = pick(0, 2),
                              .out_h = pick(1, 5),
                              .out_w = pick(1, 5),
                              .real_min = -50,
                              .real_max = 100};
    p.in_c = p.groups * p.filter_c;
    p.out_c = p.groups * pick(1, 5);
    return p;
}

/* The input a tap reads, or -1. */
static int64_t tap(const octet_conv_2d_params *p, int32_t n, int32_t oy, int32_t ox, int32_t ky, int32_t kx) {
    const int32_t y = oy * p->stride_h - p->pad_top + ky * p->dilation_h,
                  x = ox * p->stride_w - p->pad_left + kx * p->dilation_w;
    if (y < 0 || x < 0 || y >= p->in_h || x >= p->in_w) return -1;
    return ((int64_t)(n * p->in_h + y) * p->in_w + x) * p->in_c;
}

static void check_conv(const octet_conv_2d_params *p, int64_t at, int32_t n, int32_t oy, int32_t ox, int32_t oc) {
    int64_t sum_s8 = bias_s32[oc], sum_s16 = bias_s64[oc];
    float sum_f32 = bias_f32[oc];
    for (int32_t ky = 0; ky < p->filter_h; ky++) {
        for (int32_t kx = 0; kx < p->filter_w; kx++) {
            const int64_t cell = tap(p, n, oy, ox, ky, kx);
            if (cell < 0) continue;
            for (int32_t k = 0; k < p->filter_c; k++) {
                const int64_t i = cell + oc / (p->out_c / p->groups) * p->filter_c + k;
                const int64_t f = ((int64_t)(oc * p->filter_h + ky) * p->filter_w + kx) * p->filter_c + k;
                sum_s8 += (in_s8[i] - p->q.input_zero_point) * w_s8[f];
                sum_s16 += (in_s16[i] - p->q.input_zero_point) * w_s8[f];
                sum_f32 += in_f32[i] * w_f32[f];
            }
        }
    }
    assert_int_equal(out_s8[at], requantized(&p->q, sum_s8, oc));
    const int32_t wide = octet_fixed_scale_s64(sum_s16, p->q.multiplier[oc], p->q.shift[oc]) + p->q.output_zero_point;
    assert_int_equal(out_s16[at], wide < p->q.min ? p->q.min : wide > p->q.max ? p->q.max : wide);
    assert_true(out_f32[at] == (sum_f32 < -50 ? -50 : sum_f32 > 100 ? 100 : sum_f32));
}

static void test_conv(void **unused) {
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        octet_conv_2d_params p = random_conv();
        p.q = fill();
        const int32_t units = p.batches * p.out_h, half = units / 2;
        octet_conv_2d_s8_ref(&p, in_s8, w_s8, bias_s32, out_s8, half, units); /* in two parts, the later one first */
        octet_conv_2d_s8_ref(&p, in_s8, w_s8, bias_s32, out_s8, 0, half);
        octet_conv_2d_s16_ref(&p, in_s16, w_s8, bias_s64, out_s16, 0, units);
        octet_conv_2d_f32_ref(&p, in_f32, w_f32, bias_f32, out_f32, 0, units);
        for (int64_t at = 0; at < (int64_t)units * p.out_w * p.out_c; at++) {
            const int32_t position = (int32_t)(at / p.out_c);
            check_conv(&p, at, position / p.out_w / p.out_h, position / p.out_w % p.out_h, position % p.out_w,
                       (int32_t)(at % p.out_c));
        }
    }
}

/* A depthwise convolution is a convolution with one group per input channel and its filter turned around. */
static void test_depthwise(void **unused) {
    (void)unused;
    static int8_t turned_s8[SIZE], want_s8[SIZE];
    static float turned_f32[SIZE], want_f32[SIZE];
    static int16_t want_s16[SIZE];
    for (int i = 0; i < CASES; i++) {
        octet_conv_2d_params c = random_conv();
        c.groups = c.in_c;
        c.filter_c = 1;
        const int32_t m = pick(1, 2);
        c.out_c = c.in_c * m;
        c.q = fill();
        const octet_depthwise_params p = {.batches = c.batches,
                                          .in_h = c.in_h,
                                          .in_w = c.in_w,
                                          .in_c = c.in_c,
                                          .out_h = c.out_h,
                                          .out_w = c.out_w,
                                          .out_c = c.out_c,
                                          .multiplier = m,
                                          .filter_h = c.filter_h,
                                          .filter_w = c.filter_w,
                                          .stride_h = c.stride_h,
                                          .stride_w = c.stride_w,
                                          .dilation_h = c.dilation_h,
                                          .dilation_w = c.dilation_w,
                                          .pad_top = c.pad_top,
                                          .pad_left = c.pad_left,
                                          .real_min = c.real_min,
                                          .real_max = c.real_max,
                                          .q = c.q};
        const int32_t taps = c.filter_h * c.filter_w, units = c.batches * c.out_h;
        for (int32_t k = 0; k < taps * c.out_c; k++) {
            turned_s8[k % c.out_c * taps + k / c.out_c] = w_s8[k];
            turned_f32[k % c.out_c * taps + k / c.out_c] = w_f32[k];
        }
        octet_conv_2d_s8_ref(&c, in_s8, turned_s8, bias_s32, want_s8, 0, units);
        octet_conv_2d_s16_ref(&c, in_s16, turned_s8, bias_s64, want_s16, 0, units);
        octet_conv_2d_f32_ref(&c, in_f32, turned_f32, bias_f32, want_f32, 0, units);
        octet_depthwise_s8_ref(&p, in_s8, w_s8, bias_s32, out_s8, 0, units);
        octet_depthwise_s16_ref(&p, in_s16, w_s8, bias_s64, out_s16, 0, units);
        octet_depthwise_f32_ref(&p, in_f32, w_f32, bias_f32, out_f32, 0, units);
        const size_t n = (size_t)(units * c.out_w * c.out_c);
        assert_memory_equal(out_s8, want_s8, n);
        assert_memory_equal(out_s16, want_s16, 2 * n);
        assert_memory_equal(out_f32, want_f32, 4 * n);
    }
}

/* Scattered, as the operator is defined: every input adds to the outputs that its taps reach. */
static void test_transpose_conv(void **unused) {
    (void)unused;
    static int64_t sums[SIZE];
    for (int i = 0; i < CASES; i++) {
        octet_transpose_conv_params p = {.batches = 1,
                                         .in_h = pick(1, 4),
                                         .in_w = pick(1, 4),
                                         .in_c = pick(1, 4),
                                         .out_h = pick(1, 9),
                                         .out_w = pick(1, 9),
                                         .out_c = pick(1, 4),
                                         .filter_h = pick(1, 3),
                                         .filter_w = pick(1, 3),
                                         .stride_h = pick(1, 3),
                                         .stride_w = pick(1, 3),
                                         .pad_top = pick(0, 1),
                                         .pad_left = pick(0, 1),
                                         .real_min = -INFINITY,
                                         .real_max = INFINITY};
        p.q = fill();
        const int32_t n = p.out_h * p.out_w * p.out_c;
        for (int32_t at = 0; at < n; at++) sums[at] = bias_s32[at % p.out_c];
        for (int32_t y = 0; y < p.in_h; y++) {
            for (int32_t x = 0; x < p.in_w; x++) {
                for (int32_t f = 0; f < p.out_c * p.filter_h * p.filter_w * p.in_c; f++) {
                    const int32_t c = f % p.in_c, kx = f / p.in_c % p.filter_w,
                                  ky = f / p.in_c / p.filter_w % p.filter_h;
                    const int32_t oc = f / p.in_c / p.filter_w / p.filter_h;
                    const int32_t oy = y * p.stride_h - p.pad_top + ky, ox = x * p.stride_w - p.pad_left + kx;
                    if (oy < 0 || ox < 0 || oy >= p.out_h || ox >= p.out_w) continue;
                    sums[(oy * p.out_w + ox) * p.out_c + oc] +=
                        (in_s8[(y * p.in_w + x) * p.in_c + c] - p.q.input_zero_point) * w_s8[f];
                }
            }
        }
        octet_transpose_conv_s8_ref(&p, in_s8, w_s8, bias_s32, out_s8, 0, p.out_h);
        for (int32_t at = 0; at < n; at++) assert_int_equal(out_s8[at], requantized(&p.q, sums[at], at % p.out_c));
        for (int32_t k = 0; k < SIZE; k++) { /* the same numbers in float, where they are exact */
            in_f32[k] = (float)(in_s8[k] - p.q.input_zero_point);
            w_f32[k] = (float)w_s8[k];
        }
        for (int32_t k = 0; k < CHANNELS; k++) bias_f32[k] = (float)bias_s32[k];
        octet_transpose_conv_f32_ref(&p, in_f32, w_f32, bias_f32, out_f32, 0, p.out_h);
        for (int32_t at = 0; at < n; at++) assert_true(out_f32[at] == (float)sums[at]);
    }
}

static void test_fully_connected(void **unused) {
    (void)unused;
    for (int i = 0; i < CASES; i++) {
        octet_fully_connected_params p = {
            .rows = pick(1, 3), .depth = pick(1, 40), .out_c = pick(1, 20), .real_min = 0, .real_max = INFINITY};
        p.q = fill();
        p.q.weight_zero_point = pick(-3, 3);
        const int32_t units = p.rows * p.out_c;
        octet_fully_connected_f32_ref(&p, in_f32, w_f32, bias_f32, out_f32, 0, units / 3);
        octet_fully_connected_f32_ref(&p, in_f32, w_f32, bias_f32, out_f32, units / 3, units);
        for (int in_double = 0; in_double < 2; in_double++) {
            p.q.scale = in_double ? scale : NULL;
            octet_fully_connected_s8_ref(&p, in_s8, w_s8, bias_s32, out_s8, 0, units);
            for (int32_t at = 0; at < units; at++) {
                const int32_t row = at / p.out_c, oc = at % p.out_c;
                int64_t sum = bias_s32[oc];
                float real = bias_f32[oc];
                for (int32_t k = 0; k < p.depth; k++) {
                    sum += (in_s8[row * p.depth + k] - p.q.input_zero_point) *
                           (w_s8[oc * p.depth + k] - p.q.weight_zero_point);
                    real += in_f32[row * p.depth + k] * w_f32[oc * p.depth + k];
                }
                int32_t want = in_double ? (int32_t)round((double)sum * scale[oc]) + p.q.output_zero_point
                                         : requantized(&p.q, sum, oc);
                want = want < p.q.min ? p.q.min : want > p.q.max ? p.q.max : want;
                assert_int_equal(out_s8[at], want);
                assert_true(out_f32[at] == (real < 0 ? 0 : real));
            }
        }
    }
}

/* 1x1x1 filters, and the order of sums: fma from the bias upwards, which no other order gives. */
static void test_float_order(void **unused) {
    (void)unused;
    const octet_fully_connected_params p = {
        .rows = 1, .depth = 300, .out_c = 11, .real_min = -INFINITY, .real_max = INFINITY};
    fill();
    for (int i = 0; i < SIZE; i++) {
        in_f32[i] = (float)(int32_t)next() * 0x1p-31f;
        w_f32[i] = (float)(int32_t)next() * 0x1p-31f;
    }
    octet_fully_connected_f32_ref(&p, in_f32, w_f32, bias_f32, out_f32, 0, 11);
    for (int32_t oc = 0; oc < 11; oc++) {
        float sum = bias_f32[oc];
        for (int32_t k = 0; k < 300; k++) sum = fmaf(in_f32[k], w_f32[oc * 300 + k], sum);
        assert_true(out_f32[oc] == sum);
    }
    const octet_conv_2d_params c = {.batches = 1,
                                    .in_h = 1,
                                    .in_w = 1,
                                    .in_c = 300,
                                    .out_h = 1,
                                    .out_w = 1,
                                    .out_c = 11,
                                    .filter_h = 1,
                                    .filter_w = 1,
                                    .filter_c = 300,
                                    .groups = 1,
                                    .stride_h = 1,
                                    .stride_w = 1,
                                    .dilation_h = 1,
                                    .dilation_w = 1,
                                    .real_min = -INFINITY,
                                    .real_max = INFINITY};
    float conv[11];
    octet_conv_2d_f32_ref(&c, in_f32, w_f32, bias_f32, conv, 0, 1);
    assert_memory_equal(conv, out_f32, sizeof conv);
}

static void test_conv_3d(void **unused) {
    (void)unused;
    for (int i = 0; i < CASES; i++) { /* depth 1: a 2-D convolution with the filter's axes in another order */
        octet_conv_2d_params c = random_conv();
        c.q = fill();
        const octet_conv_3d_params p = {.batches = c.batches,
                                        .in_d = 1,
                                        .in_h = c.in_h,
                                        .in_w = c.in_w,
                                        .in_c = c.in_c,
                                        .out_d = 1,
                                        .out_h = c.out_h,
                                        .out_w = c.out_w,
                                        .out_c = c.out_c,
                                        .filter_d = 1,
                                        .filter_h = c.filter_h,
                                        .filter_w = c.filter_w,
                                        .filter_c = c.filter_c,
                                        .groups = c.groups,
                                        .stride_d = 1,
                                        .stride_h = c.stride_h,
                                        .stride_w = c.stride_w,
                                        .dilation_d = 1,
                                        .dilation_h = c.dilation_h,
                                        .dilation_w = c.dilation_w,
                                        .pad_top = c.pad_top,
                                        .pad_left = c.pad_left,
                                        .real_min = c.real_min,
                                        .real_max = c.real_max};
        static float turned[SIZE], want[SIZE];
        const int32_t taps = c.filter_h * c.filter_w * c.filter_c, units = c.batches * c.out_h;
        for (int32_t k = 0; k < taps * c.out_c; k++) turned[k % taps * c.out_c + k / taps] = w_f32[k];
        octet_conv_2d_f32_ref(&c, in_f32, w_f32, bias_f32, want, 0, units);
        octet_conv_3d_f32_ref(&p, in_f32, turned, bias_f32, out_f32, 0, units);
        assert_memory_equal(out_f32, want, 4 * (size_t)(units * c.out_w * c.out_c));
    }
}

static void test_batch_matmul(void **unused) {
    (void)unused;
    for (int i = 0; i < CASES; i++) { /* [2,1,M,K] by [3,K,N] gives [2,3,M,N] */
        fill();
        octet_batch_matmul_params p = {.rows = pick(1, 4),
                                       .depth = pick(1, 5),
                                       .columns = pick(1, 6),
                                       .adj_x = next() & 1,
                                       .adj_y = next() & 1,
                                       .n_axes = 2,
                                       .sizes = {2, 3},
                                       .lhs_steps = {1, 0},
                                       .rhs_steps = {0, 1},
                                       .lhs_zero_point = pick(-9, 9),
                                       .rhs_zero_point = pick(-9, 9),
                                       .output_zero_point = 5,
                                       .multiplier = multiplier[0],
                                       .shift = shift[0]};
        const int32_t units = 6 * p.rows;
        octet_batch_matmul_s8_ref(&p, in_s8, w_s8, out_s8, 0, units);
        octet_batch_matmul_f32_ref(&p, in_f32, w_f32, out_f32, 0, units);
        const octet_requantize q = {
            .output_zero_point = 5, .min = -128, .max = 127, .multiplier = multiplier, .shift = shift};
        for (int32_t at = 0; at < units * p.columns; at++) {
            const int32_t n = at % p.columns, m = at / p.columns % p.rows, product = at / p.columns / p.rows;
            int64_t sum = 0;
            float real = 0;
            for (int32_t k = 0; k < p.depth; k++) {
                const int32_t a = product / 3 * p.rows * p.depth + (p.adj_x ? k * p.rows + m : m * p.depth + k);
                const int32_t b = product % 3 * p.depth * p.columns + (p.adj_y ? n * p.depth + k : k * p.columns + n);
                sum += (in_s8[a] - p.lhs_zero_point) * (w_s8[b] - p.rhs_zero_point);
                real += in_f32[a] * w_f32[b];
            }
            assert_int_equal(out_s8[at], requantized(&q, sum, 0));
            assert_true(out_f32[at] == real);
        }
    }
}

/* Rows whose numbers are multiples of their scale are quantized without error. */
static void test_hybrid(void **unused) {
    (void)unused;
    static float weight_scales[CHANNELS], x[3 * 40];
    int8_t data[3 * 40];
    float scales[3];
    int32_t zero_points[3];
    const octet_hybrid_rows rows = {data, scales, zero_points};
    fill();
    for (int i = 0; i < CHANNELS; i++) weight_scales[i] = 0.25f;
    for (int asymmetric = 0; asymmetric < 2; asymmetric++) {
        const octet_hybrid_params h = {
            .rows = 3, .depth = 40, .asymmetric = asymmetric, .row_factor = 1, .weight_scales = weight_scales};
        for (int i = 0; i < 80; i++) x[i] = (float)(pick(-100, 100)) * 0.5f;
        memset(x + 80, 0, 40 * sizeof(float));
        x[0] = x[40] = asymmetric ? -64 : -63.5f;
        x[1] = x[41] = 63.5f;
        octet_hybrid_quantize_ref(&h, x, &rows, 0, 3);
        for (int i = 0; i < 120; i++) assert_true((float)(data[i] - zero_points[i / 40]) * scales[i / 40] == x[i]);
        const octet_fully_connected_params p = {
            .rows = 3, .depth = 40, .out_c = 9, .real_min = -INFINITY, .real_max = INFINITY};
        octet_fully_connected_hybrid_ref(&p, &h, &rows, w_s8, bias_f32, out_f32, 0, 27);
        for (int at = 0; at < 27; at++) {
            float sum = bias_f32[at % 9];
            for (int k = 0; k < 40; k++) sum += x[at / 9 * 40 + k] * (float)w_s8[at % 9 * 40 + k] * 0.25f;
            assert_true(out_f32[at] == sum);
        }
    }
}

/* Halves go away from zero before the zero point is added; the float below
 * one half goes with them in the groups of 8. */
static void test_hybrid_ties(void **unused) {
    (void)unused;
    enum { N = 11 };
    const float below = 0x1.fffffep-2f;
    const float x[N] = {-100,  155,    2.5f,  -2.5f,  0.5f, -0.5f,
                        below, -below, below, -below, 76.5f}; /* range 255: scale 1, zero point -28 */
    const int8_t want[N] = {-128, 127, 3 - 28, -3 - 28, 1 - 28, -1 - 28, 1 - 28, -1 - 28, -28, -28, 77 - 28};
    int8_t data[N];
    float row_scale;
    int32_t zero_point;
    const octet_hybrid_rows rows = {data, &row_scale, &zero_point};
    octet_hybrid_quantize_ref(&(octet_hybrid_params){.rows = 1, .depth = N, .asymmetric = true, .row_factor = 1}, x,
                              &rows, 0, 1);
    assert_true(row_scale == 1 && zero_point == -28);
    assert_memory_equal(data, want, N);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_conv),           cmocka_unit_test(test_depthwise),
                                       cmocka_unit_test(test_transpose_conv), cmocka_unit_test(test_fully_connected),
                                       cmocka_unit_test(test_float_order),    cmocka_unit_test(test_conv_3d),
                                       cmocka_unit_test(test_batch_matmul),   cmocka_unit_test(test_hybrid),
                                       cmocka_unit_test(test_hybrid_ties)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
