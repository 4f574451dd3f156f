/* recover/expected.h - what a layer gives in the mean, from the mean of what it is given.
 * In:  an operator with weights and the mean of every element of its data.
 * Out: the mean of every output channel over all places, before bias and activation.
 * Knows: that the operator is linear in its data: E[W x] = W E[x]; padding counts as zeros.
 * Does not know: where the means come from. */
#ifndef OCTET_RECOVER_EXPECTED_H
#define OCTET_RECOVER_EXPECTED_H

#include "graph/graph.h"

/* An operator that geometry.h knows. means: an element for each of the data operand. Weights are float32, or int8 with
 * scales. out: octet_geometry_n_channels. Errors: NOMEM. */
octet_status octet_expected_output(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                   const octet_operator *op, const double *means, double *out);

#endif
