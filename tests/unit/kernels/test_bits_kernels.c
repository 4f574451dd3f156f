/* The bytes of kernels with parameters of every size, from scales that are drawn: a hash of the results of each is
 * compared with what it was. Where they differ from the real function, other tests say; this one says that they
 * changed. A table of a scale that a kernel refuses counts as zeros. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/hash.h"
#include "kernels/ref/arithmetic_quantized.h"
#include "kernels/ref/batch_matmul.h"
#include "kernels/ref/cast.h"
#include "kernels/ref/eigen.h"
#include "kernels/ref/fake_quant.h"
#include "kernels/ref/hybrid.h"
#include "kernels/ref/l2_normalization.h"
#include "kernels/ref/local_response.h"
#include "kernels/ref/prelu.h"
#include "kernels/ref/quantize_elements.h"
#include "kernels/ref/softmax.h"
#include "kernels/ref/table16.h"
#include "kernels/ref/unary_quantized.h"

enum { N = 512, ROUNDS = 60 };

static uint32_t state;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}
static int32_t pick(int32_t low, int32_t high) { return low + (int32_t)(next() % (uint32_t)(high - low + 1)); }

/* Between 2^low and 2^high. */
static float scale(int low, int high) {
    const int exponent = pick(low, high - 1);
    return ldexpf(1.0f + (float)(next() >> 9) * 0x1p-23f, exponent);
}

static int8_t s8[N], other_s8[N], out_s8[N];
static uint8_t u8[N], out_u8[N];
static int16_t s16[N], other_s16[N], out_s16[N];
static float f32[N], out_f32[N];

static void fill(void) {
    for (int i = 0; i < N; i++) {
        s8[i] = (int8_t)(i % 256 - 128);
        other_s8[i] = (int8_t)(next() >> 24);
        u8[i] = (uint8_t)(i % 256);
        s16[i] = (int16_t)(next() >> 16);
        other_s16[i] = (int16_t)((int16_t)(next() >> 16) / (1 << i % 12));
        f32[i] = ldexpf((float)(int32_t)next() * 0x1p-31f, i % 9 - 4);
    }
    s16[0] = INT16_MIN;
    s16[1] = INT16_MAX;
    s16[2] = 0;
}

static void tables(uint64_t *hash) {
    for (int o = 0; o < OCTET_N_UNARY; o++) {
        octet_unary_quantized_params p = {.operation = (octet_unary)o};
        int8_t table[OCTET_UNARY_TABLE_S8];
        memset(table, 1, sizeof table);
        p.alpha = (float)pick(-8, 8) * 0.125f;
        p.scale_in = scale(-9, 0);
        p.scale_out = scale(-9, 0);
        p.zero_in = pick(-128, 127);
        p.zero_out = pick(-128, 127);
        if (!octet_unary_quantized_table_s8(&p, table)) memset(table, 0, sizeof table);
        *hash = octet_hash(*hash, table, sizeof table);
    }
}

static void tables_of_16_bits(uint64_t *hash) {
    for (int o = 0; o < OCTET_N_UNARY; o++) {
        octet_unary_quantized_params p = {.operation = (octet_unary)o};
        p.alpha = (float)pick(-8, 8) * 0.125f;
        p.scale_in = scale(-14, -9);
        p.scale_out = scale(-15, -9);
        memset(out_s16, 0, sizeof out_s16);
        if (octet_unary_quantized_prepare_s16(&p)) octet_unary_s16_ref(&p, s16, out_s16, N), *hash += 1;
        *hash = octet_hash(*hash, out_s16, sizeof out_s16);
    }
}

static void floats(uint64_t *hash) {
    for (int o = 0; o < OCTET_N_UNARY; o++) {
        int32_t integers[N];
        int64_t wide[N];
        if (o == OCTET_UNARY_LOG || o == OCTET_UNARY_SQRT || o == OCTET_UNARY_RSQRT) {
            for (int i = 0; i < N; i++) f32[i] = fabsf(f32[i]);
        }
        octet_unary_f32_ref((octet_unary)o)(f32, out_f32, N, 0.25f);
        *hash = octet_hash(*hash, out_f32, sizeof out_f32);
        octet_unary_f32_plain((octet_unary)o)(f32, out_f32, N, 0.25f);
        *hash = octet_hash(*hash, out_f32, sizeof out_f32);
        for (int i = 0; i < N; i++) wide[i] = integers[i] = other_s16[i];
        if (octet_unary_s32_ref((octet_unary)o, integers, integers, N))
            *hash = octet_hash(*hash, integers, sizeof integers);
        if (octet_unary_s64_ref((octet_unary)o, wide, wide, N)) *hash = octet_hash(*hash, wide, sizeof wide);
    }
}

