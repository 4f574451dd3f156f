/* graph/graph.h - the one representation of a network between import and export.
 * In:  values and operators, from an importer or a pass.
 * Out: a list of operators in execution order over an array of values.
 * Knows: TFLite's operators and their options; shapes are static, everything is NHWC.
 * Does not know: files, Keras, kernels, statistics, how scales come about.
 *
 * Values and operators are referred to by their index. All memory belongs to the graph's arena, except constants that
 * point into the bytes of a file which the graph owns. real = scale * (q - zero_point) everywhere. */
#ifndef OCTET_GRAPH_GRAPH_H
#define OCTET_GRAPH_GRAPH_H

#include "base/buffer.h"
#include "graph/operator.h"

#define OCTET_NONE UINT32_MAX /* an optional input that is absent, a value without producer */

/* n is 0 (not quantized), 1 (per tensor) or the length of dimension `axis` (per channel). */
typedef struct octet_quantization {
    uint32_t n;
    int32_t axis;
    const float *scale;
    const int32_t *zero_point;
    const float *stated; /* {min, max} that the .tflite of a float model states for an activation; NULL: none */
} octet_quantization;

/* Weights whose integers are settled: element i of channel c becomes min(max(round(raw[i] / scales[c]), -127), 127).
 * Where training has rounded them, that times scales[c] is what the value's data are; where src/recover has chosen
 * them, the data are the float weights still. n is 0 (not settled), 1, or the number of output channels of the operator
 * that reads them. */
typedef struct octet_trained_weights {
    uint32_t n;
    const double *scales;
    const float *raw; /* as many as the value's elements */
} octet_trained_weights;

typedef struct octet_value {
    const char *name;   /* TFLite tensor name, unique enough for people; never NULL */
    const char *origin; /* where it came from, for messages: "m.h5:/model_weights/dense/kernel:0"; may be NULL */
    octet_type type;
    octet_shape shape;
    octet_quantization quantization;
    const void *data; /* constant: row-major, shape elements of type; NULL: computed, or fed as a graph input */
    bool is_variable; /* state kept between runs (LSTM); starts at the zero point */
    uint8_t open;     /* bit i: the .tflite leaves dimension i open (-1); the shape has what it is here */
    octet_trained_weights trained; /* float constants only */
    uint32_t producer;             /* operator, or OCTET_NONE; kept by the functions below */
    uint32_t n_uses; /* operator inputs, graph outputs and carries that name this value; kept by the functions below */
} octet_value;

enum { OCTET_MAX_OPERATOR_INPUTS = 4096 };

/* Other numbers than those of the mode, which the quantizer is asked to leave an operator in. */
typedef enum octet_island {
    OCTET_ISLAND_NONE = 0,
    OCTET_ISLAND_FLOAT, /* float32, between DEQUANTIZE and QUANTIZE */
    OCTET_ISLAND_INT16  /* mode int8: int16 activations, int8 weights, int64 biases, between QUANTIZE and QUANTIZE */
} octet_island;

typedef struct octet_operator {
    octet_operator_code code;
    int32_t version;     /* as read from a .tflite; 0 = not set; the exporter computes its own */
    bool removed;        /* dropped by octet_graph_compact */
    octet_island island; /* of a float graph */
    uint32_t n_inputs, n_outputs, n_intermediates;
    uint32_t *inputs; /* OCTET_NONE for an absent optional input */
    uint32_t *outputs;
    uint32_t *intermediates; /* LSTM only: quantization parameters of inner results */
    octet_options options;
    const char *layer; /* of the source, or operator name and index, for messages and reports; never NULL */
} octet_operator;

/* One row of the source's layer table (octet summary). */
typedef struct octet_layer {
    const char *name, *class_name;
    octet_shape output_shape; /* dims[0] is -1 where the batch is open */
    uint64_t n_parameters, n_trainable;
    const char *inputs; /* "conv1, conv2": names of the layers it reads; "" for the first */
    int32_t depth;      /* 0 for a layer of the model itself, 1 for one of a nested model, ... */
} octet_layer;

/* What the model does to an input before anything else; found by entry.h. */
typedef struct octet_entry {
    const char *layer;    /* that multiplies the input by constants, or adds some; NULL: none does */
    bool expects_bytes;   /* the input is to be given bytes as they are */
    bool is_uniform;      /* all channels are scaled alike */
    double scale, offset; /* of the first channel: x * scale + offset */
} octet_entry;

typedef struct octet_port {
    uint32_t value;
    const char *name;  /* signature name */
    octet_entry entry; /* of inputs */
} octet_port;

