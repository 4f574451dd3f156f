/* import/keras/emit/softmax.h - softmax over any axis.
 * In:  a value and an axis.
 * Out: SOFTMAX or LOG_SOFTMAX, which know the last axis only.
 * Knows: how TensorFlow brings an axis to the end.
 * Does not know: masks (import/keras/emit/attention.h). */
#ifndef OCTET_IMPORT_KERAS_EMIT_SOFTMAX_H
#define OCTET_IMPORT_KERAS_EMIT_SOFTMAX_H

#include "import/keras/emit/call.h"

/* axis: negative from the end; MODEL when x has no such axis. */
octet_status octet_keras_softmax(octet_keras_call *call, uint32_t x, int32_t axis, bool is_log, uint32_t *out);

#endif
