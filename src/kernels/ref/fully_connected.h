/* kernels/ref/fully_connected.h - FULLY_CONNECTED.
 * In:  input [R,K], weights [O,K], bias [O] or NULL, parameters that binding has checked.
 * Out: output [R,O].
 * Knows: one output element as the unit of work: unit u is channel u % O of row u / O.
 * Does not know: tensors, the graph, threads.
 * Exact: int8 and int16 equal TFLite's reference kernels, which round in double, when q.scale is there, and its
 *        optimized one, tflite-micro and CMSIS-NN, which round in fixed point, when q.scale is NULL. */
#ifndef OCTET_KERNELS_REF_FULLY_CONNECTED_H
#define OCTET_KERNELS_REF_FULLY_CONNECTED_H

#include "kernels/ref/requantize.h"

typedef struct octet_fully_connected_params {
    int32_t rows, depth, out_c; /* R, K, O */
    float real_min, real_max;
    octet_requantize q;
} octet_fully_connected_params;

/* Adds over k ascending, by fma from the bias (_ref) or as in LiteRT's reference kernels (_plain, sum.h). */
void octet_fully_connected_f32_ref(const octet_fully_connected_params *p, const float *input, const float *weights,
                                   const float *bias, float *output, int32_t begin, int32_t end);
void octet_fully_connected_f32_plain(const octet_fully_connected_params *p, const float *input, const float *weights,
                                     const float *bias, float *output, int32_t begin, int32_t end);
void octet_fully_connected_s8_ref(const octet_fully_connected_params *p, const int8_t *input, const int8_t *weights,
                                  const int32_t *bias, int8_t *output, int32_t begin, int32_t end);
void octet_fully_connected_s16_ref(const octet_fully_connected_params *p, const int16_t *input, const int8_t *weights,
                                   const int64_t *bias, int16_t *output, int32_t begin, int32_t end);
void octet_fully_connected_s16_b32_ref(const octet_fully_connected_params *p, const int16_t *input,
                                       const int8_t *weights, const int32_t *bias, int16_t *output, int32_t begin,
                                       int32_t end);

#endif
