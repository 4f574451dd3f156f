/* lower/activation.h - fused activations as bounds.
 * In:  an operator.
 * Out: the real bounds that a kernel clamps its results to.
 * Knows: which activations are a clamp.
 * Does not know: scales; kernels/ref/fixed_point.h turns the bounds into integers. */
#ifndef OCTET_LOWER_ACTIVATION_H
#define OCTET_LOWER_ACTIVATION_H

#include <math.h>

#include "lower/binder.h"

/* -INFINITY and INFINITY for no bound. UNSUPPORTED for TANH and unknown numbers. */
static inline octet_status octet_bind_activation(octet_binder *binder, const octet_operator *op, float *real_min,
                                                 float *real_max) {
    const octet_activation activation = octet_operator_activation(op);
    *real_min = -INFINITY;
    *real_max = INFINITY;
    switch (activation) {
    case OCTET_ACTIVATION_NONE: return OCTET_OK;
    case OCTET_ACTIVATION_RELU: *real_min = 0; return OCTET_OK;
    case OCTET_ACTIVATION_RELU_N1_TO_1:
        *real_min = -1;
        *real_max = 1;
        return OCTET_OK;
    case OCTET_ACTIVATION_RELU6:
        *real_min = 0;
        *real_max = 6;
        return OCTET_OK;
    case OCTET_ACTIVATION_TANH: break;
    }
    return octet_context_fail(binder->ctx, OCTET_UNSUPPORTED,
                              "%s: %s with fused activation %d; only RELU, RELU6 and RELU_N1_TO_1 are fused", op->layer,
                              octet_operator_name(op->code), (int)activation);
}

#endif
