#include "import/keras/emit/call.h"
#include "import/keras/emit/weight.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "graph/fold.h"

static octet_status fail(octet_keras_call *call, octet_status status, const char *format, va_list arguments) {
    octet_context inner;
    octet_context_init(&inner);
    octet_context_fail_list(&inner, status, format, arguments);
    return octet_context_fail(call->ctx, status, "%s: layer %s (%s): %s", call->label, call->layer->name,
                              call->layer->class_name, inner.message);
}

octet_status octet_keras_refuse(octet_keras_call *call, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const octet_status status = fail(call, OCTET_UNSUPPORTED, format, arguments);
    va_end(arguments);
    return status;
}

octet_status octet_keras_contradict(octet_keras_call *call, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const octet_status status = fail(call, OCTET_MODEL, format, arguments);
    va_end(arguments);
    return status;
}

/* Attributes. */

octet_status octet_keras_i32(octet_keras_call *call, const char *key, int32_t fallback, int32_t *out) {
    return octet_json_get_i32_or(call->ctx, call->document, call->layer->config, key, fallback, out);
}

octet_status octet_keras_f32(octet_keras_call *call, const char *key, double fallback, float *out) {
    const octet_json *value = octet_json_get(call->layer->config, key);
    /* Some versions of Keras write a float as {"class_name": "__numpy__", "config": ...} or as [0.3]. */
    if (octet_json_kind_of(octet_json_get(value, "value")) != OCTET_JSON_MISSING)
        value = octet_json_get(value, "value");
    if (octet_json_kind_of(octet_json_get(octet_json_get(value, "config"), "value")) != OCTET_JSON_MISSING) {
        value = octet_json_get(octet_json_get(value, "config"), "value");
    }
    if (octet_json_kind_of(value) == OCTET_JSON_ARRAY && octet_json_length(value) == 1) value = octet_json_at(value, 0);
    double number = fallback;
    if (octet_json_kind_of(value) != OCTET_JSON_MISSING && octet_json_kind_of(value) != OCTET_JSON_NULL &&
        !octet_json_number(value, &number)) {
        return octet_keras_refuse(call, "%s is not a number", key);
    }
    *out = (float)number;
    if (!isfinite(*out)) return octet_keras_contradict(call, "%s is %g, it must be finite in float32", key, number);
    return OCTET_OK;
}

octet_status octet_keras_bool(octet_keras_call *call, const char *key, bool fallback, bool *out) {
    return octet_json_get_bool_or(call->ctx, call->document, call->layer->config, key, fallback, out);
}

octet_status octet_keras_string(octet_keras_call *call, const char *key, const char *fallback, const char **out) {
    return octet_json_get_string_or(call->ctx, call->document, call->layer->config, key, fallback, out);
}

octet_status octet_keras_sizes(octet_keras_call *call, const char *key, int32_t n, int32_t fallback, int32_t *out) {
    enum { MAX_SIZE = 1 << 20 };
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(call->layer->config, key));
    for (int32_t i = 0; i < n; i++) out[i] = fallback;
    if (kind == OCTET_JSON_MISSING || kind == OCTET_JSON_NULL) return OCTET_OK;
    int32_t values[8], count = 0;
    OCTET_TRY(octet_json_get_i32_list(call->ctx, call->document, call->layer->config, key, 8, values, &count));
    if (count != 1 && count != n)
        return octet_keras_contradict(call, "%s has %d numbers, it needs 1 or %d", key, count, n);
    for (int32_t i = 0; i < n; i++) {
        out[i] = values[count == 1 ? 0 : i];
        if (out[i] < 1 || out[i] > MAX_SIZE)
            return octet_keras_contradict(call, "%s has %d, it must be between 1 and %d", key, out[i], MAX_SIZE);
    }
    return OCTET_OK;
}

