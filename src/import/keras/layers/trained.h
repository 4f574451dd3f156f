/* import/keras/layers/trained.h - quantization-aware training (TensorFlow Model Optimization): what its wrappers have
 * learned. In:  calls of QuantizeLayer and QuantizeWrapper, and of the layers inside the latter. Out: FAKE_QUANT where
 * training rounded activations; weights rounded, with their scales (octet_trained_weights). Knows: the wrappers'
 * variables and which of them each configuration has. Does not know: what becomes of the ranges (quant/trained.c). */
#ifndef OCTET_IMPORT_KERAS_LAYERS_TRAINED_H
#define OCTET_IMPORT_KERAS_LAYERS_TRAINED_H

#include "formats/hdf5.h"
#include "import/keras/emit/call.h"

/* Datasets of the wrapper's and its layer's weights in a group of Keras 3's layout; what is not found stays NULL. */
void octet_keras_trained_bind(const octet_hdf5 *hdf5, const octet_hdf5_node *group, octet_keras_layer *wrapper);
/* An activation without the QuantizeAwareActivation around it. */
const octet_json *octet_keras_trained_activation(const octet_json *value);
/* FAKE_QUANT of x with the wrapper's <what>_min and <what>_max; x itself where it has none. */
octet_status octet_keras_trained_round(octet_keras_call *wrapper, const char *what, uint32_t x, uint32_t *out);

#endif
