/* export/tflite/open_batch.h - a graph that is written for one sample, in the form that takes any number.
 * In:  a graph of a Keras model whose batch is open.
 * Out: RESHAPEs with -1 in the place of the batch; shapes that depend on it computed by operators, as TensorFlow does.
 * Knows: graph/batch.h.
 * Does not know: how tensors and operators become bytes. */
#ifndef OCTET_EXPORT_TFLITE_OPEN_BATCH_H
#define OCTET_EXPORT_TFLITE_OPEN_BATCH_H

#include "graph/graph.h"

/* `opened` is a copy of the struct *graph with an empty arena, which the caller frees; it gets what differs. A graph
 * with a fixed batch, or from a .tflite, stays as it is. A graph for a device gets no operators, constants only.
 * Where it is not known what more samples would do, the constants stay. */
octet_status octet_tflite_open_batch(octet_context *ctx, const octet_graph *graph, octet_graph *opened);

#endif