octet_status octet_keras_channels_last(octet_keras_call *call) {
    const char *format = NULL;
    OCTET_TRY(octet_keras_string(call, "data_format", "channels_last", &format));
    if (strcmp(format, "channels_last") == 0) return OCTET_OK;
    return octet_keras_refuse(
        call,
        "data_format \"%s\" is not supported: TensorFlow Lite knows channels_last only; build the model with "
        "data_format=\"channels_last\" and copy the weights with set_weights",
        format);
}

octet_status octet_keras_padding(octet_keras_call *call, octet_padding *padding, bool *causal) {
    const char *text = NULL;
    OCTET_TRY(octet_keras_string(call, "padding", "valid", &text));
    if (causal != NULL) *causal = strcmp(text, "causal") == 0;
    if (strcmp(text, "same") == 0) {
        *padding = OCTET_PADDING_SAME;
        return OCTET_OK;
    }
    *padding = OCTET_PADDING_VALID;
    if (strcmp(text, "valid") == 0 || (causal != NULL && *causal)) return OCTET_OK;
    return octet_keras_refuse(call, "padding \"%s\" is not supported: valid, same%s are", text,
                              causal != NULL ? ", causal" : "");
}

octet_status octet_keras_single(octet_keras_call *call, int32_t min_rank, int32_t max_rank, uint32_t *input) {
    if (call->n_inputs != 1)
        return octet_keras_contradict(call, "reads %u tensors, it takes 1", (unsigned)call->n_inputs);
    char text[OCTET_SHAPE_TEXT_SIZE];
    const octet_shape *shape = octet_keras_shape(call, call->inputs[0]);
    if (shape->rank < min_rank || shape->rank > max_rank) {
        if (min_rank == max_rank)
            return octet_keras_contradict(call, "its input has shape %s, it needs %d dimensions",
                                          octet_shape_text(shape, text), min_rank);
        return octet_keras_contradict(call, "its input has shape %s, it needs %d to %d dimensions",
                                      octet_shape_text(shape, text), min_rank, max_rank);
    }
    *input = call->inputs[0];
    return OCTET_OK;
}

const octet_shape *octet_keras_shape(const octet_keras_call *call, uint32_t value) {
    return &call->graph->values[value].shape;
}

/* Constants. */

static octet_status full_name(octet_keras_call *call, const char *name, const char **out) {
    return octet_arena_format(call->ctx, call->arena, out, "%s/%s", call->path, name);
}

static octet_status set_origin(octet_keras_call *call, uint32_t value, const char *origin) {
    if (origin == NULL) return OCTET_OK;
    return octet_arena_string(call->ctx, &call->graph->arena, origin, &call->graph->values[value].origin);
}

octet_status octet_keras_constant(octet_keras_call *call, const char *name, const char *origin, int32_t rank,
                                  const int32_t *dims, const float *data, uint32_t *out) {
    const char *full = NULL;
    const octet_shape shape = octet_shape_make(rank, dims);
    OCTET_TRY(full_name(call, name, &full));
    OCTET_TRY(octet_graph_add_constant(call->ctx, call->graph, full, OCTET_FLOAT32, &shape, data, out));
    return set_origin(call, *out, origin);
}

octet_status octet_keras_space(octet_keras_call *call, const char *name, const char *origin, int32_t rank,
                               const int32_t *dims, float **data, uint32_t *out) {
    const char *full = NULL;
    const octet_shape shape = octet_shape_make(rank, dims);
    OCTET_TRY(full_name(call, name, &full));
    OCTET_TRY(octet_graph_add_space(call->ctx, call->graph, full, OCTET_FLOAT32, &shape, (void **)data, out));
    return set_origin(call, *out, origin);
}

octet_status octet_keras_constant_permuted(octet_keras_call *call, const char *name, const char *origin, int32_t rank,
                                           const int32_t *dims, const int32_t *perm, const float *data,
                                           int32_t out_rank, const int32_t *out_dims, uint32_t *out) {
    float *to = NULL;
    OCTET_TRY(octet_keras_space(call, name, origin, out_rank, out_dims, &to, out));
    const octet_shape shape = octet_shape_make(rank, dims);
    if (octet_shape_elements(&shape) > 0) octet_keras_permute(rank, dims, dims, perm, data, to);
    return OCTET_OK;
}

