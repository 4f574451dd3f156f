/* Layers that make categories of numbers: Discretization, CategoryEncoding, IntegerLookup. Indices are int32; their
 * codes are comparisons with every index, which are exact. */
#include <math.h>
#include <string.h>

#include "import/keras/emit/weight.h"
#include "import/keras/layers/classes.h"

enum { MAX_CATEGORIES = 1 << 16 };

/* The codes of [batch,values] added up, each times its weight in `weights`, of the same shape. */
static octet_status add_weighted(octet_keras_call *call, uint32_t codes, uint32_t weights, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, weights);
    const octet_options cast = {.cast = {OCTET_BOOL, OCTET_FLOAT32}};
    OCTET_TRY(octet_keras_cast(call, weights, OCTET_FLOAT32, &weights));
    OCTET_TRY(
        octet_keras_reshape(call, "weights", weights, 3, (const int32_t[]){shape.dims[0], shape.dims[1], 1}, &weights));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast", &codes, 1, &cast, &codes));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", codes, weights, &codes));
    return octet_keras_reduce(call, OCTET_OP_SUM, "Sum", codes, (const int32_t[]){1}, 1, false, false, out);
}

/* One int32 index each, or their codes: [1,n] -> one_hot [1,n,depth] (without
 * an n of 1), multi_hot and count [1,depth]. weights: what an index counts; OCTET_NONE: 1. */
static octet_status encode(octet_keras_call *call, uint32_t x, int32_t depth, const char *fallback, uint32_t weights) {
    const char *mode = NULL;
    OCTET_TRY(octet_keras_string(call, "output_mode", fallback, &mode));
    const octet_shape shape = *octet_keras_shape(call, x);
    const bool is_one_hot = strcmp(mode, "one_hot") == 0, is_multi_hot = strcmp(mode, "multi_hot") == 0;
    if (weights != OCTET_NONE && strcmp(mode, "count") != 0)
        return octet_keras_contradict(call, "count_weights are given, but output_mode is \"%s\"", mode);
    if (weights != OCTET_NONE && !octet_shape_equal(octet_keras_shape(call, weights), &shape))
        return octet_keras_refuse(call, "count_weights is supported in the shape of the indices only");
    if (strcmp(mode, "int") == 0) return octet_keras_return(call, x);
    if (!is_one_hot && !is_multi_hot && strcmp(mode, "count") != 0)
        return octet_keras_refuse(call, "output_mode \"%s\" is not supported: int, one_hot, multi_hot, count are",
                                  mode);
    if (!is_one_hot && shape.rank != 2)
        return octet_keras_refuse(call, "output_mode \"%s\" is supported for [batch,values] only", mode);
    if (depth < 1 || depth > MAX_CATEGORIES)
        return octet_keras_refuse(call, "has %d categories, 1 to %d are supported", depth, MAX_CATEGORIES);
    int32_t *range = NULL, dims[OCTET_MAX_RANK];
    uint32_t all, equal;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)depth, &range));
    for (int32_t i = 0; i < depth; i++) range[i] = i;
    OCTET_TRY(octet_keras_i32s(call, "Range", range, depth, &all));
    memcpy(dims, shape.dims, sizeof dims);
    const bool is_column = is_one_hot && shape.rank > 1 && shape.dims[shape.rank - 1] == 1;
    const int32_t rank = is_column ? shape.rank : shape.rank + 1;
    dims[rank - 1] = 1;
    OCTET_TRY(octet_keras_reshape(call, "ExpandDims", x, rank, dims, &x));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_EQUAL, "Equal", x, all, &equal));
    octet_options cast = {.cast = {OCTET_BOOL, OCTET_FLOAT32}};
    static const int32_t values[1] = {1};
    if (weights != OCTET_NONE) {
        OCTET_TRY(add_weighted(call, equal, weights, &x));
        return octet_keras_return(call, x);
    }
    if (is_multi_hot)
        OCTET_TRY(octet_keras_reduce(call, OCTET_OP_REDUCE_ANY, "Any", equal, values, 1, false, false, &equal));
    if (!is_one_hot && !is_multi_hot) {
        cast.cast.out = OCTET_INT32;
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast", &equal, 1, &cast, &equal));
        OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", equal, values, 1, false, false, &equal));
        cast.cast.in = OCTET_INT32;
        cast.cast.out = OCTET_FLOAT32;
    }
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast_1", &equal, 1, &cast, &x));
    return octet_keras_return(call, x);
}

