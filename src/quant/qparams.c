#include "quant/qparams.h"

#include <math.h>
#include <string.h>

/* Ranges narrower than this are widened on both sides (TensorFlow's fake-quantization support). */
static const double NARROWEST_RANGE = 1e-6;
/* Half of the narrowest range of constants and weights. */
static const double NARROWEST_HALF = 5e-7;
/* INT32_MAX / 2: biases beyond it widen their channel. */
static const double BIAS_LIMIT = 1073741823.0;

octet_qparams octet_qparams_range_s8(double min, double max) {
    double low = fmin(min, 0.0), high = fmax(max, 0.0);
    if (fabs(high - low) < NARROWEST_RANGE) {
        low -= NARROWEST_RANGE;
        high += NARROWEST_RANGE;
    }
    const float width = (float)high - (float)low;
    const float scale = width / 255.0f;
    const float zero = (float)(-128.0 - low / (double)scale);
    octet_qparams out = octet_qparams_of(scale, 0);
    if (zero < -128.0f) {
        out.zero_point = -128;
    } else if (zero > 127.0f) {
        out.zero_point = 127;
    } else {
        out.zero_point = (int32_t)roundf(zero);
    }
    return out;
}

octet_qparams octet_qparams_trained_s8(double min, double max) {
    const double scale = (max - min) / 255.0, zero = round(-min / scale);
    return (octet_qparams){(float)scale, (int32_t)fmin(fmax(zero, 0.0), 255.0) - 128, scale};
}

octet_qparams octet_qparams_range_s16(double min, double max) {
    const float largest = fmaxf(fabsf((float)fmin(min, 0.0)), fabsf((float)fmax(max, 0.0)));
    /* An all-zero tensor still needs a scale; the smallest that the 8-bit rule gives serves. */
    if (largest < (float)NARROWEST_HALF) return octet_qparams_of((float)NARROWEST_HALF / 32767.0f, 0);
    return octet_qparams_of(largest / 32767.0f, 0);
}

static void find_range(const float *data, size_t n, double *min, double *max) {
    *min = n > 0 ? (double)data[0] : 0.0;
    *max = *min;
    for (size_t i = 1; i < n; i++) {
        const double value = (double)data[i];
        if (value < *min) *min = value;
        if (value > *max) *max = value;
    }
}

octet_qparams octet_qparams_constant_s8(const float *data, size_t n) {
    double min, max;
    find_range(data, n, &min, &max);
    min = fmin(min, 0.0);
    max = fmax(max, 0.0);
    if (max - min <= NARROWEST_RANGE) {
        min = fmin(min, -NARROWEST_HALF);
        max = fmax(max, NARROWEST_HALF);
    }
    return octet_qparams_range_s8(min, max);
}

octet_qparams octet_qparams_constant_s16(const float *data, size_t n) {
    double min, max;
    find_range(data, n, &min, &max);
    return octet_qparams_range_s16(min, max);
}

static double quantize_constant(float value, octet_qparams params, double low, double high) {
    const double q = round((double)value / (double)params.scale + (double)params.zero_point);
    return fmin(fmax(q, low), high);
}

void octet_qparams_quantize_s8(const float *data, size_t n, octet_qparams params, int8_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = (int8_t)quantize_constant(data[i], params, -128.0, 127.0);
}

void octet_qparams_quantize_s16(const float *data, size_t n, octet_qparams params, int16_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = (int16_t)quantize_constant(data[i], params, -32768.0, 32767.0);
}

static double widened(double a) { return 2.0 * a <= NARROWEST_RANGE ? fmax(a, NARROWEST_HALF) : a; }

static double scale_of(double largest) {
    const double a = widened(largest);
    const float high = (float)a, low = (float)-a;
    return (double)((high - low) / 254.0f);
}

