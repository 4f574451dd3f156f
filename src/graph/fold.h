/* graph/fold.h - the results of an operator whose operands are constants.
 * In:  an operator that graph/infer accepts.
 * Out: the data of its results, or that they are not known.
 * Knows: the operators with which models compute shapes and small constants: elements that only move (RESHAPE, slices,
 *        PACK, GATHER, ...); integers, exactly or not at all; float32 operations that round once, and so have one right
 *        result: + - * /, maxima, square roots.
 * Does not know: when folding is wanted; functions whose last bit is a kernel's choice (passes/fold_constants.c has
 *        those that it computes with kernels/ref). */
#ifndef OCTET_GRAPH_FOLD_H
#define OCTET_GRAPH_FOLD_H

#include "graph/infer/infer.h"

typedef enum octet_folding {
    OCTET_FOLDING_UNKNOWN,  /* an operand is no constant, one or a result is too large, or the operator is none of
                                  those above; division by 0 too */
    OCTET_FOLDING_OVERFLOW, /* an integer does not fit into its type, where a kernel would wrap it around */
    OCTET_FOLDING_KNOWN
} octet_folding;

/* `results`: type and shape of each of op's results, as octet_infer gives them; op's outputs are not read.
 * Operands are bool, int32, int64 or float32; neither they nor the results have more than max_elements
 * elements. data: array of op->n_outputs; when *out is KNOWN, row-major data of the results in `arena`.
 * MODEL when GATHER reads outside of its table. */
octet_status octet_fold_operator(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_operator *op, size_t max_elements, const octet_inferred *results,
                                 const void **data, octet_folding *out);
/* The same for an operator whose outputs are values of the graph: KNOWN ones become constants. `op` stays. */
octet_status octet_fold_outputs(octet_context *ctx, octet_graph *graph, const octet_operator *op, size_t max_elements,
                                octet_folding *out);
/* octet_graph_emit for what is known now: adds constants named `name` instead of an operator, and nothing unless *out
 * is KNOWN. outputs: array of n_outputs. */
octet_status octet_fold_new(octet_context *ctx, octet_graph *graph, octet_operator_code code, const char *layer,
                            const char *name, const uint32_t *inputs, uint32_t n_inputs, const octet_options *options,
                            size_t max_elements, uint32_t *outputs, uint32_t n_outputs, octet_folding *out);

#endif
