#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernels/ref/fixed_function.h"
#include "kernels/ref/fixed_function16.h"
#include "kernels/ref/fixed_point.h"
#include "kernels/ref/requantize.h"
#include "kernels/ref/table16.h"

static uint32_t state = 1;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void test_multiplier(void **unused) {
    (void)unused;
    int32_t m, s;
    assert_true(octet_fixed_multiplier(0.5, &m, &s));
    assert_int_equal(m, 1 << 30);
    assert_int_equal(s, 0);
    assert_true(octet_fixed_multiplier(3.0, &m, &s));
    assert_int_equal(m, 3 << 29);
    assert_int_equal(s, 2);
    /* The mantissa rounds up to 2^31: it is halved. */
    assert_true(octet_fixed_multiplier(1.0 - 1e-15, &m, &s));
    assert_int_equal(m, 1 << 30);
    assert_int_equal(s, 1);
    assert_true(octet_fixed_multiplier(0.0, &m, &s));
    assert_int_equal(m, 0);
    assert_true(octet_fixed_multiplier(1e-12, &m, &s)); /* below 2^-32: nothing is left of it */
    assert_int_equal(m, 0);
    assert_false(octet_fixed_multiplier(1e12, &m, &s));
    assert_false(octet_fixed_multiplier(INFINITY, &m, &s));
    assert_false(octet_fixed_multiplier(NAN, &m, &s));
}

static void test_rounding(void **unused) {
    (void)unused;
    /* 97.5 / 4 is 24.375 rounded once, and 98 / 4 = 24.5, upwards, rounded twice. */
    assert_int_equal(octet_fixed_scale(195, 1 << 30, -2), 25);
    assert_int_equal(octet_fixed_scale_once(195, 1 << 30, -2), 24);
    assert_int_equal(octet_fixed_scale_once(-3, 1 << 30, 0), -1); /* -1.5: halves go upwards */
    assert_int_equal(octet_fixed_scale_once(INT32_MAX, 1 << 30, 31), INT32_MAX);
    assert_int_equal(octet_fixed_scale_once(INT32_MIN, INT32_MAX, 31), INT32_MIN);
    assert_int_equal(octet_fixed_scale_once(5, INT32_MAX, -31), 0);
    assert_int_equal(octet_fixed_high_multiply(INT32_MIN, INT32_MIN), INT32_MAX);
    assert_int_equal(octet_fixed_high_multiply(1 << 30, 3), 2);   /* 1.5 */
    assert_int_equal(octet_fixed_high_multiply(1 << 30, -3), -1); /* -1.5: halves go upwards */
    assert_int_equal(octet_fixed_round_shift(5, 1), 3);
    assert_int_equal(octet_fixed_round_shift(-5, 1), -3);
    assert_int_equal(octet_fixed_round_shift(-4, 3), -1);
    assert_int_equal(octet_fixed_round_shift(-3, 3), 0);
    assert_int_equal(octet_fixed_round_shift(INT32_MAX, 31), 1);
    assert_int_equal(octet_fixed_saturating_left(1 << 20, 15), INT32_MAX);
    assert_int_equal(octet_fixed_saturating_left(-(1 << 20), 15), INT32_MIN);
    assert_int_equal(octet_round_s32(2.5), 3);
    assert_int_equal(octet_round_s32(-2.5), -3);
    assert_int_equal(octet_round_s32(1e20), INT32_MAX);
    assert_int_equal(octet_round_s32(-1e20), INT32_MIN);
    assert_int_equal(octet_round_s32(NAN), 0);
}

/* Within one unit of the real product, for any value and multiplier; twice rounding is at most one off. */
static void test_scale(void **unused) {
    (void)unused;
    for (int i = 0; i < 100000; i++) {
        const double real = ldexp(1.0 + (double)(next() % 1000) / 1000.0, -(int)(next() % 20) - 1);
        const int32_t value = (int32_t)next() / 4;
        int32_t m, s;
        assert_true(octet_fixed_multiplier(real, &m, &s));
        assert_true(fabs(octet_fixed_scale(value, m, s) - value * real) <= 1.0);
    }
    /* Twice rounding shows: 0.3 of 5 is 1.5 - 2^-33, which becomes 3 / 2 and then 2. */
    int32_t m, s;
    assert_true(octet_fixed_multiplier(0.3, &m, &s));
    assert_int_equal(octet_fixed_scale(5, m, s), 2);
}

