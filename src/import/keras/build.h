/* import/keras/build.h - from a Keras model to a graph, call by call.
 * In:  a configuration whose weights are bound (import/keras/config.h, import/keras/weights.h).
 * Out: inputs, operators in an order that can be run, outputs and the layer table of the graph.
 * Knows: nested and shared layers, inputs that the file leaves open.
 * Does not know: what a single layer computes. */
#ifndef OCTET_IMPORT_KERAS_BUILD_H
#define OCTET_IMPORT_KERAS_BUILD_H

#include "graph/graph.h"
#include "import/import.h"
#include "import/keras/config.h"

/* keras_version: 2 or 3, the dialect of the file. `label` opens messages. Errors: UNSUPPORTED (layer, class, what is
 * supported), MODEL, DATA, LIMIT. `arena` is for the time of the import. */
octet_status octet_keras_build(octet_context *ctx, octet_arena *arena, const octet_json_document *document,
                               const char *label, int32_t keras_version, octet_keras_model *model,
                               const octet_import_options *options, octet_graph *graph);

#endif