/* State that the graph itself computes: behind the last operator of a run, `variable` becomes what `value` is. */
typedef struct octet_carry {
    uint32_t variable, value; /* of one type and shape; `value` is the variable itself, or none */
    const void *initial;      /* before the first run; NULL: the zero point */
} octet_carry;

typedef struct octet_graph {
    octet_arena arena;
    octet_file file;           /* what constants may point into */
    const char *name, *source; /* subgraph name ("main"); path it came from */
    const char *description;
    const char **signatures; /* names of the graphs that its file offers to run; this one is signatures[signature], or
                                none of them: OCTET_NONE */
    uint32_t n_signatures, signature;
    octet_value *values;
    uint32_t n_values, values_capacity;
    octet_operator *operators;
    uint32_t n_operators, operators_capacity;
    octet_port *inputs, *outputs;
    uint32_t n_inputs, n_outputs;
    octet_carry *carries;
    uint32_t n_carries;
    octet_layer *layers;
    uint32_t n_layers, layers_capacity;
    const char *loss;        /* that the source says the model was trained with, "mean_squared_error"; or NULL */
    const char *output_call; /* the call whose results the outputs are: their tensors are named "<output_call>:0", ":1",
                                ..., those of inputs "serving_default_<name>:0"; NULL: values keep their own names */
    uint32_t n_folded;       /* operators of the source that only computed shapes and became constants */
    bool is_traced;          /* operators stand as layers wrote them; false: a converter has chosen them already */
    bool is_unrolled;        /* the source has loops, or calls graphs; their operators stand here one after the other */
    bool is_canonical;       /* passes/ has brought it into its form */
    bool is_stateful;        /* the source says that state (LSTM) goes on from sample to sample */
    bool open_batch;         /* the source leaves dimension 0 of the inputs open (written here as 1) */
    bool is_for_device;      /* its run-time target takes one sample at a time, and no operators that serve more */
    uint64_t fingerprint;    /* statistics/fingerprint.h, where it is known; else 0 */
} octet_graph;

octet_status octet_graph_create(octet_context *ctx, const char *source, octet_graph **out);
void octet_graph_destroy(octet_context *ctx, octet_graph *graph); /* NULL is allowed */
/* A deep copy (constants are copied too). */
octet_status octet_graph_clone(octet_context *ctx, const octet_graph *graph, octet_graph **out);

/* Building. Names, shapes, data and options are copied into the arena. *out may be NULL. */
octet_status octet_graph_add_value(octet_context *ctx, octet_graph *graph, const char *name, octet_type type,
                                   const octet_shape *shape, uint32_t *out);
octet_status octet_graph_add_constant(octet_context *ctx, octet_graph *graph, const char *name, octet_type type,
                                      const octet_shape *shape, const void *data, uint32_t *out);
/* A constant of zeros for the caller to fill: *data, before anything reads it. */
octet_status octet_graph_add_space(octet_context *ctx, octet_graph *graph, const char *name, octet_type type,
                                   const octet_shape *shape, void **data, uint32_t *out);
/* An int32 vector constant (axes, paddings, shapes); n = 0 gives an empty one. */
octet_status octet_graph_add_i32(octet_context *ctx, octet_graph *graph, const char *name, const int32_t *data,
                                 int32_t n, uint32_t *out);
octet_status octet_graph_add_f32_scalar(octet_context *ctx, octet_graph *graph, const char *name, float value,
                                        uint32_t *out);
octet_status octet_graph_add_input(octet_context *ctx, octet_graph *graph, uint32_t value, const char *name);
octet_status octet_graph_add_output(octet_context *ctx, octet_graph *graph, uint32_t value, const char *name);
/* `initial` is copied. */
octet_status octet_graph_add_carry(octet_context *ctx, octet_graph *graph, uint32_t variable, uint32_t value,
                                   const void *initial);
octet_status octet_graph_add_layer(octet_context *ctx, octet_graph *graph, const octet_layer *layer);

/* Adds an operator whose outputs already exist. options may be NULL. `position`: index before which it is put, or
 * OCTET_NONE for the end (indices of later operators shift). *out may be NULL. */
octet_status octet_graph_add_operator(octet_context *ctx, octet_graph *graph, octet_operator_code code,
                                      const char *layer, const uint32_t *inputs, uint32_t n_inputs,
                                      const octet_options *options, const uint32_t *outputs, uint32_t n_outputs,
                                      uint32_t position, uint32_t *out);
/* Adds an operator at the end and its outputs, with types and shapes from infer.h; `name` is the outputs' name
 * (NULL: "<layer>/<OPERATOR>"). outputs: array of n_outputs. MODEL when the inputs do not fit the operator. */
