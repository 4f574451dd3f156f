/* kernels/ref/transpose_conv.h - TRANSPOSE_CONV.
 * In:  input [N,H,W,C], filter [O,FH,FW,C], bias [O] or NULL, parameters that binding has checked.
 * Out: output [N,OH,OW,O]: input (y, x) adds to outputs (y * stride - pad + ky, x * stride - pad + kx) that exist.
 * Knows: one output row [OW,O] as the unit of work. Gathers per output, so rows are independent.
 * Does not know: tensors, the graph, threads.
 * Exactness as in conv.h; float sums run over (ky, kx, channel), plain ones over (y, x, channel) of the input. */
#ifndef OCTET_KERNELS_REF_TRANSPOSE_CONV_H
#define OCTET_KERNELS_REF_TRANSPOSE_CONV_H

#include "kernels/ref/requantize.h"

typedef struct octet_transpose_conv_params {
    int32_t batches, in_h, in_w, in_c;
    int32_t out_h, out_w, out_c;
    int32_t filter_h, filter_w;
    int32_t stride_h, stride_w;
    int32_t pad_top, pad_left; /* of the forward convolution from output to input */
    float real_min, real_max;
    octet_requantize q;
} octet_transpose_conv_params;

/* The input position that reaches output `out` through tap `tap`; false when there is none. */
static inline bool octet_transpose_source(int32_t out, int32_t pad, int32_t tap, int32_t stride, int32_t in,
                                          int32_t *position) {
    const int64_t distance = (int64_t)out + pad - tap;
    if (distance < 0 || distance % stride != 0 || distance / stride >= in) return false;
    *position = (int32_t)(distance / stride);
    return true;
}

void octet_transpose_conv_f32_ref(const octet_transpose_conv_params *p, const float *input, const float *filter,
                                  const float *bias, float *output, int32_t begin, int32_t end);
void octet_transpose_conv_f32_plain(const octet_transpose_conv_params *p, const float *input, const float *filter,
                                    const float *bias, float *output, int32_t begin, int32_t end);
void octet_transpose_conv_s8_ref(const octet_transpose_conv_params *p, const int8_t *input, const int8_t *filter,
                                 const int32_t *bias, int8_t *output, int32_t begin, int32_t end);
void octet_transpose_conv_s16_ref(const octet_transpose_conv_params *p, const int16_t *input, const int8_t *filter,
                                  const int64_t *bias, int16_t *output, int32_t begin, int32_t end);

#endif
