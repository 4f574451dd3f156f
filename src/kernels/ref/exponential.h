/* exponential.h - e^x, the same bits on every machine.
 * In:  a float. Out: e^x rounded to float (correctly in all but about one case in 10^7).
 * Knows: IEEE arithmetic in double: one rounding per operation, no library function whose last bit differs between machines.
 * Does not know: tensors. */
#ifndef OCTET_KERNELS_REF_EXPONENTIAL_H
#define OCTET_KERNELS_REF_EXPONENTIAL_H

#include <math.h>
#include <stdint.h>
#include <string.h>

/* e^x = 2^n * e^r with n an integer and |r| <= ln(2) / 2; e^r by its Taylor series to the 12th power (remainder below 2^-52).
 * x in [-708, 708]. */
static inline double octet_exp_f64(double x) {
    const double n = floor(x * 1.4426950408889634 + 0.5);
    const double r = (x - n * 0x1.62e42fee00000p-1) - n * 0x1.a39ef35793c76p-33; /* ln(2) in two parts: n times the first is exact */
    double sum = 1.0 / 479001600.0;
    sum = sum * r + 1.0 / 39916800.0;
    sum = sum * r + 1.0 / 3628800.0;
    sum = sum * r + 1.0 / 362880.0;
    sum = sum * r + 1.0 / 40320.0;
    sum = sum * r + 1.0 / 5040.0;
    sum = sum * r + 1.0 / 720.0;
    sum = sum * r + 1.0 / 120.0;
    sum = sum * r + 1.0 / 24.0;
    sum = sum * r + 1.0 / 6.0;
    sum = sum * r + 0.5;
    sum = sum * r + 1.0;
    sum = sum * r + 1.0;
    const uint64_t bits = (uint64_t)((int64_t)n + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return sum * power;
}

/* 0 below -104, infinity above 89; NaN stays NaN. */
static inline float octet_exp_f32(float x) {
    if (x > 89.0f) return INFINITY;
    if (x < -104.0f) return 0.0f;
    if (isnan(x)) return x;
    return (float)octet_exp_f64((double)x);
}

#endif
