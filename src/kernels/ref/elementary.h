/* kernels/ref/elementary.h - exp, log, erfc, tanh, sin, cos, pow in double, from additions,
 *        multiplications and divisions alone.
 * In:  doubles, as a rule converted from float32.
 * Out: relative error below 1e-14, so that the result rounded to float32 is the correctly rounded one except for about
 *        one argument in ten million; the same bits on every IEEE machine, whatever its C library.
 * Knows: IEEE double. Inline and nearly free of branches, so that loops over them become vectors.
 * Does not know: float32, tensors.
 * Source: Taylor series, and own Chebyshev fits for erf. */
#ifndef OCTET_KERNELS_REF_ELEMENTARY_H
#define OCTET_KERNELS_REF_ELEMENTARY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

static inline int64_t octet_elementary_bits(double value) {
    int64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}
static inline double octet_elementary_value(int64_t bits) {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Arguments are limited to [-708, 709], beyond float32's range either way. A NaN that was a float32 stays NaN. */
static inline double octet_exp_f64(double x) {
    x = x < -708.0 ? -708.0 : x > 709.0 ? 709.0 : x;
    /* x = k ln 2 + r. Adding 1.5 * 2^52 leaves round(x / ln 2) in the low bits. */
    const double shifted = x * 0x1.71547652b82fep+0 + 0x1.8p+52;
    const double k = shifted - 0x1.8p+52;
    const double r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33;
    double p = 1.0 / 6227020800.0;
    p = p * r + 1.0 / 479001600.0;
    p = p * r + 1.0 / 39916800.0;
    p = p * r + 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    const uint64_t exponent = (uint64_t)octet_elementary_bits(shifted) << 52;
    return octet_elementary_value((int64_t)((uint64_t)octet_elementary_bits(p) + exponent));
}

/* x a normal positive double, finite. */
static inline double octet_log_positive_f64(double x) {
    /* x = 2^k m, m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(f), f = (m - 1) / (m + 1). */
    const int64_t bits = octet_elementary_bits(x), offset = bits - 0x3fe6a09e667f3bcd;
    const int64_t k = offset >> 52;
    const double m = octet_elementary_value(bits - (int64_t)((uint64_t)k << 52));
    const double f = (m - 1.0) / (m + 1.0), f2 = f * f;
    double p = 1.0 / 21.0;
    p = p * f2 + 1.0 / 19.0;
    p = p * f2 + 1.0 / 17.0;
    p = p * f2 + 1.0 / 15.0;
    p = p * f2 + 1.0 / 13.0;
    p = p * f2 + 1.0 / 11.0;
    p = p * f2 + 1.0 / 9.0;
    p = p * f2 + 1.0 / 7.0;
    p = p * f2 + 1.0 / 5.0;
    p = p * f2 + 1.0 / 3.0;
    p = p * f2 + 1.0;
    return (double)k * 0x1.62e42fefa39efp-1 + 2.0 * f * p;
}

/* -INFINITY at 0, NaN below. */
static inline double octet_log_f64(double x) {
    if (!(x > 0)) return x == 0 ? -INFINITY : NAN;
    return x < INFINITY ? octet_log_positive_f64(x) : INFINITY;
}

static inline double octet_expm1_f64(double x) {
    if (x > -0.02 && x < 0.02) {
        return x *
               (1 + x * (0.5 + x * (1.0 / 6 + x * (1.0 / 24 + x * (1.0 / 120 + x * (1.0 / 720 + x * (1.0 / 5040)))))));
    }
    return octet_exp_f64(x) - 1.0;
}

static inline double octet_logistic_f64(double x) { return 1.0 / (1.0 + octet_exp_f64(-x)); }

static inline double octet_tanh_f64(double x) {
    const double a = x < 0 ? -x : x, a2 = a * a;
    const double small = a * (1 + a2 * (-1.0 / 3 + a2 * (2.0 / 15 + a2 * (-17.0 / 315 + a2 * (62.0 / 2835)))));
    const double e = octet_exp_f64(-2 * a);
    const double y = a < 0.02 ? small : (1 - e) / (1 + e);
    return x < 0 ? -y : y;
}

/* 1 - erf(x). Two fits: erf(x) / x over x^2 in [0, 1/2]; erfc(x) exp(x^2) (1 +
 * 2x) over t = (x - 3.75) / (x + 3.75) above. */
static inline double octet_erfc_f64(double x) {
    static const double low[] = {0x1.9576656d5cb4ep-27,  -0x1.5816992332a2ep-23, 0x1.b94bbd17b8a19p-20,
                                 -0x1.f4ca60dd2a957p-17, 0x1.f9a2e31f336cbp-14,  -0x1.c02db28ceff1ep-11,
                                 0x1.565bcd0975aa5p-8,   -0x1.b82ce31274ee7p-6,  0x1.ce2f21a04295ap-4,
                                 -0x1.812746b0379e5p-2,  0x1.20dd750429b6dp+0};
    static const double high[] = {0x1.85d5737299683p-26,  0x1.05103359ed5dep-26, -0x1.fad8c39163db6p-23,
                                  -0x1.a5dd82c20416ep-25, 0x1.d15e8ab183becp-20, -0x1.0698ef043418ep-20,
                                  -0x1.7fb5509739eb2p-17, 0x1.7792d79816f66p-16, 0x1.b13dd1cc1ed40p-15,
                                  -0x1.303fbf5739850p-12, 0x1.33fb4d5c31e02p-12, 0x1.cc3a0f751b8e9p-10,
                                  -0x1.3f603c5be695fp-7,  0x1.d0b0037bbed58p-6,  -0x1.e0d0fa6d493fap-5,
                                  0x1.7a14188aa0e3cp-4,   -0x1.bda9309a2be1ep-4, 0x1.510169d09650ep-4,
                                  0x1.d5f294815b569p-9,   -0x1.1f367683f89a4p-3, 0x1.3ccda0b5d5dc2p+0};
    const double a = x < 0 ? -x : x, a2 = a * a;
    if (a < 0.7) {
        double p = low[0];
        for (int i = 1; i < 11; i++) p = p * a2 + low[i];
        return 1.0 - x * p;
    }
    if (!(a < 27)) return x < 0 ? 2.0 : a >= 27 ? 0.0 : x;
    const double t = (a - 3.75) / (a + 3.75);
    double p = high[0];
    for (int i = 1; i < 21; i++) p = p * t + high[i];
    const double y = p * octet_exp_f64(-a2) / (1 + 2 * a);
    return x < 0 ? 2.0 - y : y;
}

/* |x| up to 1.6e6; beyond, the C library's sine (its rounding to float32 agrees between libraries but for rare ties).
 * quarter 0 is the sine, 1 the cosine. */
static inline double octet_sin_f64(double x, int quarter) {
    const double a = x < 0 ? -x : x;
    if (!(a < 1.6e6)) return quarter ? cos(x) : sin(x);
    const double shifted = x * 0x1.45f306dc9c883p-1 + 0x1.8p+52, n = shifted - 0x1.8p+52;
    const double r = ((x - n * 0x1.921fb544p+0) - n * 0x1.0b4611a6p-34) - n * 0x1.3198a2e037073p-69;
    const double r2 = r * r;
    const int64_t turn = octet_elementary_bits(shifted) + quarter;
    double y;
    if (turn & 1) {
        y = 1 + r2 * (-1.0 / 2 +
                      r2 * (1.0 / 24 + r2 * (-1.0 / 720 +
                                             r2 * (1.0 / 40320 + r2 * (-1.0 / 3628800 +
                                                                       r2 * (1.0 / 479001600 +
                                                                             r2 * (-1.0 / 87178291200.0 +
                                                                                   r2 * (1.0 / 20922789888000.0))))))));
    } else {
        y = r * (1 + r2 * (-1.0 / 6 +
                           r2 * (1.0 / 120 + r2 * (-1.0 / 5040 + r2 * (1.0 / 362880 +
                                                                       r2 * (-1.0 / 39916800 +
                                                                             r2 * (1.0 / 6227020800.0 +
                                                                                   r2 * (-1.0 / 1307674368000.0))))))));
    }
    return turn & 2 ? -y : y;
}

/* C's pow. Zeros, infinities and NaN go to the C library, whose answers there are exact. */
static inline double octet_pow_f64(double x, double y) {
    const double a = x < 0 ? -x : x;
    if (!(a > 0 && a < INFINITY && y > -INFINITY && y < INFINITY)) return pow(x, y);
    const double power = octet_exp_f64(y * octet_log_positive_f64(a));
    if (x > 0) return power;
    if (rint(y) != y) return NAN;
    return fmod(y, 2.0) != 0 ? -power : power;
}

#endif
