/* MultiHeadAttention and Attention, without masks. */
#include <math.h>
#include <string.h>

#include "import/keras_layers.h"
#include "import/keras_mask.h"

static bool uses_bias(const octet_keras_layer *layer) {
    const octet_json *value = octet_json_get(layer->config, "use_bias");
    return octet_json_kind_of(value) != OCTET_JSON_BOOL || octet_json_is_true(value);
}

octet_status octet_keras_weights_multi_head_attention(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    static const char *const names[4][4] = {
        {"query/kernel", "query_dense/vars/0", "query/bias", "query_dense/vars/1"},
        {"key/kernel", "key_dense/vars/0", "key/bias", "key_dense/vars/1"},
        {"value/kernel", "value_dense/vars/0", "value/bias", "value_dense/vars/1"},
        {"attention_output/kernel", "output_dense/vars/0", "attention_output/bias", "output_dense/vars/1"},
    };
    for (size_t i = 0; i < 4; i++) {
        octet_keras_weights_add(layer, names[i][0], names[i][1], true);
        if (uses_bias(layer)) octet_keras_weights_add(layer, names[i][2], names[i][3], true);
    }
    /* Only model.quantize() makes one, and only the file's weights tell. */
    octet_keras_weights_add(layer, "query/kernel_scale", uses_bias(layer) ? "query_dense/vars/2" : "query_dense/vars/1", true);
    layer->weights[layer->n_weights - 1].is_optional = true;
    return OCTET_OK;
}

octet_status octet_keras_weights_attention(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    if (octet_json_is_true(octet_json_get(layer->config, "use_scale"))) octet_keras_weights_add(layer, "scale", "vars/0", true);
    return OCTET_OK;
}

/* x [B,T,C] times kernel [C,heads,size] -> [B,T,heads,size]. Both are scaled by `factor` (1: as they are). */
static octet_status project(octet_keras_call *call, const char *kernel_name, const char *bias_name, uint32_t x, int32_t heads, int32_t size,
                            float factor, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t dims[3] = {shape.dims[2], heads, size};
    const float *data = NULL;
    uint32_t weights, bias = OCTET_NONE;
    const int32_t width = heads * size;
    OCTET_TRY(octet_keras_weight_data(call, kernel_name, 3, dims, &data));
    float *scaled = NULL;
    const size_t n = (size_t)dims[0] * (size_t)width;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &scaled));
    for (size_t i = 0; i < n; i++) scaled[i] = data[i] * factor;
    OCTET_TRY(octet_keras_constant_permuted(call, kernel_name, octet_keras_weight_origin(call, kernel_name), 2,
                                            (const int32_t[]){dims[0], width}, (const int32_t[]){1, 0}, scaled, 2,
                                            (const int32_t[]){width, dims[0]}, &weights));
    if (octet_keras_has_weight(call, bias_name)) {
        OCTET_TRY(octet_keras_weight_data(call, bias_name, 2, &dims[1], &data));
        for (int32_t i = 0; i < width; i++) scaled[i] = data[i] * factor;
        OCTET_TRY(octet_keras_constant(call, bias_name, octet_keras_weight_origin(call, bias_name), 1, &width, scaled, &bias));
    }
    OCTET_TRY(octet_keras_fully_connected(call, "einsum/Einsum", x, weights, bias, &x));
    const int32_t open = call->graph->keras_version >= 3 ? -1 : shape.dims[0];
    return octet_keras_reshape_open(call, "Reshape", x, 4, (const int32_t[]){open, shape.dims[1], heads, size}, out);
}

static octet_status multiply(octet_keras_call *call, const char *name, uint32_t a, uint32_t b, uint32_t *out) {
    const uint32_t inputs[2] = {a, b};
    const octet_options options = {.batch_matmul = {false, false, false}};
    return octet_keras_emit(call, OCTET_OP_BATCH_MATMUL, name, inputs, 2, &options, out);
}

