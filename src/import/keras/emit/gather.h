/* import/keras/emit/gather.h - picks rows of a tensor by index.
 * In:  a value, an axis, and indices along it.
 * Out: GATHER.
 * Knows: indices that the importer has computed itself.
 * Does not know: how a model names indices (import/keras/functions/gather.c). */
#ifndef OCTET_IMPORT_KERAS_EMIT_GATHER_H
#define OCTET_IMPORT_KERAS_EMIT_GATHER_H

#include "import/keras/emit/call.h"

/* places: an integer value; its first batch_dims dimensions are those of x. */
octet_status octet_keras_gather(octet_keras_call *call, uint32_t x, uint32_t places, int32_t axis, int32_t batch_dims,
                                uint32_t *out);
/* n places, at least one (UNSUPPORTED otherwise), each inside of the axis. */
octet_status octet_keras_gather_known(octet_keras_call *call, uint32_t x, int32_t axis, const int32_t *places,
                                      int32_t n, uint32_t *out);
/* Row i of x along an axis times[i] times; `length`: the axis's. */
octet_status octet_keras_gather_repeated(octet_keras_call *call, uint32_t x, int32_t axis, const int32_t *times,
                                         int32_t length, uint32_t *out);

#endif