static octet_status as_index(octet_keras_call *call, uint32_t x, uint32_t *out) {
    const octet_type type = call->graph->values[x].type;
    const octet_options cast = {.cast = {type, OCTET_INT32}};
    *out = x;
    return type == OCTET_INT32 ? OCTET_OK : octet_keras_emit(call, OCTET_OP_CAST, "ToInt32", &x, 1, &cast, out);
}

/* x [..] -> [..,1], for comparisons with a list; ranks stay within the limit. */
static octet_status spread(octet_keras_call *call, uint32_t *x, int32_t *rank) {
    const octet_shape shape = *octet_keras_shape(call, *x);
    int32_t dims[OCTET_MAX_RANK];
    *rank = shape.rank + 1;
    memcpy(dims, shape.dims, sizeof dims);
    dims[shape.rank] = 1;
    return octet_keras_reshape(call, "Spread", *x, *rank, dims, x);
}

octet_status octet_keras_weights_discretization(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer) {
    (void)ctx, (void)arena;
    const octet_json_kind kind = octet_json_kind_of(octet_json_get(layer->config, "bin_boundaries"));
    if (kind == OCTET_JSON_ARRAY) return OCTET_OK;
    octet_keras_weights_add(layer, "summary", "vars/0", false);
    layer->weights[layer->n_weights - 1].is_optional = true;
    return OCTET_OK;
}

/* The value of a piecewise linear function at x: of given ys at ascending xs, constant before the first and behind the
 * last. */
static double interpolate(const float *xs, const float *ys, size_t n, double x) {
    size_t i = 0;
    if (x < (double)xs[0]) return (double)ys[0];
    while (i + 1 < n && (double)xs[i + 1] <= x) i++;
    if (i + 1 == n) return (double)ys[i];
    const double slope = ((double)ys[i + 1] - (double)ys[i]) / ((double)xs[i + 1] - (double)xs[i]);
    return slope * (x - (double)xs[i]) + (double)ys[i];
}

/* Keras 2 keeps what adapt() saw as a summary, [2,n] of values and how often each was seen, and makes its boundaries
 * of it: quantiles for num_bins bins. */
static octet_status adapted_boundaries(octet_keras_call *call, float **out, size_t *n) {
    const float *summary = NULL;
    int32_t dims[2] = {2, -1}, n_bins = 0;
    float *seen = NULL;
    OCTET_TRY(octet_keras_i32(call, "num_bins", 0, &n_bins));
    OCTET_TRY(octet_keras_weight_data(call, "summary", 2, dims, &summary));
    const size_t n_values = (size_t)dims[1];
    if (n_bins < 2 || n_bins > MAX_CATEGORIES || n_values == 0)
        return octet_keras_contradict(call, "has %d bins and a summary of %zu values; call adapt() before saving",
                                      n_bins, n_values);
    const double width = 1.0 / n_bins;
    const bool is_short = (double)n_values * width < 1.0;
    *n = (is_short ? n_values : (size_t)ceil(1.0 / width)) - 1;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, *n + 1, out));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n_values, &seen));
    float sum = 0.0f;
    for (size_t i = 0; i < n_values; i++) seen[i] = sum += summary[n_values + i];
    if (!(sum > 0.0f)) return octet_keras_contradict(call, "its summary counts no values; call adapt() before saving");
    for (size_t i = 0; i < n_values; i++) seen[i] /= sum;
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = is_short ? summary[i] : (float)interpolate(seen, summary, n_values, width + (double)i * width);
    return OCTET_OK;
}

static octet_status read_boundaries(octet_keras_call *call, float **out, size_t *n) {
    const octet_json *list = octet_json_get(call->layer->config, "bin_boundaries");
    *n = octet_json_kind_of(list) == OCTET_JSON_ARRAY ? octet_json_length(list) : 0;
    if (*n == 0 && octet_keras_has_weight(call, "summary")) OCTET_TRY(adapted_boundaries(call, out, n));
    if (*n == 0 || *n > MAX_CATEGORIES)
        return octet_keras_refuse(
            call, "its configuration has no bin_boundaries (1 to %d); give those that adapt() found to a new layer",
            MAX_CATEGORIES);
    if (*out != NULL) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, *n, out));
    for (size_t i = 0; i < *n; i++) {
        double number = 0.0;
        if (!octet_json_number(octet_json_at(list, i), &number))
            return octet_keras_contradict(call, "bin_boundaries holds no numbers");
        (*out)[i] = (float)number;
    }
    return OCTET_OK;
}

