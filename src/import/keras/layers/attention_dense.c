/* Attention and AdditiveAttention: softmax of scores without projections. */
#include <string.h>

#include "import/keras/emit/attention.h"
#include "import/keras/emit/mask.h"
#include "import/keras/emit/softmax.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

octet_status octet_keras_weights_attention(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    const bool has_scale = octet_json_is_true(octet_json_get(layer->config, "use_scale"));
    const char *mode = octet_json_text(octet_json_get(layer->config, "score_mode"));
    if (has_scale) octet_keras_weights_add(layer, "scale", "vars/0", true);
    if (mode != NULL && strcmp(mode, "concat") == 0)
        octet_keras_weights_add(layer, "concat_score_weight", has_scale ? "vars/1" : "vars/0", true);
    return OCTET_OK;
}

static octet_status times_weight(octet_keras_call *call, const char *name, uint32_t x, uint32_t *out) {
    const float *data = NULL;
    int32_t none[1] = {0};
    *out = x;
    if (!octet_keras_has_weight(call, name)) return OCTET_OK;
    OCTET_TRY(octet_keras_weight_data(call, name, 0, none, &data));
    return octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", x, data[0], out);
}

static octet_status dot_scores(octet_keras_call *call, uint32_t query, uint32_t key, uint32_t *out) {
    OCTET_TRY(octet_keras_transpose(call, "transpose", key, (const int32_t[]){0, 2, 1}, &key));
    OCTET_TRY(octet_keras_batch_matmul(call, "MatMul", query, key, out));
    return times_weight(call, "scale", *out, out);
}

/* query + key of every pair: [batch,queries,keys,features]. */
static octet_status pair_sums(octet_keras_call *call, uint32_t query, uint32_t key, uint32_t *out) {
    const octet_shape q = *octet_keras_shape(call, query), k = *octet_keras_shape(call, key);
    OCTET_TRY(octet_keras_reshape(call, "ExpandDims", query, 4, (const int32_t[]){q.dims[0], q.dims[1], 1, q.dims[2]},
                                  &query));
    OCTET_TRY(
        octet_keras_reshape(call, "ExpandDims_1", key, 4, (const int32_t[]){k.dims[0], 1, k.dims[1], k.dims[2]}, &key));
    return octet_keras_binary(call, OCTET_OP_ADD, "add", query, key, out);
}

static octet_status sum_features(octet_keras_call *call, uint32_t x, uint32_t *out) {
    return octet_keras_reduce(call, OCTET_OP_SUM, "Sum", x, (const int32_t[]){3}, 1, true, false, out);
}

static octet_status concat_scores(octet_keras_call *call, uint32_t query, uint32_t key, uint32_t *out) {
    OCTET_TRY(pair_sums(call, query, key, out));
    OCTET_TRY(times_weight(call, "scale", *out, out));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_TANH, "Tanh", *out, out));
    OCTET_TRY(sum_features(call, *out, out));
    return times_weight(call, "concat_score_weight", *out, out);
}

static octet_status additive_scores(octet_keras_call *call, uint32_t query, uint32_t key, uint32_t *out) {
    const float *data = NULL;
    int32_t n[1] = {octet_keras_shape(call, query)->dims[2]};
    uint32_t scale;
    OCTET_TRY(pair_sums(call, query, key, out));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_TANH, "Tanh", *out, out));
    if (octet_keras_has_weight(call, "scale")) {
        OCTET_TRY(octet_keras_weight_data(call, "scale", 1, n, &data));
        OCTET_TRY(octet_keras_constant(call, "scale", octet_keras_weight_origin(call, "scale"), 1, n, data, &scale));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", *out, scale, out));
    }
    return sum_features(call, *out, out);
}

/* The mask of scores turned round: bool [batch or 1,queries or 1,keys], set
 * where a key does not count; OCTET_NONE: all do. */
static octet_status padding_of(octet_keras_call *call, const octet_attention *a, const octet_shape *scores,
                               uint32_t *out) {
    const bool is_3 = call->keras_version >= 3;
    uint32_t mask = a->value_mask, seen;
    *out = OCTET_NONE;
    if (a->is_causal) {
        OCTET_TRY(octet_keras_attention_seen(call, a, scores->dims[1], scores->dims[2], mask == OCTET_NONE, &seen));
        *out = seen;
        if (mask == OCTET_NONE) return OCTET_OK;
        OCTET_TRY(octet_keras_attention_expand(call, mask, 1, &mask));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_LOGICAL_AND, "LogicalAnd", mask, seen, &seen));
        return octet_keras_unary(call, OCTET_OP_LOGICAL_NOT, "LogicalNot", seen, out);
    }
    if (mask == OCTET_NONE) return OCTET_OK;
    if (!is_3) OCTET_TRY(octet_keras_attention_expand(call, mask, 1, &mask));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_LOGICAL_NOT, "LogicalNot", mask, out));
    return is_3 ? octet_keras_attention_expand(call, *out, 1, out) : OCTET_OK;
}

