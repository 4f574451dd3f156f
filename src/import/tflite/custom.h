/* import/tflite/custom.h - custom operators that octet knows by name.
 * In:  the custom code and the bytes of the options.
 * Out: an operator of the graph.
 * Knows: what the writers of these operators put into their options.
 * Does not know: operators of the schema. */
#ifndef OCTET_IMPORT_TFLITE_CUSTOM_H
#define OCTET_IMPORT_TFLITE_CUSTOM_H

#include "import/tflite/source.h"

/* False for a custom code that octet does not know. */
bool octet_tflite_custom_code(const char *custom, octet_operator_code *out);
/* Options and operands of an operator of such a code; op->inputs has room for one more. `table`: the Operator. */
octet_status octet_tflite_read_custom(octet_context *ctx, octet_tflite_source *source,
                                      const octet_flatbuffer_table *table, octet_operator *op);

#endif
