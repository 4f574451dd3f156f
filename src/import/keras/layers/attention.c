/* MultiHeadAttention and GroupedQueryAttention: softmax(query key^T / sqrt(size))
 * value over any attention axes, with masks. */
#include <math.h>
#include <string.h>

#include "import/keras/emit/attention.h"
#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

enum { QUERY, KEY, VALUE, OUTPUT, GATE, N_PROJECTIONS };

/* Names of its weights, and of the dense layer that holds them in a .keras. */
typedef struct projection {
    const char *kernel, *bias, *dense;
} projection;

static const projection projections[N_PROJECTIONS] = {
    {"query/kernel", "query/bias", "query"}, {"key/kernel", "key/bias", "key"},
    {"value/kernel", "value/bias", "value"}, {"attention_output/kernel", "attention_output/bias", "output"},
    {"gate/kernel", "gate/bias", "gate"},
};

static bool flag(const octet_keras_layer *layer, const char *key, bool fallback) {
    const octet_json *value = octet_json_get(layer->config, key);
    return octet_json_kind_of(value) == OCTET_JSON_BOOL ? octet_json_is_true(value) : fallback;
}

static octet_status add_weight(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer, const char *name,
                               const char *prefix, const char *dense, int number) {
    const char *path = NULL;
    OCTET_TRY(octet_arena_format(ctx, arena, &path, "%s%s_dense/vars/%d", prefix, dense, number));
    octet_keras_weights_add(layer, name, path, true);
    return OCTET_OK;
}

/* In the order in which the layer builds them. Only model.quantize() makes the query's kernel_scale, and only the
 * file's weights tell. */
static octet_status list_weights(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer, const char *prefix,
                                 const int *order) {
    const bool has_bias = flag(layer, "use_bias", true);
    for (int i = 0; i < N_PROJECTIONS; i++) {
        const projection *p = &projections[order[i]];
        if (order[i] == GATE && !flag(layer, "use_gate", false)) continue;
        OCTET_TRY(add_weight(ctx, arena, layer, p->kernel, prefix, p->dense, 0));
        if (has_bias) OCTET_TRY(add_weight(ctx, arena, layer, p->bias, prefix, p->dense, 1));
    }
    OCTET_TRY(add_weight(ctx, arena, layer, "query/kernel_scale", prefix, "query", has_bias ? 2 : 1));
    layer->weights[layer->n_weights - 1].is_optional = true;
    return OCTET_OK;
}

static octet_status refuse_quantized(octet_keras_call *call) {
    if (!octet_keras_has_weight(call, "query/kernel_scale")) return OCTET_OK;
    return octet_keras_refuse(call, "was quantized by Keras; octet needs the model as it was before model.quantize()");
}

octet_status octet_keras_weights_multi_head_attention(octet_context *ctx, octet_arena *arena,
                                                      octet_keras_layer *layer) {
    return list_weights(ctx, arena, layer, "", (const int[]){QUERY, KEY, VALUE, GATE, OUTPUT});
}

octet_status octet_keras_weights_grouped_attention(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    return list_weights(ctx, arena, layer, "_", (const int[]){QUERY, KEY, GATE, VALUE, OUTPUT});
}

