/* kernels/ref/prelu.h - row functions of PRELU for broadcast.h: x, or x * slope where x is negative.
 * In:  rows of the input and of the slopes.
 * Out: a row of the result.
 * Knows: f32, s8, s16.
 * Does not know: tensors, broadcasting.
 * Exact: equal to TFLite's reference kernels bit for bit. */
#ifndef OCTET_KERNELS_REF_PRELU_H
#define OCTET_KERNELS_REF_PRELU_H

#include <stdbool.h>

#include "kernels/ref/broadcast.h"

typedef struct octet_prelu_params {
    int32_t zero_in, zero_slope, zero_out;
    int32_t multiplier, shift;                   /* of x: s_in / s_out */
    int32_t multiplier_negative, shift_negative; /* of x * slope: s_in s_slope / s_out */
} octet_prelu_params;

/* Multipliers from scales, by float32 quotients. False when one does not fit. */
bool octet_prelu_prepare(float scale_in, float scale_slope, float scale_out, octet_prelu_params *p);

octet_broadcast_row octet_prelu_f32_ref; /* params: NULL */
octet_broadcast_row octet_prelu_s8_ref;  /* params: octet_prelu_params */
octet_broadcast_row octet_prelu_s16_ref; /* slopes are int8 */

#endif
