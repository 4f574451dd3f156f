#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "kernels/ref/elementary.h"
#include "kernels/ref/unary_quantized.h"
#include "support/one_operator.h"

static one_result r;
static const octet_options none;

static double sine(double x) { return octet_sin_f64(x, 0); }
static double cosine(double x) { return octet_sin_f64(x, 1); }

static void elementary_functions_are_close_to_the_c_library(void **state) {
    (void)state;
    const struct {
        double (*own)(double), (*library)(double);
        double low, high, error;
    } cases[] = {
        {octet_exp_f64, exp, -100, 89, 1e-15},  {octet_log_f64, log, 1e-6, 1e6, 1e-15},
        {octet_tanh_f64, tanh, -10, 10, 1e-14}, {octet_expm1_f64, expm1, -10, 1, 1e-14},
        {octet_erfc_f64, erfc, -6, 20, 1e-14},  {sine, sin, -3, 3, 1e-14},
        {cosine, cos, -1.5, 1.5, 1e-14},
    };
    srand(7);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int j = 0; j < 20000; j++) {
            const double x = (double)(float)(cases[i].low + (cases[i].high - cases[i].low) * rand() / RAND_MAX);
            const double want = cases[i].library(x);
            if (fabs(cases[i].own(x) - want) > cases[i].error * fabs(want)) fail_msg("case %zu at %.17g", i, x);
        }
    }
    for (int j = 0; j < 20000; j++) {
        const double x = (double)(float)(5.0 * rand() / RAND_MAX + 1e-3),
                     y = (double)(float)(20.0 * rand() / RAND_MAX - 10);
        assert_true(fabs(octet_pow_f64(x, y) / pow(x, y) - 1) < 1e-13);
    }
}

static void special_values(void **state) {
    (void)state;
    assert_true(octet_log_f64(0) == -INFINITY && isnan(octet_log_f64(-1)) && octet_log_f64(INFINITY) == INFINITY);
    assert_true((float)octet_exp_f64(1000) == INFINITY && (float)octet_exp_f64(-1000) == 0);
    assert_true(octet_exp_f64(0) == 1 && isnan(octet_exp_f64((double)nanf(""))));
    assert_true(octet_tanh_f64(INFINITY) == 1 && octet_tanh_f64(-INFINITY) == -1);
    assert_true(octet_erfc_f64(40) == 0 && octet_erfc_f64(-40) == 2 && isnan(octet_erfc_f64(NAN)));
    assert_true((float)octet_pow_f64(-2, 3) == -8 && isnan(octet_pow_f64(-2, 0.5)) && octet_pow_f64(0, 0) == 1);
}

#define RUN1(code, options, x, out) one_run(code, options, (const operand[]){x}, 1, out, 1, 1, &r)

static void floats(void **state) {
    (void)state;
    const operand x = F32(DIMS(5), -2.5f, -0.5f, 0, 1.5f, 7);
    RUN1(OCTET_OP_ROUND, &none, x, NULL);
    ONE_EXPECT(r, float, DIMS(5), -2, -0.0f, 0, 2, 7);
    RUN1(OCTET_OP_FLOOR, &none, x, NULL);
    ONE_EXPECT(r, float, DIMS(5), -3, -1, 0, 1, 7);
    RUN1(OCTET_OP_RELU6, &none, x, NULL);
    ONE_EXPECT(r, float, DIMS(5), 0, 0, 0, 1.5f, 6);
    RUN1(OCTET_OP_HARD_SWISH, &none, x, NULL);
    ONE_EXPECT(r, float, DIMS(5), -2.5f * 0.5f / 6.0f, -0.5f * 2.5f / 6.0f, 0, 1.5f * 4.5f / 6.0f, 7);
    const octet_options slope = {.leaky_relu = {.alpha = 0.5f}};
    RUN1(OCTET_OP_LEAKY_RELU, &slope, x, NULL);
    ONE_EXPECT(r, float, DIMS(5), -1.25f, -0.25f, 0, 1.5f, 7);
    RUN1(OCTET_OP_LOGISTIC, &none, F32(DIMS(3), -200, 0, 200), NULL);
    ONE_EXPECT(r, float, DIMS(3), 0, 0.5f, 1);
    RUN1(OCTET_OP_ELU, &none, F32(DIMS(2), -200, 3), NULL);
    ONE_EXPECT(r, float, DIMS(2), -1, 3);
    RUN1(OCTET_OP_ABS, &none, S32(DIMS(3), -3, 3, INT32_MIN), NULL);
    ONE_EXPECT(r, int32_t, DIMS(3), 3, 3, INT32_MIN);
    RUN1(OCTET_OP_EXP, &none, S32(DIMS(1), 3), NULL);
    assert_int_equal(r.status, OCTET_UNSUPPORTED);
}