/* x [B,...,C] times kernel [C,heads,size] -> [B,...,heads,size]. Both are scaled by `factor` (1: as they are). */
static octet_status project(octet_keras_call *call, const projection *p, uint32_t x, int32_t heads, int32_t size,
                            float factor, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t kernel_dims[3] = {shape.dims[shape.rank - 1], heads, size};
    const float *data = NULL;
    uint32_t weights, bias = OCTET_NONE;
    const int32_t width = heads * size;
    OCTET_TRY(octet_keras_weight_data(call, p->kernel, 3, kernel_dims, &data));
    float *scaled = NULL;
    const size_t n = (size_t)kernel_dims[0] * (size_t)width;
    OCTET_TRY(OCTET_NEW(call->ctx, &call->weights, n, &scaled));
    for (size_t i = 0; i < n; i++) scaled[i] = data[i] * factor;
    OCTET_TRY(octet_keras_constant_permuted(call, p->kernel, octet_keras_weight_origin(call, p->kernel), 2,
                                            (const int32_t[]){kernel_dims[0], width}, (const int32_t[]){1, 0}, scaled,
                                            2, (const int32_t[]){width, kernel_dims[0]}, &weights));
    if (octet_keras_has_weight(call, p->bias)) {
        OCTET_TRY(octet_keras_weight_data(call, p->bias, 2, &kernel_dims[1], &data));
        for (int32_t i = 0; i < width; i++) scaled[i] = data[i] * factor;
        OCTET_TRY(
            octet_keras_constant(call, p->bias, octet_keras_weight_origin(call, p->bias), 1, &width, scaled, &bias));
    }
    OCTET_TRY(octet_keras_fully_connected(call, "einsum/Einsum", x, weights, bias, &x));
    int32_t dims[OCTET_MAX_RANK];
    memcpy(dims, shape.dims, sizeof dims);
    if (call->keras_version >= 3) dims[0] = -1;
    dims[shape.rank - 1] = heads;
    dims[shape.rank] = size;
    return octet_keras_reshape_open(call, "Reshape", x, shape.rank + 1, dims, out);
}

/* Which axes of [B,...,C] are attended over; the others, but the last, only hold independent problems. */
typedef struct axes {
    int32_t rank; /* of query, key and value */
    int32_t n_batch, n_attention;
    int32_t batch[OCTET_MAX_RANK], attention[OCTET_MAX_RANK]; /* ascending; as given */
} axes;

static octet_status read_axes(octet_keras_call *call, int32_t rank, axes *out) {
    bool attended[OCTET_MAX_RANK] = {false};
    const octet_json *list = octet_json_get(call->layer->config, "attention_axes");
    *out = (axes){.rank = rank};
    const bool is_list = octet_json_kind_of(list) == OCTET_JSON_ARRAY;
    if (is_list || octet_json_kind_of(list) == OCTET_JSON_INTEGER) {
        const size_t n = is_list ? octet_json_length(list) : 1;
        for (size_t i = 0; i < n && i < OCTET_MAX_RANK; i++) {
            int64_t axis = 0;
            const bool is_integer = octet_json_integer(is_list ? octet_json_at(list, i) : list, &axis);
            if (is_integer && axis < 0) axis += rank;
            if (!is_integer || axis < 1 || axis >= rank - 1 || attended[axis])
                return octet_keras_contradict(call, "attention_axes are not axes between the batch and the features");
            attended[axis] = true;
            out->attention[out->n_attention++] = (int32_t)axis;
        }
    } else {
        for (int32_t i = 1; i < rank - 1; i++) {
            attended[i] = true;
            out->attention[out->n_attention++] = i;
        }
    }
    if (out->n_attention == 0) return octet_keras_contradict(call, "attends over no axis");
    for (int32_t i = 0; i < rank - 1; i++)
        if (!attended[i]) out->batch[out->n_batch++] = i;
    return OCTET_OK;
}

static int32_t attended_size(const octet_shape *shape, const axes *a) {
    int32_t n = 1;
    for (int32_t i = 0; i < a->n_attention; i++) n *= shape->dims[a->attention[i]];
    return n;
}

/* BATCH_MATMUL takes five dimensions and one axis of steps: more are joined. */
static bool needs_joining(const axes *a) { return a->n_attention > 1 || a->n_batch > 2; }

static octet_status join_axes(octet_keras_call *call, const axes *a, uint32_t x, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x); /* [batch...,heads,attended...,size] */
    int32_t dims[4] = {1, shape.dims[a->n_batch], 1, shape.dims[shape.rank - 1]};
    *out = x;
    if (!needs_joining(a)) return OCTET_OK;
    for (int32_t i = 0; i < a->n_batch; i++) dims[0] *= shape.dims[i];
    for (int32_t i = a->n_batch + 1; i < shape.rank - 1; i++) dims[2] *= shape.dims[i];
    return octet_keras_reshape(call, "Reshape", x, 4, dims, out);
}

