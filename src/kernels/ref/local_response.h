/* kernels/ref/local_response.h - LOCAL_RESPONSE_NORMALIZATION: each channel divided
 *        by a power of the squares around it.
 * In:  input [R,D].
 * Out: output [R,D] = x * (bias + alpha * sum of x^2 over the channels within radius)^-beta; a row is the unit of work.
 * Knows: elementary.h.
 * Does not know: tensors, threads.
 * Exact: equal to TFLite's reference kernel but for pow, which is rounded correctly here. */
#ifndef OCTET_KERNELS_REF_LOCAL_RESPONSE_H
#define OCTET_KERNELS_REF_LOCAL_RESPONSE_H

#include <stdint.h>

typedef struct octet_local_response_params {
    int32_t depth, radius;
    float bias, alpha, beta;
} octet_local_response_params;

void octet_local_response_f32_ref(const octet_local_response_params *p, const float *input, float *output,
                                  uint32_t begin, uint32_t end);

#endif
