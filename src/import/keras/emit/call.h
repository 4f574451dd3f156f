/* import/keras/emit/call.h - one call of a Keras layer, and what layers need to write themselves as operators.
 * In:  a layer's configuration, its weights, the graph values that it reads.
 * Out: operators and constants appended to the graph; values for the layers after it.
 * Knows: TFLite's layouts of weights; the getters that word a refusal.
 * Does not know: the order of calls (import/keras/build.c), who writes which layer (import/keras/layers/classes.c). */
#ifndef OCTET_IMPORT_KERAS_EMIT_CALL_H
#define OCTET_IMPORT_KERAS_EMIT_CALL_H

#include "graph/graph.h"
#include "import/keras/config.h"
#include "import/keras/dataset.h"

enum { OCTET_KERAS_MAX_OUTPUTS = 256, OCTET_KERAS_MAX_INPUTS = 1024 };

typedef struct octet_keras_call {
    octet_context *ctx;
    octet_graph *graph;
    octet_arena *arena;  /* for the time of the import */
    octet_arena weights; /* their numbers, while this call is written */
    const octet_json_document *document;
    const char *label;     /* the file, as messages call it */
    int32_t keras_version; /* 2 or 3: the dialect of the file, which decides where the two compute differently */
    const octet_keras_layer *layer;
    const octet_keras_node *node; /* NULL inside a wrapper */
    const char *path;             /* "model/conv1": prefix of names */
    uint32_t inputs[OCTET_KERAS_MAX_INPUTS];
    uint32_t n_inputs; /* every tensor among the arguments, in order */
    uint32_t outputs[OCTET_KERAS_MAX_OUTPUTS];
    uint32_t n_outputs;
    uint32_t mask;    /* bool [batch,steps] given as the argument `mask`; OCTET_NONE: none (import/keras/emit/mask.h) */
    bool zero_masked; /* set by a Bidirectional: masked steps give zeros */
    const struct octet_keras_recurrence
        *recurrence; /* of a cell: how the RNN around it runs (import/keras/layers/recurrence.h); NULL elsewhere */
    struct octet_keras_call
        *trainer; /* inside a QuantizeWrapper: its call (import/keras/emit/trained.h); NULL elsewhere */
    struct octet_keras_masks *masks; /* of the whole import */
    uint32_t *n_calls;               /* of the whole import, for its limit */
    uint64_t arguments_read,
        keys_read; /* of a function: bit i, the i-th argument, the i-th key of the configuration was asked for */
} octet_keras_call;

/* UNSUPPORTED: "m.h5: layer conv1 (Conv2D): <sentence>". */
octet_status octet_keras_refuse(octet_keras_call *call, const char *format, ...) OCTET_PRINTF(2, 3);
/* MODEL, worded the same way. */
octet_status octet_keras_contradict(octet_keras_call *call, const char *format, ...) OCTET_PRINTF(2, 3);

/* Attributes of the configuration. A missing one or null gives the fallback. */
octet_status octet_keras_i32(octet_keras_call *call, const char *key, int32_t fallback, int32_t *out);
octet_status octet_keras_f32(octet_keras_call *call, const char *key, double fallback, float *out);
octet_status octet_keras_bool(octet_keras_call *call, const char *key, bool fallback, bool *out);
octet_status octet_keras_string(octet_keras_call *call, const char *key, const char *fallback, const char **out);
/* n positive integers from a list of n or one integer for all; each at most 2^20. */
octet_status octet_keras_sizes(octet_keras_call *call, const char *key, int32_t n, int32_t fallback, int32_t *out);
/* Refuses channels_first with its remedy. */
octet_status octet_keras_channels_last(octet_keras_call *call);
/* "valid" or "same"; causal only where `causal` is not NULL. */
octet_status octet_keras_padding(octet_keras_call *call, octet_padding *padding, bool *causal);

/* The only input, of rank min..max. */
octet_status octet_keras_single(octet_keras_call *call, int32_t min_rank, int32_t max_rank, uint32_t *input);
const octet_shape *octet_keras_shape(const octet_keras_call *call, uint32_t value);

/* Constants; `name` is put after the call's path. origin: see octet_value, or NULL. */
octet_status octet_keras_constant(octet_keras_call *call, const char *name, const char *origin, int32_t rank,
                                  const int32_t *dims, const float *data, uint32_t *out);
/* The same from data of shape `dims` with its axes reordered: output axis i is
 * input axis perm[i]; then given `out_dims`. */
octet_status octet_keras_constant_permuted(octet_keras_call *call, const char *name, const char *origin, int32_t rank,
                                           const int32_t *dims, const int32_t *perm, const float *data,
                                           int32_t out_rank, const int32_t *out_dims, uint32_t *out);
/* A constant whose numbers are still to be filled in: *data. */
octet_status octet_keras_space(octet_keras_call *call, const char *name, const char *origin, int32_t rank,
                               const int32_t *dims, float **data, uint32_t *out);
