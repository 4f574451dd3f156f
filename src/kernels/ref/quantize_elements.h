/* kernels/ref/quantize_elements.h - QUANTIZE and DEQUANTIZE: between real numbers and quantized
 *        ones, and from one scale to another.
 * In:  n elements, scales and zero points.
 * Out: n elements; an element is the unit of work.
 * Knows: fixed_point.h.
 * Does not know: tensors, the graph, threads.
 * Exact: equal to TFLite's reference kernels (which are undefined for NaN and beyond 2^31 steps; here NaN gives the
 *        lowest value and everything else saturates). */
#ifndef OCTET_KERNELS_REF_QUANTIZE_ELEMENTS_H
#define OCTET_KERNELS_REF_QUANTIZE_ELEMENTS_H

#include <stdint.h>

typedef struct octet_quantize_params {
    float scale; /* of the quantized side: f32 to and from integers */
    int32_t input_zero_point, output_zero_point;
    int32_t multiplier, shift; /* input scale / output scale: integers to integers */
    /* DEQUANTIZE with a scale per channel: element i has channel i / inner % channels; else channels is 0. */
    int32_t channels, inner;
    const float *scales;
    const int32_t *zero_points;
} octet_quantize_params;

/* round(x / scale) half away from zero + zero point, division and quotient in float. */
void octet_quantize_f32_s8_ref(const octet_quantize_params *p, const float *input, int8_t *output, int32_t begin,
                               int32_t end);
void octet_quantize_f32_u8_ref(const octet_quantize_params *p, const float *input, uint8_t *output, int32_t begin,
                               int32_t end);
void octet_quantize_f32_s16_ref(const octet_quantize_params *p, const float *input, int16_t *output, int32_t begin,
                                int32_t end);

/* (x - input zero point) * multiplier + output zero point, by octet_fixed_scale. */
void octet_requantize_s8_s8_ref(const octet_quantize_params *p, const int8_t *input, int8_t *output, int32_t begin,
                                int32_t end);
void octet_requantize_s8_u8_ref(const octet_quantize_params *p, const int8_t *input, uint8_t *output, int32_t begin,
                                int32_t end);
void octet_requantize_s8_s16_ref(const octet_quantize_params *p, const int8_t *input, int16_t *output, int32_t begin,
                                 int32_t end);
void octet_requantize_u8_s8_ref(const octet_quantize_params *p, const uint8_t *input, int8_t *output, int32_t begin,
                                int32_t end);
void octet_requantize_u8_u8_ref(const octet_quantize_params *p, const uint8_t *input, uint8_t *output, int32_t begin,
                                int32_t end);
void octet_requantize_s16_s8_ref(const octet_quantize_params *p, const int16_t *input, int8_t *output, int32_t begin,
                                 int32_t end);
void octet_requantize_s16_s16_ref(const octet_quantize_params *p, const int16_t *input, int16_t *output, int32_t begin,
                                  int32_t end);

/* scale * (q - zero point). */
void octet_dequantize_s8_ref(const octet_quantize_params *p, const int8_t *input, float *output, int32_t begin,
                             int32_t end);
void octet_dequantize_u8_ref(const octet_quantize_params *p, const uint8_t *input, float *output, int32_t begin,
                             int32_t end);
void octet_dequantize_s16_ref(const octet_quantize_params *p, const int16_t *input, float *output, int32_t begin,
                              int32_t end);
void octet_dequantize_channels_s8_ref(const octet_quantize_params *p, const int8_t *input, float *output, int32_t begin,
                                      int32_t end);
/* IEEE half to single: exact. `input`: the bits. */
void octet_dequantize_f16_ref(const uint16_t *input, float *output, int32_t begin, int32_t end);

#endif