octet_status octet_keras_scalar(octet_keras_call *call, const char *name, float value, uint32_t *out) {
    const char *full = NULL;
    OCTET_TRY(full_name(call, name, &full));
    return octet_graph_add_f32_scalar(call->ctx, call->graph, full, value, out);
}

octet_status octet_keras_i32s(octet_keras_call *call, const char *name, const int32_t *data, int32_t n, uint32_t *out) {
    const char *full = NULL;
    OCTET_TRY(full_name(call, name, &full));
    return octet_graph_add_i32(call->ctx, call->graph, full, data, n, out);
}

octet_status octet_keras_i32_scalar(octet_keras_call *call, const char *name, int32_t value, uint32_t *out) {
    const char *full = NULL;
    const octet_shape scalar = {0};
    OCTET_TRY(full_name(call, name, &full));
    return octet_graph_add_constant(call->ctx, call->graph, full, OCTET_INT32, &scalar, &value, out);
}

octet_status octet_keras_i32_pairs(octet_keras_call *call, const char *name, const int32_t *pairs, int32_t n,
                                   uint32_t *out) {
    const char *full = NULL;
    const octet_shape shape = octet_shape_make(2, (const int32_t[]){n, 2});
    OCTET_TRY(full_name(call, name, &full));
    return octet_graph_add_constant(call->ctx, call->graph, full, OCTET_INT32, &shape, pairs, out);
}

/* Operators. */

octet_status octet_keras_emit(octet_keras_call *call, octet_operator_code code, const char *name,
                              const uint32_t *inputs, uint32_t n, const octet_options *options, uint32_t *out) {
    const char *full = NULL;
    uint32_t value = OCTET_NONE; /* out may be among the inputs */
    OCTET_TRY(full_name(call, name, &full));
    OCTET_TRY(octet_graph_emit(call->ctx, call->graph, code, call->layer->name, full, inputs, n, options, &value, 1));
    *out = value;
    return OCTET_OK;
}

octet_status octet_keras_fold(octet_keras_call *call, octet_operator_code code, const char *name,
                              const uint32_t *inputs, uint32_t n, const octet_options *options, size_t max_elements,
                              uint32_t *outputs, uint32_t n_outputs, bool *is_known) {
    const char *full = NULL;
    octet_folding folding;
    *is_known = false;
    for (uint32_t i = 0; i < n; i++) {
        const octet_value *value = &call->graph->values[inputs[i]];
        if (!octet_value_is_constant(value) || value->type != OCTET_INT32) return OCTET_OK;
    }
    OCTET_TRY(full_name(call, name, &full));
    OCTET_TRY(octet_fold_new(call->ctx, call->graph, code, call->layer->name, full, inputs, n, options, max_elements,
                             outputs, n_outputs, &folding));
    if (folding == OCTET_FOLDING_OVERFLOW) return octet_keras_contradict(call, "computes a size beyond 32 bits");
    *is_known = folding == OCTET_FOLDING_KNOWN;
    return OCTET_OK;
}

octet_status octet_keras_layer_known(octet_keras_call *call, octet_operator_code code, const char *name,
                                     const uint32_t *inputs, uint32_t n, const octet_options *options, uint32_t *out) {
    enum { MAX_ELEMENTS = 1 << 20 };
    bool is_known;
    uint32_t result;
    OCTET_TRY(octet_keras_fold(call, code, name, inputs, n, options, MAX_ELEMENTS, &result, 1, &is_known));
    if (!is_known) return octet_keras_emit(call, code, name, inputs, n, options, out);
    *out = result;
    return OCTET_OK;
}

octet_status octet_keras_unary(octet_keras_call *call, octet_operator_code code, const char *name, uint32_t x,
                               uint32_t *out) {
    return octet_keras_emit(call, code, name, &x, 1, NULL, out);
}

