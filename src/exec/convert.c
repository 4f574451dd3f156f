#include "exec/convert.h"

#include <math.h>
#include <string.h>

#include "base/half.h"

/* Limits of the types that a real number is stored in; int64 and bool are handled beside it. */
static void limits(octet_type type, float *low, float *high) {
    switch (type) {
    case OCTET_INT8: *low = -128.0f, *high = 127.0f; return;
    case OCTET_UINT8: *low = 0.0f, *high = 255.0f; return;
    case OCTET_INT16: *low = -32768.0f, *high = 32767.0f; return;
    case OCTET_BOOL: *low = 0.0f, *high = 1.0f; return;
    case OCTET_INT32:
    case OCTET_INT64: *low = -2147483648.0f, *high = 2147483520.0f; return; /* the floats inside int32 */
    case OCTET_FLOAT32:
    case OCTET_FLOAT16:
    case OCTET_COMPLEX64:
    case OCTET_N_TYPES: break;
    }
    *low = -INFINITY, *high = INFINITY;
}

static void store(octet_type type, size_t i, float value, void *tensor) {
    switch (type) {
    case OCTET_INT8: ((int8_t *)tensor)[i] = (int8_t)value; return;
    case OCTET_UINT8: ((uint8_t *)tensor)[i] = (uint8_t)value; return;
    case OCTET_INT16: ((int16_t *)tensor)[i] = (int16_t)value; return;
    case OCTET_INT32: ((int32_t *)tensor)[i] = (int32_t)value; return;
    case OCTET_INT64: ((int64_t *)tensor)[i] = (int64_t)value; return;
    case OCTET_BOOL: ((uint8_t *)tensor)[i] = value != 0.0f; return;
    case OCTET_FLOAT32: ((float *)tensor)[i] = value; return;
    case OCTET_FLOAT16: ((uint16_t *)tensor)[i] = octet_half_from_f32(value); return;
    case OCTET_COMPLEX64: memcpy((float *)tensor + 2 * i, (const float[]){value, 0}, 2 * sizeof value); return;
    case OCTET_N_TYPES: return;
    }
}

static float load(octet_type type, size_t i, const void *tensor) {
    switch (type) {
    case OCTET_INT8: return (float)((const int8_t *)tensor)[i];
    case OCTET_UINT8: return (float)((const uint8_t *)tensor)[i];
    case OCTET_INT16: return (float)((const int16_t *)tensor)[i];
    case OCTET_INT32: return (float)((const int32_t *)tensor)[i];
    case OCTET_INT64: return (float)((const int64_t *)tensor)[i];
    case OCTET_BOOL: return (float)((const uint8_t *)tensor)[i];
    case OCTET_FLOAT32: return ((const float *)tensor)[i];
    case OCTET_FLOAT16: return octet_half_to_f32(((const uint16_t *)tensor)[i]);
    case OCTET_COMPLEX64: return ((const float *)tensor)[2 * i]; /* the real part */
    case OCTET_N_TYPES: break;
    }
    return 0.0f;
}

void octet_convert_from_real(const octet_value *value, octet_rounding rounding, const float *real, size_t n,
                             void *tensor) {
    if (value->type == OCTET_FLOAT32) {
        memcpy(tensor, real, n * sizeof *real);
        return;
    }
    const bool scaled = value->quantization.n == 1;
    const float scale = scaled ? value->quantization.scale[0] : 1.0f;
    const float zero_point = scaled ? (float)value->quantization.zero_point[0] : 0.0f;
    const bool is_half = value->type == OCTET_FLOAT16;
    float low, high;
    limits(value->type, &low, &high);
    for (size_t i = 0; i < n; i++) {
        float q = real[i];
        if (!is_half && value->type != OCTET_COMPLEX64) {
            q /= scale;
            if (rounding == OCTET_ROUND_NEAREST) q = roundf(q) + zero_point;
            else q += zero_point;
            if (isnan(q)) q = zero_point;
            q = q < low ? low : q > high ? high : q;
            if (rounding == OCTET_ROUND_TRUNCATE) q = truncf(q);
        }
        store(value->type, i, q, tensor);
    }
}

void octet_convert_to_real(const octet_value *value, const void *tensor, size_t n, float *real) {
    if (value->type == OCTET_FLOAT32) {
        memcpy(real, tensor, n * sizeof *real);
        return;
    }
    if (value->quantization.n != 1) {
        for (size_t i = 0; i < n; i++) real[i] = load(value->type, i, tensor);
        return;
    }
    const double scale = (double)value->quantization.scale[0];
    const int32_t zero_point = value->quantization.zero_point[0];
    for (size_t i = 0; i < n; i++) real[i] = (float)(scale * ((double)load(value->type, i, tensor) - zero_point));
}
