/* Pooling, softmax, normalization, reductions, quantization, LSTM: against
 * direct definitions and by their properties. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "kernels/ref/elementary.h"
#include "kernels/ref/l2_normalization.h"
#include "kernels/ref/lstm.h"
#include "kernels/ref/pool.h"
#include "kernels/ref/quantize_elements.h"
#include "kernels/ref/reduce.h"
#include "kernels/ref/softmax.h"
#include "kernels/ref/table16.h"

static uint32_t state = 11;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
static int32_t pick(int32_t low, int32_t high) { return low + (int32_t)(next() % (uint32_t)(high - low + 1)); }
static float real(void) { return (float)(int32_t)next() * 0x1p-30f; }

static void test_pool(void **unused) {
    (void)unused;
    /* 3x3 cells, 2x2 windows, padded before and after: corners see one cell, edges two, the middle four. */
    const int8_t input[] = {1, 2, 3, -5, -6, -7, 8, 9, -100};
    const octet_pool_2d_params p = {.batches = 1,
                                    .in_h = 3,
                                    .in_w = 3,
                                    .channels = 1,
                                    .out_h = 4,
                                    .out_w = 4,
                                    .filter_h = 2,
                                    .filter_w = 2,
                                    .stride_h = 1,
                                    .stride_w = 1,
                                    .pad_top = 1,
                                    .pad_left = 1,
                                    .min = -128,
                                    .max = 7};
    int8_t average[16], max[16];
    octet_average_pool_2d_s8_ref(&p, input, average, 0, 4);
    octet_max_pool_2d_s8_ref(&p, input, max, 0, 4);
    const int8_t want_average[] = {1, 2, 3, 3, -2, -2, -2, -2, 2, 2, -26, -54, 7, 7, -46, -100};
    const int8_t want_max[] = {1, 2, 3, 3, 1, 2, 3, 3, 7, 7, 7, -7, 7, 7, 7, -100};
    assert_memory_equal(average, want_average, 16); /* -2.5 + 0 halves go away from zero; 8.5 is clamped to 7 */
    assert_memory_equal(max, want_max, 16);
    const float f32[] = {1, 2, 3, -5, -6, -7, 8, 9, -100};
    float out[16];
    octet_pool_2d_params f = p;
    f.real_min = 0;
    f.real_max = 6;
    octet_average_pool_2d_f32_ref(&f, f32, out, 1, 2); /* one row only */
    const float want[] = {0, 0, 0, 0};
    assert_memory_equal(out + 4, want, sizeof want);
    octet_max_pool_2d_f32_ref(&f, f32, out, 0, 4);
    assert_true(out[0] == 1 && out[8] == 6 && out[15] == 0);
}

static void test_softmax(void **unused) {
    (void)unused;
    enum { N = 50 };
    float x[N], y[N], logs[N];
    int8_t q[N], out[N];
    for (int round = 0; round < 50; round++) {
        octet_softmax_params p = {.rows = 1, .depth = pick(1, N), .beta = 1};
        const float scale = 0.01f * (float)pick(1, 30);
        for (int i = 0; i < p.depth; i++) {
            q[i] = (int8_t)next();
            x[i] = scale * (float)q[i];
        }
        octet_softmax_f32_ref(&p, x, y, 0, 1);
        octet_log_softmax_f32_ref(&p, x, logs, 0, 1);
        float sum = 0;
        for (int i = 0; i < p.depth; i++) {
            sum += y[i];
            assert_true(fabsf(expf(logs[i]) - y[i]) < 1e-6f);
        }
        assert_true(fabsf(sum - 1) < 1e-5f);
        assert_true(octet_softmax_prepare_s8(&p, scale, 1));
        octet_softmax_s8_ref(&p, q, out, 0, 1);
        for (int i = 0; i < p.depth; i++) assert_true(fabsf((float)(out[i] + 128) / 256 - y[i]) <= 0.0041f);
        assert_true(octet_softmax_prepare_log_s8(&p, scale));
        octet_log_softmax_s8_ref(&p, q, out, 0, 1);
        for (int i = 0; i < p.depth; i++)
            assert_true(fabsf((float)(out[i] - 127) / 16 - fmaxf(logs[i], -255.0f / 16)) <= 0.07f);
    }
    octet_softmax_params p = {0};
    assert_false(octet_softmax_prepare_s8(&p, NAN, 1));
    assert_false(octet_softmax_prepare_log_s8(&p, 1e-12f));
    assert_true(octet_softmax_prepare_s8(&p, 7.8e-9f, 1)); /* a range of nothing: below one step of the fixed point */
    p.depth = 3;
    octet_softmax_s8_ref(&p, (const int8_t[]){-5, 0, 5}, out, 0, 1);
    assert_true(out[0] == -43 && out[1] == -43 && out[2] == -43);
    p.beta = 1;
    octet_softmax_f32_ref(&p, (const float[]){1e30f, -1e30f, 0}, y, 0, 1);
    assert_true(y[0] == 1 && y[1] == 0 && y[2] == 0);
}

