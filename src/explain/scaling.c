#include "explain/explainer.h"

#include <inttypes.h>

static void derive_multiplier(octet_derivation *d, int32_t multiplier, int32_t shift) {
    octet_derive_integer(d, "multiplier", multiplier, "of the output channel, or of the tensor");
    octet_derive_integer(d, "shift", shift, "together multiplier * 2^(shift - 31) = %.9g",
                         ldexp((double)multiplier, shift - 31));
}

int32_t octet_derive_scaled(octet_derivation *d, int32_t value, int32_t multiplier, int32_t shift) {
    derive_multiplier(d, multiplier, shift);
    const int32_t left = shift > 0 ? shift : 0;
    const int32_t shifted = octet_fixed_wrap_left(value, left);
    if (left > 0) octet_derive_integer(d, "shifted_left", shifted, "%" PRId32 " * 2^%" PRId32, value, left);
    const int32_t high = octet_fixed_high_multiply(shifted, multiplier);
    octet_derive_integer(d, "high_multiply", high,
                         "first rounding: %" PRId32 " * %" PRId32 " / 2^31 = %.6f, to the nearest, halves upwards",
                         shifted, multiplier, (double)shifted * (double)multiplier / 2147483648.0);
    const int32_t right = left - shift;
    const int32_t rounded = octet_fixed_round_shift(high, right);
    octet_derive_integer(d, "rounding_shift", rounded,
                         "second rounding: %" PRId32 " / 2^%" PRId32 " = %.6f, to the nearest, halves away from 0",
                         high, right, ldexp((double)high, -right));
    assert(rounded == octet_fixed_scale(value, multiplier, shift));
    return rounded;
}

int32_t octet_derive_scaled_once(octet_derivation *d, int32_t value, int32_t multiplier, int32_t shift) {
    derive_multiplier(d, multiplier, shift);
    const int32_t scaled = octet_fixed_scale_once(value, multiplier, shift);
    octet_derive_integer(d, "scaled", scaled,
                         "one rounding: %" PRId32 " * %" PRId32 " / 2^%" PRId32
                         " = %.6f, to the nearest, halves upwards",
                         value, multiplier, 31 - shift, ldexp((double)value * (double)multiplier, shift - 31));
    return scaled;
}

int32_t octet_derive_scaled_s64(octet_derivation *d, int64_t value, int32_t multiplier, int32_t shift) {
    const int32_t reduced = octet_fixed_reduce_multiplier(multiplier), total = 15 - shift;
    derive_multiplier(d, multiplier, shift);
    octet_derive_integer(d, "reduced_multiplier", reduced, "the multiplier in 16 bits: / 2^16, halves upwards");
    const int32_t scaled = octet_fixed_scale_s64(value, multiplier, shift);
    octet_derive_integer(d, "scaled", scaled,
                         "one rounding: %" PRId64 " * %" PRId32 " / 2^%" PRId32
                         " = %.6f, to the nearest, halves upwards",
                         value, reduced, total, ldexp((double)value * (double)reduced, -total));
    return scaled;
}

int32_t octet_derive_scaled_double(octet_derivation *d, double value, double scale) {
    octet_derive_real(d, "scale", scale, "input scale * weight scale / output scale, in double");
    octet_derive_real(d, "product", value * scale, "%.17g * %.17g, in double", value, scale);
    const int32_t rounded = octet_round_s32(value * scale);
    octet_derive_integer(d, "rounded", rounded, "one rounding: to the nearest, halves away from 0");
    return rounded;
}

int32_t octet_derive_output(octet_derivation *d, int32_t scaled, int32_t zero_point, int32_t min, int32_t max) {
    const int32_t moved = octet_fixed_wrap_add(scaled, zero_point);
    octet_derive_integer(d, "zero_point_added", moved, "%" PRId32 " + zero point %" PRId32, scaled, zero_point);
    const int32_t clamped = octet_clamp_s32(moved, min, max);
    octet_derive_integer(d, "clamped", clamped, "%s [%" PRId32 ", %" PRId32 "], type and fused activation",
                         clamped == moved ? "inside" : "clamped to", min, max);
    return clamped;
}
