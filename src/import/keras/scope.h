/* import/keras/scope.h - the names that TensorFlow gives what it traces.
 * In:  names of models and layers, in the order in which Keras runs them.
 * Out: prefixes of node names: "model/conv/" of Keras 2, "model_1/conv_1/" of Keras 3.
 * Knows: Keras 3 opens the scope of a layer twice, and a name that is taken gets a number; a function of Keras 3 opens
 *        none, and its operator is named and numbered in the scope around it.
 * Does not know: what a layer does. */
#ifndef OCTET_IMPORT_KERAS_SCOPE_H
#define OCTET_IMPORT_KERAS_SCOPE_H

#include "base/memory.h"

typedef struct octet_keras_scopes {
    struct octet_keras_scope_name *names; /* a hash table */
    uint32_t capacity, n;
} octet_keras_scopes;

/* parent: "" or a prefix. *out: the prefix of what one call of the model or layer traces, in `arena`. */
octet_status octet_keras_scope_enter(octet_context *ctx, octet_arena *arena, octet_keras_scopes *scopes,
                                     int32_t keras_version, const char *parent, const char *name, const char **out);
/* The node of a Keras 3 function: `operator_name` as TFLite writes it, "MUL" for
 * "model_1/Mul", or as TensorFlow does: "truediv". */
octet_status octet_keras_scope_operator(octet_context *ctx, octet_arena *arena, octet_keras_scopes *scopes,
                                        const char *parent, const char *operator_name, const char **out);

#endif