/* [...,heads,size] as rows [batch...,heads,steps,size]. */
static octet_status as_rows(octet_keras_call *call, const char *name, const axes *a, uint32_t x, uint32_t *out) {
    int32_t perm[OCTET_MAX_RANK], n = 0;
    for (int32_t i = 0; i < a->n_batch; i++) perm[n++] = a->batch[i];
    perm[n++] = a->rank - 1;
    for (int32_t i = 0; i < a->n_attention; i++) perm[n++] = a->attention[i];
    perm[n] = a->rank;
    OCTET_TRY(octet_keras_transpose(call, name, x, perm, out));
    return join_axes(call, a, *out, out);
}

/* The same as columns [batch...,heads,size,steps]. */
static octet_status as_columns(octet_keras_call *call, const char *name, const axes *a, uint32_t x, uint32_t *out) {
    if (needs_joining(a)) {
        OCTET_TRY(as_rows(call, name, a, x, out));
        return octet_keras_transpose(call, name, *out, (const int32_t[]){0, 1, 3, 2}, out);
    }
    int32_t perm[OCTET_MAX_RANK], n = 0;
    for (int32_t i = 0; i < a->n_batch; i++) perm[n++] = a->batch[i];
    perm[n++] = a->rank - 1;
    perm[n++] = a->rank;
    perm[n] = a->attention[0];
    return octet_keras_transpose(call, name, x, perm, out);
}

/* Rows [batch...,heads,steps,size] back as [...,heads*size], with the dimensions of `query` before them. */
static octet_status from_rows(octet_keras_call *call, const axes *a, const octet_shape *query, uint32_t x,
                              uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t heads = shape.dims[shape.rank - 3], size = shape.dims[shape.rank - 1], rank = a->rank;
    int32_t perm[OCTET_MAX_RANK], dims[OCTET_MAX_RANK], n = 0;
    for (int32_t i = 0; i < a->n_batch; i++) perm[a->batch[i]] = n, dims[n++] = query->dims[a->batch[i]];
    perm[rank - 1] = n, dims[n++] = heads;
    for (int32_t i = 0; i < a->n_attention; i++) perm[a->attention[i]] = n, dims[n++] = query->dims[a->attention[i]];
    perm[rank] = n, dims[n++] = size;
    if (needs_joining(a)) OCTET_TRY(octet_keras_reshape(call, "Reshape", x, n, dims, &x));
    OCTET_TRY(octet_keras_transpose(call, "transpose_4", x, perm, &x));
    memcpy(dims, query->dims, sizeof dims);
    if (call->keras_version >= 3) dims[0] = -1;
    dims[rank - 1] = heads * size;
    return octet_keras_reshape_open(call, "Reshape_1", x, rank, dims, out);
}

/* What a call needs to know of its layer. */
typedef struct heads {
    int32_t n, n_groups, key_size, value_size; /* n heads of queries share n_groups of keys and values */
    int32_t width;                             /* of the result: the product of `out` */
    int32_t out[OCTET_MAX_RANK], n_out;        /* what its last axis becomes */
    axes axes;
    octet_attention call;
} heads;

/* Each group of keys or values for as many heads of queries as share it: [B,S,groups,size] -> [B,S,heads,size]. */
static octet_status repeat_groups(octet_keras_call *call, const heads *h, uint32_t x, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t times = h->n / h->n_groups;
    uint32_t multiples;
    *out = x;
    if (times == 1) return OCTET_OK;
    OCTET_TRY(octet_keras_reshape(call, "Repeat/ExpandDims", x, 5,
                                  (const int32_t[]){shape.dims[0], shape.dims[1], shape.dims[2], 1, shape.dims[3]},
                                  &x));
    OCTET_TRY(octet_keras_i32s(call, "Repeat/multiples", (const int32_t[]){1, 1, 1, times, 1}, 5, &multiples));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_TILE, "Repeat/Tile", (const uint32_t[]){x, multiples}, 2, NULL, &x));
    return octet_keras_reshape(call, "Repeat/Reshape_1", x, 4,
                               (const int32_t[]){shape.dims[0], shape.dims[1], h->n, shape.dims[3]}, out);
}

