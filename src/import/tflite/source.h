/* import/tflite/source.h - what the parts of the TFLite importer share.
 * In:  an opened flatbuffer and the graph that grows from it.
 * Out: values from tensors, operators, and those of called graphs in the place of the call.
 * Knows: what the tables of tflite/schema.h mean.
 * Does not know: the FlatBuffers format itself. */
#ifndef OCTET_IMPORT_TFLITE_SOURCE_H
#define OCTET_IMPORT_TFLITE_SOURCE_H

#include "base/buffer.h"
#include "formats/flatbuffer.h"
#include "graph/graph.h"
#include "import/import.h"

typedef struct octet_tflite_variable octet_tflite_variable;
typedef struct octet_tflite_opcode octet_tflite_opcode;
typedef struct octet_tflite_list octet_tflite_list;

/* A subgraph of the file. What others call is gone through once per call: `now`, `handles` and `lists` tell where the
 * last call is. */
typedef struct octet_tflite_frame {
    octet_flatbuffer_table subgraph;
    octet_flatbuffer_vector tensors, inputs, outputs, operators;
    uint32_t first;                  /* value of tensor 0 as the file states it; those of the other tensors follow */
    uint32_t *now;                   /* by tensor: the value that it is; OCTET_NONE: nothing has computed it */
    uint32_t *handles;               /* by tensor: 1 + the number of the variable that it stands for; 0: none */
    const octet_tflite_list **lists; /* by tensor: the list that it is, or NULL */
    bool *fixed;                     /* by tensor: computed from constants, once for all calls */
    bool is_open, is_running;
} octet_tflite_frame;

typedef struct octet_tflite_source {
    octet_flatbuffer fb;
    octet_bytes bytes; /* the whole file; constants of large models lie behind the flatbuffer */
    octet_graph *graph;
    const octet_import_options *options; /* or NULL */
    octet_flatbuffer_table model;
    octet_flatbuffer_vector subgraphs, buffers;
    octet_tflite_opcode *opcodes; /* NULL before the first operator */
    uint32_t n_opcodes;
    octet_tflite_frame *frames, *frame; /* by subgraph; the one that is being read */
    octet_tflite_variable *variables;
    uint32_t n_variables;
    uint32_t n_calls, depth; /* of graphs by operators: all so far, those under way */
    uint64_t n_unrolled;     /* tensors and operators of the graphs called so far */
    octet_arena scratch;
} octet_tflite_source;

/* Whether other graphs call this one: all but the main one, whose values come first. */
static inline bool octet_tflite_is_called(const octet_tflite_frame *frame) { return frame->first > 0; }

/* Makes subgraph `index` source->frame and adds a value per tensor, in order; the main graph's come
 * first: value i is tensor i. Constants point into the file where their alignment allows it. A
 * subgraph that was opened before keeps its values. */
octet_status octet_tflite_open_frame(octet_context *ctx, octet_tflite_source *source, uint32_t index);
/* Adds the operators of source->frame; shapes of results come from inference. Arithmetic on shapes that are known by
 * now becomes constants. In the main graph tensor i's value is value i; every call of another graph makes new ones. */
octet_status octet_tflite_read_operators(octet_context *ctx, octet_tflite_source *source);
/* The tensors that an operator of source->frame names in `field`, OCTET_TFLITE_OPERATOR_INPUTS,
 * _OUTPUTS or _INTERMEDIATES; an absent optional one is OCTET_NONE. `*out` has room for one
 * more. `index`: of the operator, for messages. */
octet_status octet_tflite_read_tensors(octet_context *ctx, octet_tflite_source *source,
                                       const octet_flatbuffer_table *table, int field, bool optional, uint32_t index,
                                       uint32_t **out, uint32_t *n);
/* The value of a tensor that `reader` reads: MODEL when nothing has computed it. */
octet_status octet_tflite_value_of(octet_context *ctx, octet_tflite_source *source, uint32_t tensor, const char *reader,
                                   uint32_t *out);
/* MODEL when the tensor, which `writer` writes, has a value already. */
octet_status octet_tflite_check_free(octet_context *ctx, octet_tflite_source *source, uint32_t tensor,
                                     const char *writer);
/* If op computes integers from known integers (SHAPE, PACK, ...), stores the result as data of its output value.
 * The output's shape is already set. */
octet_status octet_tflite_fold_shape(octet_context *ctx, octet_graph *graph, const octet_operator *op, bool *folded);

/* Where a tensor's data lie; size 0 when it has none. */
octet_status octet_tflite_find_data(octet_context *ctx, octet_tflite_source *source,
                                    const octet_flatbuffer_table *tensor, const char *name, octet_bytes *out);
/* The number in the schema of operator code `code` of the file. */
octet_status octet_tflite_builtin_of(octet_context *ctx, octet_tflite_source *source, int32_t code, int32_t *out);

/* A string of the file, copied into the graph's arena and made printable; `absent` when the field is. */
octet_status octet_tflite_read_text(octet_context *ctx, octet_tflite_source *source,
                                    const octet_flatbuffer_table *table, int field, const char *absent,
                                    const char **out);

#endif
