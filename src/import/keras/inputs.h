/* import/keras/inputs.h - the inputs of the graph: those of the outermost model.
 * In:  the InputLayers of a model, and shapes for what the file leaves open.
 * Out: a graph value for each, of one batch where the file has any.
 * Knows: which dtypes stay integers.
 * Does not know: what reads them. */
#ifndef OCTET_IMPORT_KERAS_INPUTS_H
#define OCTET_IMPORT_KERAS_INPUTS_H

#include "graph/graph.h"
#include "import/import.h"
#include "import/keras/config.h"

/* values: room for model->n_inputs. Errors: MODEL (no shape), UNSUPPORTED (an open dimension, with the remedy). */
octet_status octet_keras_inputs_add(octet_context *ctx, octet_arena *arena, const char *label,
                                    const octet_keras_model *model, const octet_import_options *options,
                                    octet_graph *graph, uint32_t *values);

#endif