/* Scores [B,heads,T,S] after softmax, as each dialect's files write them. */
static octet_status scores_of(octet_keras_call *call, uint32_t query, uint32_t key, uint32_t value, int32_t heads, int32_t key_dim,
                              uint32_t *out) {
    (void)value;
    static const int32_t rows[4] = {0, 2, 1, 3}, columns[4] = {0, 2, 3, 1};
    const float factor = 1.0f / sqrtf((float)key_dim);
    const bool is_3 = call->graph->keras_version >= 3;
    uint32_t q, k;
    OCTET_TRY(project(call, "key/kernel", "key/bias", key, heads, key_dim, 1.0f, &k));
    OCTET_TRY(project(call, "query/kernel", "query/bias", query, heads, key_dim, is_3 ? 1.0f : factor, &q));
    if (is_3) {
        OCTET_TRY(octet_keras_transpose(call, "transpose", q, rows, &q));
        OCTET_TRY(octet_keras_transpose(call, "transpose_1", k, columns, &k));
        OCTET_TRY(multiply(call, "MatMul", q, k, out));
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", *out, factor, out));
    } else {
        OCTET_TRY(octet_keras_transpose(call, "transpose", k, rows, &k));
        OCTET_TRY(octet_keras_transpose(call, "transpose_1", q, columns, &q));
        OCTET_TRY(multiply(call, "MatMul", k, q, out));
        OCTET_TRY(octet_keras_transpose(call, "transpose_2", *out, (const int32_t[]){0, 1, 3, 2}, out));
    }
    return octet_keras_softmax(call, *out, -1, false, out);
}

static bool wants_scores(const octet_keras_call *call) {
    for (uint32_t i = 0; call->node != NULL && i < call->node->n_arguments; i++) {
        const octet_keras_argument *argument = &call->node->arguments[i];
        if (argument->keyword != NULL && strcmp(argument->keyword, "return_attention_scores") == 0)
            return octet_json_is_true(argument->constant);
    }
    return false;
}

/* Query, value and key by keyword or position; key is value where it is not given. */
static octet_status attention_inputs(octet_keras_call *call, uint32_t *query, uint32_t *value, uint32_t *key) {
    if (call->n_inputs < 2 || call->n_inputs > 3)
        return octet_keras_contradict(call, "reads %u tensors, it takes query, value and key", (unsigned)call->n_inputs);
    *query = call->inputs[0];
    *value = call->inputs[1];
    *key = call->inputs[call->n_inputs - 1];
    for (uint32_t i = 0; call->node != NULL && i < call->node->n_arguments; i++) {
        const octet_keras_argument *argument = &call->node->arguments[i];
        if (argument->keyword == NULL || argument->kind != OCTET_KERAS_TENSOR) continue;
        if (strcmp(argument->keyword, "query") == 0) *query = argument->value;
        else if (strcmp(argument->keyword, "value") == 0) *value = argument->value;
        else if (strcmp(argument->keyword, "key") == 0) *key = argument->value;
        else return octet_keras_refuse(call, "is called with %s, which is not supported", argument->keyword);
    }
    for (uint32_t i = 0; i < call->n_inputs; i++) {
        char text[OCTET_SHAPE_TEXT_SIZE];
        const octet_shape *shape = octet_keras_shape(call, call->inputs[i]);
        if (shape->rank != 3)
            return octet_keras_refuse(call, "reads shape %s; only [batch,steps,features] is supported", octet_shape_text(shape, text));
    }
    static const char *const masks[] = {"attention_mask", "query_mask", "value_mask", "key_mask", "use_causal_mask", "mask"};
    for (size_t i = 0; i < 6; i++) OCTET_TRY(octet_keras_refuse_argument(call, masks[i]));
    return octet_keras_refuse_mask(call);
}

