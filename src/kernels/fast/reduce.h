/* kernels/fast/reduce.h - MEAN where the outputs lie side by side in the input (global average pooling).
 * In:  the arguments of kernels/ref/reduce.h.
 * Out: the same bytes.
 * Knows: plain C, compiled for AVX2 where there is one.
 * Does not know: the graph, threads. */
#ifndef OCTET_KERNELS_FAST_REDUCE_H
#define OCTET_KERNELS_FAST_REDUCE_H

#include "kernels/ref/reduce.h"

/* True when the last kept axis has stride 1: neighbouring outputs read neighbouring inputs. */
bool octet_mean_fast_fits(const octet_reduce_params *p);

typedef struct octet_mean_kernel {
    const char *name;
    void (*f32)(const octet_reduce_params *p, const float *input, float *output, int32_t begin, int32_t end);
    void (*s8)(const octet_reduce_params *p, const int8_t *input, int8_t *output, int32_t begin, int32_t end);
} octet_mean_kernel;

extern const octet_mean_kernel octet_mean_rows;

#endif
