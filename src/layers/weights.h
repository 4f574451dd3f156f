/* layers/weights.h - how the weights of an operator use their codes.
 * In:  a quantized graph, one of its operators.
 * Out: a histogram of codes, scales, the range of the weights.
 * Knows: which operand holds weights.
 * Does not know: activations. */
#ifndef OCTET_LAYERS_WEIGHTS_H
#define OCTET_LAYERS_WEIGHTS_H

#include "layers/table.h"

/* All zeros where the operator has no constant weights of int8 or uint8. In `arena`. Errors: NOMEM. */
octet_status octet_layer_weights_count(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                       const octet_operator *op, octet_layer_weights *out);

#endif
