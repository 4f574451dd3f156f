/* import/keras/leaf.h - writes one call of a layer that is not itself a model.
 * In:  a call whose inputs are known.
 * Out: what the layer writes, and the masks of its outputs.
 * Knows: the row of its class: refusals, attributes, who takes integers; which dtypes there are.
 * Does not know: what the class computes (import/keras/layers, import/keras/functions). */
#ifndef OCTET_IMPORT_KERAS_LEAF_H
#define OCTET_IMPORT_KERAS_LEAF_H

#include "import/keras/emit/call.h"

/* UNSUPPORTED names the layer and what to do instead. Inputs of integers become float32 where the class computes. */
octet_status octet_keras_leaf_emit(octet_keras_call *call);

#endif