/* Bytes of LiteRT's reference kernel, at scale 0.05. */
static void test_softmax_s8_s16(void **unused) {
    (void)unused;
    static const int8_t x[10] = {89, 35, 2, -59, -50, -118, -109, -124, -84, 80};
    static const int16_t expected[10] = {5343, -30207, -32276, -32745, -32731, -32767, -32766, -32767, -32761, -8467};
    int16_t y[10];
    octet_softmax_params p = {.rows = 1, .depth = 10, .beta = 1};
    assert_true(octet_softmax_prepare_s8(&p, 0.05f, 1));
    octet_softmax_s8_s16_ref(&p, x, y, 0, 1);
    assert_memory_equal(y, expected, sizeof expected);
}

static void test_softmax_s16(void **unused) {
    (void)unused;
    enum { N = 40 };
    int16_t exp_table[OCTET_TABLE16_SIZE], reciprocal_table[OCTET_TABLE16_SIZE], q[N], out[N];
    float x[N], y[N];
    octet_softmax_fill_tables(exp_table, reciprocal_table);
    for (int round = 0; round < 50; round++) {
        octet_softmax_params p = {
            .rows = 1, .depth = pick(1, N), .beta = 1, .exp_table = exp_table, .reciprocal_table = reciprocal_table};
        const float scale = 1e-5f * (float)pick(1, 30);
        assert_true(octet_softmax_prepare_s16(&p, scale, 1));
        for (int i = 0; i < p.depth; i++) {
            q[i] = (int16_t)next();
            x[i] = scale * (float)q[i];
        }
        octet_softmax_f32_ref(&p, x, y, 0, 1);
        octet_softmax_s16_ref(&p, q, out, 0, 1);
        for (int i = 0; i < p.depth; i++) assert_true(fabsf((float)out[i] / 32768 - y[i]) <= 1e-3f);
    }
}

static void test_l2(void **unused) {
    (void)unused;
    enum { N = 30 };
    int8_t q[N], out[N];
    float x[N], y[N];
    for (int round = 0; round < 100; round++) {
        const octet_l2_normalization_params p = {.rows = 1, .depth = pick(1, N), .input_zero_point = pick(-128, 127)};
        for (int i = 0; i < p.depth; i++) {
            q[i] = (int8_t)next();
            x[i] = (float)(q[i] - p.input_zero_point);
        }
        octet_l2_normalization_f32_ref(&p, x, y, 0, 1);
        octet_l2_normalization_s8_ref(&p, q, out, 0, 1);
        for (int i = 0; i < p.depth; i++) assert_true(fabsf((float)out[i] / 128 - fminf(y[i], 127.0f / 128)) < 0.009f);
    }
}