/* -1 to 3 in 3 steps: a step is 4/3, and 0 moves onto step round(0.75) = 1, so that the range is -4/3 to 8/3. */
static void fake_quant_rounds_to_a_range_that_holds_zero(void **state) {
    (void)state;
    const float step = 4.0f / 3.0f;
    octet_options range = {.fake_quant = {-1.0f, 3.0f, 2, false}};
    RUN1(OCTET_OP_FAKE_QUANT, &range, F32(DIMS(6), -7, -0.6f, -0.7f, 0, 2.1f, NAN), NULL);
    ONE_EXPECT(r, float, DIMS(6), -step, step - step, -step, step - step, 3 * step - step, -step);
    range.fake_quant.narrow_range =
        true; /* 2 steps of 2, 0 on the lower of the ends' neighbours: round(1 + 0.5) = 2 of 1 to 3 */
    RUN1(OCTET_OP_FAKE_QUANT, &range, F32(DIMS(3), -7, 0.9f, 7), NULL);
    ONE_EXPECT(r, float, DIMS(3), -2, 0, 2);
    range.fake_quant.min = 0.5f;
    RUN1(OCTET_OP_FAKE_QUANT, &range, F32(DIMS(1), 1), NULL);
    assert_int_equal(r.status, OCTET_MODEL);
}

static void gelu_is_x_times_the_normal_distribution(void **state) {
    (void)state;
    float x[200], y[200];
    for (int i = 0; i < 200; i++) x[i] = (float)(i - 100) * 0.07f;
    octet_unary_f32_ref(OCTET_UNARY_GELU)(x, y, 200, 0);
    for (int i = 0; i < 200; i++)
        assert_true(fabs((double)y[i] - 0.5 * (double)x[i] * erfc(-(double)x[i] / sqrt(2))) < 5e-7);
    octet_unary_f32_ref(OCTET_UNARY_GELU_APPROXIMATE)(x, y, 200, 0);
    for (int i = 0; i < 200; i++)
        assert_true(fabs((double)y[i] - 0.5 * (double)x[i] * erfc(-(double)x[i] / sqrt(2))) < 1e-3);
}

/* Every int8 function within one step of the real one (half a step of rounding, and what its fixed point loses). */
static void int8_tables_follow_the_functions(void **state) {
    (void)state;
    const octet_unary operations[] = {
        OCTET_UNARY_ABS,  OCTET_UNARY_EXP,   OCTET_UNARY_LOGISTIC,         OCTET_UNARY_TANH,
        OCTET_UNARY_RELU, OCTET_UNARY_RELU6, OCTET_UNARY_RELU_N1_TO_1,     OCTET_UNARY_LEAKY_RELU,
        OCTET_UNARY_ELU,  OCTET_UNARY_GELU,  OCTET_UNARY_GELU_APPROXIMATE, OCTET_UNARY_HARD_SWISH};
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        octet_unary_quantized_params p = {.operation = operations[i],
                                          .alpha = 0.3f,
                                          .scale_in = 0.03f,
                                          .scale_out = 0.04f,
                                          .zero_in = -7,
                                          .zero_out = -20};
        int8_t table[OCTET_UNARY_TABLE_S8];
        assert_true(octet_unary_quantized_table_s8(&p, table));
        for (int32_t q = INT8_MIN; q <= INT8_MAX; q++) {
            const float x = p.scale_in * (float)(q - p.zero_in);
            float y;
            octet_unary_f32_ref(p.operation)(&x, &y, 1, p.alpha);
            double want = (double)y / (double)p.scale_out + p.zero_out;
            want = want < -128 ? -128 : want > 127 ? 127 : want;
            if (fabs(want - table[q + 128]) > 1.0)
                fail_msg("operation %d at %d: %d, %g", (int)operations[i], q, table[q + 128], want);
        }
    }
}

static void roots_and_logarithms_outside_their_domain(void **state) {
    (void)state;
    int8_t table[OCTET_UNARY_TABLE_S8];
    octet_unary_quantized_params p = {
        .operation = OCTET_UNARY_SQRT, .scale_in = 0.25f, .scale_out = 0.5f, .zero_out = -100};
    assert_true(octet_unary_quantized_table_s8(&p, table));
    assert_int_equal(table[128 - 5], -100);
    assert_int_equal(table[128 + 16], -96); /* sqrt(4) = 4 halves */
    assert_int_equal(table[128 + 17], -96); /* truncated */
    p.operation = OCTET_UNARY_LOG;
    assert_true(octet_unary_quantized_table_s8(&p, table));
    assert_int_equal(table[128], -128);
    p.operation = OCTET_UNARY_RSQRT;
    assert_true(octet_unary_quantized_table_s8(&p, table));
    assert_int_equal(table[128], 127);
    p.operation = OCTET_UNARY_SIN;
    assert_false(octet_unary_quantized_table_s8(&p, table));
}

