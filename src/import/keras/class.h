/* import/keras/class.h - all that is known of a Keras class: one row of the table of classes.
 * In:  the name of a class.
 * Out: its row: what writes it, its weights, its attributes, and each fact that the rooms ask for.
 * Knows: which facts there are.
 * Does not know: the rows (import/keras/layers/classes.c). A fact about a class is a column
 *        here, never a list of names elsewhere. */
#ifndef OCTET_IMPORT_KERAS_CLASS_H
#define OCTET_IMPORT_KERAS_CLASS_H

#include "base/memory.h"
#include "graph/operator.h"

struct octet_keras_call;
struct octet_keras_layer;

typedef octet_status octet_keras_layer_writer(struct octet_keras_call *call);
/* Appends to layer->weights (room for OCTET_KERAS_MAX_WEIGHTS) in Keras's order of creation. */
typedef octet_status octet_keras_weights_lister(octet_context *ctx, octet_arena *arena,
                                                struct octet_keras_layer *layer);

/* What becomes of the masks of a layer's inputs (import/keras/emit/mask.h). */
typedef enum octet_keras_mask_rule {
    OCTET_KERAS_MASK_OWN,    /* they end, or the layer has a rule of its own */
    OCTET_KERAS_MASK_PASSED, /* the output has the steps of the first input, and its mask */
    OCTET_KERAS_MASK_MERGED  /* sequences are put together, and their masks */
} octet_keras_mask_rule;

/* Where a Keras 3 weights file keeps the layers that a layer wraps. */
typedef enum octet_keras_inner {
    OCTET_KERAS_INNER_LAYER,      /* "layer" */
    OCTET_KERAS_INNER_CELL,       /* "cell" */
    OCTET_KERAS_INNER_DIRECTIONS, /* "forward_layer", "backward_layer" */
    OCTET_KERAS_INNER_CELLS       /* "cells/<class>", a list */
} octet_keras_inner;

typedef struct octet_keras_class {
    const char *name;
    octet_keras_layer_writer *write;     /* NULL: a function (import/keras/functions/functions.h), or refused */
    octet_keras_weights_lister *weights; /* NULL: none */
    const char *keys; /* attributes that it reads or may pass over, separated by blanks; those of every layer excepted;
                         NULL: any */
    const char *aliases;      /* words: names of the same class in older versions and in configurations; or NULL */
    const char *refusal;      /* why it cannot be written, and what to do instead; NULL: it can */
    int32_t n_axes;           /* of places, for families that share a function: the 2 of MaxPooling2D */
    octet_operator_code code; /* what tells layers of one writer apart */
    octet_keras_mask_rule mask;
    octet_keras_inner inner;
    uint32_t n_states; /* tensors that a recurrent layer or cell keeps from step to step */
    bool is_input;
    bool is_function;      /* one of many functions, which it names */
    bool is_operation;     /* the class under which every Operation of Keras 3 stands */
    bool is_node;          /* a function that is named by a node of a TensorFlow graph */
    bool is_activation;    /* stands in the attribute `activation` of others too */
    bool is_recurrent;     /* a Bidirectional may stand around it */
    bool is_cell;          /* an RNN may stand around it */
    bool is_cudnn;         /* keeps its weights as cuDNN reads them */
    bool is_stepless;      /* treats the last axis only: in a TimeDistributed one call does all steps */
    bool is_equation;      /* EinsumDense: has bias_axes instead of use_bias */
    bool is_table;         /* its first weight is one row per word */
    bool is_trainer;       /* its layer was trained with rounded weights (import/keras/emit/trained.h) */
    bool is_clusterer;     /* its layer's weights are stored with centroids (import/keras/stored.h) */
    bool is_bare;          /* its configuration may not say whether it is trainable, as those of functions do not */
    bool takes_integers;   /* as they are; others compute in float32 */
    bool has_stored_parts; /* its first weight may be stored in parts (import/keras/stored.h) */
} octet_keras_class;

/* By its name, by an alias, or by either behind a package ("Custom>LayerScale"). NULL: unknown. */
const octet_keras_class *octet_keras_class_find(const char *class_name);
/* The row of Operations. */
const octet_keras_class *octet_keras_class_operation(void);
/* Whether an attribute of the class, or of every layer, is known, or acts in training only. */
bool octet_keras_class_knows(const octet_keras_class *class, const char *key);
/* NULL after the last; for messages and docs. */
const octet_keras_class *octet_keras_class_at(uint32_t index);

#endif
