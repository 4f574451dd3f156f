/* recover/importance.h - how much the error of a channel counts at the outputs.
 * In:  a float graph.
 * Out: by value and channel, the weight of the square of one element's error.
 * Knows: that errors that do not depend on each other add up by their squares: W^2 through a layer.
 * Does not know: samples, activations' slopes (taken for 1). */
#ifndef OCTET_RECOVER_IMPORTANCE_H
#define OCTET_RECOVER_IMPORTANCE_H

#include "graph/graph.h"

/* (*out)[v][c]: of channel c (the last axis) of activation v, mean over its places; NULL for constants and what is not
 * float32. The outputs of the graph have 1. Backward through a layer I_in[c] = sum over outputs o and taps of
 * W^2 I_out[o], times places of the result over places of the data; an average over n elements divides by n^2, an
 * operator that is not known passes the mean on. In `arena`. Errors: NOMEM. */
octet_status octet_importance_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, double ***out);

#endif
