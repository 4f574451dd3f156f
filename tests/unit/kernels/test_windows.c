/* Reductions, pools and resizing, of every type, against their definitions over random shapes. The numbers are small
 * and whole, so that every order of a sum gives the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "kernels/ref/pool.h"
#include "kernels/ref/reduce.h"
#include "kernels/ref/resize_2d.h"

enum { MAX = 8192, ROUNDS = 60 };

static uint32_t state = 9;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
static int32_t pick(int32_t low, int32_t high) { return low + (int32_t)(next() % (uint32_t)(high - low + 1)); }

static float f32[MAX], out_f32[MAX];
static int8_t s8[MAX], out_s8[MAX];
static uint8_t u8[MAX], out_u8[MAX];
static int16_t s16[MAX], out_s16[MAX];
static int32_t s32[MAX], out_s32[MAX];
static int64_t s64[MAX], out_s64[MAX];
static int32_t numbers[MAX]; /* what stands in all of them; in u8, 100 more */

static void fill(int32_t low, int32_t high) {
    for (int i = 0; i < MAX; i++) {
        numbers[i] = pick(low, high);
        f32[i] = (float)numbers[i];
        s8[i] = (int8_t)numbers[i];
        u8[i] = (uint8_t)(numbers[i] + 100);
        s16[i] = (int16_t)numbers[i];
        s32[i] = numbers[i];
        s64[i] = numbers[i];
    }
}

static int32_t clamp(double value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : (int32_t)value;
}

/* Kept and reduced axes of a random shape, in any mixture. */
static octet_reduce_params random_reduction(void) {
    octet_reduce_params p = {.count = 1, .n_outputs = 1, .input_zero_point = pick(-9, 9)};
    int32_t stride = 1;
    for (int32_t axes = pick(1, 5); axes > 0; axes--) {
        const octet_reduce_axis axis = {pick(1, 4), stride};
        stride *= axis.size;
        const bool is_reduced = pick(0, 1) == 1;
        if (is_reduced) p.count *= axis.size;
        else p.n_outputs *= axis.size;
        octet_reduce_axis *list = is_reduced ? p.reduced : p.kept;
        int32_t *n = is_reduced ? &p.n_reduced : &p.n_kept;
        for (int32_t i = (*n)++; i > 0; i--) list[i] = list[i - 1]; /* the outermost comes first */
        list[0] = axis;
    }
    return p;
}

static int32_t place(const octet_reduce_axis *axes, int32_t n, int32_t index) {
    int32_t at = 0;
    for (int32_t i = n; i-- > 0; index /= axes[i].size) at += index % axes[i].size * axes[i].stride;
    return at;
}

