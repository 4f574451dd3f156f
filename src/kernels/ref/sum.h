/* kernels/ref/sum.h - the two orders in which reference kernels add products of floats.
 * In:  products one by one, a bias or NULL.
 * Out: their sum.
 * Knows: `plain` is a constant wherever these are inlined. Not plain: from the bias, one fused
 *        multiply-add per product. Plain: from 0, every product and every sum rounded, the bias last,
 *        which is the order of LiteRT's reference kernels.
 * Does not know: in which order the products come; that is the kernels' affair. */
#ifndef OCTET_KERNELS_REF_SUM_H
#define OCTET_KERNELS_REF_SUM_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/ref/target.h"

OCTET_INLINE float octet_sum_begin(bool plain, const float *bias, int32_t channel) {
    return bias != NULL && !plain ? bias[channel] : 0.0f;
}
OCTET_INLINE float octet_sum_add(bool plain, float sum, float a, float b) {
    return plain ? sum + a * b : fmaf(a, b, sum);
}
OCTET_INLINE float octet_sum_end(bool plain, float sum, const float *bias, int32_t channel) {
    return bias != NULL && plain ? sum + bias[channel] : sum;
}

#endif
