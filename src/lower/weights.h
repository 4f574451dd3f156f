/* lower/weights.h - what operators with weights share when they are bound.
 * In:  an operator with weights.
 * Out: its operands, their types, octet_requantize in the binder's arena; or MODEL / UNSUPPORTED with a sentence.
 * Knows: TFLite's quantization of weights (zero point 0 per channel) and of biases.
 * Does not know: single operators. */
#ifndef OCTET_LOWER_WEIGHTS_H
#define OCTET_LOWER_WEIGHTS_H

#include "kernels/ref/requantize.h"
#include "lower/binder.h"

typedef struct octet_weighted {
    const octet_value *input, *weights, *bias, *output; /* bias may be NULL */
    int32_t channels;                                   /* of the output */
    int32_t axis;                                       /* of the weights along which per-channel scales run */
} octet_weighted;

/* Types of activations, weights and bias together. */
typedef enum octet_weighted_kind {
    OCTET_WEIGHTED_F32,     /* all float32 */
    OCTET_WEIGHTED_S8,      /* int8, int8, int32 */
    OCTET_WEIGHTED_S16,     /* int16, int8, int64 or no bias: 64-bit sums */
    OCTET_WEIGHTED_S16_B32, /* int16, int8, int32: 32-bit sums */
    OCTET_WEIGHTED_HYBRID   /* float32, int8, float32: activations are quantized row by row at run time */
} octet_weighted_kind;

/* The operands of an operator that has `weights` in graph/operator_list.h, and whose inputs were inferred. */
octet_weighted octet_bind_weighted(const octet_binder *binder, const octet_operator *op);
/* Puts these operands into the kernels' order: input, weights, bias. */
octet_status octet_bind_weighted_operands(octet_binder *binder, const octet_operator *op, octet_step *step);
/* UNSUPPORTED when there is no kernel for the types; MODEL when the output's type is not the input's. */
octet_status octet_bind_weighted_kind(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                      octet_weighted_kind *out);
/* For the quantized kinds. allow_weight_zero_point: one zero point other than 0 with a per-tensor scale is possible, as
 * it always is for uint8 operators, whose scales LiteRT multiplies in float. in_double: also fills out->scale. */
octet_status octet_bind_requantize(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                   bool allow_weight_zero_point, bool in_double, octet_requantize *out);
/* One scale per channel (repeated when there is a single one), zero points all 0: weights of hybrid operators. */
octet_status octet_bind_weight_scales(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                      const float **out);

#endif
