/* kernels/ref/fixed_point.h - the integer arithmetic that quantized kernels share.
 * In:  int32 accumulators, real multipliers and activation bounds.
 * Out: accumulators times a multiplier, rounded as TensorFlow Lite's reference kernels round (twice).
 * Knows: base types. All functions are inline and never read memory other than their arguments.
 * Does not know: tensors, operators.
 * Source: gemmlowp's fixed point and TFLite's quantization utilities, by experiment. */
#ifndef OCTET_KERNELS_REF_FIXED_POINT_H
#define OCTET_KERNELS_REF_FIXED_POINT_H

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* The largest exponent that octet_fixed_scale takes; binding refuses larger multipliers. */
enum { OCTET_FIXED_MAX_SHIFT = 31 };

static inline int32_t octet_clamp_s32(int32_t value, int32_t min, int32_t max) {
    return value < min ? min : value > max ? max : value;
}
/* NaN stays NaN. */
static inline float octet_clamp_f32(float value, float min, float max) {
    return value < min ? min : value > max ? max : value;
}

/* Half away from zero, saturated to int32; NaN gives 0. */
static inline int32_t octet_round_s32(double value) {
    const double rounded = round(value);
    if (!(rounded > (double)INT32_MIN)) return rounded <= (double)INT32_MIN ? INT32_MIN : 0;
    return rounded < (double)INT32_MAX ? (int32_t)rounded : INT32_MAX;
}

/* real = multiplier * 2^(shift - 31), multiplier in [2^30, 2^31) for real > 0 (0 when real is 0 or below 2^-32), shift
 * >= -31. False, and (0, 0), when real is not finite or needs a shift above OCTET_FIXED_MAX_SHIFT. */
static inline bool octet_fixed_multiplier(double real, int32_t *multiplier, int32_t *shift) {
    *multiplier = 0;
    *shift = 0;
    if (!isfinite(real)) return false;
    int exponent;
    const double fraction = frexp(real, &exponent);
    int64_t mantissa = (int64_t)round(fraction * 2147483648.0);
    if (mantissa == INT64_C(1) << 31) {
        mantissa /= 2;
        exponent++;
    }
    if (exponent < -31 || mantissa == 0) return true;
    if (exponent > OCTET_FIXED_MAX_SHIFT) return false;
    *multiplier = (int32_t)mantissa;
    *shift = exponent;
    return true;
}

/* a * b / 2^31, rounded to nearest, halves upwards; saturates for INT32_MIN * INT32_MIN. */
static inline int32_t octet_fixed_high_multiply(int32_t a, int32_t b) {
    if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
    const int64_t product = (int64_t)a * b;
    const int64_t nudge = product >= 0 ? INT64_C(1) << 30 : 1 - (INT64_C(1) << 30);
    return (int32_t)((product + nudge) / (INT64_C(1) << 31));
}

/* value / 2^exponent, half away from zero; exponent 0..31. */
static inline int32_t octet_fixed_round_shift(int32_t value, int32_t exponent) {
    assert(exponent >= 0 && exponent <= 31);
    const int32_t mask = (int32_t)((UINT32_C(1) << exponent) - 1);
    const int32_t threshold = (mask >> 1) + (value < 0);
    return (value >> exponent) + ((value & mask) > threshold);
}

/* value * 2^exponent, wrapping as two's complement; exponent 0..31. */
static inline int32_t octet_fixed_wrap_left(int32_t value, int32_t exponent) {
    return (int32_t)((uint32_t)value << exponent);
}
static inline int32_t octet_fixed_wrap_add(int32_t a, int32_t b) { return (int32_t)((uint32_t)a + (uint32_t)b); }
static inline int32_t octet_fixed_wrap_subtract(int32_t a, int32_t b) { return (int32_t)((uint32_t)a - (uint32_t)b); }

/* value * 2^exponent, saturating; exponent 0..31. */
static inline int32_t octet_fixed_saturating_left(int32_t value, int32_t exponent) {
    const int64_t wide = (int64_t)value * (INT64_C(1) << exponent);
    return wide > INT32_MAX ? INT32_MAX : wide < INT32_MIN ? INT32_MIN : (int32_t)wide;
}

/* value * multiplier * 2^(shift - 31) with TFLite's double rounding: left shift
 * (wrapping), high multiply, rounding shift. */
static inline int32_t octet_fixed_scale(int32_t value, int32_t multiplier, int32_t shift) {
    const int32_t left = shift > 0 ? shift : 0;
    return octet_fixed_round_shift(octet_fixed_high_multiply(octet_fixed_wrap_left(value, left), multiplier),
                                   left - shift);
}

/* The same rounded once, halves upwards, saturated to int32: TFLite's functions when TFLITE_SINGLE_ROUNDING is defined.
 */
static inline int32_t octet_fixed_scale_once(int32_t value, int32_t multiplier, int32_t shift) {
    const int32_t total = 31 - shift; /* 0..62 */
    const int64_t half = total > 0 ? INT64_C(1) << (total - 1) : 0;
    const int64_t scaled = ((int64_t)value * multiplier + half) >> total;
    return scaled > INT32_MAX ? INT32_MAX : scaled < INT32_MIN ? INT32_MIN : (int32_t)scaled;
}

/* A multiplier in 16 bits, half up. */
static inline int32_t octet_fixed_reduce_multiplier(int32_t multiplier) {
    return multiplier < 0x7FFF0000 ? (multiplier + (1 << 15)) >> 16 : 0x7FFF;
}

/* The same for 64-bit accumulators (int16 activations), with the multiplier reduced to 16 bits.
 * |value| < 2^47; the result is taken modulo 2^32. */
static inline int32_t octet_fixed_scale_s64(int64_t value, int32_t multiplier, int32_t shift) {
    const int64_t reduced = octet_fixed_reduce_multiplier(multiplier);
    const int32_t total = 15 - shift; /* -15..46 */
    const uint64_t product = (uint64_t)value * (uint64_t)reduced;
    if (total <= 0) return (int32_t)(product << -total);
    return (int32_t)((int64_t)(product + (UINT64_C(1) << (total - 1))) >> total);
}

/* zero_point + f32(real / scale) rounded, saturated to int32: a bound of a fused activation in quantized units. */
static inline int32_t octet_fixed_quantize_bound(float real, float scale, int32_t zero_point) {
    const double bound = (double)zero_point + round((double)(real / scale));
    return octet_round_s32(bound);
}

/* The output range of a quantized kernel: activation [real_min, real_max] (-INFINITY, INFINITY: no bound on that side)
 * intersected with the type's range [type_min, type_max]. */
static inline void octet_fixed_activation_range(float real_min, float real_max, float scale, int32_t zero_point,
                                                int32_t type_min, int32_t type_max, int32_t *min, int32_t *max) {
    *min = type_min;
    *max = type_max;
    if (real_min > -INFINITY) {
        *min = octet_clamp_s32(octet_fixed_quantize_bound(real_min, scale, zero_point), type_min, type_max);
    }
    if (real_max < INFINITY) {
        *max = octet_clamp_s32(octet_fixed_quantize_bound(real_max, scale, zero_point), type_min, type_max);
    }
}

#endif
