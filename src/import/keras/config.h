/* import/keras/config.h - a Keras model's configuration as plain structs, the same for every dialect.
 * In:  the JSON of model.to_json(), of an .h5's model_config, of a .keras' config.json or of a SavedModel's metadata.
 * Out: layers, the calls of each (nodes) and what each call is given; nested models inside the layers that they are.
 * Knows: Keras 2.0 to 2.15 (inbound_nodes as lists, kwargs, _CONSTANT_VALUE), Keras 3 (keras_history); the row of each
 *        class. Sequential becomes a chain of calls here.
 * Does not know: what a layer computes, weights, graphs. */
#ifndef OCTET_IMPORT_KERAS_CONFIG_H
#define OCTET_IMPORT_KERAS_CONFIG_H

#include "formats/json.h"
#include "import/keras/class.h"

enum { OCTET_KERAS_MAX_LAYERS = 1 << 16, OCTET_KERAS_MAX_ARGUMENTS = 1 << 20 };

typedef struct octet_keras_reference {
    uint32_t layer, node, tensor; /* index of the layer in its model, of its call, of the call's output */
} octet_keras_reference;

typedef enum octet_keras_argument_kind {
    OCTET_KERAS_TENSOR,
    OCTET_KERAS_LIST,
    OCTET_KERAS_CONSTANT
} octet_keras_argument_kind;

/* One argument of a call, or one item of an argument that is a list. */
typedef struct octet_keras_argument {
    const char *keyword; /* NULL: positional */
    octet_keras_argument_kind kind;
    octet_keras_reference reference;    /* TENSOR */
    uint32_t value;                     /* TENSOR: the graph value, set by the builder before the call is emitted */
    struct octet_keras_argument *items; /* LIST: a list with at least one tensor in it */
    uint32_t n_items;
    const octet_json *constant; /* CONSTANT */
} octet_keras_argument;

typedef struct octet_keras_node {
    octet_keras_argument *arguments;
    uint32_t n_arguments;
    /* For the builder. */
    uint32_t *outputs; /* graph values */
    uint32_t n_outputs;
    uint8_t state; /* 0 untouched, 1 waiting for its inputs, 2 done */
} octet_keras_node;

/* Where one weight of a layer is expected and where it was found. */
typedef struct octet_keras_weight {
    const char *name; /* "kernel", "query/kernel": unique in the layer */
    const char *path; /* from the layer's group in a Keras 3 weights file: "vars/0", "cell/vars/1" */
    bool is_trainable, is_optional;
    const struct octet_keras_dataset *dataset; /* NULL while not found */
} octet_keras_weight;

typedef struct octet_keras_layer {
    const char *name, *class_name;
    const octet_keras_class *class; /* its row; NULL: a model, or unknown, which is refused when it is called */
    const octet_json *config;       /* object; NULL for an InputLayer that Sequential leaves out */
    const octet_json *input_shape;  /* InputLayer: batch_shape; others: build_config's input_shape; or NULL */
    bool is_operation;              /* a keras.ops function, no layer */
    bool is_trainable;
    octet_keras_node *nodes;
    uint32_t n_nodes;
    uint32_t first_node;             /* the number that references give to nodes[0] */
    struct octet_keras_model *model; /* Sequential, Functional; else NULL */
    struct octet_keras_layer
        *wrapped; /* Bidirectional: forward, backward; StackedRNNCells: the cells; another wrapper: its one layer */
    uint32_t n_wrapped;
    octet_keras_weight *weights; /* filled by import/keras/weights.c */
    uint32_t n_weights;
    /* For the layer table: of the first call. */
    int32_t output_rank; /* -1: never called */
    int32_t output_dims[8];
} octet_keras_layer;

typedef struct octet_keras_model {
    const char *name;
    bool is_sequential;
    bool has_keras_3_nodes;    /* its calls are written as Keras 3 does */
    octet_keras_layer *layers; /* in the file's order */
    uint32_t n_layers;
    octet_keras_reference *inputs, *outputs;
    uint32_t n_inputs, n_outputs;
    uint32_t *table, table_mask; /* Functional: layers by hash of their name; UINT32_MAX: empty */
} octet_keras_model;

/* `object`: the object with class_name and config, in `document`. Errors: FORMAT (not such a text), MODEL (a
 * reference to nothing), UNSUPPORTED (a class that is no Sequential or Functional model), LIMIT.
 * Everything lives in `arena` and `document`. */
octet_status octet_keras_config_read(octet_context *ctx, octet_arena *arena, const octet_json_document *document,
                                     const octet_json *object, octet_keras_model **out);

/* "float32" of an attribute dtype: a name, or a policy with one. NULL: neither. */
const char *octet_keras_dtype_name(const octet_json *dtype);

#endif