octet_status octet_keras_binary(octet_keras_call *call, octet_operator_code code, const char *name, uint32_t a,
                                uint32_t b, uint32_t *out) {
    const uint32_t inputs[2] = {a, b};
    return octet_keras_emit(call, code, name, inputs, 2, NULL, out);
}

octet_status octet_keras_with_scalar(octet_keras_call *call, octet_operator_code code, const char *name, uint32_t x,
                                     float value, uint32_t *out) {
    uint32_t scalar;
    char constant[96];
    snprintf(constant, sizeof constant, "%s/y", name);
    OCTET_TRY(octet_keras_scalar(call, constant, value, &scalar));
    return octet_keras_binary(call, code, name, x, scalar, out);
}

octet_status octet_keras_reshape_open(octet_keras_call *call, const char *name, uint32_t x, int32_t rank,
                                      const int32_t *dims, uint32_t *out) {
    uint32_t inputs[2] = {x, 0};
    char constant[96];
    snprintf(constant, sizeof constant, "%s/shape", name);
    OCTET_TRY(octet_keras_i32s(call, constant, dims, rank, &inputs[1]));
    return octet_keras_emit(call, OCTET_OP_RESHAPE, name, inputs, 2, NULL, out);
}

octet_status octet_keras_reshape(octet_keras_call *call, const char *name, uint32_t x, int32_t rank,
                                 const int32_t *dims, uint32_t *out) {
    const octet_shape *now = octet_keras_shape(call, x), wanted = octet_shape_make(rank, dims);
    if (octet_shape_equal(now, &wanted)) {
        *out = x;
        return OCTET_OK;
    }
    return octet_keras_reshape_open(call, name, x, rank, dims, out);
}

octet_status octet_keras_transpose(octet_keras_call *call, const char *name, uint32_t x, const int32_t *perm,
                                   uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    bool is_identity = true, keeps_order = true;
    int32_t last = -1, dims[OCTET_MAX_RANK];
    for (int32_t i = 0; i < shape.rank; i++) {
        is_identity = is_identity && perm[i] == i;
        dims[i] = shape.dims[perm[i]];
        if (dims[i] == 1) continue;
        keeps_order = keeps_order && perm[i] > last;
        last = perm[i];
    }
    *out = x;
    if (is_identity) return OCTET_OK;
    /* Moving only axes of length 1 is a RESHAPE, as in the converter's files. With an open batch passes/ see to it,
     * which know whether the batch is among them. */
    if (keeps_order && !call->graph->open_batch) return octet_keras_reshape(call, name, x, shape.rank, dims, out);
    uint32_t inputs[2] = {x, 0};
    char constant[96];
    snprintf(constant, sizeof constant, "%s/perm", name);
    OCTET_TRY(octet_keras_i32s(call, constant, perm, shape.rank, &inputs[1]));
    return octet_keras_emit(call, OCTET_OP_TRANSPOSE, name, inputs, 2, NULL, out);
}

octet_status octet_keras_reduce(octet_keras_call *call, octet_operator_code code, const char *name, uint32_t x,
                                const int32_t *axes, int32_t n, bool is_scalar, bool keep_dims, uint32_t *out) {
    uint32_t inputs[2] = {x, 0};
    char constant[96];
    snprintf(constant, sizeof constant, "%s/reduction_indices", name);
    if (is_scalar) {
        OCTET_TRY(octet_keras_i32_scalar(call, constant, axes[0], &inputs[1]));
    } else {
        OCTET_TRY(octet_keras_i32s(call, constant, axes, n, &inputs[1]));
    }
    const octet_options options = {.reduce = {keep_dims}};
    return octet_keras_emit(call, code, name, inputs, 2, &options, out);
}