/* Every subset of the axes of [2,3,4,2] by every operator, against one loop over the input. */
static void test_reduce(void **unused) {
    (void)unused;
    static const int32_t dims[] = {2, 3, 4, 2}, strides[] = {24, 8, 2, 1};
    int8_t s8[48], out_s8[48];
    int32_t s32[48], out_s32[48];
    float f32[48], out_f32[48];
    for (int i = 0; i < 48; i++) {
        s8[i] = (int8_t)next();
        s32[i] = pick(-5, 5);
        f32[i] = (float)pick(-50, 50);
    }
    for (int mask = 0; mask < 16; mask++) {
        octet_reduce_params p = {.count = 1, .n_outputs = 1, .input_zero_point = 3, .output_zero_point = -4};
        for (int axis = 0; axis < 4; axis++) {
            const octet_reduce_axis a = {dims[axis], strides[axis]};
            if (mask >> axis & 1) {
                p.reduced[p.n_reduced++] = a;
                p.count *= a.size;
            } else {
                p.kept[p.n_kept++] = a;
                p.n_outputs *= a.size;
            }
        }
        int64_t sum[48] = {0}, product[48];
        int32_t max[48];
        float sum_f32[48] = {0};
        for (int o = 0; o < p.n_outputs; o++) product[o] = 1, max[o] = INT8_MIN;
        int64_t sum_s8[48] = {0};
        for (int i = 0; i < 48; i++) {
            int o = 0;
            for (int axis = 0; axis < 4; axis++)
                if (!(mask >> axis & 1)) o = o * dims[axis] + i / strides[axis] % dims[axis];
            sum[o] += s32[i];
            product[o] = (int64_t)((uint64_t)product[o] * (uint64_t)(int64_t)s32[i]);
            sum_s8[o] += s8[i];
            sum_f32[o] += f32[i];
            if (s8[i] > max[o]) max[o] = s8[i];
        }
        octet_sum_s32_ref(&p, s32, out_s32, 0, p.n_outputs);
        for (int o = 0; o < p.n_outputs; o++) assert_int_equal(out_s32[o], sum[o]);
        octet_reduce_prod_s32_ref(&p, s32, out_s32, 0, p.n_outputs);
        for (int o = 0; o < p.n_outputs; o++) assert_int_equal(out_s32[o], (int32_t)product[o]);
        octet_mean_f32_ref(&p, f32, out_f32, 0, p.n_outputs);
        for (int o = 0; o < p.n_outputs; o++) assert_true(out_f32[o] == sum_f32[o] / (float)p.count);
        octet_reduce_max_s8_ref(&p, s8, out_s8, 0, p.n_outputs);
        for (int o = 0; o < p.n_outputs; o++) assert_int_equal(out_s8[o], max[o]);
        assert_true(octet_reduce_prepare_mean(&p, 0.5f, 0.7f));
        octet_mean_s8_ref(&p, s8, out_s8, 0, p.n_outputs);
        for (int o = 0; o < p.n_outputs; o++) {
            const double mean = ((double)sum_s8[o] / p.count - 3) * 0.5 / 0.7 - 4;
            assert_true(fabs((double)out_s8[o] - fmin(fmax(mean, -128), 127)) <= 0.76);
        }
        octet_reduce_prepare_sum(&p, 0.5f, 20.0f);
        octet_sum_s8_ref(&p, s8, out_s8, 0, p.n_outputs);
        for (int o = 0; o < p.n_outputs; o++) {
            assert_true(fabs((double)out_s8[o] - ((double)sum_s8[o] - 3.0 * p.count) * 0.5 / 20 + 4) <= 0.51);
        }
    }
}

static void test_arg(void **unused) {
    (void)unused;
    const octet_reduce_params p = {
        .count = 4, .n_outputs = 2, .n_kept = 1, .n_reduced = 1, .kept = {{2, 1}}, .reduced = {{4, 2}}};
    const float f32[] = {1, 9, 5, 9, 5, 2, 0, 3}; /* columns 1 5 5 0 and 9 9 2 3: the first of equals */
    int32_t narrow[2];
    int64_t wide[2];
    octet_arg_max_f32_ref(&p, f32, narrow, false, 0, 2);
    assert_true(narrow[0] == 1 && narrow[1] == 0);
    octet_arg_min_f32_ref(&p, f32, wide, true, 0, 2);
    assert_true(wide[0] == 3 && wide[1] == 2);
}

