/* import/tflite/rewrite.h - operators of the schema that a graph says in other words.
 * In:  their operands and results.
 * Out: a constant (DENSIFY, RANK), GATHER (EMBEDDING_LOOKUP) or a chain of ADD (ADD_N).
 * Knows: what these operators compute.
 * Does not know: options, flatbuffers. */
#ifndef OCTET_IMPORT_TFLITE_REWRITE_H
#define OCTET_IMPORT_TFLITE_REWRITE_H

#include "import/tflite/source.h"

/* Whether a BuiltinOperator is one of them. */
bool octet_tflite_is_rewritten(int32_t builtin);
/* op: inputs, outputs and layer are set; its code is not looked at. The operands have been checked. Results get their
 * shapes, and operators are added to the graph. */
octet_status octet_tflite_rewrite(octet_context *ctx, octet_graph *graph, int32_t builtin, octet_operator *op);

#endif
