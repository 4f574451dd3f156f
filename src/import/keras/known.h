/* import/keras/known.h - refuses classes that octet does not read, before anything is said of their weights or shapes.
 * In:  a model as it is configured.
 * Out: UNSUPPORTED, with the layer, its class and what to do instead.
 * Knows: the row of each class; which names are near one that is unknown.
 * Does not know: attributes, what a layer computes. */
#ifndef OCTET_IMPORT_KERAS_KNOWN_H
#define OCTET_IMPORT_KERAS_KNOWN_H

#include "import/keras/config.h"

/* All layers that are called, at any depth. `label` opens the message. */
octet_status octet_keras_known_check(octet_context *ctx, const char *label, const octet_keras_model *model);
/* One layer that is no model, without what it wraps. */
octet_status octet_keras_known_check_layer(octet_context *ctx, const char *label, const octet_keras_layer *layer);

#endif
