/* Convolutions of every form and type over random shapes, against one definition: every input adds to the outputs that
 * its taps reach. Each operand is a block of exactly its size, so that a sanitizer sees what is read or written beside
 * it. Numbers and scales are such that floats are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "kernels/ref/conv_3d.h"
#include "kernels/ref/dot.h"
#include "kernels/ref/hybrid.h"

enum { ROUNDS = 150, MAX_SUMS = 8192 };

static uint32_t state = 17;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
static int32_t pick(int32_t low, int32_t high) { return low + (int32_t)(next() % (uint32_t)(high - low + 1)); }

/* Blocks of one case. */
static void *blocks[64];
static int n_blocks;
static void *block(size_t n, size_t size) {
    assert_true(n_blocks < 64);
    void *data = malloc(n * size);
    assert_non_null(data);
    return blocks[n_blocks++] = data;
}
static void drop(void) {
    while (n_blocks > 0) free(blocks[--n_blocks]);
}

typedef struct numbers {
    int8_t *s8;
    int16_t *s16;
    float *f32;
} numbers;
static numbers random_numbers(int32_t n, int32_t low, int32_t high) {
    const numbers x = {block((size_t)n, 1), block((size_t)n, 2), block((size_t)n, 4)};
    for (int32_t i = 0; i < n; i++) {
        x.s8[i] = (int8_t)pick(low, high);
        x.s16[i] = x.s8[i];
        x.f32[i] = (float)x.s8[i];
    }
    return x;
}

typedef struct biases {
    int32_t *s32;
    int64_t *s64;
    float *f32;
} biases;
static biases random_biases(int32_t n) {
    const biases b = {block((size_t)n, 4), block((size_t)n, 8), block((size_t)n, 4)};
    for (int32_t i = 0; i < n; i++) {
        b.s32[i] = pick(-500, 500);
        b.s64[i] = b.s32[i];
        b.f32[i] = (float)b.s32[i];
    }
    return b;
}

/* Multipliers of 1/4, 1/8, ...: products are exact, and halves are rounded as said in octet_fixed_scale. */
static octet_requantize random_requantize(int32_t n) {
    int32_t *multiplier = block((size_t)n, 4), *shift = block((size_t)n, 4);
    for (int32_t i = 0; i < n; i++) {
        multiplier[i] = 1 << 30;
        shift[i] = -pick(1, 5);
    }
    octet_requantize q = {.multiplier = multiplier, .shift = shift};
    q.input_zero_point = pick(-9, 9);
    q.output_zero_point = pick(-20, 20);
    q.min = pick(-128, -90);
    q.max = pick(90, 127);
    return q;
}

static int32_t clamp(int32_t x, int32_t low, int32_t high) { return x < low ? low : x > high ? high : x; }

/* sum * 2^(shift - 1): first to a whole or half number upwards, then half away from zero. */
static int32_t requantized(const octet_requantize *q, int64_t sum, int32_t channel) {
    const int64_t once = sum >= 0 ? (sum + 1) / 2 : sum / 2; /* the high multiply by 2^30 */
    const int64_t unit = INT64_C(1) << -q->shift[channel];
    const int64_t scaled = once >= 0 ? (once + unit / 2) / unit : -((-once + unit / 2) / unit);
    return clamp((int32_t)scaled + q->output_zero_point, q->min, q->max);
}
/* In 64 bits once, half up. */
static int32_t requantized_s64(const octet_requantize *q, int64_t sum, int32_t channel) {
    const int64_t unit = INT64_C(2) << -q->shift[channel], up = sum + unit / 2;
    const int64_t scaled = up >= 0 ? up / unit : -((-up + unit - 1) / unit);
    return clamp((int32_t)scaled + q->output_zero_point, q->min, q->max);
}

