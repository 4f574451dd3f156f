/* import/keras/stored.h - weights in parts: int8 numbers and their scales (model.quantize), kernels and LoRA updates,
 *                         kernels and masks or centroids (tfmot).
 * In:  a layer with its weights listed, later with their datasets.
 * Out: the parts listed as well; then one float weight in the place of its parts.
 * Knows: names, places and shapes of the parts, as Keras 3 and tfmot write them.
 * Does not know: where datasets lie (import/keras/weights.c), what the layer does with a weight. */
#ifndef OCTET_IMPORT_KERAS_STORED_H
#define OCTET_IMPORT_KERAS_STORED_H

#include "import/keras/config.h"

/* Weights of the wrappers of tfmot: the mask of a pruned layer in an .h5, and its variables by number in a .keras; of
 * clustering, followed by the name of the weight inside. */
#define OCTET_KERAS_STORED_MASK "mask"
#define OCTET_KERAS_STORED_VARIABLE "#"
#define OCTET_KERAS_STORED_CENTROIDS "cluster_centroids_"

/* Appends the parts of layer->weights[0] that the configuration speaks of. */
void octet_keras_stored_list(octet_keras_layer *layer);
/* Errors: MODEL (shapes that do not fit), those of octet_keras_dataset_numbers. The new dataset lives in `arena`. */
octet_status octet_keras_stored_join(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer,
                                     const char *label);
/* The mode of model.quantize() that the layer's dtype names ("int8", "int4", ...); NULL: none. */
const char *octet_keras_stored_mode(const octet_keras_layer *layer);
/* True for a layer in mode int8 whose weights lack a scale. */
bool octet_keras_stored_lacks_scale(const octet_keras_layer *layer);

#endif
