/* import/keras/summary.h - the layer table of a model, as Keras prints it.
 * In:  a model whose calls are built and whose weights are bound.
 * Out: a row of the graph's layer table for each layer, those of nested models below theirs.
 * Knows: what Keras lists.
 * Does not know: how the table is printed. */
#ifndef OCTET_IMPORT_KERAS_SUMMARY_H
#define OCTET_IMPORT_KERAS_SUMMARY_H

#include "graph/graph.h"
#include "import/keras/config.h"

octet_status octet_keras_summary_add(octet_context *ctx, octet_graph *graph, const octet_keras_model *model);

#endif