static octet_conv_2d_params random_conv(bool is_depthwise) {
    octet_conv_2d_params p = {.real_min = -300, .real_max = 700};
    p.batches = pick(1, 2);
    p.in_h = pick(1, 6);
    p.in_w = pick(1, 6);
    p.groups = pick(1, 3);
    p.filter_c = is_depthwise ? 1 : pick(1, 3);
    p.filter_h = pick(1, 3);
    p.filter_w = pick(1, 3);
    p.stride_h = pick(1, 3);
    p.stride_w = pick(1, 3);
    p.dilation_h = pick(1, 2);
    p.dilation_w = pick(1, 2);
    p.pad_top = pick(0, 2);
    p.pad_left = pick(0, 2);
    p.out_h = pick(1, 4);
    p.out_w = pick(1, 4);
    p.in_c = p.groups * p.filter_c;
    p.out_c = p.groups * pick(1, next() % 4 == 0 ? 8 : 3);
    return p;
}

/* sums of (x - zero) * w, without bias; w(oc, ky, kx, k) is the filter's. */
static int64_t sums[MAX_SUMS];
typedef int32_t weight_at(const octet_conv_2d_params *p, const int8_t *w, int32_t oc, int32_t tap, int32_t k);
static int32_t weight_ohwi(const octet_conv_2d_params *p, const int8_t *w, int32_t oc, int32_t tap, int32_t k) {
    return w[(oc * p->filter_h * p->filter_w + tap) * p->filter_c + k];
}
static int32_t weight_hwo(const octet_conv_2d_params *p, const int8_t *w, int32_t oc, int32_t tap, int32_t k) {
    (void)k;
    return w[tap * p->out_c + oc];
}

static void sum_up(const octet_conv_2d_params *p, const int8_t *x, int32_t zero, const int8_t *w, weight_at *weight) {
    const int32_t group = p->out_c / p->groups;
    assert_true(p->batches * p->out_h * p->out_w * p->out_c <= MAX_SUMS);
    for (int32_t at = 0; at < p->batches * p->out_h * p->out_w * p->out_c; at++) {
        const int32_t oc = at % p->out_c, ox = at / p->out_c % p->out_w, row = at / p->out_c / p->out_w;
        sums[at] = 0;
        for (int32_t tap = 0; tap < p->filter_h * p->filter_w; tap++) {
            const int32_t iy = row % p->out_h * p->stride_h - p->pad_top + tap / p->filter_w * p->dilation_h,
                          ix = ox * p->stride_w - p->pad_left + tap % p->filter_w * p->dilation_w;
            if (iy < 0 || iy >= p->in_h || ix < 0 || ix >= p->in_w) continue;
            for (int32_t k = 0; k < p->filter_c; k++) {
                const int32_t i =
                    ((row / p->out_h * p->in_h + iy) * p->in_w + ix) * p->in_c + oc / group * p->filter_c + k;
                sums[at] += (x[i] - zero) * weight(p, w, oc, tap, k);
            }
        }
    }
}

static void expect_real(const float *out, int32_t n, int32_t channels, const float *bias, float factor, float min,
                        float max) {
    for (int32_t at = 0; at < n; at++) {
        const float sum = (float)sums[at] * factor + (bias != NULL ? bias[at % channels] : 0.0f);
        const float want = sum < min ? min : sum > max ? max : sum;
        if (out[at] != want) fail_msg("output %d is %g, not %g", at, (double)out[at], (double)want);
    }
}

/* Rows of whole numbers with a zero point and a scale of 1/2. */
static octet_hybrid_rows hybrid_rows(const int8_t *data, int32_t n, int32_t rows, int32_t zero) {
    const octet_hybrid_rows r = {block((size_t)n, 1), block((size_t)rows, 4), block((size_t)rows, 4)};
    memcpy(r.data, data, (size_t)n);
    for (int32_t i = 0; i < rows; i++) {
        r.scales[i] = 0.5f;
        r.zero_points[i] = zero;
    }
    return r;
}
static octet_hybrid_params hybrid_params(int32_t rows, int32_t depth, int32_t channels) {
    float *scales = block((size_t)channels, 4);
    for (int32_t i = 0; i < channels; i++) scales[i] = 0.25f;
    return (octet_hybrid_params){.rows = rows, .depth = depth, .row_factor = 1, .weight_scales = scales};
}