/* Keras 2: scores - 1e9 * padding. Keras 3: scores - 1e9 where there is padding. */
static octet_status mask_scores(octet_keras_call *call, uint32_t padding, uint32_t *scores) {
    uint32_t lowered;
    if (padding == OCTET_NONE) return OCTET_OK;
    if (call->keras_version >= 3) {
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_SUB, "sub", *scores, 1e9f, &lowered));
        return octet_keras_select(call, "SelectV2", (const uint32_t[]){padding, lowered, *scores}, scores);
    }
    if (octet_value_is_constant(&call->graph->values[padding])) {
        OCTET_TRY(octet_keras_attention_numbers(call, "mul_1", padding, 0.0f, 1e9f, &padding));
    } else {
        OCTET_TRY(octet_keras_cast(call, padding, OCTET_FLOAT32, &padding));
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul_1", padding, 1e9f, &padding));
    }
    return octet_keras_binary(call, OCTET_OP_SUB, "sub", *scores, padding, scores);
}

/* A masked query gives zeros. */
static octet_status mask_result(octet_keras_call *call, uint32_t query_mask, uint32_t *x) {
    uint32_t zero;
    const uint32_t mask = query_mask;
    if (mask == OCTET_NONE) return OCTET_OK;
    if (call->keras_version >= 3) {
        OCTET_TRY(octet_keras_attention_expand(call, mask, 2, &query_mask));
        OCTET_TRY(octet_keras_scalar(call, "SelectV2_1/e", 0.0f, &zero));
        OCTET_TRY(octet_keras_select(call, "SelectV2_1", (const uint32_t[]){query_mask, *x, zero}, x));
    } else {
        OCTET_TRY(octet_keras_mask_numbers(call, mask, &query_mask));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_2", *x, query_mask, x));
    }
    return octet_keras_mask_set(call, *x, mask);
}

typedef octet_status score_function(octet_keras_call *call, uint32_t query, uint32_t key, uint32_t *out);

static octet_status emit(octet_keras_call *call, score_function *score) {
    octet_attention a;
    uint32_t scores, x, padding;
    OCTET_TRY(octet_keras_attention_read(call, true, &a));
    const uint32_t tensors[3] = {a.query, a.value, a.key};
    for (size_t i = 0; i < 3; i++) {
        char text[OCTET_SHAPE_TEXT_SIZE];
        const octet_shape *shape = octet_keras_shape(call, tensors[i]);
        if (shape->rank != 3)
            return octet_keras_refuse(call, "reads shape %s; only [batch,steps,features] is supported",
                                      octet_shape_text(shape, text));
    }
    OCTET_TRY(score(call, a.query, a.key, &scores));
    const octet_shape shape = *octet_keras_shape(call, scores);
    OCTET_TRY(padding_of(call, &a, &shape, &padding));
    OCTET_TRY(mask_scores(call, padding, &scores));
    OCTET_TRY(octet_keras_softmax(call, scores, -1, false, &scores));
    OCTET_TRY(octet_keras_batch_matmul(call, "MatMul_1", scores, a.value, &x));
    OCTET_TRY(mask_result(call, a.query_mask, &x));
    call->outputs[0] = x;
    call->outputs[1] = scores;
    call->n_outputs = a.wants_scores ? 2 : 1;
    return OCTET_OK;
}

octet_status octet_keras_layer_attention(octet_keras_call *call) {
    const char *mode = NULL;
    OCTET_TRY(octet_keras_string(call, "score_mode", "dot", &mode));
    if (strcmp(mode, "dot") == 0) return emit(call, dot_scores);
    if (strcmp(mode, "concat") == 0) return emit(call, concat_scores);
    return octet_keras_refuse(call, "score_mode \"%s\" is not supported: dot and concat are", mode);
}

octet_status octet_keras_layer_additive_attention(octet_keras_call *call) { return emit(call, additive_scores); }
