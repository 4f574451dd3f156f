/* kernels/ref/hybrid.h - operators with float activations and int8 weights (dynamic range quantization): rows of the
 *        input are quantized when they are run, multiplied as integers, and the sums scaled back to float.
 * In:  float input in rows that are quantized together (a sample of a convolution, a row of a fully connected layer).
 * Out: quantized rows, their scales and zero points; float output.
 * Knows: conv.h, depthwise.h, transpose_conv.h, fully_connected.h, whose shapes and activation bounds it uses.
 * Does not know: tensors, the graph, threads.
 * Exact: equal to LiteRT's kernels (BUILTIN_REF). */
#ifndef OCTET_KERNELS_REF_HYBRID_H
#define OCTET_KERNELS_REF_HYBRID_H

#include "kernels/ref/conv.h"
#include "kernels/ref/depthwise.h"
#include "kernels/ref/fully_connected.h"
#include "kernels/ref/transpose_conv.h"

typedef struct octet_hybrid_params {
    int32_t rows, depth;
    bool asymmetric;  /* the row's own zero point, full range; else zero point 0, [-127,127] */
    float row_factor; /* every row's scale is multiplied by it: the weights' scale where that comes first, else 1 */
    const float *weight_scales; /* [output channels] */
} octet_hybrid_params;

/* Rows in memory shared by the threads. */
typedef struct octet_hybrid_rows {
    int8_t *data;         /* [rows, depth] */
    float *scales;        /* [rows] */
    int32_t *zero_points; /* [rows] */
} octet_hybrid_rows;

/* Rows [begin, end): zero point + round(x / scale), half away from zero. A row of zeros has scale 1. */
void octet_hybrid_quantize_ref(const octet_hybrid_params *h, const float *input, const octet_hybrid_rows *rows,
                               int32_t begin, int32_t end);

/* Units as in the kernels without hybrid. bias may be NULL. */
void octet_conv_2d_hybrid_ref(const octet_conv_2d_params *p, const octet_hybrid_params *h,
                              const octet_hybrid_rows *rows, const int8_t *filter, const float *bias, float *output,
                              int32_t begin, int32_t end);
void octet_depthwise_hybrid_ref(const octet_depthwise_params *p, const octet_hybrid_params *h,
                                const octet_hybrid_rows *rows, const int8_t *filter, const float *bias, float *output,
                                int32_t begin, int32_t end);
void octet_fully_connected_hybrid_ref(const octet_fully_connected_params *p, const octet_hybrid_params *h,
                                      const octet_hybrid_rows *rows, const int8_t *weights, const float *bias,
                                      float *output, int32_t begin, int32_t end);

/* Here every product is scaled and added in float, in the order in which inputs reach an output. */
void octet_transpose_conv_hybrid_ref(const octet_transpose_conv_params *p, const octet_hybrid_params *h,
                                     const octet_hybrid_rows *rows, const int8_t *filter, const float *bias,
                                     float *output, int32_t begin, int32_t end);

#endif
