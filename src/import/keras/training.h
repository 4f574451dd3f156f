/* import/keras/training.h - what a Keras file says of how its model was trained.
 * In:  the attribute training_config of an .h5, the compile_config of a .keras.
 * Out: the name of the loss, in the graph.
 * Knows: the forms in which Keras 2 and 3 write a loss.
 * Does not know: what a loss computes. */
#ifndef OCTET_IMPORT_KERAS_TRAINING_H
#define OCTET_IMPORT_KERAS_TRAINING_H

#include "formats/hdf5.h"
#include "formats/json.h"
#include "graph/graph.h"

/* Sets graph->loss from {"loss": "mean_squared_error"}: a name, or a class with a configuration. It stays NULL where
 * config says nothing of it, or names several. */
octet_status octet_keras_training_read(octet_context *ctx, const octet_json *config, octet_graph *graph);
/* The same from an .h5. A model runs without it, so text that cannot be read says nothing. */
octet_status octet_keras_training_read_h5(octet_context *ctx, const octet_hdf5 *hdf5, octet_graph *graph);

#endif