static void arithmetic(uint64_t *hash) {
    for (int o = 0; o < OCTET_N_ARITHMETIC; o++) {
        for (int bits = 8; bits <= 16; bits += 8) {
            const octet_arithmetic_type type = bits == 8 ? OCTET_ARITHMETIC_S8 : OCTET_ARITHMETIC_S16;
            octet_broadcast_row *row = octet_arithmetic_quantized_row_ref((octet_arithmetic)o, type);
            octet_arithmetic_quantized_params p = {.min = bits == 8 ? -120 : -32000, .max = bits == 8 ? 119 : 32000};
            float scales[2];
            for (int i = 0; i < 2; i++) {
                scales[i] = scale(-9, -1);
                p.zero_point[i] = bits == 8 ? pick(-128, 127) : 0;
            }
            p.zero_out = bits == 8 ? pick(-128, 127) : 0;
            const float out = scale(-9, -1);
            if (row == NULL || !octet_arithmetic_quantized_prepare((octet_arithmetic)o, bits, scales, out, &p))
                continue;
            if (p.shift_out > 0 && o != OCTET_ARITHMETIC_MUL && o != OCTET_ARITHMETIC_DIV) continue; /* refused */
            const void *in[2] = {bits == 8 ? (const void *)s8 : s16, bits == 8 ? (const void *)other_s8 : other_s16};
            const int32_t step[2] = {1, 1};
            memset(out_s16, 0, sizeof out_s16);
            row(&p, in, step, out_s16, N);
            *hash = octet_hash(*hash, out_s16, sizeof out_s16);
        }
    }
}

static void softmaxes(uint64_t *hash) {
    static int16_t exps[OCTET_TABLE16_SIZE], reciprocals[OCTET_TABLE16_SIZE];
    octet_softmax_params p = {.exp_table = exps, .reciprocal_table = reciprocals};
    octet_softmax_fill_tables(exps, reciprocals);
    p.depth = pick(1, 128);
    p.rows = N / p.depth;
    p.beta = scale(-2, 2);
    const float in = scale(-12, 2), wide = scale(-16, -9);
    octet_softmax_f32_ref(&p, f32, out_f32, 0, p.rows);
    *hash = octet_hash(*hash, out_f32, (size_t)(p.rows * p.depth) * 4);
    octet_log_softmax_f32_ref(&p, f32, out_f32, 0, p.rows);
    *hash = octet_hash(*hash, out_f32, (size_t)(p.rows * p.depth) * 4);
    memset(out_s8, 0, sizeof out_s8);
    memset(out_s16, 0, sizeof out_s16);
    if (octet_softmax_prepare_s8(&p, in, p.beta)) {
        octet_softmax_s8_ref(&p, other_s8, out_s8, 0, p.rows);
        octet_softmax_s8_s16_ref(&p, other_s8, out_s16, 0, p.rows);
    }
    *hash = octet_hash(octet_hash(*hash, out_s8, sizeof out_s8), out_s16, sizeof out_s16);
    if (octet_softmax_prepare_log_s8(&p, in)) octet_log_softmax_s8_ref(&p, other_s8, out_s8, 0, p.rows);
    *hash = octet_hash(*hash, out_s8, sizeof out_s8);
    if (octet_softmax_prepare_s16(&p, wide, p.beta)) octet_softmax_s16_ref(&p, s16, out_s16, 0, p.rows);
    *hash = octet_hash(*hash, out_s16, sizeof out_s16);
}

static void elements(uint64_t *hash) {
    static float scales[8];
    static int32_t zero_points[8];
    octet_quantize_params p = {.channels = 8, .inner = 3, .scales = scales, .zero_points = zero_points};
    for (int i = 0; i < 8; i++) {
        scales[i] = scale(-6, 2);
        zero_points[i] = pick(-128, 127);
    }
    p.scale = scale(-8, 2);
    p.input_zero_point = pick(-128, 127);
    p.output_zero_point = pick(-128, 127);
    p.multiplier = pick(1 << 30, INT32_MAX);
    p.shift = pick(-6, 4);
    const struct {
        const void *data;
        size_t size;
    } out[] = {{out_s8, sizeof out_s8}, {out_u8, sizeof out_u8}, {out_s16, sizeof out_s16}, {out_f32, sizeof out_f32}};
#define ADD(index) *hash = octet_hash(*hash, out[index].data, out[index].size)
    octet_quantize_f32_s8_ref(&p, f32, out_s8, 0, N), ADD(0);
    octet_quantize_f32_s16_ref(&p, f32, out_s16, 0, N), ADD(2);
    octet_requantize_s8_s8_ref(&p, s8, out_s8, 0, N), ADD(0);
    octet_requantize_s8_u8_ref(&p, s8, out_u8, 0, N), ADD(1);
    octet_requantize_s8_s16_ref(&p, s8, out_s16, 0, N), ADD(2);
    octet_requantize_u8_s8_ref(&p, u8, out_s8, 0, N), ADD(0);
    octet_requantize_u8_u8_ref(&p, u8, out_u8, 0, N), ADD(1);
    octet_requantize_s16_s8_ref(&p, s16, out_s8, 0, N), ADD(0);
    octet_requantize_s16_s16_ref(&p, s16, out_s16, 0, N), ADD(2);
    octet_dequantize_s8_ref(&p, s8, out_f32, 0, N), ADD(3);
    octet_dequantize_u8_ref(&p, u8, out_f32, 0, N), ADD(3);
    octet_dequantize_s16_ref(&p, s16, out_f32, 0, N), ADD(3);
    octet_dequantize_channels_s8_ref(&p, s8, out_f32, 0, N), ADD(3);
    p.output_zero_point = pick(0, 255);
    octet_quantize_f32_u8_ref(&p, f32, out_u8, 0, N), ADD(1);
#undef ADD
}