#define EXPECT(out, want)                                                                                        \
    do {                                                                                                         \
        if ((double)(out) != (double)(want)) fail_msg(#out " is %.9g, not %.9g", (double)(out), (double)(want)); \
    } while (0)
/* All types of an operator, in two parts, the later one first. */
#define REDUCE(operator, suffix)                                                                   \
    do {                                                                                           \
        octet_##operator##_##suffix##_ref(&p, suffix, out_##suffix, p.n_outputs / 2, p.n_outputs); \
        octet_##operator##_##suffix##_ref(&p, suffix, out_##suffix, 0, p.n_outputs / 2);           \
    } while (0)
#define REDUCE_ALL(operator)   \
    do {                       \
        REDUCE(operator, f32); \
        REDUCE(operator, s8);  \
        REDUCE(operator, s16); \
        REDUCE(operator, s32); \
        REDUCE(operator, s64); \
    } while (0)
#define EXPECT_ALL(want)          \
    do {                          \
        EXPECT(out_f32[o], want); \
        EXPECT(out_s8[o], want);  \
        EXPECT(out_s16[o], want); \
        EXPECT(out_s32[o], want); \
        EXPECT(out_s64[o], want); \
    } while (0)

/* How far a number is from a half; near one, rounding twice may go either way. */
static bool is_tie(double x) { return fabs(x - floor(x) - 0.5) < 1e-4; }

static void reductions_of_every_type(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_reduce_params p = random_reduction();
        fill(-6, 7);
        double sum[1024] = {0}, product[1024], least[1024], most[1024];
        for (int32_t o = 0; o < p.n_outputs; o++) {
            product[o] = 1;
            least[o] = 100;
            most[o] = -100;
            for (int32_t k = 0; k < p.count; k++) {
                const double x = numbers[place(p.kept, p.n_kept, o) + place(p.reduced, p.n_reduced, k)];
                sum[o] += x;
                product[o] *= x;
                least[o] = fmin(least[o], x);
                most[o] = fmax(most[o], x);
            }
        }
        REDUCE_ALL(reduce_max);
        for (int32_t o = 0; o < p.n_outputs; o++) EXPECT_ALL(most[o]);
        REDUCE_ALL(reduce_min);
        for (int32_t o = 0; o < p.n_outputs; o++) EXPECT_ALL(least[o]);
        REDUCE(sum, f32);
        REDUCE(sum, s32);
        REDUCE(sum, s64);
        for (int32_t o = 0; o < p.n_outputs; o++)
            if (out_f32[o] != sum[o] || out_s32[o] != sum[o] || out_s64[o] != (int64_t)sum[o])
                fail_msg("a sum is wrong");
        REDUCE(mean, f32);
        REDUCE(mean, s32);
        REDUCE(mean, s64);
        for (int32_t o = 0; o < p.n_outputs; o++) {
            EXPECT(out_f32[o], (float)sum[o] / (float)p.count);
            EXPECT(out_s32[o], trunc(sum[o] / p.count));
            EXPECT(out_s64[o], trunc(sum[o] / p.count));
        }
        REDUCE(reduce_prod, f32);
        REDUCE(reduce_prod, s64);
        for (int32_t o = 0; o < p.n_outputs && p.count <= 16; o++) EXPECT(out_s64[o], product[o]);
        for (int32_t o = 0; o < p.n_outputs && p.count <= 8; o++) EXPECT(out_f32[o], product[o]);
        for (int i = 0; i < MAX; i++) u8[i] = (uint8_t)(s32[i] > 0 ? s32[i] : 0);
        REDUCE(reduce_any, u8);
        for (int32_t o = 0; o < p.n_outputs; o++) EXPECT(out_u8[o], most[o] > 0);
        REDUCE(reduce_all, u8);
        for (int32_t o = 0; o < p.n_outputs; o++) EXPECT(out_u8[o], least[o] > 0);
    }
}

static void quantized_reductions(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_reduce_params p = random_reduction();
        p.output_zero_point = pick(-20, 20);
        fill(-128, 127);
        const float in = 0.5f, narrow = 0.7f, wide = 0.01f;
        for (int is_mean = 0; is_mean < 2; is_mean++) {
            for (int bits = 8; bits <= 16; bits += 8) {
                const float out = bits == 8 ? narrow : wide;
                if (is_mean) assert_true(octet_reduce_prepare_mean(&p, in, out));
                else octet_reduce_prepare_sum(&p, in, out);
                if (is_mean && bits == 8) REDUCE(mean, s8);
                else if (is_mean) REDUCE(mean, s16);
                else if (bits == 8) REDUCE(sum, s8);
                else REDUCE(sum, s16);
                for (int32_t o = 0; o < p.n_outputs; o++) {
                    double sum = 0;
                    for (int32_t k = 0; k < p.count; k++)
                        sum +=
                            numbers[place(p.kept, p.n_kept, o) + place(p.reduced, p.n_reduced, k)] - p.input_zero_point;
                    const double exact = sum / (is_mean ? p.count : 1) * (double)in / (double)out;
                    const int32_t got = bits == 8 ? out_s8[o] : out_s16[o];
                    const double low = bits == 8 ? INT8_MIN : INT16_MIN, high = bits == 8 ? INT8_MAX : INT16_MAX;
                    const double want = fmin(fmax(exact + p.output_zero_point, low), high);
                    if (!(fabs(got - want) <= (is_mean ? 0.76 : 0.51))) /* a mean is rounded twice */
                        fail_msg("%d of %d bits, not %g", got, bits, want);
                }
            }
        }
    }
}

