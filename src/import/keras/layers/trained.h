/* import/keras/layers/trained.h - the wrappers of quantization-aware training in weights files.
 * In:  a wrapper with its weights and those of its layer listed.
 * Out: their datasets.
 * Knows: how Keras 2's .keras files mix the two.
 * Does not know: what the wrapper rounds (import/keras/emit/trained.h). */
#ifndef OCTET_IMPORT_KERAS_LAYERS_TRAINED_H
#define OCTET_IMPORT_KERAS_LAYERS_TRAINED_H

#include "formats/hdf5.h"
#include "import/keras/config.h"

/* Datasets of the wrapper's and its layer's weights in a group of Keras 3's layout; what is not found stays NULL. */
octet_status octet_keras_trained_bind(octet_context *ctx, octet_arena *arena, octet_hdf5 *hdf5,
                                      const octet_hdf5_node *group, octet_keras_layer *wrapper);

#endif
