#include "kernels/ref/quantize_elements.h"

#include "base/half.h"
#include "kernels/ref/fixed_point.h"
#include "kernels/ref/target.h"

/* Clamping before rounding is the same, since the bounds are integers; the sum with the float below 1/2 rounds halves
 * away from zero and, unlike roundf, becomes vector code. */
#define QUANTIZE(name, TYPE, LOW, HIGH)                                                                       \
    OCTET_TARGET_AVX2                                                                                         \
    void name(const octet_quantize_params *p, const float *input, TYPE *output, int32_t begin, int32_t end) { \
        const float scale = p->scale;                                                                         \
        const int32_t zero_point = p->output_zero_point;                                                      \
        const float low = (float)((LOW)-zero_point), high = (float)((HIGH)-zero_point);                       \
        for (int32_t i = begin; i < end; i++) {                                                               \
            float steps = input[i] / scale;                                                                   \
            steps = steps > low ? steps : low;                                                                \
            steps = steps < high ? steps : high;                                                              \
            output[i] = (TYPE)((int32_t)(steps + copysignf(0x1.fffffep-2f, steps)) + zero_point);             \
        }                                                                                                     \
    }

QUANTIZE(octet_quantize_f32_s8_ref, int8_t, INT8_MIN, INT8_MAX)
QUANTIZE(octet_quantize_f32_u8_ref, uint8_t, 0, UINT8_MAX)
QUANTIZE(octet_quantize_f32_s16_ref, int16_t, INT16_MIN, INT16_MAX)

#define REQUANTIZE(name, INPUT, OUTPUT, LOW, HIGH)                                                                  \
    void name(const octet_quantize_params *p, const INPUT *input, OUTPUT *output, int32_t begin, int32_t end) {     \
        for (int32_t i = begin; i < end; i++) {                                                                     \
            const int32_t scaled = octet_fixed_scale(input[i] - p->input_zero_point, p->multiplier, p->shift);      \
            output[i] = (OUTPUT)octet_clamp_s32(octet_fixed_wrap_add(scaled, p->output_zero_point), (LOW), (HIGH)); \
        }                                                                                                           \
    }

REQUANTIZE(octet_requantize_s8_s8_ref, int8_t, int8_t, INT8_MIN, INT8_MAX)
REQUANTIZE(octet_requantize_s8_u8_ref, int8_t, uint8_t, 0, UINT8_MAX)
REQUANTIZE(octet_requantize_s8_s16_ref, int8_t, int16_t, INT16_MIN, INT16_MAX)
REQUANTIZE(octet_requantize_u8_s8_ref, uint8_t, int8_t, INT8_MIN, INT8_MAX)
REQUANTIZE(octet_requantize_u8_u8_ref, uint8_t, uint8_t, 0, UINT8_MAX)
REQUANTIZE(octet_requantize_s16_s8_ref, int16_t, int8_t, INT8_MIN, INT8_MAX)
REQUANTIZE(octet_requantize_s16_s16_ref, int16_t, int16_t, INT16_MIN, INT16_MAX)

#define DEQUANTIZE(name, TYPE)                                                                                \
    OCTET_TARGET_AVX2                                                                                         \
    void name(const octet_quantize_params *p, const TYPE *input, float *output, int32_t begin, int32_t end) { \
        for (int32_t i = begin; i < end; i++) output[i] = p->scale * (float)(input[i] - p->input_zero_point); \
    }

DEQUANTIZE(octet_dequantize_s8_ref, int8_t)
DEQUANTIZE(octet_dequantize_u8_ref, uint8_t)
DEQUANTIZE(octet_dequantize_s16_ref, int16_t)

void octet_dequantize_channels_s8_ref(const octet_quantize_params *p, const int8_t *input, float *output, int32_t begin,
                                      int32_t end) {
    for (int32_t i = begin; i < end; i++) {
        const int32_t channel = i / p->inner % p->channels;
        output[i] = p->scales[channel] * (float)(input[i] - p->zero_points[channel]);
    }
}

void octet_dequantize_f16_ref(const uint16_t *input, float *output, int32_t begin, int32_t end) {
    for (int32_t i = begin; i < end; i++) output[i] = octet_half_to_f32(input[i]);
}
