/* kernels/ref/depthwise.h - DEPTHWISE_CONV_2D.
 * In:  input [N,H,W,C], filter [1,FH,FW,O] with O = C * multiplier, bias [O] or NULL,
 *        parameters that binding has checked.
 * Out: output [N,OH,OW,O]; output channel o reads input channel o / multiplier.
 * Knows: one output row [OW,O] as the unit of work, as in conv.h.
 * Does not know: tensors, the graph, threads.
 * Exactness as in conv.h; float sums run over (ky, kx). */
#ifndef OCTET_KERNELS_REF_DEPTHWISE_H
#define OCTET_KERNELS_REF_DEPTHWISE_H

#include "kernels/ref/conv.h"

typedef struct octet_depthwise_params {
    int32_t batches, in_h, in_w, in_c;
    int32_t out_h, out_w, out_c, multiplier; /* out_c = in_c * multiplier */
    int32_t filter_h, filter_w;
    int32_t stride_h, stride_w, dilation_h, dilation_w;
    int32_t pad_top, pad_left;
    float real_min, real_max;
    octet_requantize q;
} octet_depthwise_params;

void octet_depthwise_f32_ref(const octet_depthwise_params *p, const float *input, const float *filter,
                             const float *bias, float *output, int32_t begin, int32_t end);
void octet_depthwise_f32_plain(const octet_depthwise_params *p, const float *input, const float *filter,
                               const float *bias, float *output, int32_t begin, int32_t end);
void octet_depthwise_s8_ref(const octet_depthwise_params *p, const int8_t *input, const int8_t *filter,
                            const int32_t *bias, int8_t *output, int32_t begin, int32_t end);
void octet_depthwise_s16_ref(const octet_depthwise_params *p, const int16_t *input, const int8_t *filter,
                             const int64_t *bias, int16_t *output, int32_t begin, int32_t end);

#endif
