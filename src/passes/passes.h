/* passes/passes.h - rewrites of a graph, each its own file.
 * In:  a verified graph.
 * Out: the same graph, equivalent and simpler, verified again after each pass.
 * Knows: graph, and kernels/ref where a rewrite computes constants.
 * Does not know: where the graph came from, quantization, files. */
#ifndef OCTET_PASSES_PASSES_H
#define OCTET_PASSES_PASSES_H

#include "graph/graph.h"

/* Brings a float graph into the form that TensorFlow's converter gives it with a static batch: identities dropped,
 * constants folded (shape arithmetic too), MUL and ADD folded into convolutions and dense layers (batch normalization),
 * activations fused, pads merged, trained pairs (passes/trained_pairs.h) replaced. A graph that is already in this
 * form, or quantized, is left as it is. OCTET_DEBUG=passes prints the graph after each pass that changed it. */
octet_status octet_passes_run(octet_context *ctx, octet_graph *graph);

/* One rewrite, applied wherever it fits; *changed becomes true when it
 * did. It may leave operators marked as removed. */
typedef octet_status octet_pass(octet_context *ctx, octet_graph *graph, bool *changed);

#endif
