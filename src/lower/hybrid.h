/* lower/hybrid.h - binding of operators with float activations and int8 weights.
 * In:  the bound shape parameters of the float operator, its weights.
 * Out: a step of two phases: rows are quantized, then multiplied.
 * Knows: kernels/ref/hybrid.h.
 * Does not know: which operators choose it; lower/conv.c and lower/dense.c do. */
#ifndef OCTET_LOWER_HYBRID_H
#define OCTET_LOWER_HYBRID_H

#include "kernels/ref/hybrid.h"
#include "lower/weights.h"

/* params: of the operator's shapes. Convolutions of one group whose channels all have one scale
 * quantize with zero point 0, as in LiteRT; for fully connected layers the option decides. */
octet_status octet_bind_conv_2d_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                       const octet_conv_2d_params *params, octet_step *step);
octet_status octet_bind_depthwise_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                         const octet_depthwise_params *params, octet_step *step);
octet_status octet_bind_fully_connected_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                               const octet_fully_connected_params *params, octet_step *step);

octet_status octet_bind_transpose_conv_hybrid(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                              const octet_transpose_conv_params *params, octet_step *step);

#endif
