/* kernels/ref/conv_3d.h - CONV_3D, float only (TFLite has no quantized kernel).
 * In:  input [N,D,H,W,C], filter [FD,FH,FW,I,O] with C a multiple of I, bias [O] or NULL,
 *        parameters that binding has checked.
 * Out: output [N,OD,OH,OW,O].
 * Knows: one output row [OW,O] as the unit of work: unit u is row u % OH of plane u / OH.
 * Does not know: tensors, the graph, threads.
 * Exact: sums start at the bias and add by fma over (kz, ky, kx, channel). */
#ifndef OCTET_KERNELS_REF_CONV_3D_H
#define OCTET_KERNELS_REF_CONV_3D_H

#include "kernels/ref/conv.h"

typedef struct octet_conv_3d_params {
    int32_t batches, in_d, in_h, in_w, in_c;
    int32_t out_d, out_h, out_w, out_c;
    int32_t filter_d, filter_h, filter_w, filter_c, groups; /* filter_c = in_c / groups */
    int32_t stride_d, stride_h, stride_w, dilation_d, dilation_h, dilation_w;
    int32_t pad_front, pad_top, pad_left;
    float real_min, real_max;
} octet_conv_3d_params;

void octet_conv_3d_f32_ref(const octet_conv_3d_params *p, const float *input, const float *filter, const float *bias,
                           float *output, int32_t begin, int32_t end);
void octet_conv_3d_f32_plain(const octet_conv_3d_params *p, const float *input, const float *filter, const float *bias,
                             float *output, int32_t begin, int32_t end);

#endif
