#include "base/half.h"

uint16_t octet_half_from_f32(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    const uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return (uint16_t)(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
    if (magnitude >= 0x477ff000) return (uint16_t)(sign | OCTET_HALF_INFINITY); /* 65520: half way to 65536 */
    if (magnitude < 0x33000000) return (uint16_t)sign;       /* below 2^-25, half of the least subnormal */
    uint32_t fraction = magnitude - (112u << 23), drop = 13; /* drop: bits below the last one kept */
    if (magnitude < 0x38800000) {                            /* below 2^-14: a subnormal, its leading 1 is written */
        fraction = (magnitude & 0x7fffff) | 0x800000;
        drop = 126 - (magnitude >> 23);
    }
    const uint32_t rest = fraction & ((1u << drop) - 1), half_way = 1u << (drop - 1);
    fraction >>= drop;
    if (rest > half_way || (rest == half_way && (fraction & 1) != 0)) fraction++; /* a carry raises the exponent */
    return (uint16_t)(sign | fraction);
}

uint16_t octet_half_from_f32_saturated(float value) {
    const uint16_t half = octet_half_from_f32(value);
    return (half & 0x7fff) == OCTET_HALF_INFINITY ? (uint16_t)(half - 1) : half;
}