/* Each factor is scaled: the product of real numbers within the steps that 16 bits of a multiplier leave. */
static void quantized_products(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_reduce_params p = {.count = pick(1, 4), .n_outputs = 1, .n_reduced = 1};
        p.input_zero_point = pick(-3, 3);
        p.output_zero_point = pick(-20, 20);
        p.reduced[0] = (octet_reduce_axis){p.count, 1};
        fill(-120, 120);
        const float in = 0.02f, out = 0.05f;
        assert_true(octet_reduce_prepare_prod(&p, in, out));
        REDUCE(reduce_prod, s8);
        REDUCE(reduce_prod, s16);
        double exact = 1;
        for (int32_t k = 0; k < p.count; k++) exact *= (double)in * (numbers[k] - p.input_zero_point);
        const double steps = exact / (double)out + p.output_zero_point;
        assert_true(fabs(out_s8[0] - fmin(fmax(steps, -128), 127)) <= 3.0);
        assert_true(fabs(out_s16[0] - steps) <= 3.0 + 1e-3 * fabs(steps));
    }
}

static void places_of_extremes(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        const int32_t outer = pick(1, 3), n = pick(1, 9), inner = pick(1, 3);
        const octet_reduce_params p = {.count = n,
                                       .n_outputs = outer * inner,
                                       .n_kept = 2,
                                       .n_reduced = 1,
                                       .kept = {{outer, n * inner}, {inner, 1}},
                                       .reduced = {{n, inner}}};
        fill(-3, 3);
        for (int is_max = 0; is_max < 2; is_max++) {
            int32_t got[4][16];
            int64_t wide[16];
            if (is_max) {
                octet_arg_max_f32_ref(&p, f32, got[0], false, 0, p.n_outputs);
                octet_arg_max_s8_ref(&p, s8, got[1], false, 0, p.n_outputs);
                octet_arg_max_s16_ref(&p, s16, got[2], false, 0, p.n_outputs);
                octet_arg_max_s32_ref(&p, s32, got[3], false, 0, p.n_outputs);
                octet_arg_max_s32_ref(&p, s32, wide, true, 0, p.n_outputs);
            } else {
                octet_arg_min_f32_ref(&p, f32, got[0], false, 0, p.n_outputs);
                octet_arg_min_s8_ref(&p, s8, got[1], false, 0, p.n_outputs);
                octet_arg_min_s16_ref(&p, s16, got[2], false, 0, p.n_outputs);
                octet_arg_min_s32_ref(&p, s32, got[3], false, 0, p.n_outputs);
                octet_arg_min_s32_ref(&p, s32, wide, true, 0, p.n_outputs);
            }
            for (int32_t o = 0; o < p.n_outputs; o++) {
                const int32_t *x = numbers + o / inner * n * inner + o % inner;
                int32_t want = n - 1;
                for (int32_t k = n; k-- > 0;)
                    if (is_max ? x[k * inner] >= x[want * inner] : x[k * inner] <= x[want * inner]) want = k;
                for (int type = 0; type < 4; type++) assert_int_equal(got[type][o], want);
                assert_int_equal(wide[o], want);
            }
        }
    }
}

