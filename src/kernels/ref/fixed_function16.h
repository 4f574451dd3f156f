/* kernels/ref/fixed_function16.h - sigmoid and tanh in 16-bit fixed point, as gemmlowp computes them.
 * In:  int16 in Qm.n: m integer bits, n = 15 - m fraction bits.
 * Out: int16 in Q0.15.
 * Knows: base types. Constants are the named reals in Q0.15 or Q2.13.
 * Does not know: operators. */
#ifndef OCTET_KERNELS_REF_FIXED_FUNCTION16_H
#define OCTET_KERNELS_REF_FIXED_FUNCTION16_H

#include <stdint.h>

#include "kernels/ref/fixed_point.h"

static inline int16_t octet_fixed16_saturate(int32_t value) {
    return (int16_t)octet_clamp_s32(value, INT16_MIN, INT16_MAX);
}

/* a * b / 2^15, rounded to nearest, halves upwards. */
static inline int16_t octet_fixed16_high_multiply(int16_t a, int16_t b) {
    if (a == INT16_MIN && b == INT16_MIN) return INT16_MAX;
    const int32_t product = a * b;
    const int32_t nudge = product >= 0 ? 1 << 14 : 1 - (1 << 14);
    return (int16_t)((product + nudge) / (1 << 15));
}

static inline int16_t octet_fixed16_half_sum(int16_t a, int16_t b) {
    const int32_t sum = a + b;
    return (int16_t)((sum + (sum >= 0 ? 1 : -1)) / 2);
}

/* e^x for x in [-1/4, 0) in Q0.15. */
static inline int16_t octet_fixed16_exp_quarter(int16_t a) {
    const int16_t exp_minus_eighth = 28918, third = 10923;
    const int16_t x = (int16_t)(a + (1 << 12));
    const int16_t x2 = octet_fixed16_high_multiply(x, x), x3 = octet_fixed16_high_multiply(x2, x),
                  x4 = octet_fixed16_high_multiply(x2, x2);
    const int16_t tail = octet_fixed16_high_multiply((int16_t)(octet_fixed_round_shift(x4, 2) + x3), third);
    const int16_t series = (int16_t)octet_fixed_round_shift((int16_t)(tail + x2), 1);
    return octet_fixed16_saturate(exp_minus_eighth +
                                  octet_fixed16_high_multiply(exp_minus_eighth, (int16_t)(x + series)));
}

/* e^a for a <= 0 in Q<integer_bits>; integer_bits 0..7. */
static inline int16_t octet_fixed16_exp_negative(int16_t a, int32_t integer_bits) {
    static const struct {
        int16_t exponent, multiplier;
    } powers[] = {/* e^-(2^exponent) */
                  {-2, 25520}, {-1, 19875}, {0, 12055}, {1, 4435}, {2, 600}, {3, 11}, {4, 0}};
    if (a == 0) return INT16_MAX;
    const int32_t fraction_bits = 15 - integer_bits;
    const int32_t quarter = 1 << (fraction_bits - 2);
    const int32_t modulo = (a & (quarter - 1)) - quarter, remainder = modulo - a;
    int16_t result = octet_fixed16_exp_quarter(octet_fixed16_saturate(modulo * (1 << integer_bits)));
    for (int i = 0; i < 7; i++) {
        if (integer_bits <= powers[i].exponent) break;
        if (remainder & (1 << (fraction_bits + powers[i].exponent)))
            result = octet_fixed16_high_multiply(result, powers[i].multiplier);
    }
    if (integer_bits > 5 && a < -(1 << (20 - integer_bits))) return 0; /* below -32 */
    return result;
}

/* 2 / (1 + a) in Q2.13 for a in [0, 1) in Q0.15: three Newton steps. */
static inline int16_t octet_fixed16_twice_reciprocal(int16_t a) {
    const int16_t half = octet_fixed16_half_sum(a, INT16_MAX);
    int16_t x = (int16_t)(23130 + octet_fixed16_high_multiply(half, -15420)); /* 48/17 - 32/17 d */
    for (int i = 0; i < 3; i++) {
        const int16_t error = (int16_t)((1 << 13) - octet_fixed16_high_multiply(half, x));
        x = (int16_t)(x + octet_fixed16_saturate(octet_fixed16_high_multiply(x, error) * 4));
    }
    return x;
}

/* 1 / (1 + e^-a), a in Q3.12. */
static inline int16_t octet_fixed16_sigmoid(int16_t a) {
    if (a == 0) return 1 << 14;
    const int16_t negative = (int16_t)(a > 0 ? -a : a);
    const int16_t positive =
        octet_fixed16_saturate(octet_fixed16_twice_reciprocal(octet_fixed16_exp_negative(negative, 3)) * 2);
    return (int16_t)(a > 0 ? positive : INT16_MAX - positive);
}

/* tanh(a), a in Q<integer_bits>, integer_bits 0..6: (1 - e) / (1 + e) with e = e^-2|a|. */
static inline int16_t octet_fixed16_tanh(int16_t a, int32_t integer_bits) {
    if (a == 0) return 0;
    const int16_t negative = (int16_t)(a > 0 ? -a : a);
    const int16_t reciprocal = octet_fixed16_twice_reciprocal(octet_fixed16_exp_negative(negative, integer_bits + 1));
    const int16_t result = octet_fixed16_saturate((reciprocal - (1 << 13)) * 4);
    return (int16_t)(a > 0 ? result : -result);
}

#endif
