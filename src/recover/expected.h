/* recover/expected.h - what a layer gives in the mean, from the mean of what it is given.
 * In:  an operator with weights and the mean of every element of its data.
 * Out: the mean of every output channel over all places, before bias and activation.
 * Knows: that the operator is linear in its data: E[W x] = W E[x]; padding counts as zeros.
 * Does not know: where the means come from. */
#ifndef OCTET_RECOVER_EXPECTED_H
#define OCTET_RECOVER_EXPECTED_H

#include "graph/graph.h"

/* Whether octet_expected_output knows the operator: CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, CONV_3D,
 * FULLY_CONNECTED. */
bool octet_expected_is_known(octet_operator_code code);
/* Output channels of such an operator. */
size_t octet_expected_n_channels(const octet_graph *graph, const octet_operator *op);
/* means: an element for each of the data operand. Weights are float32, or int8 with scales. out:
 * octet_expected_n_channels. Errors: NOMEM. */
octet_status octet_expected_output(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                   const octet_operator *op, const double *means, double *out);

#endif
