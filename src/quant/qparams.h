/* quant/qparams.h - real numbers to scales, zero points and integers.
 * In:  ranges, float constants.
 * Out: scales and zero points; rounded weights, biases and other constants.
 * Knows: the arithmetic of TensorFlow's converter to the last bit: what is float32, what is double, how it rounds.
 * Does not know: graphs, operators, contexts; nothing here fails, callers look at the values first. */
#ifndef OCTET_QUANT_QPARAMS_H
#define OCTET_QUANT_QPARAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct octet_qparams {
    float scale;
    int32_t zero_point;
    double precise; /* the scale before it was rounded to float32, for what is computed from it; 0: the scale itself */
} octet_qparams;

static inline octet_qparams octet_qparams_of(float scale, int32_t zero_point) {
    return (octet_qparams){.scale = scale, .zero_point = zero_point};
}
static inline double octet_qparams_scale(octet_qparams params) {
    return params.precise > 0.0 ? params.precise : (double)params.scale;
}

static inline bool octet_qparams_equal(octet_qparams a, octet_qparams b) {
    return a.scale == b.scale && a.zero_point == b.zero_point;
}

/* Asymmetric int8, -128..127, for a recorded range, which is widened to hold 0 (and to 2e-6 when narrower than 1e-6).
 * scale = (max - min) / 255 in float32; zero point = -128 - min / scale in double, through float32, half away from
 * zero. The scale is infinite when max - min overflows float32: the caller refuses that. */
octet_qparams octet_qparams_range_s8(double min, double max);
/* The same for a range that training has rounded to, min <= 0 <= max: scale = (max - min) / 255, all in double, and
 * zero point = round(-min / scale) - 128. */
octet_qparams octet_qparams_trained_s8(double min, double max);
/* Symmetric int16, zero point 0: scale = max(|min|, |max|) / 32767 in float32. */
octet_qparams octet_qparams_range_s16(double min, double max);

/* Parameters of a constant operand (of ADD, MUL, ...) from its n values, n >= 0; then its integers,
 * clamp(round(value / scale + zero_point)), all in double. */
octet_qparams octet_qparams_constant_s8(const float *data, size_t n);
octet_qparams octet_qparams_constant_s16(const float *data, size_t n);
void octet_qparams_quantize_s8(const float *data, size_t n, octet_qparams params, int8_t *out);
void octet_qparams_quantize_s16(const float *data, size_t n, octet_qparams params, int16_t *out);

/* A weight array seen as [outer, n, inner], where n counts channels (1: per tensor). */
typedef struct octet_channels {
    size_t outer, n, inner;
} octet_channels;

/* Symmetric narrow int8, -127..127: scale[c] = (a - -a) / 254 in float32
 * with a = max |w| of channel c, at least 5e-7. */
void octet_qparams_weight_scales(const float *weights, octet_channels channels, double *scales);
/* The same beside trained ranges: 2 a / 254 in double. */
void octet_qparams_weight_scales_precise(const float *weights, octet_channels channels, double *scales);
/* clamp(round(w * inv)), the product in float32 and inv = float32(1 / scale). */
void octet_qparams_quantize_weights(const float *weights, octet_channels channels, const double *scales, int8_t *out);
/* Per tensor TensorFlow takes inv = float32(127 / max |w|) instead. */
void octet_qparams_quantize_weights_per_tensor(const float *weights, size_t n, int8_t *out);

/* float32(input scale * weight scale), the product in double; held in double as the adjustment below needs. */
double octet_qparams_bias_scale(double input_scale, double weight_scale);
/* A bias that would pass half of the int32 range widens its channel: *bias_scale = |bias| / 1073741823 and
 * *weight_scale = *bias_scale / input_scale, both in double. True when it did. */
bool octet_qparams_adjust_scales(float bias, double input_scale, double *weight_scale, double *bias_scale);
/* clamp(round(bias * inv)), the product in float32 and inv = float32(1 / scale). n_scales is 1 or n. */
void octet_qparams_quantize_bias_s32(const float *bias, size_t n, const double *scales, size_t n_scales, int32_t *out);
void octet_qparams_quantize_bias_s64(const float *bias, size_t n, const double *scales, size_t n_scales, int64_t *out);

#endif