static void convolutions(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_conv_2d_params p = random_conv(false);
        p.q = random_requantize(p.out_c);
        const int32_t n_in = p.batches * p.in_h * p.in_w * p.in_c, units = p.batches * p.out_h;
        const int32_t n_out = units * p.out_w * p.out_c;
        const numbers x = random_numbers(n_in, -20, 20),
                      w = random_numbers(p.out_c * p.filter_h * p.filter_w * p.filter_c, -20, 20);
        const biases b = random_biases(p.out_c);
        int8_t *s8 = block((size_t)n_out, 1);
        int16_t *s16 = block((size_t)n_out, 2), *s16_b32 = block((size_t)n_out, 2);
        float *f32 = block((size_t)n_out, 4), *plain = block((size_t)n_out, 4), *hybrid = block((size_t)n_out, 4);
        const bool has_bias = turn % 4 != 0;
        octet_conv_2d_s8_ref(&p, x.s8, w.s8, has_bias ? b.s32 : NULL, s8, units / 2, units);
        octet_conv_2d_s8_ref(&p, x.s8, w.s8, has_bias ? b.s32 : NULL, s8, 0, units / 2);
        octet_conv_2d_s16_ref(&p, x.s16, w.s8, has_bias ? b.s64 : NULL, s16, 0, units);
        octet_conv_2d_s16_b32_ref(&p, x.s16, w.s8, has_bias ? b.s32 : NULL, s16_b32, 0, units);
        sum_up(&p, x.s8, p.q.input_zero_point, w.s8, weight_ohwi);
        for (int32_t at = 0; at < n_out; at++) {
            const int32_t oc = at % p.out_c;
            const int64_t sum = sums[at] + (has_bias ? b.s32[oc] : 0);
            assert_int_equal(s8[at], requantized(&p.q, sum, oc));
            assert_int_equal(s16[at], requantized_s64(&p.q, sum, oc));
            assert_int_equal(s16_b32[at], requantized(&p.q, sum, oc));
        }
        octet_conv_2d_f32_ref(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, f32, units / 2, units);
        octet_conv_2d_f32_ref(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, f32, 0, units / 2);
        octet_conv_2d_f32_plain(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, plain, 0, units);
        sum_up(&p, x.s8, 0, w.s8, weight_ohwi);
        expect_real(f32, n_out, p.out_c, has_bias ? b.f32 : NULL, 1.0f, p.real_min, p.real_max);
        expect_real(plain, n_out, p.out_c, has_bias ? b.f32 : NULL, 1.0f, p.real_min, p.real_max);
        const octet_hybrid_params h = hybrid_params(p.batches, n_in / p.batches, p.out_c);
        const octet_hybrid_rows rows = hybrid_rows(x.s8, n_in, p.batches, p.q.input_zero_point);
        octet_conv_2d_hybrid_ref(&p, &h, &rows, w.s8, has_bias ? b.f32 : NULL, hybrid, units / 2, units);
        octet_conv_2d_hybrid_ref(&p, &h, &rows, w.s8, has_bias ? b.f32 : NULL, hybrid, 0, units / 2);
        sum_up(&p, x.s8, p.q.input_zero_point, w.s8, weight_ohwi);
        expect_real(hybrid, n_out, p.out_c, has_bias ? b.f32 : NULL, 0.125f, p.real_min, p.real_max);
        drop();
    }
}

