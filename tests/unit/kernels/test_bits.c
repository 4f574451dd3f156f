/* The bits of the functions that kernels are made of. Their headers promise the same ones on every machine, and those
 * of TensorFlow Lite in fixed point; other tests say that they are close to the real functions. Each is called for many
 * arguments, and a hash of all results is compared with what it was: a changed last bit changes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "kernels/ref/elementary.h"
#include "kernels/ref/fixed_function.h"
#include "kernels/ref/fixed_function16.h"
#include "kernels/ref/table16.h"

enum { MANY = 20000 };

static uint32_t state;
static uint32_t next(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static double between(double low, double high) { return low + (high - low) * (double)next() * 0x1p-32; }

static unsigned n_wrong;

static void expect(const char *what, const void *results, size_t size, uint64_t expected) {
    const uint64_t hash = octet_hash(0, results, size);
    if (hash == expected) return;
    print_error("%s: 0x%016llx, not 0x%016llx\n", what, (unsigned long long)hash, (unsigned long long)expected);
    n_wrong++;
}

static void end(void) {
    const unsigned n = n_wrong;
    n_wrong = 0;
    assert_int_equal(n, 0);
}

static double erf_of(double x) { return octet_erfc_f64(x); }
static double sine(double x) { return octet_sin_f64(x, 0); }
static double cosine(double x) { return octet_sin_f64(x, 1); }
static double power(double x) { return octet_pow_f64(x, x + 0.25); }
static double whole_power(double x) { return octet_pow_f64(x, rint(7.0 * x)); }

static void elementary_functions(void **unused) {
    (void)unused;
    static const struct {
        const char *name;
        double (*function)(double);
        double low, high;
        uint64_t expected;
    } rows[] = {
        {"exp", octet_exp_f64, -20.0, 20.0, 0x5f6b07458898a6df},
        {"exp, wide", octet_exp_f64, -720.0, 720.0, 0xc3c33f0adf85a832},
        {"log", octet_log_f64, 0.25, 4.0, 0xecfb5fde72c17f5d},
        {"log, wide", octet_log_f64, -1.0, 1e30, 0xda06877713f74b89},
        {"expm1", octet_expm1_f64, -0.03, 0.03, 0x1ec12aca33f086b9},
        {"expm1, wide", octet_expm1_f64, -3.0, 3.0, 0x1d5b40b8c2e706cb},
        {"logistic", octet_logistic_f64, -40.0, 40.0, 0x617d66a864f1060b},
        {"tanh", octet_tanh_f64, -0.03, 0.03, 0x9b1f042f6400e550},
        {"tanh, wide", octet_tanh_f64, -30.0, 30.0, 0xf9e875dc97ab364c},
        {"erfc", erf_of, -0.8, 0.8, 0x42453caad8888474},
        {"erfc, wide", erf_of, -30.0, 30.0, 0x3cc06cf528b73d27},
        {"sin", sine, -4.0, 4.0, 0xe092137f8d71ee49},
        {"sin, wide", sine, -1.5e6, 1.5e6, 0xec79b3f896640b09},
        {"cos", cosine, -4.0, 4.0, 0x501b2891d2cde1c2},
        {"cos, wide", cosine, -1.5e6, 1.5e6, 0x911ab91c3ba881a3},
        {"pow", power, 0.0, 8.0, 0x8f3f4cec5cd49e53},
        {"pow of whole numbers", whole_power, -8.0, 8.0, 0x33461de5cb735b28},
    };
    state = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static double results[MANY];
        for (int k = 0; k < MANY; k++) results[k] = rows[i].function(between(rows[i].low, rows[i].high));
        expect(rows[i].name, results, sizeof results, rows[i].expected);
    }
    end();
}

/* The last values of each domain too. */
static void special_arguments(void **unused) {
    (void)unused;
    assert_true(octet_exp_f64(0.0) == 1.0 && octet_exp_f64(-1000.0) == octet_exp_f64(-708.0));
    assert_true(octet_exp_f64(1000.0) == octet_exp_f64(709.0) && octet_exp_f64(708.5) < octet_exp_f64(709.0));
    assert_true(octet_exp_f64(-708.0) < octet_exp_f64(-707.5) && octet_exp_f64(-708.0) > 0.0);
    assert_true(octet_log_f64(0.0) == -INFINITY && isnan(octet_log_f64(-1.0)) && octet_log_f64(1.0) == 0.0);
    assert_true(octet_log_f64(0x1.6a09e667f3bcdp-1) == -0x1.62e42fefa39eep-2); /* where the exponent changes */
    assert_true(octet_log_f64(INFINITY) == INFINITY && isnan(octet_log_f64((double)NAN)));
    assert_true(octet_erfc_f64(27.0) == 0.0 && octet_erfc_f64(-27.0) == 2.0 && isnan(octet_erfc_f64((double)NAN)));
    assert_true(octet_erfc_f64(26.0) > 0.0 && octet_erfc_f64(0.0) == 1.0);
    assert_true(octet_tanh_f64(0.0) == 0.0 && octet_tanh_f64(1000.0) == 1.0 && octet_tanh_f64(-1000.0) == -1.0);
    assert_true(octet_sin_f64(0.0, 0) == 0.0 && octet_sin_f64(0.0, 1) == 1.0 && isnan(octet_sin_f64(INFINITY, 0)));
    assert_true(octet_sin_f64(2e6, 0) == sin(2e6) && octet_sin_f64(-2e6, 1) == cos(2e6));
    assert_true(octet_pow_f64(0.0, 0.0) == 1.0 && octet_pow_f64(0.0, -1.0) == INFINITY);
    assert_true(octet_pow_f64(INFINITY, -1.0) == 0.0 && octet_pow_f64(-INFINITY, 3.0) == -INFINITY);
    assert_true(octet_pow_f64(0.5, INFINITY) == 0.0 && octet_pow_f64(0.5, -INFINITY) == INFINITY);
    assert_true(isnan(octet_pow_f64(-2.0, 0.5)) && octet_pow_f64(-1.0, 3.0) == -1.0 && octet_pow_f64(-1.0, 4.0) == 1.0);
}

