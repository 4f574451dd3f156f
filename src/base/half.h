/* base/half.h - conversion between float16 and float32.
 * In:  the bits of an IEEE binary16, or a float.
 * Out: the same number in the other format.
 * Knows: IEEE 754; round to nearest, ties to even; integers only, so the same on any CPU and in any rounding mode.
 * Does not know: bfloat16 (the upper half of a float32), tensors, byte order: bits are a number here. */
#ifndef OCTET_BASE_HALF_H
#define OCTET_BASE_HALF_H

#include <stdint.h>
#include <string.h>

enum { OCTET_HALF_GREATEST = 0x7bff, OCTET_HALF_INFINITY = 0x7c00 }; /* 65504, and what comes behind it */

/* Exact. A NaN keeps its sign and payload. Inline, since kernels call it for every element. */
static inline float octet_half_to_f32(uint16_t half) {
    const uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 1023;
    if (exponent == 0) { /* zero and subnormal: a multiple of 2^-24 */
        const float value = (float)fraction * 0x1p-24f;
        return sign != 0 ? -value : value;
    }
    const uint32_t bits = sign | (exponent == 31 ? 255 : exponent + 112) << 23 | fraction << 13;
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* Nearest even; 65520 and above become infinite. A NaN becomes quiet and keeps its sign and the upper 10 bits of its
 * payload, as vcvtps2ph does. */
uint16_t octet_half_from_f32(float value);
/* Nearest even; what is beyond 65504, infinity too, becomes 65504, as
 * TensorFlow's converter stores weights. NaN stays NaN. */
uint16_t octet_half_from_f32_saturated(float value);

#endif
