#include <string.h>

#include "import/keras/emit/attention.h"
#include "import/keras/emit/mask.h"
#include "import/keras/emit/softmax.h"

/* Arguments. */

static uint32_t *place_of(octet_attention *a, const char *keyword) {
    const struct {
        const char *keyword;
        uint32_t *place;
    } places[] = {{"query", &a->query},
                  {"value", &a->value},
                  {"key", &a->key},
                  {"query_mask", &a->query_mask},
                  {"value_mask", &a->value_mask},
                  {"key_mask", &a->key_mask},
                  {"attention_mask", &a->attention_mask}};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (strcmp(places[i].keyword, keyword) == 0) return places[i].place;
    return NULL;
}

/* null, or a list of nothing else: masks that Keras writes although there are none. */
static bool is_nothing(const octet_json *value) {
    for (size_t i = 0; i < octet_json_length(value); i++)
        if (octet_json_kind_of(octet_json_at(value, i)) != OCTET_JSON_NULL) return false;
    return octet_json_kind_of(value) == OCTET_JSON_NULL || octet_json_kind_of(value) == OCTET_JSON_ARRAY;
}

static octet_status take(octet_keras_call *call, octet_attention *a, const char *keyword,
                         const octet_keras_argument *argument) {
    if (argument->kind == OCTET_KERAS_CONSTANT) {
        const bool is_set = octet_json_is_true(argument->constant);
        if (strcmp(keyword, "use_causal_mask") == 0) a->is_causal = a->is_causal || is_set;
        else if (strcmp(keyword, "return_attention_scores") == 0) a->wants_scores = is_set;
        else if (strcmp(keyword, "training") != 0 && !is_nothing(argument->constant))
            return octet_keras_refuse(call, "is called with %s, which is not supported", keyword);
        return OCTET_OK;
    }
    uint32_t *place = argument->kind == OCTET_KERAS_TENSOR ? place_of(a, keyword) : NULL;
    if (place == NULL)
        return octet_keras_refuse(call, "is called with a tensor as %s, which is not supported", keyword);
    *place = argument->value;
    return OCTET_OK;
}

/* The names of positional arguments, in the order of each dialect. */
static const char *position_name(const octet_keras_call *call, bool is_dense, uint32_t position) {
    static const char *const keras_2[] = {
        "query", "value", "key", "attention_mask", "return_attention_scores", "training", "use_causal_mask"};
    static const char *const keras_3[] = {"query",
                                          "value",
                                          "key",
                                          "query_mask",
                                          "value_mask",
                                          "key_mask",
                                          "attention_mask",
                                          "return_attention_scores",
                                          "training",
                                          "use_causal_mask"};
    if (is_dense) return position < 3 ? keras_2[position] : NULL;
    if (call->keras_version >= 3) return position < 10 ? keras_3[position] : NULL;
    return position < 7 ? keras_2[position] : NULL;
}

static octet_status take_positional(octet_keras_call *call, octet_attention *a, bool is_dense,
                                    const octet_keras_argument *argument, uint32_t *position) {
    if (argument->kind == OCTET_KERAS_LIST) {
        for (uint32_t i = 0; i < argument->n_items; i++)
            OCTET_TRY(take_positional(call, a, is_dense, &argument->items[i], position));
        return OCTET_OK;
    }
    const char *keyword = position_name(call, is_dense, (*position)++);
    if (keyword == NULL) return octet_keras_contradict(call, "is called with more arguments than it takes");
    return take(call, a, keyword, argument);
}

static octet_status take_arguments(octet_keras_call *call, octet_attention *a, bool is_dense) {
    uint32_t position = 0;
    if (call->node == NULL) {
        for (uint32_t i = 0; i < call->n_inputs; i++) {
            const octet_keras_argument argument = {.kind = OCTET_KERAS_TENSOR, .value = call->inputs[i]};
            OCTET_TRY(take_positional(call, a, is_dense, &argument, &position));
        }
        return OCTET_OK;
    }
    for (uint32_t i = 0; i < call->node->n_arguments; i++) {
        const octet_keras_argument *argument = &call->node->arguments[i];
        if (argument->keyword == NULL) {
            OCTET_TRY(take_positional(call, a, is_dense, argument, &position));
        } else if (is_dense && strcmp(argument->keyword, "mask") == 0 && argument->kind == OCTET_KERAS_LIST) {
            static const char *const masks[2] = {"query_mask", "value_mask"};
            for (uint32_t j = 0; j < argument->n_items && j < 2; j++)
                OCTET_TRY(take(call, a, masks[j], &argument->items[j]));
        } else if (is_dense && strcmp(argument->keyword, "inputs") == 0) {
            OCTET_TRY(take_positional(call, a, is_dense, argument, &position));
        } else {
            OCTET_TRY(take(call, a, argument->keyword, argument));
        }
    }
    return OCTET_OK;
}

