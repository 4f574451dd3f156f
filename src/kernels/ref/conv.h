/* kernels/ref/conv.h - CONV_2D.
 * In:  input [N,H,W,C], filter [O,FH,FW,I] with I = C / groups, bias [O] or NULL, parameters that binding has checked.
 * Out: output [N,OH,OW,O]; positions outside the input contribute nothing.
 * Knows: one output row [OW,O] as the unit of work: unit u is row u % OH of sample u / OH.
 * Does not know: tensors, the graph, threads.
 * Exact: int8 and int16 equal TFLite's reference kernels; float sums run over (ky, kx, channel) in ascending order, by
 *        fma from the bias (_ref) or as in LiteRT's reference kernels (_plain, sum.h). */
#ifndef OCTET_KERNELS_REF_CONV_H
#define OCTET_KERNELS_REF_CONV_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/ref/requantize.h"

typedef struct octet_conv_2d_params {
    int32_t batches, in_h, in_w, in_c;
    int32_t out_h, out_w, out_c;
    int32_t filter_h, filter_w, filter_c, groups; /* filter_c = in_c / groups */
    int32_t stride_h, stride_w, dilation_h, dilation_w;
    int32_t pad_top, pad_left;
    float real_min, real_max; /* fused activation of the f32 kernel */
    octet_requantize q;       /* of the quantized kernels */
} octet_conv_2d_params;

/* Taps [first, last) of a filter of `filter` taps, `dilation` apart, that lie
 * inside [0, size) when tap 0 is at `origin`. */
typedef struct octet_taps {
    int32_t first, last;
} octet_taps;
static inline octet_taps octet_taps_inside(int32_t origin, int32_t size, int32_t filter, int32_t dilation) {
    octet_taps taps = {0, filter};
    if (origin < 0) taps.first = (int32_t)(((int64_t)dilation - 1 - origin) / dilation);
    const int64_t room = (int64_t)size - origin;
    const int64_t last = room > 0 ? (room + dilation - 1) / dilation : 0;
    if (last < taps.last) taps.last = (int32_t)last;
    if (taps.first > taps.last) taps.first = taps.last;
    return taps;
}

/* Whether leaving out taps in the padding is the same as multiplying them by 0: not when a weight is not finite or a
 * sum may be -0. bias: NULL for none. */
bool octet_conv_zeros_are_neutral(const float *weights, size_t n_weights, const float *bias, size_t n_outputs);

void octet_conv_2d_f32_ref(const octet_conv_2d_params *p, const float *input, const float *filter, const float *bias,
                           float *output, int32_t begin, int32_t end);
void octet_conv_2d_f32_plain(const octet_conv_2d_params *p, const float *input, const float *filter, const float *bias,
                             float *output, int32_t begin, int32_t end);
void octet_conv_2d_s8_ref(const octet_conv_2d_params *p, const int8_t *input, const int8_t *filter, const int32_t *bias,
                          int8_t *output, int32_t begin, int32_t end);
/* int16 activations, int8 weights: sums in 64 bits with a 64-bit bias ... */
void octet_conv_2d_s16_ref(const octet_conv_2d_params *p, const int16_t *input, const int8_t *filter,
                           const int64_t *bias, int16_t *output, int32_t begin, int32_t end);
/* ... or in 32 bits with a 32-bit bias. */
void octet_conv_2d_s16_b32_ref(const octet_conv_2d_params *p, const int16_t *input, const int8_t *filter,
                               const int32_t *bias, int16_t *output, int32_t begin, int32_t end);

#endif
