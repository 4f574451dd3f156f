/* kernels/ref/fixed_function.h - exp, 1 / (1 + x), log and 1 / sqrt(x) in fixed point,
 *        as gemmlowp and TFLite compute them.
 * In:  int32 in Qm.n: m integer bits, n = 31 - m fraction bits.
 * Out: int32 in the stated format.
 * Knows: fixed_point.h. Constants are the named reals in Q0.31.
 * Does not know: operators. */
#ifndef OCTET_KERNELS_REF_FIXED_FUNCTION_H
#define OCTET_KERNELS_REF_FIXED_FUNCTION_H

#include "kernels/ref/fixed_point.h"

/* Half of a + b, half away from zero. */
static inline int32_t octet_fixed_half_sum(int32_t a, int32_t b) {
    const int64_t sum = (int64_t)a + b;
    return (int32_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/* value * 2^exponent: saturating to the left, rounding half away from zero to the right; exponent -31..31. */
static inline int32_t octet_fixed_rescale(int32_t value, int32_t exponent) {
    return exponent >= 0 ? octet_fixed_saturating_left(value, exponent) : octet_fixed_round_shift(value, -exponent);
}

/* e^x for x in [-1/4, 0) in Q0.31: Taylor around -1/8. */
static inline int32_t octet_fixed_exp_quarter(int32_t a) {
    const int32_t exp_minus_eighth = 1895147668, third = 715827883;
    const int32_t x = octet_fixed_wrap_add(a, 1 << 28);
    const int32_t x2 = octet_fixed_high_multiply(x, x), x3 = octet_fixed_high_multiply(x2, x),
                  x4 = octet_fixed_high_multiply(x2, x2);
    const int32_t tail = octet_fixed_high_multiply(octet_fixed_wrap_add(octet_fixed_round_shift(x4, 2), x3), third);
    const int32_t series = octet_fixed_round_shift(octet_fixed_wrap_add(tail, x2), 1);
    return octet_fixed_wrap_add(exp_minus_eighth,
                                octet_fixed_high_multiply(exp_minus_eighth, octet_fixed_wrap_add(x, series)));
}

/* e^a for a <= 0 in Q<integer_bits>, result Q0.31 (e^0 is its largest value); integer_bits 0..5. */
static inline int32_t octet_fixed_exp_negative(int32_t a, int32_t integer_bits) {
    static const struct {
        int32_t exponent, multiplier;
    } powers[] = {/* e^-(2^exponent) */
                  {-2, 1672461947}, {-1, 1302514674}, {0, 790015084}, {1, 290630308},
                  {2, 39332535},    {3, 720401},      {4, 242}};
    if (a == 0) return INT32_MAX;
    const int32_t fraction_bits = 31 - integer_bits;
    const int32_t quarter = INT32_C(1) << (fraction_bits - 2);
    const int32_t modulo = (a & (quarter - 1)) - quarter;
    const int32_t remainder = octet_fixed_wrap_subtract(modulo, a);
    int32_t result = octet_fixed_exp_quarter(octet_fixed_saturating_left(modulo, integer_bits));
    for (int i = 0; i < 7; i++) {
        if (integer_bits <= powers[i].exponent) break;
        if (remainder & (INT32_C(1) << (fraction_bits + powers[i].exponent))) {
            result = octet_fixed_high_multiply(result, powers[i].multiplier);
        }
    }
    return result;
}

/* 1 / (1 + a) for a in [0, 1), both Q0.31: three Newton steps from 48/17 - 32/17 d with d = (1 + a) / 2. */
static inline int32_t octet_fixed_reciprocal(int32_t a) {
    const int32_t half = octet_fixed_half_sum(a, INT32_MAX);
    int32_t x = octet_fixed_wrap_add(1515870810, octet_fixed_high_multiply(half, -1010580540)); /* Q2.29 */
    for (int i = 0; i < 3; i++) {
        const int32_t error = octet_fixed_wrap_subtract(INT32_C(1) << 29, octet_fixed_high_multiply(half, x));
        x = octet_fixed_wrap_add(x, octet_fixed_saturating_left(octet_fixed_high_multiply(x, error), 2));
    }
    return octet_fixed_saturating_left(x, 1);
}

/* Number of leading zeros; 32 for 0. */
static inline int32_t octet_fixed_leading_zeros(uint32_t value) {
    int32_t n = 32;
    for (; value; value >>= 1) n--;
    return n;
}

/* ln(x) for x >= 1 in Q12.19, result Q5.26: x = 2^p * r with r around 2^(-1/4),
 * the logarithm of r by a rational function. */
static inline int32_t octet_fixed_log(int32_t x) {
    const int32_t log_2 = 1488522236, fourth_root_half = 1805811301, root_half = 1518500250, quarter = 1 << 29;
    const int32_t alpha_n = 117049297, alpha_d = 127690142, alpha_i = 1057819769, alpha_f = 638450708;
    const int32_t input_bits = 12, sum_bits = 6; /* Q6.25: one bit of headroom over the result */
    const int32_t shifted_quarter = octet_fixed_rescale(quarter, -sum_bits);
    const int32_t zeros_a = octet_fixed_leading_zeros((uint32_t)x);
    const int32_t ra_half = octet_fixed_rescale(x, zeros_a - 1);
    const int32_t ra = octet_fixed_rescale(octet_fixed_high_multiply(ra_half, root_half), 1);
    const int64_t power_a = (int64_t)octet_fixed_rescale(input_bits - zeros_a, 31 - sum_bits) + shifted_quarter;
    const int32_t b = octet_fixed_high_multiply(x, root_half);
    const int32_t headroom_b = octet_fixed_leading_zeros((uint32_t)b) - 1;
    const int32_t rb = octet_fixed_rescale(x, headroom_b);
    const int64_t power_b = (int64_t)octet_fixed_rescale(input_bits - headroom_b, 31 - sum_bits) - shifted_quarter;
    const int32_t r = ra < rb ? ra : rb;
    const int64_t larger = power_a > power_b ? power_a : power_b;
    const int32_t power = larger > INT32_MAX ? INT32_MAX : larger < INT32_MIN ? INT32_MIN : (int32_t)larger;
    const int32_t p = octet_fixed_half_sum(r, fourth_root_half);
    int32_t q = octet_fixed_wrap_subtract(r, fourth_root_half);
    q = octet_fixed_wrap_add(q, q);
    const int32_t q2 = octet_fixed_high_multiply(q, q);
    const int32_t numerator = octet_fixed_wrap_add(
        octet_fixed_high_multiply(q, r), octet_fixed_high_multiply(octet_fixed_high_multiply(q, q2), alpha_n));
    const int32_t inner =
        octet_fixed_wrap_add(octet_fixed_wrap_add(alpha_i, q), octet_fixed_high_multiply(alpha_d, q2));
    const int32_t denominator =
        octet_fixed_wrap_add(octet_fixed_high_multiply(p, inner), octet_fixed_high_multiply(alpha_f, q));
    const int32_t fraction =
        octet_fixed_high_multiply(octet_fixed_rescale(numerator, -sum_bits), octet_fixed_reciprocal(denominator));
    return octet_fixed_rescale(octet_fixed_wrap_add(octet_fixed_high_multiply(power, log_2), fraction), 1);
}

/* 1 / sqrt(value) = multiplier * 2^(shift - 31) with shift <= 0: five
 * Newton steps x = x (3 - value x^2) / 2 in Q3.28. */
static inline void octet_fixed_inverse_root(int32_t value, int32_t *multiplier, int32_t *shift) {
    *multiplier = INT32_MAX;
    *shift = 0;
    if (value <= 1) return; /* 0 is never met beside a number other than 0 */
    int32_t halvings = 11;  /* value = mantissa * 4^(halvings - 11) */
    while (value >= 1 << 29) {
        value /= 4;
        halvings++;
    }
    const int32_t pairs = (octet_fixed_leading_zeros((uint32_t)value) - 1) / 2 - 1;
    halvings -= pairs;
    value <<= 2 * pairs;
    const int32_t quarter = octet_fixed_round_shift(value >> 1, 1), three_halves = (1 << 28) + (1 << 27);
    int32_t x = 1 << 28;
    for (int i = 0; i < 5; i++) {
        const int32_t cube =
            octet_fixed_saturating_left(octet_fixed_high_multiply(octet_fixed_high_multiply(x, x), x), 6);
        const int32_t difference = octet_fixed_wrap_subtract(octet_fixed_high_multiply(three_halves, x),
                                                             octet_fixed_high_multiply(quarter, cube));
        x = octet_fixed_saturating_left(difference, 3);
    }
    *multiplier = octet_fixed_high_multiply(x, 1518500250); /* sqrt(2) / 2 */
    if (halvings < 0) {
        *multiplier = octet_fixed_wrap_left(*multiplier, -halvings);
        halvings = 0;
    }
    *shift = -halvings;
}

#endif
