/* kernels/ref/requantize.h - from integer sums to quantized outputs, for operators with weights.
 * In:  a sum in units of input scale * weight scale, the output channel.
 * Out: the output in its own units, clamped to the fused activation.
 * Knows: fixed_point.h.
 * Does not know: tensors. */
#ifndef OCTET_KERNELS_REF_REQUANTIZE_H
#define OCTET_KERNELS_REF_REQUANTIZE_H

#include "kernels/ref/fixed_point.h"

/* Zero points as in the file: real = scale * (q - zero_point). multiplier and shift have one entry per output channel,
 * also when the weights have a single scale. */
typedef struct octet_requantize {
    int32_t input_zero_point, weight_zero_point, output_zero_point;
    int32_t min, max; /* fused activation and type, in output units */
    const int32_t *multiplier,
        *shift;          /* input scale * weight scale / output scale, as octet_fixed_multiplier gives it */
    const double *scale; /* the same in double; only FULLY_CONNECTED with numerics `litert`, else NULL */
    bool rounds_once;    /* 32-bit sums: numerics `single` */
} octet_requantize;

static inline int32_t octet_requantize_s32(const octet_requantize *q, int32_t sum, int32_t channel) {
    const int32_t multiplier = q->multiplier[channel], shift = q->shift[channel];
    const int32_t scaled =
        q->rounds_once ? octet_fixed_scale_once(sum, multiplier, shift) : octet_fixed_scale(sum, multiplier, shift);
    return octet_clamp_s32(octet_fixed_wrap_add(scaled, q->output_zero_point), q->min, q->max);
}
static inline int32_t octet_requantize_s64(const octet_requantize *q, int64_t sum, int32_t channel) {
    const int32_t scaled = octet_fixed_scale_s64(sum, q->multiplier[channel], q->shift[channel]);
    return octet_clamp_s32(octet_fixed_wrap_add(scaled, q->output_zero_point), q->min, q->max);
}

#endif
