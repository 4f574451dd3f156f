/* import/keras/emit/slice.h - parts of a tensor.
 * In:  a value, and where the part lies.
 * Out: SLICE or STRIDED_SLICE, with its constants.
 * Knows: the names that TensorFlow gives the constants.
 * Does not know: the many ways in which a model names a part (import/keras/functions/slice.c). */
#ifndef OCTET_IMPORT_KERAS_EMIT_SLICE_H
#define OCTET_IMPORT_KERAS_EMIT_SLICE_H

#include "import/keras/emit/call.h"

/* SLICE: begin and size of every dimension, inside of x. */
octet_status octet_keras_slice(octet_keras_call *call, const char *name, uint32_t x, const int32_t *begin,
                               const int32_t *size, uint32_t *out);
/* STRIDED_SLICE "strided_slice" with n numbers each; `options` has the masks. Of integers that are known (shapes) the
 * part is known too. */
octet_status octet_keras_strided_slice(octet_keras_call *call, uint32_t x, int32_t n, const int32_t *begin,
                                       const int32_t *end, const int32_t *strides, const octet_options *options,
                                       uint32_t *out);
/* x[.., begin:end, ..] along one axis. */
octet_status octet_keras_slice_axis(octet_keras_call *call, const char *name, uint32_t x, int32_t axis, int32_t begin,
                                    int32_t end, uint32_t *out);

#endif