static void pools_of_every_type(void **unused) {
    (void)unused;
    for (int turn = 0; turn < ROUNDS; turn++) {
        octet_pool_2d_params p = {.batches = pick(1, 2),
                                  .in_h = pick(1, 6),
                                  .in_w = pick(1, 6),
                                  .channels = pick(1, 3),
                                  .filter_h = pick(1, 3),
                                  .filter_w = pick(1, 3),
                                  .stride_h = pick(1, 3),
                                  .stride_w = pick(1, 3),
                                  .real_min = -30,
                                  .real_max = 40,
                                  .min = -30,
                                  .max = 40};
        if (turn % 10 == 0) p.channels = pick(60, 130);
        p.pad_top = pick(0, p.filter_h - 1);
        p.pad_left = pick(0, p.filter_w - 1);
        p.out_h = (p.in_h + p.pad_top - 1) / p.stride_h + 1; /* every window begins inside, or before */
        p.out_w = (p.in_w + p.pad_left - 1) / p.stride_w + 1;
        if (p.batches * p.in_h * p.in_w * p.channels > MAX || p.batches * p.out_h * p.out_w * p.channels > MAX)
            continue;
        fill(-60, 70);
        octet_pool_2d_params q = p;
        q.min = 70;
        q.max = 140;
        for (int kind = 0; kind < 3; kind++) {
            const int32_t end = p.batches * p.out_h;
            if (kind == 0) {
                octet_average_pool_2d_f32_ref(&p, f32, out_f32, 0, end);
                octet_average_pool_2d_s8_ref(&p, s8, out_s8, end / 2, end);
                octet_average_pool_2d_s8_ref(&p, s8, out_s8, 0, end / 2);
                octet_average_pool_2d_u8_ref(&q, u8, out_u8, 0, end);
                octet_average_pool_2d_s16_ref(&p, s16, out_s16, 0, end);
            } else if (kind == 1) {
                octet_max_pool_2d_f32_ref(&p, f32, out_f32, 0, end);
                octet_max_pool_2d_s8_ref(&p, s8, out_s8, end / 2, end);
                octet_max_pool_2d_s8_ref(&p, s8, out_s8, 0, end / 2);
                octet_max_pool_2d_u8_ref(&q, u8, out_u8, 0, end);
                octet_max_pool_2d_s16_ref(&p, s16, out_s16, 0, end);
            } else {
                octet_l2_pool_2d_f32_ref(&p, f32, out_f32, 0, end);
            }
            for (int32_t at = 0; at < end * p.out_w * p.channels; at++) {
                const int32_t c = at % p.channels, ox = at / p.channels % p.out_w, row = at / p.channels / p.out_w;
                int32_t count = 0, sum = 0, most = INT16_MIN, squares = 0;
                for (int32_t tap = 0; tap < p.filter_h * p.filter_w; tap++) {
                    const int32_t y = row % p.out_h * p.stride_h - p.pad_top + tap / p.filter_w,
                                  x = ox * p.stride_w - p.pad_left + tap % p.filter_w;
                    if (y < 0 || y >= p.in_h || x < 0 || x >= p.in_w) continue;
                    const int32_t cell = numbers[((row / p.out_h * p.in_h + y) * p.in_w + x) * p.channels + c];
                    count++;
                    sum += cell;
                    squares += cell * cell;
                    most = cell > most ? cell : most;
                }
                const double mean = (double)sum / count;
                if (kind == 0) {
                    EXPECT(out_f32[at], fminf(fmaxf((float)sum / (float)count, -30), 40));
                    EXPECT(out_s8[at], clamp(round(mean), -30, 40));
                    EXPECT(out_u8[at], clamp(round(mean + 100), 70, 140));
                    EXPECT(out_s16[at], clamp(round(mean), -30, 40));
                } else if (kind == 1) {
                    EXPECT(out_f32[at], clamp(most, -30, 40));
                    EXPECT(out_s8[at], clamp(most, -30, 40));
                    EXPECT(out_u8[at], clamp(most + 100, 70, 140));
                    EXPECT(out_s16[at], clamp(most, -30, 40));
                } else {
                    EXPECT(out_f32[at], fminf(sqrtf((float)squares / (float)count), 40));
                }
            }
        }
    }
}

/* The position in the input of each output; ways: 1: corners meet, 2: pixels have their middle at a half. */
static double position(int32_t index, int32_t in, int32_t out, int ways) {
    const double scale = ways == 1 && out > 1 ? (double)(in - 1) / (out - 1) : (double)in / out;
    return ways == 2 ? (index + 0.5) * scale - 0.5 : index * scale;
}

/* The same of 8 and 16 bits, in whole steps of 1/1024. */
static double position_fixed(int32_t index, int32_t in, int32_t out, int ways) {
    const bool corners = ways == 1 && out > 1;
    const double scale = floor(1024.0 * (corners ? in - 1 : in) / (corners ? out - 1 : out) + 0.5);
    return (ways == 2 ? index * scale + floor(scale / 2) - 512 : index * scale) / 1024.0;
}

