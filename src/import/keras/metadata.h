/* import/keras/metadata.h - what Keras says of a model in a SavedModel folder.
 * In:  the folder.
 * Out: a JSON text: class, configuration, version of Keras, how the model was trained.
 * Knows: keras_metadata.pb (TensorFlow 2.5 and later), saved_model.pb, which holds the same in older folders.
 * Does not know: weights, and what the JSON means. */
#ifndef OCTET_IMPORT_KERAS_METADATA_H
#define OCTET_IMPORT_KERAS_METADATA_H

#include "base/buffer.h"

/* Whether the folder holds keras_metadata.pb or saved_model.pb. Errors: IO, NOMEM. */
octet_status octet_keras_metadata_look(octet_context *ctx, const char *folder, bool *is_saved_model);
/* `text`: of the outermost object, with lists in the place of Keras's tuples; *name (in `arena`): the file that it
 * comes from. Errors: IO, FORMAT, LIMIT, UNSUPPORTED (the folder holds no Keras model, with what to do instead), NOMEM.
 */
octet_status octet_keras_metadata_read(octet_context *ctx, octet_arena *arena, const char *folder, octet_buffer *text,
                                       const char **name);
/* Puts lists in the place of {"class_name": "__tuple__", "items": [...]} and of TensorShapes; what stands around a list
 * becomes blanks. Errors: LIMIT for what is nested deeper than JSON may be. */
octet_status octet_keras_metadata_unwrap(octet_context *ctx, char *text, size_t size, const char *name);

#endif