static void test_quantize(void **unused) {
    (void)unused;
    const octet_quantize_params p = {.scale = 0.5f, .output_zero_point = -3};
    const float x[] = {0, 0.25f, -0.25f, 0.2499f, 100, -100, 63.25f, 1e30f, -1e30f, NAN, INFINITY};
    int8_t q[11];
    octet_quantize_f32_s8_ref(&p, x, q, 0, 11);
    const int8_t want[] = {-3, -2, -4, -3, 127, -128, 124, 127, -128, -128, 127};
    assert_memory_equal(q, want, 11);
    /* As round(x / scale) in double: any float, any scale. */
    for (int i = 0; i < 200000; i++) {
        const float scale = fabsf(real()) * 0.01f + 1e-6f,
                    value = scale * (float)pick(-400, 400) / 2 + (i & 1 ? real() * scale : 0);
        const octet_quantize_params r = {.scale = scale, .output_zero_point = pick(-128, 127)};
        int8_t have;
        octet_quantize_f32_s8_ref(&r, &value, &have, 0, 1);
        const double exact = round((double)(value / scale)) + r.output_zero_point;
        assert_int_equal(have, exact < -128 ? -128 : exact > 127 ? 127 : (int)exact);
    }
    /* A quantized number survives the way through real. */
    for (int32_t v = INT16_MIN; v <= INT16_MAX; v += 3) {
        const octet_quantize_params r = {.scale = 0.0371f, .input_zero_point = 0, .output_zero_point = 0};
        const int16_t before = (int16_t)v;
        float value;
        int16_t after;
        octet_dequantize_s16_ref(&r, &before, &value, 0, 1);
        octet_quantize_f32_s16_ref(&r, &value, &after, 0, 1);
        assert_int_equal(before, after);
    }
    /* Equal scales and zero points that differ by 128: the top bit flips. */
    octet_quantize_params u = {.input_zero_point = 17, .output_zero_point = 145, .multiplier = 1 << 30, .shift = 1};
    for (int v = -128; v < 128; v++) {
        const int8_t from = (int8_t)v;
        uint8_t to;
        int8_t back;
        octet_requantize_s8_u8_ref(&u, &from, &to, 0, 1);
        assert_int_equal(to, (uint8_t)from ^ 0x80);
        const octet_quantize_params w = {
            .input_zero_point = 145, .output_zero_point = 17, .multiplier = 1 << 30, .shift = 1};
        octet_requantize_u8_s8_ref(&w, &to, &back, 0, 1);
        assert_int_equal(back, from);
    }
}

static void test_half(void **unused) {
    (void)unused;
    const uint16_t half[] = {0, 0x8000, 0x3c00, 0xc000, 0x7bff, 0x0001, 0x03ff, 0x0400, 0x7c00, 0xfc00, 0x3555};
    const float want[] = {0, -0.0f, 1, -2, 65504, 0x1p-24f, 0x1.ff8p-15f, 0x1p-14f, INFINITY, -INFINITY, 0x1.554p-2f};
    float have[11];
    octet_dequantize_f16_ref(half, have, 0, 11);
    assert_memory_equal(have, want, sizeof want);
    const uint16_t nan = 0x7e01;
    octet_dequantize_f16_ref(&nan, have, 0, 1);
    assert_true(isnan(have[0]));
}