static void depthwise_convolutions(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_conv_2d_params c = random_conv(true);
        const octet_depthwise_params p = {.batches = c.batches,
                                          .in_h = c.in_h,
                                          .in_w = c.in_w,
                                          .in_c = c.in_c,
                                          .out_h = c.out_h,
                                          .out_w = c.out_w,
                                          .out_c = c.out_c,
                                          .multiplier = c.out_c / c.in_c,
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
                                          .q = random_requantize(c.out_c)};
        const int32_t n_in = p.batches * p.in_h * p.in_w * p.in_c, units = p.batches * p.out_h;
        const int32_t n_out = units * p.out_w * p.out_c;
        const numbers x = random_numbers(n_in, -20, 20), w = random_numbers(p.filter_h * p.filter_w * p.out_c, -20, 20);
        const biases b = random_biases(p.out_c);
        int8_t *s8 = block((size_t)n_out, 1);
        int16_t *s16 = block((size_t)n_out, 2);
        float *f32 = block((size_t)n_out, 4), *plain = block((size_t)n_out, 4), *hybrid = block((size_t)n_out, 4);
        const bool has_bias = turn % 4 != 0;
        octet_depthwise_s8_ref(&p, x.s8, w.s8, has_bias ? b.s32 : NULL, s8, units / 2, units);
        octet_depthwise_s8_ref(&p, x.s8, w.s8, has_bias ? b.s32 : NULL, s8, 0, units / 2);
        octet_depthwise_s16_ref(&p, x.s16, w.s8, has_bias ? b.s64 : NULL, s16, 0, units);
        sum_up(&c, x.s8, p.q.input_zero_point, w.s8, weight_hwo);
        for (int32_t at = 0; at < n_out; at++) {
            const int64_t sum = sums[at] + (has_bias ? b.s32[at % p.out_c] : 0);
            assert_int_equal(s8[at], requantized(&p.q, sum, at % p.out_c));
            assert_int_equal(s16[at], requantized_s64(&p.q, sum, at % p.out_c));
        }
        octet_depthwise_f32_ref(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, f32, units / 2, units);
        octet_depthwise_f32_ref(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, f32, 0, units / 2);
        octet_depthwise_f32_plain(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, plain, 0, units);
        sum_up(&c, x.s8, 0, w.s8, weight_hwo);
        expect_real(f32, n_out, p.out_c, has_bias ? b.f32 : NULL, 1.0f, p.real_min, p.real_max);
        expect_real(plain, n_out, p.out_c, has_bias ? b.f32 : NULL, 1.0f, p.real_min, p.real_max);
        const octet_hybrid_params h = hybrid_params(p.batches, n_in / p.batches, p.out_c);
        const octet_hybrid_rows rows = hybrid_rows(x.s8, n_in, p.batches, p.q.input_zero_point);
        octet_depthwise_hybrid_ref(&p, &h, &rows, w.s8, has_bias ? b.f32 : NULL, hybrid, units / 2, units);
        octet_depthwise_hybrid_ref(&p, &h, &rows, w.s8, has_bias ? b.f32 : NULL, hybrid, 0, units / 2);
        sum_up(&c, x.s8, p.q.input_zero_point, w.s8, weight_hwo);
        expect_real(hybrid, n_out, p.out_c, has_bias ? b.f32 : NULL, 0.125f, p.real_min, p.real_max);
        drop();
    }
}

static void scatter_up(const octet_transpose_conv_params *p, const int8_t *x, int32_t zero, const int8_t *w) {
    memset(sums, 0, sizeof sums);
    for (int32_t i = 0; i < p->batches * p->in_h * p->in_w * p->in_c; i++) {
        const int32_t k = i % p->in_c, ix = i / p->in_c % p->in_w, row = i / p->in_c / p->in_w;
        for (int32_t f = 0; f < p->out_c * p->filter_h * p->filter_w; f++) {
            const int32_t oc = f / p->filter_w / p->filter_h, ky = f / p->filter_w % p->filter_h, kx = f % p->filter_w;
            const int32_t oy = row % p->in_h * p->stride_h - p->pad_top + ky, ox = ix * p->stride_w - p->pad_left + kx;
            if (oy < 0 || ox < 0 || oy >= p->out_h || ox >= p->out_w) continue;
            sums[((row / p->in_h * p->out_h + oy) * p->out_w + ox) * p->out_c + oc] +=
                (x[i] - zero) * w[f * p->in_c + k];
        }
    }
}