/* The number of boundaries that are not above x. */
octet_status octet_keras_layer_discretization(octet_keras_call *call) {
    uint32_t x, boundaries;
    float *numbers = NULL;
    size_t n = 0;
    int32_t rank;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK - 1, &x));
    OCTET_TRY(read_boundaries(call, &numbers, &n));
    const int32_t count = (int32_t)n;
    OCTET_TRY(octet_keras_constant(call, "boundaries", NULL, 1, &count, numbers, &boundaries));
    OCTET_TRY(spread(call, &x, &rank));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_GREATER_EQUAL, "GreaterEqual", x, boundaries, &x));
    const octet_options cast = {.cast = {OCTET_BOOL, OCTET_INT32}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "ToInt32", &x, 1, &cast, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Bucket", x, (const int32_t[]){rank - 1}, 1, false, false, &x));
    return encode(call, x, count + 1, "int", OCTET_NONE);
}

octet_status octet_keras_layer_category_encoding(octet_keras_call *call) {
    uint32_t x;
    int32_t n = 0;
    const uint32_t weights = call->n_inputs == 2 ? call->inputs[1] : OCTET_NONE;
    if (call->n_inputs == 2) call->n_inputs = 1;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK - 1, &x));
    OCTET_TRY(octet_keras_i32(call, "num_tokens", 0, &n));
    OCTET_TRY(as_index(call, x, &x));
    return encode(call, x, n, "multi_hot", weights);
}

/* A word's place in the vocabulary, behind those for the mask and for words that are not in it. */
octet_status octet_keras_layer_integer_lookup(octet_keras_call *call) {
    const octet_json *list = octet_json_get(call->layer->config, "vocabulary");
    const octet_json *mask = octet_json_get(call->layer->config, "mask_token");
    const size_t n = octet_json_kind_of(list) == OCTET_JSON_ARRAY ? octet_json_length(list) : 0;
    uint32_t x, words, places, unknown;
    int32_t n_unknown = 1, rank, *numbers[2] = {NULL, NULL}, n_words = (int32_t)n;
    bool is_inverted = false;
    const char *mode = NULL;
    OCTET_TRY(octet_keras_single(call, 1, OCTET_MAX_RANK - 1, &x));
    OCTET_TRY(octet_keras_i32(call, "num_oov_indices", 1, &n_unknown));
    OCTET_TRY(octet_keras_bool(call, "invert", false, &is_inverted));
    OCTET_TRY(octet_keras_string(call, "output_mode", "int", &mode));
    int64_t mask_token = 0, oov_token = 0;
    const bool has_oov = octet_json_integer(octet_json_get(call->layer->config, "oov_token"), &oov_token);
    const bool has_mask = strcmp(mode, "int") == 0 && octet_json_integer(mask, &mask_token);
    if (n == 0 || n > MAX_CATEGORIES || n_unknown != 1 || is_inverted)
        return octet_keras_refuse(
            call, "is supported with its vocabulary in the configuration, num_oov_indices=1 and invert=False only; "
                  "look the words up before the model and give it the indices");
    for (size_t i = 0; i < 2; i++) OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &numbers[i]));
    for (size_t i = 0; i < n; i++) {
        int64_t word = 0;
        if (!octet_json_integer(octet_json_at(list, i), &word) || word < INT32_MIN || word > INT32_MAX)
            return octet_keras_refuse(call, "word %zu of its vocabulary is no 32-bit integer", i);
        numbers[0][i] = (int32_t)word;
        numbers[1][i] = (int32_t)i + 1; /* more than the place of unknown words */
        if ((has_mask && word == mask_token) || (has_oov && word == oov_token))
            return octet_keras_refuse(call, "its vocabulary holds %d, which is its mask_token or oov_token",
                                      numbers[0][i]);
    }
    OCTET_TRY(octet_keras_i32s(call, "words", numbers[0], n_words, &words));
    OCTET_TRY(octet_keras_i32s(call, "places", numbers[1], n_words, &places));
    OCTET_TRY(as_index(call, x, &x));
    const uint32_t tokens = x;
    OCTET_TRY(spread(call, &x, &rank));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_EQUAL, "IsWord", x, words, &x));
    const octet_options cast = {.cast = {OCTET_BOOL, OCTET_INT32}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "ToInt32_1", &x, 1, &cast, &x));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, places, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Place", x, (const int32_t[]){rank - 1}, 1, false, false, &x));
    if (has_mask) { /* the mask is 0, unknown words are 1 */
        uint32_t is_other;
        OCTET_TRY(octet_keras_i32_scalar(call, "mask_token", (int32_t)mask_token, &unknown));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_NOT_EQUAL, "IsOther", tokens, unknown, &is_other));
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "ToInt32_2", &is_other, 1, &cast, &is_other));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", x, is_other, &x));
    }
    return encode(call, x, n_words + 1 + has_mask, "int", OCTET_NONE);
}
