/* import/keras/emit/pool_adaptive.h - adaptive pooling of Keras 3: an output size instead of a window.
 * In:  [batch,height,width,channels] or [batch,steps,channels], and the number of cells that each axis shall have.
 * Out: the pooled tensor.
 * Knows: where Keras puts the windows.
 * Does not know: whether a layer or a function asks. */
#ifndef OCTET_IMPORT_KERAS_EMIT_POOL_ADAPTIVE_H
#define OCTET_IMPORT_KERAS_EMIT_POOL_ADAPTIVE_H

#include "import/keras/emit/call.h"

/* code: MAX_POOL_2D or AVERAGE_POOL_2D. n sizes, or one for all axes. UNSUPPORTED: more cells than there are. The
 * result is the call's output. */
octet_status octet_keras_pool_adaptive(octet_keras_call *call, octet_operator_code code, uint32_t x,
                                       const int32_t *sizes, int32_t n);

#endif