static void transposed_convolutions(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_transpose_conv_params p = {.real_min = -300, .real_max = 700};
        p.batches = pick(1, 2);
        p.in_h = pick(1, 4);
        p.in_w = pick(1, 4);
        p.in_c = pick(1, 3);
        p.out_h = pick(1, 8);
        p.out_w = pick(1, 8);
        p.out_c = pick(1, next() % 4 == 0 ? 9 : 3);
        p.filter_h = pick(1, 3);
        p.filter_w = pick(1, 3);
        p.stride_h = pick(1, 3);
        p.stride_w = pick(1, 3);
        p.pad_top = pick(0, 1);
        p.pad_left = pick(0, 1);
        p.q = random_requantize(p.out_c);
        const int32_t n_in = p.batches * p.in_h * p.in_w * p.in_c, units = p.batches * p.out_h;
        const int32_t n_out = units * p.out_w * p.out_c;
        const numbers x = random_numbers(n_in, -20, 20),
                      w = random_numbers(p.out_c * p.filter_h * p.filter_w * p.in_c, -20, 20);
        const biases b = random_biases(p.out_c);
        int8_t *s8 = block((size_t)n_out, 1);
        int16_t *s16 = block((size_t)n_out, 2);
        float *f32 = block((size_t)n_out, 4), *plain = block((size_t)n_out, 4), *hybrid = block((size_t)n_out, 4);
        const bool has_bias = turn % 4 != 0;
        octet_transpose_conv_s8_ref(&p, x.s8, w.s8, has_bias ? b.s32 : NULL, s8, units / 2, units);
        octet_transpose_conv_s8_ref(&p, x.s8, w.s8, has_bias ? b.s32 : NULL, s8, 0, units / 2);
        octet_transpose_conv_s16_ref(&p, x.s16, w.s8, has_bias ? b.s64 : NULL, s16, 0, units);
        scatter_up(&p, x.s8, p.q.input_zero_point, w.s8);
        for (int32_t at = 0; at < n_out; at++) {
            const int64_t sum = sums[at] + (has_bias ? b.s32[at % p.out_c] : 0);
            assert_int_equal(s8[at], requantized(&p.q, sum, at % p.out_c));
            assert_int_equal(s16[at], requantized_s64(&p.q, sum, at % p.out_c));
        }
        octet_transpose_conv_f32_ref(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, f32, units / 2, units);
        octet_transpose_conv_f32_ref(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, f32, 0, units / 2);
        octet_transpose_conv_f32_plain(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, plain, 0, units);
        scatter_up(&p, x.s8, 0, w.s8);
        expect_real(f32, n_out, p.out_c, has_bias ? b.f32 : NULL, 1.0f, p.real_min, p.real_max);
        expect_real(plain, n_out, p.out_c, has_bias ? b.f32 : NULL, 1.0f, p.real_min, p.real_max);
        const octet_hybrid_params h = hybrid_params(p.batches, n_in / p.batches, p.out_c);
        const octet_hybrid_rows rows = hybrid_rows(x.s8, n_in, p.batches, p.q.input_zero_point);
        octet_transpose_conv_hybrid_ref(&p, &h, &rows, w.s8, has_bias ? b.f32 : NULL, hybrid, units / 2, units);
        octet_transpose_conv_hybrid_ref(&p, &h, &rows, w.s8, has_bias ? b.f32 : NULL, hybrid, 0, units / 2);
        scatter_up(&p, x.s8, p.q.input_zero_point, w.s8);
        expect_real(hybrid, n_out, p.out_c, has_bias ? b.f32 : NULL, 0.125f, p.real_min, p.real_max);
        drop();
    }
}