static int32_t exp_5(int32_t a) { return octet_fixed_exp_negative(a > 0 ? -a : a, 5); }
static int32_t exp_4(int32_t a) { return octet_fixed_exp_negative(a > 0 ? -a : a, 4); }
static int32_t exp_0(int32_t a) { return octet_fixed_exp_negative(a > 0 ? -a : a, 0); }
static int32_t reciprocal(int32_t a) { return octet_fixed_reciprocal(a & INT32_MAX); }
static int32_t half_sum(int32_t a) { return octet_fixed_half_sum(a, (int32_t)next() >> (a & 31)); }
static int32_t rescale(int32_t a) { return octet_fixed_rescale(a, (int32_t)(next() % 63) - 31); }
static int32_t logarithm(int32_t a) { return octet_fixed_log((a & INT32_MAX) >> (a % 12 & 15) | 1 << 19); }
static int32_t zeros(int32_t a) { return octet_fixed_leading_zeros((uint32_t)a >> (a & 31)); }
static int32_t high_multiply(int32_t a) { return octet_fixed_high_multiply(a, (int32_t)next()); }
static int32_t ties(int32_t a) { return octet_fixed_high_multiply(a | 1, 1 << 30); }
static int32_t round_shift(int32_t a) { return octet_fixed_round_shift(a >> 24, 1 + (a & 7)); }
static int32_t saturating_left(int32_t a) { return octet_fixed_saturating_left(a >> 8, a & 15); }
static int32_t scale(int32_t a) {
    const int32_t multiplier = (1 << 30) + (int32_t)(next() >> 2);
    return octet_fixed_scale(a >> 10, multiplier, (int32_t)(next() % 40) - 31);
}
static int32_t scale_s64(int32_t a) {
    const int32_t multiplier = (1 << 30) + (int32_t)(next() >> 2);
    const int64_t value = (int64_t)a * 32768 >> (next() & 31);
    return octet_fixed_scale_s64(value, multiplier, (int32_t)(next() % 40) - 31);
}
static int32_t root(int32_t a) {
    int32_t multiplier, shift;
    octet_fixed_inverse_root((a & INT32_MAX) >> (a & 31), &multiplier, &shift);
    return multiplier ^ shift * (1 << 24);
}
static int32_t multiplier_of(int32_t a) {
    int32_t multiplier, shift;
    const bool fits =
        octet_fixed_multiplier(ldexp((double)(a & INT32_MAX), (int)(next() % 100) - 70), &multiplier, &shift);
    return multiplier ^ shift * (1 << 24) ^ fits;
}
static int32_t bound(int32_t a) { return octet_fixed_quantize_bound((float)a * 0x1p-20f, 0.37f, a & 127); }

