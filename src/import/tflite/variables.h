/* import/tflite/variables.h - resource variables, which streaming models keep their state in.
 * In:  CALL_ONCE, VAR_HANDLE, READ_VARIABLE, ASSIGN_VARIABLE, in the order of the file.
 * Out: no operators: what is read is what was assigned before; what is assigned last is carried to the next run.
 * Knows: octet_graph_add_carry; the subgraph that CALL_ONCE names, which may assign constants.
 * Does not know: how a run carries them. */
#ifndef OCTET_IMPORT_TFLITE_VARIABLES_H
#define OCTET_IMPORT_TFLITE_VARIABLES_H

#include "import/tflite/source.h"

/* True for the operators above. */
bool octet_tflite_is_of_variables(int builtin);
/* Reads an operator of source->frame. */
octet_status octet_tflite_read_variable_operator(octet_context *ctx, octet_tflite_source *source,
                                                 const octet_flatbuffer_table *table, int builtin);
/* After the last operator. */
octet_status octet_tflite_finish_variables(octet_context *ctx, octet_tflite_source *source);

#endif