/* The mask over joined axes, where it has a dimension for each. */
static octet_status join_mask(octet_keras_call *call, const heads *h, int32_t n_queries, int32_t n_keys,
                              uint32_t *mask) {
    if (*mask == OCTET_NONE || !needs_joining(&h->axes)) return OCTET_OK;
    const octet_shape shape = *octet_keras_shape(call, *mask);
    if (h->axes.n_batch > 1 ||
        octet_shape_elements(&shape) != (size_t)shape.dims[0] * (size_t)n_queries * (size_t)n_keys)
        return octet_keras_refuse(call, "masks some of several axes, which is not supported; attend over one axis");
    return octet_keras_reshape(call, "Reshape", *mask, 3, (const int32_t[]){shape.dims[0], n_queries, n_keys}, mask);
}

/* keras.ops.dot_product_attention serves Keras 3 where nothing but the result is
 * wanted of one axis; all else are two einsums. */
static bool is_dot_product(octet_keras_call *call, const heads *h) {
    double dropout = 0.0;
    const bool drops = octet_json_number(octet_json_get(call->layer->config, "dropout"), &dropout) && dropout > 0.0;
    return call->keras_version >= 3 && !drops && !h->call.wants_scores && h->axes.rank == 3;
}

/* Attention weights [batch...,heads,queries,keys], as each dialect's files write them. */
static octet_status scores_of(octet_keras_call *call, const heads *h, uint32_t mask, uint32_t *out) {
    const float factor = 1.0f / sqrtf((float)h->key_size);
    const bool is_dot = is_dot_product(call, h), is_3 = call->keras_version >= 3;
    const octet_attention *a = &h->call;
    uint32_t q, k;
    OCTET_TRY(project(call, &projections[KEY], a->key, h->n_groups, h->key_size, 1.0f, &k));
    OCTET_TRY(repeat_groups(call, h, k, &k));
    if (is_3 && !is_dot) OCTET_TRY(as_rows(call, "transpose", &h->axes, k, &k));
    OCTET_TRY(project(call, &projections[QUERY], a->query, h->n, h->key_size, is_dot ? 1.0f : factor, &q));
    if (is_dot) {
        OCTET_TRY(as_rows(call, "transpose", &h->axes, q, &q));
        OCTET_TRY(as_columns(call, "transpose_1", &h->axes, k, &k));
        OCTET_TRY(octet_keras_batch_matmul(call, "MatMul", q, k, out));
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul", *out, factor, out));
        return octet_keras_attention_dot_softmax(call, *out, mask, out);
    }
    if (!is_3) OCTET_TRY(as_rows(call, "transpose", &h->axes, k, &k));
    OCTET_TRY(as_columns(call, "transpose_1", &h->axes, q, &q));
    OCTET_TRY(octet_keras_batch_matmul(call, "MatMul", k, q, out));
    return octet_keras_attention_softmax(call, *out, mask, true, out);
}

static octet_status output_of(octet_keras_call *call, const heads *h, uint32_t x, uint32_t *out) {
    const projection *p = &projections[OUTPUT];
    const int32_t width = h->n * h->value_size;
    int32_t dims[OCTET_MAX_RANK] = {h->n, h->value_size};
    const float *data = NULL;
    uint32_t weights, bias = OCTET_NONE;
    memcpy(dims + 2, h->out, (size_t)h->n_out * sizeof *dims);
    OCTET_TRY(octet_keras_weight_shape(call, p->kernel, 2 + h->n_out, dims));
    OCTET_TRY(octet_keras_weight_constant(call, p->kernel, p->kernel, 2, (const int32_t[]){width, h->width},
                                          (const int32_t[]){1, 0}, 2, (const int32_t[]){h->width, width}, &weights));
    if (octet_keras_has_weight(call, p->bias)) {
        OCTET_TRY(octet_keras_weight_data(call, p->bias, h->n_out, &dims[2], &data));
        OCTET_TRY(
            octet_keras_constant(call, p->bias, octet_keras_weight_origin(call, p->bias), 1, &h->width, data, &bias));
    }
    OCTET_TRY(octet_keras_fully_connected(call, "attention_output/add", x, weights, bias, out));
    if (h->n_out == 1) return OCTET_OK;
    octet_shape shape = *octet_keras_shape(call, *out);
    memcpy(shape.dims + shape.rank - 1, h->out, (size_t)h->n_out * sizeof *shape.dims);
    return octet_keras_reshape(call, "attention_output/Reshape", *out, shape.rank - 1 + h->n_out, shape.dims, out);
}