/* Half up in the 16 bits that stay; the greatest ones saturate. */
static void test_reduced_multiplier(void **unused) {
    (void)unused;
    assert_int_equal(octet_fixed_reduce_multiplier(0), 0);
    assert_int_equal(octet_fixed_reduce_multiplier((1 << 15) - 1), 0);
    assert_int_equal(octet_fixed_reduce_multiplier(1 << 15), 1);
    assert_int_equal(octet_fixed_reduce_multiplier(1 << 30), 1 << 14);
    assert_int_equal(octet_fixed_reduce_multiplier(0x7FFE7FFF), 0x7FFE);
    assert_int_equal(octet_fixed_reduce_multiplier(0x7FFE8000), 0x7FFF);
    assert_int_equal(octet_fixed_reduce_multiplier(INT32_MAX), 0x7FFF);
}

static void test_activation_range(void **unused) {
    (void)unused;
    int32_t min, max;
    octet_fixed_activation_range(-INFINITY, INFINITY, 0.1f, 3, -128, 127, &min, &max);
    assert_int_equal(min, -128);
    assert_int_equal(max, 127);
    octet_fixed_activation_range(0, 6, 0.1f, 3, -128, 127, &min, &max);
    assert_int_equal(min, 3);
    assert_int_equal(max, 63);
    octet_fixed_activation_range(0, 6, 0.01f, -128, -128, 127, &min, &max);
    assert_int_equal(max, 127);
    octet_fixed_activation_range(-1, 1, 1e-30f, 0, -128, 127, &min, &max); /* far outside int32 */
    assert_int_equal(min, -128);
    assert_int_equal(max, 127);
}

static void test_functions(void **unused) {
    (void)unused;
    for (int32_t a = 0; a > -(1 << 30); a -= 9999991) { /* Q5.26 */
        const double want = exp(ldexp((double)a, -26));
        assert_true(fabs(ldexp((double)octet_fixed_exp_negative(a, 5), -31) - want) < 1e-6);
    }
    for (int32_t a = 0; a < INT32_MAX - 99999999; a += 99999989) {
        const double want = 1.0 / (1.0 + ldexp((double)a, -31));
        assert_true(fabs(ldexp((double)octet_fixed_reciprocal(a), -31) - want) < 1e-7);
    }
    for (int32_t x = 1 << 19; x < 1 << 30; x += x / 3) { /* Q12.19, at least 1 */
        assert_true(fabs(ldexp((double)octet_fixed_log(x), -26) - log(ldexp((double)x, -19))) < 1e-4);
    }
    for (int32_t a = INT16_MIN; a <= INT16_MAX; a += 7) {
        const double x = ldexp((double)a, -12);
        assert_true(fabs(ldexp((double)octet_fixed16_sigmoid((int16_t)a), -15) - 1 / (1 + exp(-x))) < 5e-4);
        assert_true(fabs(ldexp((double)octet_fixed16_tanh((int16_t)a, 3), -15) - tanh(x)) < 1e-3);
        assert_true(fabs(ldexp((double)octet_fixed16_tanh((int16_t)a, 0), -15) - tanh(ldexp((double)a, -15))) < 1e-3);
    }
}

static double square(double x) { return x * x; }

static void test_table(void **unused) {
    (void)unused;
    int16_t table[OCTET_TABLE16_SIZE];
    octet_table16_fill(square, -1.0, 1.0, 32768.0, table);
    for (int32_t a = INT16_MIN; a <= INT16_MAX; a++) {
        const double x = a / 32768.0;
        assert_true(fabs(octet_table16_lookup((int16_t)a, table) / 32768.0 - x * x) < 1e-4);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_multiplier),
                                       cmocka_unit_test(test_rounding),
                                       cmocka_unit_test(test_scale),
                                       cmocka_unit_test(test_reduced_multiplier),
                                       cmocka_unit_test(test_activation_range),
                                       cmocka_unit_test(test_functions),
                                       cmocka_unit_test(test_table)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