octet_status octet_graph_emit(octet_context *ctx, octet_graph *graph, octet_operator_code code, const char *layer,
                              const char *name, const uint32_t *inputs, uint32_t n_inputs, const octet_options *options,
                              uint32_t *outputs, uint32_t n_outputs);

/* The activation that is fused into an operator; NONE for one that has no room for any. */
octet_activation octet_operator_activation(const octet_operator *op);
/* Of UNIDIRECTIONAL_SEQUENCE_LSTM: it has no coupled gates, peepholes, projection or layer normalization. */
bool octet_operator_is_plain_lstm(const octet_operator *op);
/* For an operator that has room: those with weights but LSTM and BATCH_MATMUL, ADD, SUB, MUL, DIV, pools,
 * CONCATENATION, L2_NORMALIZATION. */
void octet_operator_set_activation(octet_operator *op, octet_activation activation);

/* Rewriting. */
void octet_graph_set_input(octet_graph *graph, uint32_t operator_index, uint32_t input, uint32_t value);
/* Gives an operator at least n inputs; new ones are absent. */
octet_status octet_graph_widen_inputs(octet_context *ctx, octet_graph *graph, uint32_t operator_index, uint32_t n);
/* Every operator input, graph output and carry that names `from` names `to` afterwards. */
void octet_graph_replace_uses(octet_graph *graph, uint32_t from, uint32_t to);
void octet_graph_remove_operator(octet_graph *graph,
                                 uint32_t operator_index); /* marks; its outputs lose their producer */
/* The operator that reads `value` if exactly one input in the graph does and it is no graph output; else OCTET_NONE. */
uint32_t octet_graph_only_user(const octet_graph *graph, uint32_t value);
/* Puts the operators into the order order[0], order[1], ...: each index once, producers before users. */
octet_status octet_graph_permute(octet_context *ctx, octet_graph *graph, const uint32_t *order);
bool octet_graph_is_output(const octet_graph *graph, uint32_t value);
/* Runs are steps of one sequence: state is carried, or SVDF, which takes one step a run, keeps it. */
bool octet_graph_is_stream(const octet_graph *graph);
/* Drops removed operators and, repeatedly, operators none of whose outputs is used; drops unused values; orders the
 * operators so that each comes after its producers (stable). Indices change. */
octet_status octet_graph_compact(octet_context *ctx, octet_graph *graph);
/* The same, and tells where values went: renamed[v] is the new index of what was value v, OCTET_NONE for one that was
 * dropped; an array of n_values, or NULL. */
octet_status octet_graph_compact_renaming(octet_context *ctx, octet_graph *graph, uint32_t *renamed);

static inline size_t octet_value_bytes(const octet_value *value) {
    return octet_shape_bytes(&value->shape, value->type);
}
static inline bool octet_value_is_constant(const octet_value *value) { return value->data != NULL; }
static inline octet_value *octet_graph_input(const octet_graph *graph, const octet_operator *op, uint32_t i) {
    return i < op->n_inputs && op->inputs[i] != OCTET_NONE ? &graph->values[op->inputs[i]] : NULL;
}
static inline octet_value *octet_graph_output(const octet_graph *graph, const octet_operator *op, uint32_t i) {
    return &graph->values[op->outputs[i]];
}
/* Sets per-tensor parameters (copied into the arena). */
octet_status octet_value_set_quantization(octet_context *ctx, octet_graph *graph, uint32_t value, uint32_t n,
                                          int32_t axis, const float *scale, const int32_t *zero_point);
/* What the file of the graph is to say that an activation held. */
octet_status octet_value_state_range(octet_context *ctx, octet_graph *graph, uint32_t value, float min, float max);
/* For a float constant; both arrays are copied into the arena. */
octet_status octet_value_set_trained(octet_context *ctx, octet_graph *graph, uint32_t value, uint32_t n,
                                     const double *scales, const float *raw);
bool octet_quantization_equal(const octet_quantization *a, const octet_quantization *b); /* scales and zero points */

/* verify.c: INTERNAL or MODEL with the first broken rule: indices in range, producers before users, one producer per
 * value, shapes as infer.h computes them, constants of integer operands where an operator needs them, quantization
 * sizes, finite positive scales, zero points inside the type. `stage` names the pass for the message. */
octet_status octet_graph_verify(octet_context *ctx, const octet_graph *graph, const char *stage);
/* dump.c: a line per value and operator, for OCTET_DEBUG and tests. */
octet_status octet_graph_dump(octet_context *ctx, const octet_graph *graph, octet_buffer *out);

#endif
