/* import/keras/schedule.h - the order in which Keras runs the calls of a functional model.
 * In:  a model and its outputs.
 * Out: the calls that these need, in that order.
 * Knows: Keras's rule: the call with the longest way to an output first; among equals the one that was met first, going
 *        back from the outputs (Function.map_graph of Keras 3, _map_graph_network of Keras 2). Names in the traced
 *        function are counted in this order.
 * Does not know: what a call does; whether calls wait for each other in a circle (the builder refuses that). */
#ifndef OCTET_IMPORT_KERAS_SCHEDULE_H
#define OCTET_IMPORT_KERAS_SCHEDULE_H

#include "import/keras/config.h"

/* *out: *n calls (tensor is 0), in `arena`. */
octet_status octet_keras_schedule(octet_context *ctx, octet_arena *arena, const octet_keras_model *model,
                                  octet_keras_reference **out, uint32_t *n);

#endif
