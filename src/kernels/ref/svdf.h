/* kernels/ref/svdf.h - SVDF: a dense layer in two low-rank steps, over features and over the last `memory` runs.
 * In:  input [B,I], feature weights [F,I], time weights [F,M], bias [F / rank] or NULL,
 *        state [B,F,M] that is read and written.
 * Out: output [B,F / rank]: the sum over each unit's `rank` filters; a row of the batch is the unit of work.
 * Knows: sum.h, hybrid.h, fixed_point.h. The state moves on by one column, whose last
 *        one is the product with the features.
 * Does not know: tensors, the graph, threads.
 * Exact: int8 (state and time weights int16) equals TFLite's integer kernel; floats as sum.h says. */
#ifndef OCTET_KERNELS_REF_SVDF_H
#define OCTET_KERNELS_REF_SVDF_H

#include "kernels/ref/hybrid.h"

typedef struct octet_svdf_params {
    int32_t batches, inputs, filters, memory, rank;
    bool plain;     /* f32 and hybrid: the order of sums */
    float min, max; /* f32 and hybrid: of the fused activation */
    /* int8 */
    int32_t input_zero_point, output_zero_point;
    int32_t feature_multiplier, feature_shift; /* to the state's scale */
    int32_t time_multiplier, time_shift;       /* from state and time weights to the output's scale */
} octet_svdf_params;

void octet_svdf_f32_ref(const octet_svdf_params *p, const float *input, const float *feature_weights,
                        const float *time_weights, const float *bias, float *state, float *output, int32_t begin,
                        int32_t end);
void octet_svdf_s8_ref(const octet_svdf_params *p, const int8_t *input, const int8_t *feature_weights,
                       const int16_t *time_weights, const int32_t *bias, int16_t *state, int8_t *output, int32_t begin,
                       int32_t end);
/* h: of the input's rows, quantized one at a time into `scratch` [inputs]; time weights as real numbers. */
void octet_svdf_hybrid_ref(const octet_svdf_params *p, const octet_hybrid_params *h, const float *input,
                           const int8_t *feature_weights, const float *time_weights, const float *bias, float *state,
                           float *output, int8_t *scratch, int32_t begin, int32_t end);

#endif