static void rows_of_two(uint64_t *hash) {
    octet_prelu_params p = {0};
    p.zero_in = pick(-128, 127);
    p.zero_slope = pick(-128, 127);
    p.zero_out = pick(-128, 127);
    const float in = scale(-8, 0), slope = scale(-8, 0), out = scale(-8, 0);
    const int32_t step[2] = {1, 1};
    if (octet_prelu_prepare(in, slope, out, &p)) {
        octet_prelu_s8_ref(&p, (const void *[]){s8, other_s8}, step, out_s8, N);
        *hash = octet_hash(*hash, out_s8, sizeof out_s8);
        p.zero_in = p.zero_out = 0;
        octet_prelu_s16_ref(&p, (const void *[]){s16, other_s8}, step, out_s16, N);
        *hash = octet_hash(*hash, out_s16, sizeof out_s16);
    }
    octet_prelu_f32_ref(NULL, (const void *[]){f32, f32 + 1}, step, out_f32, N - 1);
    *hash = octet_hash(*hash, out_f32, (N - 1) * 4);
}

static void normalizations(uint64_t *hash) {
    octet_l2_normalization_params p = {.scales_first = next() % 2 == 0};
    p.depth = pick(1, 64);
    p.rows = N / p.depth;
    p.input_zero_point = pick(-128, 127);
    octet_l2_normalization_s8_ref(&p, next() % 2 == 0 ? s8 : other_s8, out_s8, 0, p.rows);
    *hash = octet_hash(*hash, out_s8, (size_t)(p.rows * p.depth));
    octet_l2_normalization_f32_ref(&p, f32, out_f32, 0, p.rows);
    *hash = octet_hash(*hash, out_f32, (size_t)(p.rows * p.depth) * 4);
    octet_l2_normalization_f32_plain(&p, f32, out_f32, 0, p.rows);
    *hash = octet_hash(*hash, out_f32, (size_t)(p.rows * p.depth) * 4);
    octet_local_response_params r = {.depth = p.depth};
    r.radius = pick(0, 5);
    r.bias = scale(0, 2);
    r.alpha = scale(-4, 1);
    r.beta = scale(-2, 1);
    octet_local_response_f32_ref(&r, f32, out_f32, 0, (uint32_t)p.rows);
    *hash = octet_hash(*hash, out_f32, (size_t)(p.rows * p.depth) * 4);
    const float low = -scale(-2, 3), high = scale(-2, 3);
    const int32_t bits = pick(2, 16);
    const octet_fake_quant_grid grid = octet_fake_quant_nudge(low, high, bits, next() % 2 == 0);
    octet_fake_quant_f32_ref(&grid, f32, out_f32, 0, N);
    *hash = octet_hash(*hash, out_f32, sizeof out_f32);
}

static void casts(uint64_t *hash) {
    for (int from = 0; from < OCTET_N_CAST_TYPES; from++) {
        for (int to = 0; to < OCTET_N_CAST_TYPES; to++) {
            int64_t in[N] = {0}, out[N] = {0};
            octet_cast_ref(OCTET_CAST_S16, (octet_cast_type)from, other_s16, in, N);
            octet_cast_ref((octet_cast_type)from, (octet_cast_type)to, in, out, N);
            *hash = octet_hash(*hash, out, sizeof out);
        }
    }
}

