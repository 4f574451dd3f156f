/* import/keras/functions/gelu.h - GELU that a model writes out with functions.
 * In:  the operands of a product.
 * Out: GELU where the product is one.
 * Knows: the forms with erf and with tanh, the factors in any order.
 * Does not know: where else erf stands. */
#ifndef OCTET_IMPORT_KERAS_FUNCTIONS_GELU_H
#define OCTET_IMPORT_KERAS_FUNCTIONS_GELU_H

#include "import/keras/emit/call.h"

/* GELU where a times b is one written out; OCTET_NONE where it is not. */
octet_status octet_keras_written_gelu(octet_keras_call *call, uint32_t a, uint32_t b, uint32_t *out);

#endif