octet_status octet_keras_emit_multi_head_attention(octet_keras_call *call) {
    uint32_t query, value, key, scores, v, x, weights, bias = OCTET_NONE;
    int32_t heads = 0, key_dim = 0, value_dim = 0;
    if (octet_keras_has_weight(call, "query/kernel_scale"))
        return octet_keras_refuse(call, "was quantized by Keras; octet needs the model as it was before model.quantize()");
    OCTET_TRY(attention_inputs(call, &query, &value, &key));
    OCTET_TRY(octet_keras_sizes(call, "num_heads", 1, 0, &heads));
    OCTET_TRY(octet_keras_sizes(call, "key_dim", 1, 0, &key_dim));
    OCTET_TRY(octet_keras_sizes(call, "value_dim", 1, key_dim, &value_dim));
    if ((int64_t)heads * (key_dim > value_dim ? key_dim : value_dim) > INT32_MAX / 4)
        return octet_keras_contradict(call, "heads and dimensions are too large");
    OCTET_TRY(scores_of(call, query, key, value, heads, key_dim, &scores));
    OCTET_TRY(project(call, "value/kernel", "value/bias", value, heads, value_dim, 1.0f, &v));
    static const int32_t swap[4] = {0, 2, 1, 3};
    OCTET_TRY(octet_keras_transpose(call, "transpose_3", v, swap, &v));
    OCTET_TRY(multiply(call, "MatMul_1", scores, v, &x));
    OCTET_TRY(octet_keras_transpose(call, "transpose_4", x, swap, &x));
    const octet_shape shape = *octet_keras_shape(call, x); /* [B,T,heads,value_dim] */
    const int32_t width = heads * value_dim, open = call->graph->keras_version >= 3 ? -1 : shape.dims[0];
    OCTET_TRY(octet_keras_reshape_open(call, "Reshape_1", x, 3, (const int32_t[]){open, shape.dims[1], width}, &x));
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(call->layer->config, "output_shape"));
    int32_t n_out = octet_keras_shape(call, query)->dims[2];
    if (kind != OCTET_JSON_NULL && kind != OCTET_JSON_MISSING) OCTET_TRY(octet_keras_sizes(call, "output_shape", 1, n_out, &n_out));
    int32_t dims[3] = {heads, value_dim, n_out};
    const float *data = NULL;
    OCTET_TRY(octet_keras_weight_data(call, "attention_output/kernel", 3, dims, &data));
    OCTET_TRY(octet_keras_constant_permuted(call, "attention_output/kernel", octet_keras_weight_origin(call, "attention_output/kernel"), 2,
                                            (const int32_t[]){width, n_out}, (const int32_t[]){1, 0}, data, 2,
                                            (const int32_t[]){n_out, width}, &weights));
    if (octet_keras_has_weight(call, "attention_output/bias")) {
        OCTET_TRY(octet_keras_weight_data(call, "attention_output/bias", 1, &n_out, &data));
        OCTET_TRY(octet_keras_constant(call, "attention_output/bias", octet_keras_weight_origin(call, "attention_output/bias"), 1, &n_out,
                                       data, &bias));
    }
    OCTET_TRY(octet_keras_fully_connected(call, "attention_output/add", x, weights, bias, &x));
    call->outputs[0] = x;
    call->outputs[1] = scores;
    call->n_outputs = wants_scores(call) ? 2 : 1;
    return OCTET_OK;
}

/* softmax(query key^T * scale) value. */
octet_status octet_keras_emit_attention(octet_keras_call *call) {
    uint32_t query, value, key, scores, x;
    const char *mode = NULL;
    OCTET_TRY(attention_inputs(call, &query, &value, &key));
    OCTET_TRY(octet_keras_string(call, "score_mode", "dot", &mode));
    if (strcmp(mode, "dot") != 0) return octet_keras_refuse(call, "score_mode \"%s\" is not supported: dot is", mode);
    OCTET_TRY(octet_keras_transpose(call, "transpose", key, (const int32_t[]){0, 2, 1}, &key));
    OCTET_TRY(multiply(call, "MatMul", query, key, &scores));
    if (octet_keras_has_weight(call, "scale")) {
        const float *data = NULL;
        int32_t none[1] = {0};
        OCTET_TRY(octet_keras_weight_data(call, "scale", 0, none, &data));
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", scores, data[0], &scores));
    }
    OCTET_TRY(octet_keras_softmax(call, scores, -1, false, &scores));
    OCTET_TRY(multiply(call, "MatMul_1", scores, value, &x));
    call->outputs[0] = x;
    call->outputs[1] = scores;
    call->n_outputs = wants_scores(call) ? 2 : 1;
    return OCTET_OK;
}

/* softmax(sum(scale * tanh(query + key))) value. */
octet_status octet_keras_emit_additive_attention(octet_keras_call *call) {
    uint32_t query, value, key, scores, x, scale;
    OCTET_TRY(attention_inputs(call, &query, &value, &key));
    const octet_shape q = *octet_keras_shape(call, query), k = *octet_keras_shape(call, key);
    OCTET_TRY(octet_keras_reshape(call, "ExpandDims", query, 4, (const int32_t[]){q.dims[0], q.dims[1], 1, q.dims[2]}, &query));
    OCTET_TRY(octet_keras_reshape(call, "ExpandDims_1", key, 4, (const int32_t[]){k.dims[0], 1, k.dims[1], k.dims[2]}, &key));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", query, key, &scores));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_TANH, "Tanh", scores, &scores));
    if (octet_keras_has_weight(call, "scale")) {
        const float *data = NULL;
        int32_t n[1] = {q.dims[2]};
        OCTET_TRY(octet_keras_weight_data(call, "scale", 1, n, &data));
        OCTET_TRY(octet_keras_constant(call, "scale", octet_keras_weight_origin(call, "scale"), 1, n, data, &scale));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", scores, scale, &scores));
    }
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", scores, (const int32_t[]){3}, 1, true, false, &scores));
    OCTET_TRY(octet_keras_softmax(call, scores, -1, false, &scores));
    OCTET_TRY(multiply(call, "MatMul", scores, value, &x));
    call->outputs[0] = x;
    call->outputs[1] = scores;
    call->n_outputs = wants_scores(call) ? 2 : 1;
    return OCTET_OK;
}