octet_status octet_keras_attention_read(octet_keras_call *call, bool is_dense, octet_attention *out) {
    *out = (octet_attention){OCTET_NONE, OCTET_NONE, OCTET_NONE, OCTET_NONE, OCTET_NONE,
                             OCTET_NONE, OCTET_NONE, false,      false,      0};
    OCTET_TRY(octet_keras_bool(call, "causal", false, &out->is_causal));
    OCTET_TRY(octet_keras_i32(call, "sliding_window", 0, &out->window));
    OCTET_TRY(take_arguments(call, out, is_dense));
    if (out->query == OCTET_NONE || out->value == OCTET_NONE)
        return octet_keras_contradict(call, "is not given a query and a value");
    const bool has_key = out->key != OCTET_NONE, is_3 = call->keras_version >= 3;
    if (!has_key) out->key = out->value;
    if (out->query_mask == OCTET_NONE) out->query_mask = octet_keras_mask_of(call, out->query);
    if (out->value_mask == OCTET_NONE) out->value_mask = octet_keras_mask_of(call, out->value);
    if (out->key_mask == OCTET_NONE && (has_key || !is_3) && !is_dense)
        out->key_mask = octet_keras_mask_of(call, out->key);
    return OCTET_OK;
}

/* Masks. */

static octet_status add_bools(octet_keras_call *call, const char *name, int32_t rank, const int32_t *dims,
                              const uint8_t *data, uint32_t *out) {
    const octet_shape shape = octet_shape_make(rank, dims);
    const char *full = NULL;
    OCTET_TRY(octet_shape_check(call->ctx, &shape, call->layer->name));
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &full, "%s/%s", call->path, name));
    return octet_graph_add_constant(call->ctx, call->graph, full, OCTET_BOOL, &shape, data, out);
}

static bool is_constant(const octet_keras_call *call, uint32_t mask) {
    return octet_value_is_constant(&call->graph->values[mask]) && call->graph->values[mask].type == OCTET_BOOL;
}

octet_status octet_keras_attention_seen(octet_keras_call *call, const octet_attention *a, int32_t n_queries,
                                        int32_t n_keys, bool turned, uint32_t *out) {
    uint8_t *seen = NULL;
    const octet_shape shape = octet_shape_make(3, (const int32_t[]){1, n_queries, n_keys});
    OCTET_TRY(octet_shape_check(call->ctx, &shape, call->layer->name));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)n_queries * (size_t)n_keys, &seen));
    for (int32_t i = 0; i < n_queries; i++) {
        for (int32_t j = 0; j < n_keys; j++) {
            const int32_t distance = i > j ? i - j : j - i;
            const bool sees = (!a->is_causal || i >= j) && (a->window == 0 || distance < a->window);
            seen[(size_t)i * (size_t)n_keys + (size_t)j] = sees != turned;
        }
    }
    return add_bools(call, "GreaterEqual", 3, shape.dims, seen, out);
}

octet_status octet_keras_attention_numbers(octet_keras_call *call, const char *name, uint32_t mask, float no, float yes,
                                           uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, mask);
    const uint8_t *is_set = call->graph->values[mask].data;
    const size_t n = octet_shape_elements(&shape);
    float *data = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &data));
    for (size_t i = 0; i < n; i++) data[i] = is_set[i] ? yes : no;
    return octet_keras_constant(call, name, NULL, shape.rank, shape.dims, data, out);
}

