/* import/keras/emit/argument.h - what a call is given, by position or keyword.
 * In:  a call with its arguments, and the configuration of what is called.
 * Out: one argument; a number or flag among them.
 * Knows: Keras 3 keeps what its function objects were made with in their configuration.
 * Does not know: what an argument means; which of them a function has. */
#ifndef OCTET_IMPORT_KERAS_EMIT_ARGUMENT_H
#define OCTET_IMPORT_KERAS_EMIT_ARGUMENT_H

#include "import/keras/emit/call.h"

/* An argument by one of the words in `keywords`, or at `position` (-1: keyword only). NULL: not given (null counts as
 * not given). The result is a temporary of the call's arena. The call notes that the argument was read. */
octet_status octet_keras_operand(octet_keras_call *call, int32_t position, const char *keywords,
                                 const octet_keras_argument **out);
/* A finite number, or a flag. UNSUPPORTED for a number that is none or is computed. */
octet_status octet_keras_operand_f64(octet_keras_call *call, int32_t position, const char *keywords, double fallback,
                                     double *out);
octet_status octet_keras_operand_bool(octet_keras_call *call, int32_t position, const char *keywords, bool fallback,
                                      bool *out);
/* Tuples, tensors and arrays of numbers as Keras serializes them -> the list or number inside. */
const octet_json *octet_keras_unwrap(const octet_json *value);

#endif
