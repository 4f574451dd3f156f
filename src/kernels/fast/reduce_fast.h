/* kernels/fast/reduce_fast.h - MEAN where the outputs lie side by side in the input (global average pooling).
 * In:  the arguments of kernels/ref/reduce.h. Out: the same bytes.
 * Knows: plain C, compiled for AVX2 where there is one.
 * Does not know: the graph, threads. */
#ifndef OCTET_KERNELS_FAST_REDUCE_FAST_H
#define OCTET_KERNELS_FAST_REDUCE_FAST_H

#include "kernels/ref/reduce.h"

/* True when the last kept axis has stride 1: neighbouring outputs read neighbouring inputs. */
bool octet_mean_fast_fits(const octet_reduce_params *p);
void octet_mean_f32_fast(const octet_reduce_params *p, const float *input, float *output, int32_t begin, int32_t end);
void octet_mean_s8_fast(const octet_reduce_params *p, const int8_t *input, int8_t *output, int32_t begin, int32_t end);

#endif
