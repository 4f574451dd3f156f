/* graph/widen.h - a graph of one sample as one of several.
 * In:  a graph whose batch is written as 1.
 * Out: the same with another batch, where every operator computes each sample alone.
 * Knows: shapes; operators of which that is true for any shape.
 * Does not know: whether it is worth it. */
#ifndef OCTET_GRAPH_WIDEN_H
#define OCTET_GRAPH_WIDEN_H

#include "graph/graph.h"

/* *is_wide: whether *out takes n samples at a time, which lie along axis 0 of all inputs, outputs and values in
 * between, and gives for each the bytes that the graph gives. False where an operator is not known for that, or a value
 * is neither float32 nor int8, or state. *out shares all but its values with the graph, which must outlive it; it lives
 * in `arena` and is not to be destroyed. Errors: NOMEM. */
octet_status octet_graph_widen(octet_context *ctx, octet_arena *arena, const octet_graph *graph, int32_t n,
                               octet_graph *out, bool *is_wide);

#endif