static void convolutions_in_three_dimensions(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_conv_3d_params p = {.real_min = -300, .real_max = 700};
        p.batches = pick(1, 2);
        p.in_d = pick(1, 4);
        p.in_h = pick(1, 4);
        p.in_w = pick(1, 4);
        p.groups = pick(1, 2);
        p.filter_c = pick(1, 2);
        p.in_c = p.groups * p.filter_c;
        p.out_c = p.groups * (turn % 20 == 0 ? pick(60, 140) : pick(1, 5)); /* sums go in blocks of 64 */
        p.out_d = pick(1, 3);
        p.out_h = pick(1, 3);
        p.out_w = pick(1, 3);
        p.filter_d = pick(1, 3);
        p.filter_h = pick(1, 2);
        p.filter_w = pick(1, 3);
        p.stride_d = pick(1, 2);
        p.stride_h = pick(1, 2);
        p.stride_w = pick(1, 2);
        p.dilation_d = pick(1, 2);
        p.dilation_h = pick(1, 2);
        p.dilation_w = pick(1, 2);
        p.pad_front = pick(0, 1);
        p.pad_top = pick(0, 1);
        p.pad_left = pick(0, 1);
        const int32_t n_in = p.batches * p.in_d * p.in_h * p.in_w * p.in_c, units = p.batches * p.out_d * p.out_h;
        const int32_t n_out = units * p.out_w * p.out_c, taps = p.filter_d * p.filter_h * p.filter_w;
        const numbers x = random_numbers(n_in, -20, 20), w = random_numbers(taps * p.filter_c * p.out_c, -20, 20);
        const biases b = random_biases(p.out_c);
        float *f32 = block((size_t)n_out, 4), *plain = block((size_t)n_out, 4);
        const float *bias = turn % 4 != 0 ? b.f32 : NULL;
        octet_conv_3d_f32_ref(&p, x.f32, w.f32, bias, f32, units / 2, units);
        octet_conv_3d_f32_ref(&p, x.f32, w.f32, bias, f32, 0, units / 2);
        octet_conv_3d_f32_plain(&p, x.f32, w.f32, bias, plain, 0, units);
        for (int32_t at = 0; at < n_out; at++) {
            const int32_t oc = at % p.out_c, ox = at / p.out_c % p.out_w, row = at / p.out_c / p.out_w;
            const int32_t oy = row % p.out_h, oz = row / p.out_h % p.out_d, batch = row / p.out_h / p.out_d;
            sums[at] = 0;
            for (int32_t tap = 0; tap < taps * p.filter_c; tap++) {
                const int32_t k = tap % p.filter_c, kx = tap / p.filter_c % p.filter_w,
                              ky = tap / p.filter_c / p.filter_w % p.filter_h,
                              kz = tap / p.filter_c / p.filter_w / p.filter_h;
                const int32_t z = oz * p.stride_d - p.pad_front + kz * p.dilation_d,
                              y = oy * p.stride_h - p.pad_top + ky * p.dilation_h,
                              xx = ox * p.stride_w - p.pad_left + kx * p.dilation_w;
                if (z < 0 || y < 0 || xx < 0 || z >= p.in_d || y >= p.in_h || xx >= p.in_w) continue;
                const int32_t channel = oc / (p.out_c / p.groups) * p.filter_c + k;
                sums[at] += x.s8[(((batch * p.in_d + z) * p.in_h + y) * p.in_w + xx) * p.in_c + channel] *
                            w.s8[tap * p.out_c + oc];
            }
        }
        expect_real(f32, n_out, p.out_c, bias, 1.0f, p.real_min, p.real_max);
        expect_real(plain, n_out, p.out_c, bias, 1.0f, p.real_min, p.real_max);
        drop();
    }
}

