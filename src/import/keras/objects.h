/* import/keras/objects.h - the weights of a Keras model in a TensorFlow checkpoint.
 * In:  a model with its weights listed, and the checkpoint of a SavedModel folder or of save_weights.
 * Out: layer->weights, each with its dataset.
 * Knows: how Keras 2 names the objects of a model: layer-0, layer-1, ...; the lists of its variables.
 * Does not know: the configuration's file, what weights mean. */
#ifndef OCTET_IMPORT_KERAS_OBJECTS_H
#define OCTET_IMPORT_KERAS_OBJECTS_H

#include "formats/tensorflow/bundle.h"
#include "import/keras/config.h"

/* A weight that is not there is MODEL and named; FORMAT, LIMIT, IO as formats/tensorflow states them. */
octet_status octet_keras_objects_bind(octet_context *ctx, octet_arena *arena, octet_keras_model *model,
                                      octet_bundle *bundle);

#endif
