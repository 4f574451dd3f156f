/* quant/builder.h - the quantized graph while it is being built.
 * In:  a float graph, its known ranges, its propagated parameters.
 * Out: values and operators of the new graph, on demand: an integer form and a real form of every float value.
 * Knows: rules, parameters; that constants are rounded per use.
 * Does not know: how parameters were chosen. */
#ifndef OCTET_QUANT_BUILDER_H
#define OCTET_QUANT_BUILDER_H

#include "quant/propagate.h"

/* Operators that compute in one type of integers, and the values as these read them. */
typedef struct octet_lane {
    octet_island island;
    octet_type type; /* of activations: int8 or int16 */
    octet_propagation propagation;
    /* By value of `from`: its forms in `to`, OCTET_NONE until there is one. */
    uint32_t *integer; /* quantized activation, as its users read it */
    uint32_t *others;  /* quantized activation with the parameters that an operand was read with last */
    uint32_t *weights; /* rounded weights without adjustment, for reuse by a second operator */
} octet_lane;

/* The numbers of the mode; islands of int16 among int8. */
enum { OCTET_MOST_LANES = 2 };

typedef struct octet_builder {
    octet_context *ctx;
    octet_arena scratch;
    const octet_graph *from;
    octet_graph *to;
    const octet_known_range *known; /* by value of `from` */
    octet_quantize_options options;
    octet_lane lanes[OCTET_MOST_LANES];
    uint32_t n_lanes;
    octet_lane *lane; /* of the operator that is being written; what follows says "integer" for its type */
    uint32_t *real;   /* by value of `from`: float activation, or anything that is not quantized */
} octet_builder;

/* builder.c */
octet_status octet_builder_start(octet_context *ctx, const octet_graph *from, const octet_known_range *known,
                                 const octet_quantize_options *options, octet_builder *out);
/* On failure of anything in between, frees the new graph too. */
void octet_builder_finish(octet_builder *builder, bool keep);
/* A new value of `to` with per-tensor parameters. */
octet_status octet_builder_add_integer(octet_builder *builder, const char *name, octet_type type,
                                       const octet_shape *shape, octet_qparams params, uint32_t *out);
/* The form in which a value was computed, or came in: of those in `to` the first. OCTET_NONE: there is none. */
uint32_t octet_builder_first_form(const octet_builder *builder, uint32_t value);
/* The unquantized form: copies constants, emits DEQUANTIZE when only integer forms exist. */
octet_status octet_builder_real(octet_builder *builder, uint32_t value, const char *layer, uint32_t *out);
/* The integer form of an activation; emits QUANTIZE when only others exist. */
octet_status octet_builder_integer(octet_builder *builder, uint32_t value, const char *layer, uint32_t *out);
/* QUANTIZE from a value of `to` to a new one. LiteRT shifts the difference of an integer and its zero point (8 bits, or
 * 16) to the left in 32 bits: scales further apart than 2^22 (2^14) take two steps, the first of which saturates,
 * unless the file is strict. */
octet_status octet_builder_requantize(octet_builder *builder, uint32_t value, const char *name, const char *layer,
                                      octet_type type, octet_qparams params, uint32_t *out);
/* Parameters that operand i of operator k is read with: MODEL when the activation has none. */
octet_status octet_builder_operand_params(octet_builder *builder, uint32_t k, uint32_t i, octet_qparams *out);
/* UNSUPPORTED names the layer when the constant holds NaN or infinity. */
octet_status octet_builder_check_constant(octet_builder *builder, const octet_operator *op, const octet_value *value);

/* Operator k as it is, with the real forms of its operands; operand `replaced`
 * (OCTET_NONE: none) is `value` of `to` instead. */
octet_status octet_builder_copy_operator(octet_builder *builder, uint32_t k, uint32_t replaced, uint32_t value,
                                         uint32_t *out);

/* The inputs of the graph in float, before its operators; its outputs in float, behind them, which completes it. */
octet_status octet_builder_real_inputs(octet_builder *builder);
octet_status octet_builder_real_outputs(octet_builder *builder);

/* weights.c: a constant operand, weights and biases of operator k; *out is a value of `to`. */
octet_status octet_builder_constant(octet_builder *builder, uint32_t k, uint32_t i, uint32_t *out);
/* Biases with the given scales; int32, or int64 with int16 activations. */
octet_status octet_builder_bias(octet_builder *builder, const octet_value *value, const double *scales, size_t n_scales,
                                uint32_t *out);
octet_status octet_builder_weights_and_bias(octet_builder *builder, uint32_t k, uint32_t *weights, uint32_t *bias);
/* Symmetric int8 weights of any graph: a new constant of `to`. axis -1: per tensor. scales: n channels, in scratch. */
octet_status octet_builder_weight_constant(octet_builder *builder, const octet_value *value, int32_t axis,
                                           const double *scales, uint32_t *out);
octet_status octet_builder_weight_scales(octet_builder *builder, const octet_value *value, int32_t axis,
                                         octet_channels *channels, double **scales);
/* The axis of the weights' channels under the options; -1: per tensor. */
int32_t octet_builder_weight_axis(const octet_builder *builder, octet_operator_code code);

/* quantize_lstm.c */
octet_status octet_builder_lstm(octet_builder *builder, uint32_t k);

/* One per mode: a started builder in, a complete graph in builder->to out. */
octet_status octet_quantize_integer(octet_builder *builder);
octet_status octet_quantize_dynamic(octet_builder *builder);
octet_status octet_quantize_float16(octet_builder *builder);

#endif
