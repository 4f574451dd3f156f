/* import/tflite/call.h - operators that run another graph of the file.
 * In:  CALL, IF, WHILE, STABLEHLO_COMPOSITE.
 * Out: the operators of that graph in the place of the call, as often as a loop goes round.
 * Knows: how tensors are handed over. Branches and the ends of loops must be decided by constants (graph/fold.h).
 * Does not know: what the called graph computes. */
#ifndef OCTET_IMPORT_TFLITE_CALL_H
#define OCTET_IMPORT_TFLITE_CALL_H

#include "import/tflite/source.h"

/* True for the operators above. */
bool octet_tflite_is_call(int builtin);
/* Reads operator `index` of source->frame. UNSUPPORTED when only data decide; LIMIT when too much would be unrolled. */
octet_status octet_tflite_read_call(octet_context *ctx, octet_tflite_source *source,
                                    const octet_flatbuffer_table *table, int builtin, uint32_t index);

/* Counts n tensors and operators, or as much work, against what calls may
 * take together: LIMIT when that is too much. */
octet_status octet_tflite_charge(octet_context *ctx, octet_tflite_source *source, const char *layer, uint64_t n);

#endif