octet_status octet_keras_scalar(octet_keras_call *call, const char *name, float value, uint32_t *out);
octet_status octet_keras_i32s(octet_keras_call *call, const char *name, const int32_t *data, int32_t n, uint32_t *out);
/* An int32 scalar of rank 0. */
octet_status octet_keras_i32_scalar(octet_keras_call *call, const char *name, int32_t value, uint32_t *out);

/* Numbers of cells before and after, as int32 [n,2]. */
octet_status octet_keras_i32_pairs(octet_keras_call *call, const char *name, const int32_t *pairs, int32_t n,
                                   uint32_t *out);

/* Operators. `name` is put after the call's path; one output. */
octet_status octet_keras_emit(octet_keras_call *call, octet_operator_code code, const char *name,
                              const uint32_t *inputs, uint32_t n, const octet_options *options, uint32_t *out);
/* What is computed from int32 constants (sizes) alone becomes constants, named like the results of an operator, and
 * *is_known true; else nothing is added. None has more than max_elements elements. MODEL for a size beyond 32 bits. */
octet_status octet_keras_fold(octet_keras_call *call, octet_operator_code code, const char *name,
                              const uint32_t *inputs, uint32_t n, const octet_options *options, size_t max_elements,
                              uint32_t *outputs, uint32_t n_outputs, bool *is_known);
/* octet_keras_emit, or a constant where octet_keras_fold gives one. */
octet_status octet_keras_layer_known(octet_keras_call *call, octet_operator_code code, const char *name,
                                     const uint32_t *inputs, uint32_t n, const octet_options *options, uint32_t *out);
octet_status octet_keras_unary(octet_keras_call *call, octet_operator_code code, const char *name, uint32_t x,
                               uint32_t *out);
octet_status octet_keras_binary(octet_keras_call *call, octet_operator_code code, const char *name, uint32_t a,
                                uint32_t b, uint32_t *out);
/* a + b. Keras 3 adds what looks like a bias as one: b whose only dimension above 1 is a's
 * last goes through a RESHAPE to it, where its shape is known (a constant, or a fixed batch of 1). */
octet_status octet_keras_add(octet_keras_call *call, const char *name, uint32_t a, uint32_t b, uint32_t *out);
/* x op constant scalar. */
octet_status octet_keras_with_scalar(octet_keras_call *call, octet_operator_code code, const char *name, uint32_t x,
                                     float value, uint32_t *out);
octet_status octet_keras_reshape(octet_keras_call *call, const char *name, uint32_t x, int32_t rank,
                                 const int32_t *dims, uint32_t *out);
/* The shape constant may hold one -1, as TensorFlow writes it there. */
octet_status octet_keras_reshape_open(octet_keras_call *call, const char *name, uint32_t x, int32_t rank,
                                      const int32_t *dims, uint32_t *out);
octet_status octet_keras_transpose(octet_keras_call *call, const char *name, uint32_t x, const int32_t *perm,
                                   uint32_t *out);
/* axes: vector constant; is_scalar: one axis as a scalar of rank 0. */
octet_status octet_keras_reduce(octet_keras_call *call, octet_operator_code code, const char *name, uint32_t x,
                                const int32_t *axes, int32_t n, bool is_scalar, bool keep_dims, uint32_t *out);
/* Condition, x, y: SELECT where they have one shape, SELECT_V2 where not, as TensorFlow's converter decides. */
octet_status octet_keras_select(octet_keras_call *call, const char *name, const uint32_t *inputs, uint32_t *out);
/* CAST "Cast"; x itself where it is of the type. */
octet_status octet_keras_cast(octet_keras_call *call, uint32_t x, octet_type type, uint32_t *out);
/* before, after: cells added to each axis. */
octet_status octet_keras_pad(octet_keras_call *call, const char *name, uint32_t x, const int32_t *before,
                             const int32_t *after, uint32_t *out);
octet_status octet_keras_concatenate(octet_keras_call *call, const char *name, const uint32_t *xs, uint32_t n,
                                     int32_t axis, uint32_t *out);
/* a [..,M,K] times b [..,K,N]. */
octet_status octet_keras_batch_matmul(octet_keras_call *call, const char *name, uint32_t a, uint32_t b, uint32_t *out);
/* A float32 constant of zeros only: TensorFlow adds no such bias of a dense layer or a transposed convolution. */
bool octet_keras_is_zero(const octet_keras_call *call, uint32_t value);
/* weights [O,I]; bias OCTET_NONE for none. keep_num_dims is set when x has a rank other than 2. */
octet_status octet_keras_fully_connected(octet_keras_call *call, const char *name, uint32_t x, uint32_t weights,
                                         uint32_t bias, uint32_t *out);

static inline octet_status octet_keras_return(octet_keras_call *call, uint32_t value) {
    call->outputs[0] = value;
    call->n_outputs = 1;
    return OCTET_OK;
}

/* import/keras/build.c: calls another layer (of a wrapper) on `inputs`, with `mask` (OCTET_NONE: none), zero_masked and
 * recurrence as the outer call has them. */
octet_status octet_keras_call_layer(octet_keras_call *outer, const octet_keras_layer *layer, const uint32_t *inputs,
                                    uint32_t n_inputs, uint32_t mask, uint32_t *outputs, uint32_t *n_outputs);

#endif
