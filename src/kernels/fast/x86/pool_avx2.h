/* kernels/fast/x86/pool_avx2.h - pooling, channels in vectors.
 * In:  octet_pool_2d_params and the arguments of kernels/ref/pool.h. Out: the same bytes.
 * Knows: AVX2. Inputs may be read up to 32 bytes past their end.
 * Does not know: the graph, threads. */
#ifndef OCTET_KERNELS_FAST_X86_POOL_AVX2_H
#define OCTET_KERNELS_FAST_X86_POOL_AVX2_H

#include "kernels/ref/pool.h"

enum { OCTET_POOL_AVERAGE_CELLS = 255 }; /* at most, of the int8 average: 16-bit sums */

void octet_max_pool_2d_s8_avx2(const octet_pool_2d_params *p, const int8_t *input, int8_t *output, int32_t begin,
                               int32_t end);
void octet_average_pool_2d_s8_avx2(const octet_pool_2d_params *p, const int8_t *input, int8_t *output, int32_t begin,
                                   int32_t end);
void octet_max_pool_2d_f32_avx2(const octet_pool_2d_params *p, const float *input, float *output, int32_t begin,
                                int32_t end);
void octet_average_pool_2d_f32_avx2(const octet_pool_2d_params *p, const float *input, float *output, int32_t begin,
                                    int32_t end);

#endif