octet_status octet_keras_attention_expand(octet_keras_call *call, uint32_t mask, int32_t axis, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, mask);
    if (shape.rank != 2)
        return octet_keras_refuse(call, "reads a mask of rank %d; [batch,steps] is supported", (int)shape.rank);
    int32_t dims[3] = {shape.dims[0], shape.dims[1], shape.dims[1]};
    dims[axis] = 1;
    return octet_keras_reshape(call, "ExpandDims", mask, 3, dims, out);
}

static octet_status join(octet_keras_call *call, uint32_t mask, uint32_t *all) {
    if (*all == OCTET_NONE) {
        *all = mask;
        return OCTET_OK;
    }
    return octet_keras_binary(call, OCTET_OP_LOGICAL_AND, "and", *all, mask, all);
}

/* A mask of numbers: whatever is not 0 is set. */
static octet_status as_bool(octet_keras_call *call, uint32_t mask, uint32_t *out) {
    return octet_keras_cast(call, mask, OCTET_BOOL, out);
}

octet_status octet_keras_attention_mask(octet_keras_call *call, const octet_attention *a, int32_t n_queries,
                                        int32_t n_keys, uint32_t *out) {
    const uint32_t masks[3] = {a->query_mask, a->value_mask, a->key_mask};
    uint32_t mask, all = OCTET_NONE;
    for (int32_t i = 0; i < 3; i++) {
        if (masks[i] == OCTET_NONE) continue;
        OCTET_TRY(octet_keras_attention_expand(call, masks[i], i == 0 ? 2 : 1, &mask));
        OCTET_TRY(join(call, mask, &all));
    }
    if (a->is_causal || a->window > 0) {
        OCTET_TRY(octet_keras_attention_seen(call, a, n_queries, n_keys, false, &mask));
        OCTET_TRY(join(call, mask, &all));
    }
    *out = all;
    if (a->attention_mask == OCTET_NONE) return OCTET_OK;
    if (all == OCTET_NONE && call->keras_version < 3) {
        *out = a->attention_mask; /* numbers stay numbers: a mask of 0.5 counts half */
        return OCTET_OK;
    }
    OCTET_TRY(as_bool(call, a->attention_mask, out));
    if (all != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_LOGICAL_AND, "and", *out, all, out));
    return OCTET_OK;
}

/* Dimensions of 1 before the last two, up to `rank`. */
static octet_status spread(octet_keras_call *call, uint32_t mask, int32_t rank, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, mask);
    int32_t dims[OCTET_MAX_RANK] = {0};
    *out = mask;
    if (shape.rank >= rank) return OCTET_OK;
    const int32_t lead = shape.rank > 2 ? shape.rank - 2 : 0;
    for (int32_t i = 0; i < rank; i++) {
        const int32_t from = i < lead ? i : i - (rank - shape.rank);
        dims[i] = i < lead || i >= lead + rank - shape.rank ? shape.dims[from] : 1;
    }
    if (!is_constant(call, mask)) return octet_keras_reshape(call, "ExpandDims", mask, rank, dims, out);
    return add_bools(call, "ExpandDims", rank, dims, call->graph->values[mask].data, out);
}

static octet_status turn(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const int32_t rank = octet_keras_shape(call, x)->rank;
    int32_t perm[OCTET_MAX_RANK];
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[rank - 2] = rank - 1;
    perm[rank - 1] = rank - 2;
    return octet_keras_transpose(call, "transpose_2", x, perm, out);
}

/* A constant mask [...,queries,keys] as [...,keys,queries]. */
static octet_status turn_constant(octet_keras_call *call, uint32_t mask, uint32_t *out) {
    octet_shape shape = *octet_keras_shape(call, mask);
    const uint8_t *is_set = call->graph->values[mask].data;
    const size_t n = octet_shape_elements(&shape);
    const int32_t n_rows = shape.dims[shape.rank - 2], n_columns = shape.dims[shape.rank - 1];
    const size_t rows = (size_t)n_rows, columns = (size_t)n_columns;
    uint8_t *data = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &data));
    for (size_t i = 0; i < n; i++) {
        const size_t within = i % (rows * columns);
        data[i - within + within % columns * rows + within / columns] = is_set[i];
    }
    shape.dims[shape.rank - 2] = n_columns;
    shape.dims[shape.rank - 1] = n_rows;
    return add_bools(call, "transpose", shape.rank, shape.dims, data, out);
}

