/* kernels/fast/pool.h - pooling, channels in vectors.
 * In:  octet_pool_2d_params and the arguments of kernels/ref/pool.h.
 * Out: the same bytes.
 * Knows: nothing but the form of such kernels. Inputs may be read up to 32 bytes past their end.
 * Does not know: instruction sets (select.h), the graph, threads. */
#ifndef OCTET_KERNELS_FAST_POOL_H
#define OCTET_KERNELS_FAST_POOL_H

#include "kernels/ref/pool.h"

enum { OCTET_POOL_AVERAGE_CELLS = 255 }; /* of a window, at most, for average_s8: 16-bit sums */

typedef void octet_pool_s8(const octet_pool_2d_params *p, const int8_t *input, int8_t *output, int32_t begin,
                           int32_t end);
typedef void octet_pool_f32(const octet_pool_2d_params *p, const float *input, float *output, int32_t begin,
                            int32_t end);
typedef struct octet_pool_kernel {
    const char *name;
    octet_pool_s8 *max_s8, *average_s8;
    octet_pool_f32 *max_f32, *average_f32;
} octet_pool_kernel;

#endif