/* The weights of every pair of positions, with the axes that were joined:
 * [batch...,heads,query axes...,key axes...]. */
static octet_status split_scores(octet_keras_call *call, const heads *h, uint32_t scores, uint32_t *out) {
    const octet_shape *query = octet_keras_shape(call, h->call.query), *key = octet_keras_shape(call, h->call.key);
    int32_t dims[2 * OCTET_MAX_RANK], n = 0;
    *out = scores;
    if (!needs_joining(&h->axes)) return OCTET_OK;
    for (int32_t i = 0; i < h->axes.n_batch; i++) dims[n++] = query->dims[h->axes.batch[i]];
    dims[n++] = h->n;
    for (int32_t i = 0; i < h->axes.n_attention; i++) dims[n++] = query->dims[h->axes.attention[i]];
    for (int32_t i = 0; i < h->axes.n_attention; i++) dims[n++] = key->dims[h->axes.attention[i]];
    if (n > OCTET_MAX_RANK)
        return octet_keras_refuse(call, "returns scores of %d dimensions, %d are supported", (int)n, OCTET_MAX_RANK);
    return octet_keras_reshape(call, "Reshape_2", scores, n, dims, out);
}

static octet_status check_inputs(octet_keras_call *call, heads *h) {
    const octet_shape query = *octet_keras_shape(call, h->call.query);
    const uint32_t others[2] = {h->call.key, h->call.value};
    char text[OCTET_SHAPE_TEXT_SIZE];
    if (query.rank < 3 || query.rank >= OCTET_MAX_RANK)
        return octet_keras_refuse(call, "reads shape %s; from [batch,steps,features] to %d dimensions are supported",
                                  octet_shape_text(&query, text), OCTET_MAX_RANK - 1);
    OCTET_TRY(read_axes(call, query.rank, &h->axes));
    for (size_t i = 0; i < 2; i++) {
        const octet_shape *shape = octet_keras_shape(call, others[i]);
        const octet_shape *key = octet_keras_shape(call, others[0]);
        bool agrees = shape->rank == query.rank && attended_size(shape, &h->axes) == attended_size(key, &h->axes);
        for (int32_t j = 0; agrees && j < h->axes.n_batch; j++)
            agrees = shape->dims[h->axes.batch[j]] == query.dims[h->axes.batch[j]];
        if (agrees) continue;
        return octet_keras_contradict(call, "query and %s %s do not fit", i == 0 ? "key" : "value",
                                      octet_shape_text(shape, text));
    }
    const int32_t larger = h->key_size > h->value_size ? h->key_size : h->value_size;
    if ((int64_t)h->n * larger > INT32_MAX / 4)
        return octet_keras_contradict(call, "heads and dimensions are too large");
    return OCTET_OK;
}