static void int16_follows_the_functions(void **state) {
    (void)state;
    const struct {
        octet_unary operation;
        float scale_in, scale_out;
        double tolerance; /* steps of the output */
    } cases[] = {
        {OCTET_UNARY_LOGISTIC, 0.0003f, 1.0f / 32768, 2.1},
        {OCTET_UNARY_TANH, 0.0003f, 1.0f / 32768, 4.1},
        {OCTET_UNARY_LOGISTIC, 1.0f / 4096, 1.0f / 32768, 2},
        {OCTET_UNARY_EXP, 0.0001f, 28.0f / 32767, 6},
        {OCTET_UNARY_GELU, 0.0002f, 0.0002f, 6},
        {OCTET_UNARY_RELU6, 0.0003f, 0.0002f, 1},
        {OCTET_UNARY_ABS, 0.0003f, 0.0003f, 1},
        {OCTET_UNARY_LEAKY_RELU, 0.0003f, 0.0002f, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        octet_unary_quantized_params p = {.operation = cases[i].operation,
                                          .alpha = -0.25f,
                                          .scale_in = cases[i].scale_in,
                                          .scale_out = cases[i].scale_out};
        assert_true(octet_unary_quantized_prepare_s16(&p));
        for (int32_t q = INT16_MIN; q <= INT16_MAX; q += 7) {
            const int16_t in = (int16_t)q;
            int16_t out;
            octet_unary_s16_ref(&p, &in, &out, 1);
            const float x = p.scale_in * (float)q;
            float y;
            octet_unary_f32_ref(p.operation)(&x, &y, 1, p.alpha);
            double want = (double)y / (double)p.scale_out;
            want = want < INT16_MIN ? INT16_MIN : want > INT16_MAX ? INT16_MAX : want;
            if (fabs(want - out) > cases[i].tolerance) fail_msg("case %zu at %d: %d, %g", i, q, out, want);
        }
    }
}

/* e^x of the larger arguments is infinite, and so is their difference. */
static void int16_tables_beyond_float32(void **state) {
    (void)state;
    octet_unary_quantized_params p = {.operation = OCTET_UNARY_EXP, .scale_in = 0.01f, .scale_out = 1e30f};
    assert_true(octet_unary_quantized_prepare_s16(&p));
    const int16_t in[2] = {0, INT16_MAX};
    int16_t out[2];
    octet_unary_s16_ref(&p, in, out, 2);
    assert_int_equal(out[0], 0);
    assert_int_equal(p.table[256 + 64], INT16_MAX); /* e^81.92, finite */
    assert_int_equal(p.table[OCTET_TABLE16_SIZE - 2], 0);
    assert_int_equal(p.table[OCTET_TABLE16_SIZE - 1], INT16_MAX);
}

static void prelu(void **state) {
    (void)state;
    one_run(OCTET_OP_PRELU, &none, (const operand[]){F32(DIMS(2, 2), 1, -1, -2, 4), F32(DIMS(2), 0.5f, 3)}, 2, NULL, 1,
            1, &r);
    ONE_EXPECT(r, float, DIMS(2, 2), 1, -3, -1, 4);
    const operand out = {.scale = 0.5f, .zero_point = 1};
    const operand x = S8(DIMS(2, 2), 1.0f, 0, 1, -1, -2, 4), wide = S16(DIMS(1, 2), 1.0f, -300, 4),
                  slopes = S8(DIMS(2), 0.25f, 0, 2, 12);
    one_run(OCTET_OP_PRELU, &none, (const operand[]){x, slopes}, 2, &out, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(2, 2), 3, -5, -1, 9);
    const operand wide_out = {.scale = 0.5f};
    one_run(OCTET_OP_PRELU, &none, (const operand[]){wide, slopes}, 2, &wide_out, 1, 1, &r);
    ONE_EXPECT(r, int16_t, DIMS(1, 2), -300, 8);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elementary_functions_are_close_to_the_c_library),
        cmocka_unit_test(special_values),
        cmocka_unit_test(floats),
        cmocka_unit_test(fake_quant_rounds_to_a_range_that_holds_zero),
        cmocka_unit_test(gelu_is_x_times_the_normal_distribution),
        cmocka_unit_test(int8_tables_follow_the_functions),
        cmocka_unit_test(roots_and_logarithms_outside_their_domain),
        cmocka_unit_test(int16_follows_the_functions),
        cmocka_unit_test(int16_tables_beyond_float32),
        cmocka_unit_test(prelu),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