/* Keras 2: scores + (1 - mask) * -1e9. */
static octet_status add_mask(octet_keras_call *call, uint32_t scores, uint32_t mask, bool is_transposed,
                             uint32_t *out) {
    uint32_t one;
    if (is_constant(call, mask)) {
        if (is_transposed) OCTET_TRY(turn_constant(call, mask, &mask));
        OCTET_TRY(octet_keras_attention_numbers(call, "softmax/mul", mask, -1e9f, 0.0f, &mask));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "softmax/add", scores, mask, out));
        return is_transposed ? turn(call, *out, out) : OCTET_OK;
    }
    if (is_transposed) OCTET_TRY(turn(call, scores, &scores));
    const octet_type type = call->graph->values[mask].type;
    const octet_options cast = {.cast = {type, OCTET_FLOAT32}};
    if (type != OCTET_FLOAT32) OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "softmax/Cast", &mask, 1, &cast, &mask));
    OCTET_TRY(octet_keras_scalar(call, "softmax/sub/x", 1.0f, &one));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "softmax/sub", one, mask, &mask));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "softmax/mul", mask, -1e9f, &mask));
    return octet_keras_binary(call, OCTET_OP_ADD, "softmax/add", scores, mask, out);
}

octet_status octet_keras_attention_softmax(octet_keras_call *call, uint32_t scores, uint32_t mask, bool is_transposed,
                                           uint32_t *out) {
    const bool is_3 = call->keras_version >= 3;
    uint32_t fill;
    if (mask != OCTET_NONE) OCTET_TRY(spread(call, mask, octet_keras_shape(call, scores)->rank, &mask));
    if (mask != OCTET_NONE && !is_3) {
        OCTET_TRY(add_mask(call, scores, mask, is_transposed, &scores));
        return octet_keras_softmax(call, scores, -1, false, out);
    }
    if (is_transposed) OCTET_TRY(turn(call, scores, &scores));
    if (mask == OCTET_NONE) return octet_keras_softmax(call, scores, -1, false, out);
    OCTET_TRY(octet_keras_scalar(call, "softmax/SelectV2/e", -1e9f, &fill));
    OCTET_TRY(octet_keras_select(call, "softmax/SelectV2", (const uint32_t[]){mask, scores, fill}, &scores));
    OCTET_TRY(octet_keras_softmax(call, scores, -1, false, out));
    OCTET_TRY(octet_keras_scalar(call, "softmax/SelectV2_1/e", 0.0f, &fill));
    return octet_keras_select(call, "softmax/SelectV2_1", (const uint32_t[]){mask, *out, fill}, out);
}

octet_status octet_keras_attention_dot_softmax(octet_keras_call *call, uint32_t scores, uint32_t mask, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, scores); /* [batch,heads,queries,keys] */
    uint32_t all, fill;
    uint8_t *data = NULL;
    if (mask == OCTET_NONE) return octet_keras_softmax(call, scores, -1, false, out);
    const size_t n = octet_shape_elements(&shape), n_seen = octet_shape_elements(octet_keras_shape(call, mask));
    const bool is_fixed = is_constant(call, mask) && n_seen == (size_t)shape.dims[2] * (size_t)shape.dims[3];
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &data));
    const uint8_t *seen = is_fixed ? call->graph->values[mask].data : NULL;
    for (size_t i = 0; i < n; i++) data[i] = seen == NULL || seen[i % n_seen];
    OCTET_TRY(add_bools(call, "LogicalAnd", 4, shape.dims, data, &all));
    if (!is_fixed) {
        OCTET_TRY(spread(call, mask, 4, &mask));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_LOGICAL_AND, "LogicalAnd", mask, all, &all));
    }
    /* keras.ops: 3.38953e38 * -0.7, which no sum of scores reaches. */
    OCTET_TRY(octet_keras_scalar(call, "Const", -2.372671e38f, &fill));
    OCTET_TRY(octet_keras_select(call, "SelectV2", (const uint32_t[]){all, scores, fill}, &scores));
    return octet_keras_softmax(call, scores, -1, false, out);
}
