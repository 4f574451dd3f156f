/* tflite_source.h - what the parts of the TFLite importer share.
 * In:  an opened flatbuffer and the graph that grows from it.
 * Out: values from tensors (tflite_values.c), operators (tflite_operators.c), folded shape arithmetic (tflite_shapes.c).
 * Knows: field numbers of the TFLite schema, version 3.
 * Does not know: the FlatBuffers format itself. */
#ifndef OCTET_IMPORT_TFLITE_SOURCE_H
#define OCTET_IMPORT_TFLITE_SOURCE_H

#include "base/buffer.h"
#include "formats/flatbuffer.h"
#include "graph/graph.h"
#include "import/import.h"

typedef struct octet_tflite_variable octet_tflite_variable;

typedef struct octet_tflite_source {
    octet_flatbuffer fb;
    octet_bytes bytes; /* the whole file; constants of large models lie behind the flatbuffer */
    octet_graph *graph;
    const octet_import_options *options; /* or NULL */
    octet_flatbuffer_table model, subgraph;
    octet_flatbuffer_vector tensors, buffers;
    uint8_t *open; /* by tensor: bit i is set when the file leaves dimension i open (-1) */
    uint32_t *alias;   /* by tensor: the value that it is; another one for what is read from a variable */
    uint32_t *handles; /* by tensor: 1 + the number of the variable that it stands for; 0: none */
    octet_tflite_variable *variables;
    uint32_t n_variables, n_called; /* graphs that CALL_ONCE names */
    octet_arena scratch;
} octet_tflite_source;

/* Adds a value per tensor, in order: value i is tensor i. Constants point into the file where their alignment allows it. */
octet_status octet_tflite_read_values(octet_context *ctx, octet_tflite_source *source);
/* Adds the operators; shapes of results come from inference. Arithmetic on shapes that are known by now becomes constants. */
octet_status octet_tflite_read_operators(octet_context *ctx, octet_tflite_source *source);
/* If op computes integers from known integers (SHAPE, PACK, ...), stores the result as data of its output value.
 * The output's shape is already set. */
octet_status octet_tflite_fold_shape(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *folded);

/* Where a tensor's data lie; size 0 when it has none. */
octet_status octet_tflite_find_data(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *tensor,
                                    const char *name, octet_bytes *out);
/* The number in the schema of operator code `code` of the file. */
octet_status octet_tflite_builtin_of(octet_context *ctx, octet_tflite_source *source, int32_t code, int32_t *out);

/* A string of the file, copied into the graph's arena and made printable; `absent` when the field is. */
octet_status octet_tflite_read_text(octet_context *ctx, octet_tflite_source *source, const octet_flatbuffer_table *table, int field,
                                    const char *absent, const char **out);

/* Names of the schema, for messages: "WHILE", "INT4"; "?" for numbers that the schema does not have. */
const char *octet_tflite_builtin_name(int builtin);
const char *octet_tflite_type_name(int type);

#endif