/* Between the four cells around a position; cells: of the first one of a sample and channel. */
static double between(const octet_resize_params *p, const int32_t *cells, double y, double x) {
    const int32_t y0 = clamp(floor(fmax(y, 0)), 0, p->in_h - 1), x0 = clamp(floor(fmax(x, 0)), 0, p->in_w - 1);
    const int32_t y1 = clamp(y0 + 1, 0, p->in_h - 1), x1 = clamp(x0 + 1, 0, p->in_w - 1);
    const double wy = fmax(y, 0) - y0, wx = fmax(x, 0) - x0;
    const int32_t row = p->in_w * p->channels, column = p->channels;
    return (cells[y0 * row + x0 * column] * (1 - wx) + cells[y0 * row + x1 * column] * wx) * (1 - wy) +
           (cells[y1 * row + x0 * column] * (1 - wx) + cells[y1 * row + x1 * column] * wx) * wy;
}

/* -1: the position is whole but for rounding, so that nothing can be said. */
static int32_t nearest_cell(int32_t index, int32_t in, int32_t out, int ways) {
    const double x = position(index, in, out, ways) + (ways == 2 ? 0.5 : 0.0);
    if (ways == 1 ? is_tie(x) : x - floor(x) > 0.9999) return -1;
    return clamp(ways == 1 ? round(x) : floor(x), 0, in - 1);
}

static void resizes(void **unused) {
    (void)unused;
    for (int turn = 0; turn < 3 * ROUNDS; turn++) {
        const int ways = turn % 3;
        const octet_resize_params p = {.batches = pick(1, 2),
                                       .in_h = pick(1, 5),
                                       .in_w = pick(1, 5),
                                       .channels = pick(1, 2),
                                       .out_h = 1 << pick(0, 3),
                                       .out_w = pick(1, 9),
                                       .align_corners = ways == 1,
                                       .half_pixel_centers = ways == 2,
                                       .element_size = 2};
        const uint32_t end = (uint32_t)(p.batches * p.out_h);
        int16_t nearest[MAX / 4];
        fill(-100, 110);
        octet_resize_bilinear_f32_ref(&p, f32, out_f32, 0, end);
        octet_resize_bilinear_u8_ref(&p, u8, out_u8, 0, end);
        octet_resize_bilinear_s8_ref(&p, s8, out_s8, end / 2, end);
        octet_resize_bilinear_s8_ref(&p, s8, out_s8, 0, end / 2);
        octet_resize_bilinear_s16_ref(&p, s16, out_s16, 0, end);
        octet_resize_nearest_ref(&p, s16, nearest, end / 2, end);
        octet_resize_nearest_ref(&p, s16, nearest, 0, end / 2);
        for (int32_t at = 0; at < (int32_t)end * p.out_w * p.channels; at++) {
            const int32_t ox = at / p.channels % p.out_w, row = at / p.channels / p.out_w, oy = row % p.out_h;
            const int32_t *cells = numbers + row / p.out_h * p.in_h * p.in_w * p.channels + at % p.channels;
            const double want =
                between(&p, cells, position(oy, p.in_h, p.out_h, ways), position(ox, p.in_w, p.out_w, ways));
            assert_true(fabs((double)out_f32[at] - want) < 1e-3);
            assert_true(fabs(out_u8[at] - 100 - want) < 0.501);
            const double fixed = between(&p, cells, position_fixed(oy, p.in_h, p.out_h, ways),
                                         position_fixed(ox, p.in_w, p.out_w, ways));
            assert_true(out_s8[at] == round(fixed) && out_s16[at] == round(fixed));
            const int32_t y = nearest_cell(oy, p.in_h, p.out_h, ways), x = nearest_cell(ox, p.in_w, p.out_w, ways);
            if (y >= 0 && x >= 0) assert_int_equal(nearest[at], cells[(y * p.in_w + x) * p.channels]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reductions_of_every_type), cmocka_unit_test(quantized_reductions),
        cmocka_unit_test(quantized_products),       cmocka_unit_test(places_of_extremes),
        cmocka_unit_test(pools_of_every_type),      cmocka_unit_test(resizes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