static void dense_layers(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_fully_connected_params p = {.real_min = -300, .real_max = 700};
        p.rows = pick(1, 3);
        p.depth = pick(1, 40);
        p.out_c = pick(1, 20);
        p.q = random_requantize(p.out_c);
        const int32_t n_out = p.rows * p.out_c;
        const numbers x = random_numbers(p.rows * p.depth, -20, 20), w = random_numbers(p.out_c * p.depth, -20, 20);
        const biases b = random_biases(p.out_c);
        int8_t *s8 = block((size_t)n_out, 1);
        float *f32 = block((size_t)n_out, 4), *plain = block((size_t)n_out, 4), *hybrid = block((size_t)n_out, 4);
        const bool has_bias = turn % 4 != 0;
        octet_fully_connected_s8_ref(&p, x.s8, w.s8, has_bias ? b.s32 : NULL, s8, n_out / 3, n_out);
        octet_fully_connected_s8_ref(&p, x.s8, w.s8, has_bias ? b.s32 : NULL, s8, 0, n_out / 3);
        octet_fully_connected_f32_ref(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, f32, n_out / 3, n_out);
        octet_fully_connected_f32_ref(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, f32, 0, n_out / 3);
        octet_fully_connected_f32_plain(&p, x.f32, w.f32, has_bias ? b.f32 : NULL, plain, 0, n_out);
        const octet_hybrid_params h = hybrid_params(p.rows, p.depth, p.out_c);
        const octet_hybrid_rows rows = hybrid_rows(x.s8, p.rows * p.depth, p.rows, 0);
        octet_fully_connected_hybrid_ref(&p, &h, &rows, w.s8, has_bias ? b.f32 : NULL, hybrid, 0, n_out);
        for (int32_t at = 0; at < n_out; at++) {
            int64_t centered = 0;
            sums[at] = 0;
            for (int32_t k = 0; k < p.depth; k++) {
                const int32_t q = x.s8[at / p.out_c * p.depth + k], weight = w.s8[at % p.out_c * p.depth + k];
                sums[at] += q * weight;
                centered += (q - p.q.input_zero_point) * weight;
            }
            if (has_bias) centered += b.s32[at % p.out_c];
            assert_int_equal(s8[at], requantized(&p.q, centered, at % p.out_c));
        }
        expect_real(f32, n_out, p.out_c, has_bias ? b.f32 : NULL, 1.0f, p.real_min, p.real_max);
        expect_real(plain, n_out, p.out_c, has_bias ? b.f32 : NULL, 1.0f, p.real_min, p.real_max);
        expect_real(hybrid, n_out, p.out_c, has_bias ? b.f32 : NULL, 0.125f, p.real_min, p.real_max);
        drop();
    }
}

/* Sums of more than 32768 products go in parts. */
static void long_sums(void **unused) {
    (void)unused;
    static const int32_t sizes[] = {1, 7, 32767, 32768, 32769, 65536, 70001};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        const int32_t n = sizes[s], x_zero = pick(-128, 127), w_zero = pick(-9, 9);
        const numbers x = random_numbers(n, -128, 127), w = random_numbers(n, -128, 127);
        int64_t want = 0, want_s16 = 0;
        for (int32_t k = 0; k < n; k++) {
            want += (x.s8[k] - x_zero) * (w.s8[k] - w_zero);
            want_s16 += (x.s16[k] - x_zero) * w.s8[k];
        }
        assert_int_equal(octet_dot_s8(x.s8, x_zero, w.s8, w_zero, n), (uint32_t)want);
        assert_int_equal(octet_dot_s16(x.s16, x_zero, w.s8, n), (uint64_t)want_s16);
        drop();
    }
}

/* A weight that is not finite, or a sum that may be -0, is no padding's equal, wherever it stands. */
static void neutral_zeros(void **unused) {
    (void)unused;
    for (int i = 0; i < 3; i++) {
        float weights[3] = {1, -0.0f, 0}, bias[3] = {1, 0, -1};
        assert_true(octet_conv_zeros_are_neutral(weights, 3, bias, 3));
        weights[i] = i == 1 ? NAN : INFINITY;
        assert_false(octet_conv_zeros_are_neutral(weights, 3, NULL, 3));
        weights[i] = 2;
        bias[i] = -0.0f;
        assert_false(octet_conv_zeros_are_neutral(weights, 3, bias, 3));
        assert_true(octet_conv_zeros_are_neutral(weights, 3, NULL, 3));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(convolutions),
                                       cmocka_unit_test(depthwise_convolutions),
                                       cmocka_unit_test(transposed_convolutions),
                                       cmocka_unit_test(convolutions_in_three_dimensions),
                                       cmocka_unit_test(dense_layers),
                                       cmocka_unit_test(long_sums),
                                       cmocka_unit_test(neutral_zeros)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