static octet_status emit_heads(octet_keras_call *call, heads *h) {
    uint32_t scores, v, x, gate = OCTET_NONE, mask = OCTET_NONE;
    OCTET_TRY(check_inputs(call, h));
    const octet_shape query = *octet_keras_shape(call, h->call.query);
    const int32_t n_queries = attended_size(&query, &h->axes),
                  n_keys = attended_size(octet_keras_shape(call, h->call.key), &h->axes);
    OCTET_TRY(octet_keras_attention_mask(call, &h->call, query.dims[1], octet_keras_shape(call, h->call.value)->dims[1],
                                         &mask));
    OCTET_TRY(join_mask(call, h, n_queries, n_keys, &mask));
    if (flag(call->layer, "use_gate", false)) {
        OCTET_TRY(project(call, &projections[GATE], h->call.query, h->n, h->value_size, 1.0f, &gate));
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_LOGISTIC, "gate/Sigmoid", gate, &gate));
    }
    OCTET_TRY(scores_of(call, h, mask, &scores));
    OCTET_TRY(project(call, &projections[VALUE], h->call.value, h->n_groups, h->value_size, 1.0f, &v));
    OCTET_TRY(repeat_groups(call, h, v, &v));
    OCTET_TRY(as_rows(call, "transpose_3", &h->axes, v, &v));
    OCTET_TRY(octet_keras_batch_matmul(call, "MatMul_1", scores, v, &x));
    OCTET_TRY(from_rows(call, &h->axes, &query, x, &x));
    if (gate != OCTET_NONE) {
        int32_t dims[OCTET_MAX_RANK];
        memcpy(dims, octet_keras_shape(call, x)->dims, sizeof dims);
        OCTET_TRY(octet_keras_reshape(call, "gate/Reshape", gate, query.rank, dims, &gate));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "Mul", x, gate, &x));
    }
    OCTET_TRY(output_of(call, h, x, &x));
    if (h->call.wants_scores) OCTET_TRY(split_scores(call, h, scores, &scores));
    call->outputs[0] = x;
    call->outputs[1] = scores;
    call->n_outputs = h->call.wants_scores ? 2 : 1;
    return OCTET_OK;
}

octet_status octet_keras_layer_multi_head_attention(octet_keras_call *call) {
    heads h = {0};
    OCTET_TRY(refuse_quantized(call));
    OCTET_TRY(octet_keras_attention_read(call, false, &h.call));
    OCTET_TRY(octet_keras_sizes(call, "num_heads", 1, 0, &h.n));
    OCTET_TRY(octet_keras_sizes(call, "key_dim", 1, 0, &h.key_size));
    OCTET_TRY(octet_keras_sizes(call, "value_dim", 1, h.key_size, &h.value_size));
    h.n_groups = h.n;
    const octet_shape *query = octet_keras_shape(call, h.call.query);
    h.width = query->dims[query->rank > 0 ? query->rank - 1 : 0];
    const octet_json *output = octet_json_get(call->layer->config, "output_shape");
    const octet_json_kind kind = octet_json_kind_of(output);
    h.n_out = kind == OCTET_JSON_ARRAY ? (int32_t)octet_json_length(output) : 1;
    h.out[0] = h.width;
    if (h.n_out < 1 || h.n_out + 2 > OCTET_MAX_RANK || h.n_out + query->rank - 1 > OCTET_MAX_RANK)
        return octet_keras_refuse(call, "its output_shape has %d dimensions; the result can have %d in all", h.n_out,
                                  OCTET_MAX_RANK);
    if (kind != OCTET_JSON_NULL && kind != OCTET_JSON_MISSING)
        OCTET_TRY(octet_keras_sizes(call, "output_shape", h.n_out, h.width, h.out));
    int64_t width = 1;
    for (int32_t i = 0; i < h.n_out; i++) {
        if (!octet_multiply_i64(width, h.out[i], &width) || width > 1 << 20)
            return octet_keras_contradict(call, "its output_shape is too large");
    }
    h.width = (int32_t)width;
    return emit_heads(call, &h);
}

octet_status octet_keras_layer_grouped_attention(octet_keras_call *call) {
    heads h = {0};
    OCTET_TRY(refuse_quantized(call));
    OCTET_TRY(octet_keras_attention_read(call, false, &h.call));
    OCTET_TRY(octet_keras_sizes(call, "num_query_heads", 1, 0, &h.n));
    OCTET_TRY(octet_keras_sizes(call, "num_key_value_heads", 1, 0, &h.n_groups));
    OCTET_TRY(octet_keras_sizes(call, "head_dim", 1, 0, &h.key_size));
    h.value_size = h.key_size;
    const octet_shape *query = octet_keras_shape(call, h.call.query);
    if (query->rank != 3)
        return octet_keras_contradict(call, "reads a query of rank %d, not [batch,steps,features]", (int)query->rank);
    if (h.n % h.n_groups != 0)
        return octet_keras_contradict(call, "%d heads of queries do not share %d of keys evenly", (int)h.n,
                                      (int)h.n_groups);
    h.width = h.out[0] = query->dims[2];
    h.n_out = 1;
    return emit_heads(call, &h);
}
