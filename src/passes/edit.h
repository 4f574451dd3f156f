/* passes/edit.h - steps that rewrites have in common.
 * In:  a graph, the operator or value that a rewrite looks at.
 * Out: answers about it, or the graph with one step done; use counts and producers stay right.
 * Knows: graph.
 * Does not know: which rewrite asks. */
#ifndef OCTET_PASSES_EDIT_H
#define OCTET_PASSES_EDIT_H

#include "graph/graph.h"

/* The operator that computes the value, or NULL for constants and graph inputs. */
octet_operator *octet_edit_producer(const octet_graph *graph, uint32_t value);
bool octet_edit_is_constant_f32(const octet_graph *graph, uint32_t value);
/* True when the value is computed, in float32, and read exactly once (a graph output counts as a reader). */
bool octet_edit_is_private(const octet_graph *graph, uint32_t value);
/* True for a Keras model whose file fixes the batch: TensorFlow's converter then knows every shape, and simplifies more
 * of them. */
bool octet_edit_has_fixed_batch(const octet_graph *graph);
/* RESHAPE k has the batch in dimension `axis` of its result: its constant holds -1 there. */
octet_status octet_edit_mark_batch(octet_context *ctx, octet_graph *graph, uint32_t k, int32_t axis);
/* All elements of a float32 constant equal `number`. */
bool octet_edit_is_splat(const octet_graph *graph, uint32_t value, float number);

/* The computed operand of a MUL or ADD whose other operand is a float32 constant, or of a SUB of one: *computed is 0 or
 * 1, the constant is input 1 - *computed. False for other operators. */
bool octet_edit_has_constant(const octet_graph *graph, const octet_operator *op, uint32_t *computed);

/* Drops operator k and lets operator p compute k's first output instead of its
 * own (of the same shape), which only k read. */
void octet_edit_take_output(octet_graph *graph, uint32_t p, uint32_t k);
/* Drops operator k, whose only output equals `value`: its readers read `value`.
 * Graph outputs keep their name if they can. */
void octet_edit_bypass(octet_graph *graph, uint32_t k, uint32_t value);
/* A float32 constant like `like` (name, origin) with other contents. */
octet_status octet_edit_add_f32(octet_context *ctx, octet_graph *graph, uint32_t like, const octet_shape *shape,
                                const float *data, uint32_t *out);
/* Replaces the operands of operator k; the array is copied. */
octet_status octet_edit_set_inputs(octet_context *ctx, octet_graph *graph, uint32_t k, const uint32_t *inputs,
                                   uint32_t n);
/* Turns operator k into a RESHAPE of its first operand to the shape of its output. */
octet_status octet_edit_make_reshape(octet_context *ctx, octet_graph *graph, uint32_t k);

#endif
