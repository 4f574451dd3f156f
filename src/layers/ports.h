/* layers/ports.h - inputs and outputs of two graphs of one network.
 * In:  a float graph and a quantized one.
 * Out: which input of the one is which of the other, and which output.
 * Knows: names; that converters order inputs as they like.
 * Does not know: what is between them. */
#ifndef OCTET_LAYERS_PORTS_H
#define OCTET_LAYERS_PORTS_H

#include "graph/graph.h"

/* order[i]: the input of `quantized` that is input i of `real`; both have real->n_inputs. By their names where all of
 * them agree, else in the order in which operators first read them, where their shapes then agree, else by place. In
 * `arena`. Errors: NOMEM. */
octet_status octet_ports_match_inputs(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                      const octet_graph *quantized, uint32_t **order);
/* The same for outputs: by their names, else by place; both graphs have real->n_outputs. */
octet_status octet_ports_match_outputs(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                       const octet_graph *quantized, uint32_t **order);

#endif