octet_status octet_keras_pad(octet_keras_call *call, const char *name, uint32_t x, const int32_t *before,
                             const int32_t *after, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t pairs[2 * OCTET_MAX_RANK];
    bool is_zero = true;
    for (int32_t i = 0; i < shape.rank; i++) {
        pairs[2 * i] = before[i];
        pairs[2 * i + 1] = after[i];
        is_zero = is_zero && before[i] == 0 && after[i] == 0;
    }
    *out = x;
    if (is_zero) return OCTET_OK;
    char constant[96];
    snprintf(constant, sizeof constant, "%s/paddings", name);
    uint32_t inputs[2] = {x, 0};
    OCTET_TRY(octet_keras_i32_pairs(call, constant, pairs, shape.rank, &inputs[1]));
    return octet_keras_emit(call, OCTET_OP_PAD, name, inputs, 2, NULL, out);
}

octet_status octet_keras_concatenate(octet_keras_call *call, const char *name, const uint32_t *xs, uint32_t n,
                                     int32_t axis, uint32_t *out) {
    const octet_options options = {.concatenation = {.axis = axis}};
    return octet_keras_emit(call, OCTET_OP_CONCATENATION, name, xs, n, &options, out);
}

octet_status octet_keras_batch_matmul(octet_keras_call *call, const char *name, uint32_t a, uint32_t b, uint32_t *out) {
    const octet_options options = {.batch_matmul = {false, false, false}};
    return octet_keras_emit(call, OCTET_OP_BATCH_MATMUL, name, (const uint32_t[]){a, b}, 2, &options, out);
}

bool octet_keras_is_zero(const octet_keras_call *call, uint32_t value) {
    const octet_value *v = value == OCTET_NONE ? NULL : &call->graph->values[value];
    if (v == NULL || !octet_value_is_constant(v) || v->type != OCTET_FLOAT32) return false;
    const float *data = v->data;
    for (size_t i = 0; i < octet_shape_elements(&v->shape); i++)
        if (data[i] != 0.0f) return false;
    return true;
}

octet_status octet_keras_fully_connected(octet_keras_call *call, const char *name, uint32_t x, uint32_t weights,
                                         uint32_t bias, uint32_t *out) {
    const uint32_t inputs[3] = {x, weights, octet_keras_is_zero(call, bias) ? OCTET_NONE : bias};
    const octet_options options = {.fully_connected = {.keep_num_dims = octet_keras_shape(call, x)->rank != 2}};
    return octet_keras_emit(call, OCTET_OP_FULLY_CONNECTED, name, inputs, 3, &options, out);
}

octet_status octet_keras_select(octet_keras_call *call, const char *name, const uint32_t *inputs, uint32_t *out) {
    const octet_shape *shape = octet_keras_shape(call, inputs[0]);
    const bool is_plain = octet_shape_equal(shape, octet_keras_shape(call, inputs[1])) &&
                          octet_shape_equal(shape, octet_keras_shape(call, inputs[2]));
    return octet_keras_emit(call, is_plain ? OCTET_OP_SELECT : OCTET_OP_SELECT_V2, name, inputs, 3, NULL, out);
}

octet_status octet_keras_cast(octet_keras_call *call, uint32_t x, octet_type type, uint32_t *out) {
    const octet_options options = {.cast = {call->graph->values[x].type, type}};
    *out = x;
    return options.cast.in == type ? OCTET_OK : octet_keras_emit(call, OCTET_OP_CAST, "Cast", &x, 1, &options, out);
}

octet_status octet_keras_add(octet_keras_call *call, const char *name, uint32_t a, uint32_t b, uint32_t *out) {
    const octet_shape x = *octet_keras_shape(call, a), y = *octet_keras_shape(call, b);
    const bool is_known = octet_value_is_constant(&call->graph->values[b]) || !call->graph->open_batch;
    int32_t length = 1, n_long = 0;
    for (int32_t i = 0; i < y.rank; i++) {
        if (y.dims[i] == 1) continue;
        length = y.dims[i];
        n_long++;
    }
    if (call->keras_version >= 3 && is_known && n_long == 1 && y.rank > 1 && x.rank > 1 && length == x.dims[x.rank - 1])
        OCTET_TRY(octet_keras_reshape(call, "Squeeze", b, 1, &length, &b));
    return octet_keras_binary(call, OCTET_OP_ADD, name, a, b, out);
}