static void fixed_point_functions(void **unused) {
    (void)unused;
    static const struct {
        const char *name;
        int32_t (*function)(int32_t);
        uint64_t expected;
    } rows[] = {
        {"exp of Q5.26", exp_5, 0x9974a72c23b2e426},
        {"exp of Q4.27", exp_4, 0x437b05ba5e32e954},
        {"exp of Q0.31", exp_0, 0x23bd55bc3a3bea18},
        {"reciprocal", reciprocal, 0x4045b8b68822b819},
        {"half sum", half_sum, 0x742171eaf1137487},
        {"rescale", rescale, 0x306670eb117feb84},
        {"log of Q12.19", logarithm, 0x60d3464b17fcfb1d},
        {"leading zeros", zeros, 0xa057a03e21006446},
        {"high multiply", high_multiply, 0x8d2c400bb7d905a3},
        {"ties of high multiply", ties, 0xa0f8b16248bf9afe},
        {"round shift", round_shift, 0x3bed82a9aa83d8d9},
        {"saturating left shift", saturating_left, 0xcae1f769567ecd9e},
        {"scale", scale, 0x3fb975a6fcabf0a5},
        {"scale of 64 bits", scale_s64, 0x7a969363a4355bc9},
        {"inverse root", root, 0x740c4490d7e2998f},
        {"multiplier", multiplier_of, 0xa09dde848bb27866},
        {"bound", bound, 0xa518039f8427b188},
    };
    state = 2;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static int32_t results[MANY];
        for (int k = 0; k < MANY; k++) {
            const int32_t argument = (int32_t)next() >> (k % 3 * 4); /* small ones too */
            results[k] = rows[i].function(argument == INT32_MIN ? 0 : argument);
        }
        expect(rows[i].name, results, sizeof results, rows[i].expected);
    }
    end();
}

/* Every argument. */
static void functions_of_16_bits(void **unused) {
    (void)unused;
    static int16_t results[9][65536], table[OCTET_TABLE16_SIZE];
    octet_table16_fill(octet_tanh_f64, -3.0, 3.0, 32768.0, table);
    for (int32_t a = INT16_MIN; a <= INT16_MAX; a++) {
        const uint32_t at = (uint32_t)(a - INT16_MIN);
        results[0][at] = octet_fixed16_sigmoid((int16_t)a);
        for (int32_t bits = 0; bits < 7; bits++) results[1 + bits][at] = octet_fixed16_tanh((int16_t)a, bits);
        results[8][at] = octet_table16_lookup((int16_t)a, table);
    }
    expect("sigmoid of 16 bits", results[0], sizeof results[0], 0x8f015c8d1570f6e7);
    expect("tanh of 16 bits", results[1], 7 * sizeof results[1], 0x7679bfb7acd5a082);
    expect("table of 16 bits", table, sizeof table, 0x5f83adc5d0b2b32f);
    expect("lookup of 16 bits", results[8], sizeof results[8], 0x29c5bf07ea0c4ddd);
    state = 3;
    for (uint32_t i = 0; i < 65536; i++) {
        const int16_t a = (int16_t)(next() >> 16);
        const int16_t b = (int16_t)(next() >> (16 + i % 12));
        results[0][i] = octet_fixed16_high_multiply(a, b);
        results[1][i] = octet_fixed16_half_sum(a, b);
        results[2][i] = octet_fixed16_exp_negative(a > 0 ? (int16_t)-a : a, (int32_t)(i % 8));
        results[3][i] = octet_fixed16_twice_reciprocal(a < 0 ? (int16_t)~a : a);
    }
    expect("parts of 16 bits", results[0], 4 * sizeof results[0], 0x057c8aca9ef0e146);
    end();
    assert_int_equal(octet_fixed16_high_multiply(INT16_MIN, INT16_MIN), INT16_MAX);
    assert_int_equal(octet_fixed16_high_multiply(INT16_MIN, INT16_MAX), -INT16_MAX);
    assert_int_equal(octet_fixed16_high_multiply(1 << 14, -1), 0); /* -1/2 */
    assert_int_equal(octet_fixed16_high_multiply(1 << 14, 1), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(elementary_functions), cmocka_unit_test(special_arguments),
                                       cmocka_unit_test(fixed_point_functions), cmocka_unit_test(functions_of_16_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
