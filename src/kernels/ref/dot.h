/* kernels/ref/dot.h - sums of products, the inner loops of operators with weights.
 * In:  runs of inputs and weights.
 * Out: sums.
 * Knows: base types; everything is inlined into the kernels, which are compiled for several targets (target.h). Integer
 *        sums wrap as two's complement and are kept unsigned.
 * Does not know: shapes. */
#ifndef OCTET_KERNELS_REF_DOT_H
#define OCTET_KERNELS_REF_DOT_H

#include <stdint.h>

#include "kernels/ref/sum.h"

enum { OCTET_DOT_LANES = 8 }; /* output channels summed side by side by octet_dot_f32 */

/* sum[lane] grows by x[k] * weights[lane * stride + k] for k ascending; lanes 1..OCTET_DOT_LANES. */
OCTET_INLINE void octet_dot_f32(bool plain, float *sum, int32_t lanes, const float *x, const float *weights,
                                int64_t stride, int32_t n) {
    if (lanes == OCTET_DOT_LANES) {
        for (int32_t k = 0; k < n; k++) {
            for (int32_t lane = 0; lane < OCTET_DOT_LANES; lane++) {
                sum[lane] = octet_sum_add(plain, sum[lane], x[k], weights[lane * stride + k]);
            }
        }
        return;
    }
    for (int32_t lane = 0; lane < lanes; lane++) {
        float one = sum[lane];
        for (int32_t k = 0; k < n; k++) one = octet_sum_add(plain, one, x[k], weights[lane * stride + k]);
        sum[lane] = one;
    }
}

/* sum (x - x_zero) * (w - w_zero); zero points inside int8. */
OCTET_INLINE uint32_t octet_dot_s8(const int8_t *x, int32_t x_zero, const int8_t *w, int32_t w_zero, int32_t n) {
    uint32_t sum = 0;
    while (n > 0) { /* blocks whose sum fits an int, which compilers turn into multiply-add pairs */
        const int32_t block = n < 32768 ? n : 32768;
        int32_t part = 0;
        for (int32_t k = 0; k < block; k++) part += (int16_t)(x[k] - x_zero) * (int16_t)(w[k] - w_zero);
        sum += (uint32_t)part;
        x += block;
        w += block;
        n -= block;
    }
    return sum;
}

/* The same for int16 inputs, zero point inside int16. */
OCTET_INLINE uint64_t octet_dot_s16(const int16_t *x, int32_t x_zero, const int8_t *w, int32_t n) {
    uint64_t sum = 0;
    for (int32_t k = 0; k < n; k++) sum += (uint64_t)(int64_t)((x[k] - x_zero) * w[k]);
    return sum;
}

#endif
