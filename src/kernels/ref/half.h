/* kernels/ref/half.h - float16 and float32.
 * In:  bits of an IEEE binary16, or a float. Out: the other.
 * Knows: IEEE 754; round to nearest, ties to even; NaN stays NaN. Inline, integers only, so the same on any CPU.
 * Does not know: tensors. */
#ifndef OCTET_KERNELS_REF_HALF_H
#define OCTET_KERNELS_REF_HALF_H

#include <stdint.h>
#include <string.h>

static inline float octet_half_to_f32(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31;
    uint32_t fraction = half & 0x3ff, bits;
    if (exponent == 31) {
        bits = sign | 0x7f800000 | fraction << 13;
    } else if (exponent > 0) {
        bits = sign | (exponent + 112) << 23 | fraction << 13;
    } else if (fraction == 0) {
        bits = sign;
    } else {
        uint32_t shift = 0; /* a subnormal becomes normal */
        for (; !(fraction & 0x400); shift++) fraction <<= 1;
        bits = sign | (113 - shift) << 23 | (fraction & 0x3ff) << 13;
    }
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Too large becomes infinite. */
static inline uint16_t octet_half_from_f32(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
    if (magnitude >= 0x477ff000) return (uint16_t)(sign | 0x7c00); /* 65520 and above round to infinity */
    if (magnitude < 0x33000000) return (uint16_t)sign;             /* below half of the least subnormal */
    uint32_t fraction, drop;                                       /* drop: bits below the last one kept */
    if (magnitude < 0x38800000) {
        drop = 126 - (magnitude >> 23);
        fraction = (magnitude & 0x7fffff) | 0x800000;
    } else {
        drop = 13;
        fraction = magnitude - (112U << 23);
    }
    const uint32_t rest = fraction & ((1U << drop) - 1), half_way = 1U << (drop - 1);
    fraction >>= drop;
    if (rest > half_way || (rest == half_way && (fraction & 1))) fraction++;
    return (uint16_t)(sign | fraction);
}

#endif
