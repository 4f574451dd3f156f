/* graph/infer/check.h - what many inference functions need: arity, present inputs, broadcasting, a checked shape.
 * In:  operators, possibly hostile.
 * Out: values that are there, shapes that are legal, or MODEL with a sentence.
 * Knows: how a mistake of a model is worded.
 * Does not know: single operators. */
#ifndef OCTET_GRAPH_INFER_CHECK_H
#define OCTET_GRAPH_INFER_CHECK_H

#include "graph/infer/infer.h"

/* MODEL unless the operator has min_inputs..max_inputs inputs whose indices exist and n_outputs outputs. The first
 * min_inputs are present. */
octet_status octet_infer_check_arity(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                     uint32_t min_inputs, uint32_t max_inputs, uint32_t n_outputs);
/* Always fails: the family has no rule for this operator. */
octet_status octet_infer_unknown(octet_context *ctx, const octet_operator *op);
/* MODEL unless inputs i and j (both present) have the same type. */
octet_status octet_infer_check_same_type(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                         uint32_t i, uint32_t j);
/* Writes *out when the shape is legal (octet_shape_check). */
octet_status octet_infer_check_result(octet_context *ctx, const octet_operator *op, octet_type type,
                                      const octet_shape *shape, octet_inferred *out);
/* Number of places of a window along one spatial axis of `in` cells: at least 1. The last cell of the last window has a
 * 31-bit position. */
octet_status octet_infer_check_window(octet_context *ctx, const octet_operator *op, octet_padding padding, int32_t in,
                                      int32_t filter, int32_t stride, int32_t dilation, int32_t *out);
/* octet_shape_broadcast, or MODEL. out may be a or b. */
octet_status octet_infer_check_broadcast(octet_context *ctx, const octet_operator *op, const octet_shape *a,
                                         const octet_shape *b, octet_shape *out);

#endif
