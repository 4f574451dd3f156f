/* explain/explainer.h - one element of one result of a step that has run, and the derivations by family of kernels.
 * In:  a step, its operands' values and memory, the element.
 * Out: the steps of its computation in an octet_derivation.
 * Knows: the parameters of the step (lower/params.h) and the arithmetic of kernels/ref: no number is worked out anew
 *        from scales.
 * Does not know: how the step was run, who asks. */
#ifndef OCTET_EXPLAIN_EXPLAINER_H
#define OCTET_EXPLAIN_EXPLAINER_H

#include "explain/derivation.h"
#include "lower/step.h"

typedef struct octet_explainer {
    octet_derivation *d;
    const octet_operator *op;
    const octet_step *step;
    /* By index of the step's operands and results. */
    const octet_value *values;
    const void *const *data;
    const uint32_t *numbers; /* of the values in the graph; NULL: the indices themselves */
    uint32_t output;         /* which result */
    size_t element;          /* flat */
} octet_explainer;

/* Operand i: NULL where it is absent. */
const octet_value *octet_explainer_operand(const octet_explainer *e, uint32_t i);
const void *octet_explainer_data(const octet_explainer *e, uint32_t i);
uint32_t octet_explainer_number(const octet_explainer *e, uint32_t i);
const octet_value *octet_explainer_result(const octet_explainer *e);
/* True, and the derivation says so, where `value`, of the step, is float32: there are no integers to derive. */
bool octet_explainer_refuse_float(const octet_explainer *e, const octet_value *value);
/* Integer number `element` of memory of a type; 0 for float types. */
int64_t octet_explain_code(octet_type type, const void *data, size_t element);
/* As a real number, by the scale of channel `channel` where there are several; floats as they are. */
double octet_explain_real(const octet_value *value, const void *data, size_t element, uint32_t channel);
/* Names the operands in the derivation, with their scales at `channel`. */
void octet_explainer_list_operands(const octet_explainer *e, uint32_t channel);

/* The elements of the two operands that broadcast to the element of the result: as a term, and here. */
void octet_explainer_take_pair(const octet_explainer *e, const octet_broadcast_params *walk, int64_t code[2],
                               double real[2]);
/* A real number inside what codes [min, max] of the result stand for; as it is where the result has no scale. */
double octet_explainer_clamp(const octet_explainer *e, double real, int32_t min, int32_t max);

/* scaling.c: the steps of kernels/ref/fixed_point.h, which each gives its result. */
int32_t octet_derive_scaled(octet_derivation *d, int32_t value, int32_t multiplier, int32_t shift);
int32_t octet_derive_scaled_once(octet_derivation *d, int32_t value, int32_t multiplier, int32_t shift);
int32_t octet_derive_scaled_s64(octet_derivation *d, int64_t value, int32_t multiplier, int32_t shift);
int32_t octet_derive_scaled_double(octet_derivation *d, double value, double scale);
/* Adds the zero point, then clamps. */
int32_t octet_derive_output(octet_derivation *d, int32_t scaled, int32_t zero_point, int32_t min, int32_t max);

/* integers.c: x / y as DIV of quantized numbers has it, before the zero point. */
int32_t octet_derive_quotient(octet_derivation *d, int32_t x, int32_t y, int32_t multiplier, int32_t shift);

/* A real number into a quantized type, as QUANTIZE does it: quotient, rounding, zero point. */
void octet_derive_quantized(octet_derivation *d, float real, float scale, int32_t zero_point, octet_type type);

/* By family. Each sets steps, and where it can the exact value; or a reason. */
void octet_explain_weighted(const octet_explainer *e);            /* CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, ... */
void octet_explain_arithmetic(const octet_explainer *e);          /* ADD, SUB, MUL, DIV, MAXIMUM, ... */
void octet_explain_arithmetic_integers(const octet_explainer *e); /* the same of numbers without scales */
void octet_explain_compare(const octet_explainer *e);
void octet_explain_elements(const octet_explainer *e); /* LOGICAL_NOT */
void octet_explain_cast(const octet_explainer *e);
void octet_explain_unary_integers(const octet_explainer *e);
void octet_explain_prelu(const octet_explainer *e);
void octet_explain_quantize(const octet_explainer *e); /* QUANTIZE, DEQUANTIZE */
void octet_explain_unary(const octet_explainer *e);
void octet_explain_pool(const octet_explainer *e);
void octet_explain_reduce(const octet_explainer *e);
void octet_explain_arg(const octet_explainer *e);
void octet_explain_softmax(const octet_explainer *e);
void octet_explain_log_softmax(const octet_explainer *e);
void octet_explain_l2_normalization(const octet_explainer *e);
void octet_explain_resize(const octet_explainer *e); /* RESIZE_BILINEAR */
void octet_explain_cumsum(const octet_explainer *e);
void octet_explain_scatter(const octet_explainer *e);
void octet_explain_top_k(const octet_explainer *e);
void octet_explain_range(const octet_explainer *e);
void octet_explain_broadcast_args(const octet_explainer *e);
void octet_explain_join_bytes(const octet_explainer *e);
void octet_explain_lstm(const octet_explainer *e);
void octet_explain_svdf(const octet_explainer *e);
bool octet_explain_is_move(octet_kernel kernel);
void octet_explain_move(const octet_explainer *e); /* of such kernels: which element the number is a copy of */

#endif