static void products(uint64_t *hash) {
    octet_batch_matmul_params p = {.n_axes = 2, .sizes = {2, 3}, .lhs_steps = {1, 0}, .rhs_steps = {0, 1}};
    p.rows = pick(1, 4);
    p.depth = pick(1, 5);
    p.columns = pick(1, 6);
    p.adj_x = next() % 2 == 0;
    p.adj_y = next() % 2 == 0;
    p.lhs_zero_point = pick(-9, 9);
    p.rhs_zero_point = pick(-9, 9);
    p.output_zero_point = pick(-9, 9);
    p.multiplier = pick(1 << 30, INT32_MAX);
    p.shift = pick(-14, -6);
    const int32_t units = 6 * p.rows;
    const size_t n = (size_t)(units * p.columns);
    octet_batch_matmul_f32_ref(&p, f32, f32 + 64, out_f32, 0, units);
    *hash = octet_hash(*hash, out_f32, n * 4);
    octet_batch_matmul_f32_plain(&p, f32, f32 + 64, out_f32, 0, units);
    *hash = octet_hash(*hash, out_f32, n * 4);
    octet_batch_matmul_s8_ref(&p, other_s8, other_s8 + 64, out_s8, 0, units);
    *hash = octet_hash(*hash, out_s8, n);
    p.lhs_zero_point = p.rhs_zero_point = p.output_zero_point = 0;
    octet_batch_matmul_s16_ref(&p, other_s16, other_s16 + 64, out_s16, 0, units);
    *hash = octet_hash(*hash, out_s16, n * 2);
}

static void quantized_rows(uint64_t *hash) {
    octet_hybrid_params h = {.asymmetric = next() % 2 == 0, .row_factor = 0.5f};
    h.depth = pick(1, 60);
    h.rows = N / h.depth;
    float scales[N];
    int32_t zero_points[N];
    const octet_hybrid_rows rows = {out_s8, scales, zero_points};
    const float shift = scale(-4, 2) * (next() % 2 == 0 ? 1.0f : -1.0f);
    for (int i = 0; i < N; i++) out_f32[i] = f32[i] + (next() % 4 == 0 ? shift : 0.0f);
    octet_hybrid_quantize_ref(&h, out_f32, &rows, 0, h.rows);
    *hash = octet_hash(*hash, out_s8, (size_t)(h.rows * h.depth));
    *hash = octet_hash(*hash, scales, (size_t)h.rows * 4);
    *hash = octet_hash(*hash, zero_points, (size_t)h.rows * 4);
}

/* Every order that Eigen adds in: one row, one channel, tiny ones, panels. */
static void products_of_eigen(uint64_t *hash) {
    static float panels[2 * 16 * 80], patches[4 * 80];
    octet_eigen_params p = {.panels = panels, .real_min = -1.0f, .real_max = 1.5f};
    p.n_rows = pick(1, 6);
    p.depth = pick(1, 70);
    p.channels = next() % 3 == 0 ? pick(1, 3) : pick(1, 20);
    if (p.depth * p.n_rows > N - 64) p.depth = 20;
    float weights[20 * 80];
    for (int i = 0; i < 20 * 80; i++) weights[i] = (float)(int32_t)next() * 0x1p-33f;
    assert_true(octet_eigen_packed_size(p.channels, p.depth) <= sizeof panels / sizeof panels[0]);
    octet_eigen_pack(weights, p.channels, p.depth, panels);
    float sums[6 * 20];
    const float *bias = next() % 2 == 0 ? f32 + N - 20 : NULL;
    octet_eigen_product(&p, f32, weights, bias, sums, patches, 0, (p.n_rows + 3) / 4);
    *hash = octet_hash(*hash, sums, (size_t)(p.n_rows * p.channels) * 4);
}

static void bytes_are_what_they_were(void **unused) {
    (void)unused;
    static const struct {
        const char *name;
        void (*add)(uint64_t *hash);
        uint64_t expected;
    } rows[] = {
        {"tables", tables, 0xb641f42b934bb668},
        {"tables of 16 bits", tables_of_16_bits, 0x3c8fc21217b855c0},
        {"floats", floats, 0xcb46c087163218f8},
        {"arithmetic", arithmetic, 0xf1c6f3df8c5db027},
        {"softmaxes", softmaxes, 0x38c43a412efcbf6f},
        {"elements", elements, 0x7284054aac288fdf},
        {"rows of two", rows_of_two, 0x5280118510148fd9},
        {"normalizations", normalizations, 0x8bc4d6853c7ce852},
        {"casts", casts, 0x3cd5907867f7644a},
        {"products", products, 0xc488021a9ef8c832},
        {"products of Eigen", products_of_eigen, 0x76ffc7819b0028c6},
        {"quantized rows", quantized_rows, 0xfc868c4663815ebf},
    };
    unsigned n_wrong = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t hash = 0;
        state = 1 + (uint32_t)i;
        for (int turn = 0; turn < ROUNDS; turn++) {
            fill();
            rows[i].add(&hash);
        }
        if (hash == rows[i].expected) continue;
        print_error("%s: 0x%016llx, not 0x%016llx\n", rows[i].name, (unsigned long long)hash,
                    (unsigned long long)rows[i].expected);
        n_wrong++;
    }
    assert_int_equal(n_wrong, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(bytes_are_what_they_were)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
