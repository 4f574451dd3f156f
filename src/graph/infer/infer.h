/* graph/infer/infer.h - types and shapes of an operator's outputs from its inputs and options.
 * In:  an operator whose inputs are known; constants where the shape depends on values (RESHAPE, PAD, TILE, ...).
 * Out: a type and a shape per output, or MODEL with a sentence.
 * Knows: TFLite's rules for every operator, one function per family (families.h).
 * Does not know: quantization (an output of a quantized input has the input's type), kernels. */
#ifndef OCTET_GRAPH_INFER_INFER_H
#define OCTET_GRAPH_INFER_INFER_H

#include "graph/graph.h"

typedef struct octet_inferred {
    octet_type type;
    octet_shape shape;
} octet_inferred;

/* out: array of op->n_outputs. op's outputs need not exist yet (OCTET_NONE; QUANTIZE then gives int8); op->layer is
 * named in messages. Never reads out of bounds whatever the graph (file) says: number and rank of inputs, axes, masks
 * and sizes are checked here. */
octet_status octet_infer(octet_context *ctx, const octet_graph *graph, const octet_operator *op, octet_inferred *out);

/* For the families. */
typedef octet_status octet_infer_function(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                          octet_inferred *out);

/* Reads an int32 or int64 constant input of at most `capacity` elements as int32; MODEL when it is absent, not
 * constant or of another type. */
octet_status octet_infer_constant_i32(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                      uint32_t input, int32_t capacity, int32_t *values, int32_t *n);
/* axis in [-rank, rank) -> [0, rank). */
octet_status octet_infer_axis(octet_context *ctx, const octet_operator *op, int32_t axis, int32_t rank, int32_t *out);

#endif