static void find_largest(const float *weights, octet_channels channels, double *scales) {
    for (size_t c = 0; c < channels.n; c++) scales[c] = 0.0;
    const float *w = weights;
    for (size_t o = 0; o < channels.outer; o++) {
        for (size_t c = 0; c < channels.n; c++) {
            float largest = (float)scales[c];
            for (size_t i = 0; i < channels.inner; i++) {
                const float size = fabsf(w[i]);
                largest = size > largest ? size : largest;
            }
            scales[c] = (double)largest;
            w += channels.inner;
        }
    }
}

void octet_qparams_weight_scales(const float *weights, octet_channels channels, double *scales) {
    find_largest(weights, channels, scales);
    for (size_t c = 0; c < channels.n; c++) scales[c] = scale_of(scales[c]);
}

void octet_qparams_weight_scales_precise(const float *weights, octet_channels channels, double *scales) {
    find_largest(weights, channels, scales);
    for (size_t c = 0; c < channels.n; c++) scales[c] = 2.0 * widened(scales[c]) / 254.0;
}

static int8_t quantize_weight(float weight, float inverse) {
    float product = weight * inverse;
    product = product < -127.0f ? -127.0f : product;
    product = product > 127.0f ? 127.0f : product;
    /* roundf without a call: the fraction is exact, so halves are seen for what they are. */
    const int32_t whole = (int32_t)product;
    const float fraction = product - (float)whole;
    return (int8_t)(whole + (fraction >= 0.5f) - (fraction <= -0.5f));
}

void octet_qparams_quantize_weights(const float *weights, octet_channels channels, const double *scales, int8_t *out) {
    size_t k = 0;
    for (size_t o = 0; o < channels.outer; o++) {
        for (size_t c = 0; c < channels.n; c++) {
            const float inverse = (float)(1.0 / scales[c]);
            for (size_t i = 0; i < channels.inner; i++, k++) out[k] = quantize_weight(weights[k], inverse);
        }
    }
}

void octet_qparams_quantize_weights_per_tensor(const float *weights, size_t n, int8_t *out) {
    float largest = (float)NARROWEST_HALF;
    for (size_t i = 0; i < n; i++) largest = fmaxf(largest, fabsf(weights[i]));
    const float inverse = (float)(127.0 / (double)largest);
    for (size_t i = 0; i < n; i++) out[i] = quantize_weight(weights[i], inverse);
}

double octet_qparams_bias_scale(double input_scale, double weight_scale) {
    return (double)(float)(input_scale * weight_scale);
}

bool octet_qparams_adjust_scales(float bias, double input_scale, double *weight_scale, double *bias_scale) {
    const double size = fabs((double)bias);
    if (size / *bias_scale <= BIAS_LIMIT) return false;
    *bias_scale = size / BIAS_LIMIT;
    *weight_scale = *bias_scale / input_scale;
    return true;
}

/* The scaled bias, rounded, as a double: at most 24 significant bits, as TensorFlow has it. */
static double round_bias(float bias, double scale) {
    const float inverse = scale == 0.0 ? 0.0f : (float)(1.0 / scale);
    return (double)roundf(bias * inverse);
}

void octet_qparams_quantize_bias_s32(const float *bias, size_t n, const double *scales, size_t n_scales, int32_t *out) {
    for (size_t i = 0; i < n; i++) {
        const double q = round_bias(bias[i], scales[n_scales == 1 ? 0 : i]);
        out[i] = (int32_t)fmin(fmax(q, -(double)INT32_MAX), (double)INT32_MAX);
    }
}

void octet_qparams_quantize_bias_s64(const float *bias, size_t n, const double *scales, size_t n_scales, int64_t *out) {
    const double limit = 9007199254740992.0; /* 2^53: exact in double, far beyond any sum */
    for (size_t i = 0; i < n; i++) {
        const double q = round_bias(bias[i], scales[n_scales == 1 ? 0 : i]);
        out[i] = (int64_t)fmin(fmax(q, -limit), limit);
    }
}
