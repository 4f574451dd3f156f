/* import/keras/weights.h - the weights of a Keras model: which ones each layer has and where they lie in the file.
 * In:  a model (import/keras/config.h) and an open HDF5 file, or groups of datasets from elsewhere.
 * Out: layer->weights, each with its dataset, for all layers at any depth.
 * Knows: Keras 2's layout (layer_names, weight_names, matched by name or else by order as Keras does), Keras 3's
 *        (layers/<class>_<i>/vars/<j>) and that of .keras of Keras 2.12 and 2.13 (_layer_checkpoint_dependencies).
 * Does not know: what the weights mean; their shapes are checked where a layer uses them. */
#ifndef OCTET_IMPORT_KERAS_WEIGHTS_H
#define OCTET_IMPORT_KERAS_WEIGHTS_H

#include "import/keras/config.h"
#include "import/keras/dataset.h"

enum { OCTET_KERAS_MAX_WEIGHTS = 16 };

/* For the functions that list a layer's weights: appends one. The list must not be full. */
void octet_keras_weights_add(octet_keras_layer *layer, const char *name, const char *path, bool is_trainable);

/* Fills layer->weights of every layer of `model` (also nested and wrapped ones), without datasets. */
octet_status octet_keras_weights_list(octet_context *ctx, octet_arena *arena, octet_keras_model *model,
                                      const char *label);
/* Finds the datasets of listed weights.
 * A weight that is not in the file is MODEL and named. `label`: how messages call the file ("m.h5", "m.keras"). */
octet_status octet_keras_weights_bind(octet_context *ctx, octet_arena *arena, octet_keras_model *model,
                                      octet_hdf5 *hdf5, const char *label);

/* What a file holds for a layer of the outermost model and all that is inside it. */
typedef struct octet_keras_weight_group {
    const char *place; /* in the file, for messages */
    bool is_there;
    bool is_ordered;          /* all trainable weights, then all others: names that are not clear do no harm */
    const char *const *names; /* "dense/kernel:0" */
    const octet_keras_dataset *const *datasets;
    size_t n;
} octet_keras_weight_group;

/* As octet_keras_weights_bind; groups[i] is of model->layers[i]. */
octet_status octet_keras_weights_bind_groups(octet_context *ctx, octet_arena *arena, octet_keras_model *model,
                                             const octet_keras_weight_group *groups, const char *label);

/* Of the layer, of what it wraps and of the models in it. */
void octet_keras_weights_count(const octet_keras_layer *layer, uint64_t *n_parameters, uint64_t *n_trainable);

#endif