/* The float LSTM against its equations; the int8 one near the float one. */
static void test_lstm(void **unused) {
    (void)unused;
    enum { INPUTS = 3, CELLS = 2, STEPS = 4 };
    float x[STEPS * INPUTS], wi[4][CELLS * INPUTS], ws[4][CELLS * CELLS], b[4][CELLS];
    int8_t qx[STEPS * INPUTS], qwi[4][CELLS * INPUTS], qws[4][CELLS * CELLS];
    for (int i = 0; i < STEPS * INPUTS; i++) x[i] = (float)(qx[i] = (int8_t)pick(-100, 100)) / 64;
    const float *pwi[4], *pws[4], *pb[4];
    const int8_t *pqwi[4], *pqws[4];
    int32_t qb[4][CELLS], zeros[4][CELLS] = {{0}};
    for (int g = 0; g < 4; g++) {
        for (int i = 0; i < CELLS * INPUTS; i++) wi[g][i] = (float)(qwi[g][i] = (int8_t)pick(-127, 127)) / 128;
        for (int i = 0; i < CELLS * CELLS; i++) ws[g][i] = (float)(qws[g][i] = (int8_t)pick(-127, 127)) / 128;
        for (int i = 0; i < CELLS; i++) b[g][i] = (float)(qb[g][i] = pick(-4000, 4000)) / 8192;
        pwi[g] = wi[g], pws[g] = ws[g], pb[g] = b[g], pqwi[g] = qwi[g], pqws[g] = qws[g];
    }
    octet_lstm_params p = {.batches = 1,
                           .steps = STEPS,
                           .inputs = INPUTS,
                           .cells = CELLS,
                           .cell_clip = 10,
                           .cell_integer_bits = 4,
                           .hidden_zero_point = 0};
    assert_true(octet_fixed_multiplier(0x1p-30 * 128, &p.hidden_multiplier, &p.hidden_shift));
    for (int g = 0; g < 4; g++) {
        assert_true(octet_fixed_multiplier(0x1p-13 * 4096, &p.input_multiplier[g], &p.input_shift[g]));
        assert_true(octet_fixed_multiplier(0x1p-14 * 4096, &p.state_multiplier[g], &p.state_shift[g]));
        p.input_bias[g] = qb[g];
        p.state_bias[g] = zeros[g];
    }
    float hidden[CELLS] = {0}, cell[CELLS] = {0}, out[STEPS * CELLS], scratch[4 * CELLS], h[CELLS] = {0},
          c[CELLS] = {0};
    int8_t qhidden[CELLS] = {0}, qout[STEPS * CELLS];
    int16_t qcell[CELLS] = {0}, qscratch[4 * CELLS];
    octet_lstm_f32_ref(&p, x, pwi, pws, pb, hidden, cell, out, scratch, 0, 1);
    octet_lstm_s8_ref(&p, qx, pqwi, pqws, qhidden, qcell, qout, qscratch, 0, 1);
    for (int t = 0; t < STEPS; t++) {
        float gate[4][CELLS];
        for (int g = 0; g < 4; g++) {
            for (int i = 0; i < CELLS; i++) {
                float sum = b[g][i];
                for (int k = 0; k < INPUTS; k++) sum += wi[g][i * INPUTS + k] * x[t * INPUTS + k];
                for (int k = 0; k < CELLS; k++) sum += ws[g][i * CELLS + k] * h[k];
                gate[g][i] = g == 2 ? tanhf(sum) : 1 / (1 + expf(-sum));
            }
        }
        for (int i = 0; i < CELLS; i++) {
            c[i] = gate[1][i] * c[i] + gate[0][i] * gate[2][i];
            h[i] = gate[3][i] * tanhf(c[i]);
            assert_true(fabsf(out[t * CELLS + i] - h[i]) < 1e-5f);
            assert_true(fabsf((float)qout[t * CELLS + i] / 128 - h[i]) < 0.03f);
        }
    }
    assert_memory_equal(hidden, out + (STEPS - 1) * CELLS, sizeof hidden);
    assert_memory_equal(qhidden, qout + (STEPS - 1) * CELLS, sizeof qhidden);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pool),        cmocka_unit_test(test_softmax),  cmocka_unit_test(test_softmax_s8_s16),
        cmocka_unit_test(test_softmax_s16), cmocka_unit_test(test_l2),       cmocka_unit_test(test_reduce),
        cmocka_unit_test(test_arg),         cmocka_unit_test(test_quantize), cmocka_unit_test(test_half),
        cmocka_unit_test(test_lstm)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
