#include "import/keras/stored.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "import/keras/dataset.h"
#include "import/keras/weights.h"

typedef struct joiner {
    octet_context *ctx;
    octet_arena *arena;
    const char *label;
} joiner;

const char *octet_keras_stored_mode(const octet_keras_layer *layer) {
    const octet_json *dtype = octet_json_get(layer->config, "dtype");
    const char *mode = octet_json_text(octet_json_get(octet_json_get(dtype, "config"), "mode"));
    const char *name = octet_json_text(dtype); /* "int8_from_float32" */
    if (mode == NULL && name != NULL && strstr(name, "_from_") != NULL) mode = name;
    return mode;
}

static bool is_int8(const octet_keras_layer *layer) {
    const char *mode = octet_keras_stored_mode(layer);
    return mode != NULL && strncmp(mode, "int8", 4) == 0;
}

static bool has_parts(const octet_keras_layer *layer) { return layer->class != NULL && layer->class->has_stored_parts; }

void octet_keras_stored_list(octet_keras_layer *layer) {
    static const char *const places[] = {"vars/0", "vars/1", "vars/2"};
    if (!has_parts(layer) || layer->n_weights == 0 || layer->n_weights > 2) return;
    const bool is_table = layer->class->is_table;
    const uint32_t first = layer->n_weights;
    int64_t rank = 0;
    if (is_int8(layer))
        octet_keras_weights_add(layer, is_table ? "embeddings_scale" : "kernel_scale", places[first], true);
    if (octet_json_integer(octet_json_get(layer->config, "lora_rank"), &rank)) {
        /* A .keras file has them added to the kernel already. */
        octet_keras_weights_add(layer, is_table ? "lora_embeddings_a" : "lora_kernel_a", "lora_a", true);
        octet_keras_weights_add(layer, is_table ? "lora_embeddings_b" : "lora_kernel_b", "lora_b", true);
    }
    for (uint32_t i = first; i < layer->n_weights; i++) layer->weights[i].is_optional = true;
}

static const octet_keras_dataset *part_of(const octet_keras_layer *layer, const char *ending) {
    const size_t n = strlen(ending);
    for (uint32_t i = 1; i < layer->n_weights; i++) {
        const size_t length = strlen(layer->weights[i].name);
        if (length > n && strcmp(layer->weights[i].name + length - n, ending) == 0) return layer->weights[i].dataset;
    }
    return NULL;
}

bool octet_keras_stored_lacks_scale(const octet_keras_layer *layer) {
    return is_int8(layer) && layer->n_weights > 0 && part_of(layer, "_scale") == NULL;
}

/* real = q / scale, with a scale per row of a table, else per element of the trailing axes. */
static octet_status divide(octet_context *ctx, const octet_keras_layer *layer, const octet_keras_dataset *scale,
                           size_t n, float *data) {
    const octet_keras_dataset *whole = layer->weights[0].dataset;
    const size_t rows = whole->rank > 0 ? (size_t)whole->dims[0] : 0;
    const bool is_table = layer->class->is_table;
    OCTET_CHECK(ctx,
                scale->is_numeric && scale->n_elements > 0 && n % scale->n_elements == 0 &&
                    (!is_table || scale->n_elements == rows),
                OCTET_MODEL, "%s: %zu scales for the %zu numbers of %s", layer->name, scale->n_elements, n,
                whole->path);
    for (size_t i = 0; i < n; i++) data[i] /= scale->data[is_table ? i / (n / rows) : i % scale->n_elements];
    return OCTET_OK;
}

/* kernel + alpha / rank * a b, over the last axis of a. */
static octet_status add_update(octet_context *ctx, const octet_keras_layer *layer, const octet_keras_dataset *a,
                               const octet_keras_dataset *b, size_t n, float *data) {
    int64_t rank = 0;
    double alpha = 0.0;
    octet_json_integer(octet_json_get(layer->config, "lora_rank"), &rank);
    if (!octet_json_number(octet_json_get(layer->config, "lora_alpha"), &alpha)) alpha = (double)rank;
    const bool fits = rank > 0 && a->is_numeric && b->is_numeric && a->rank > 0 && b->rank > 0 &&
                      a->dims[a->rank - 1] == rank && b->dims[0] == rank;
    const size_t k = fits ? (size_t)rank : 1, rows = a->n_elements / k, columns = b->n_elements / k;
    OCTET_CHECK(ctx, fits && rows * columns == n, OCTET_MODEL, "%s: its LoRA weights do not fit %s", layer->name,
                layer->weights[0].dataset->path);
    const float factor = (float)(alpha / (double)rank);
    for (size_t i = 0; i < n; i++) {
        float sum = 0.0f;
        for (size_t j = 0; j < k; j++) sum += a->data[i / columns * k + j] * b->data[j * columns + i % columns];
        data[i] += factor * sum;
    }
    return OCTET_OK;
}

static bool is_shaped_like(const octet_keras_dataset *a, const octet_keras_dataset *b) {
    return a->is_numeric && b->is_numeric && a->rank == b->rank && a->rank > 0 &&
           memcmp(a->dims, b->dims, (size_t)a->rank * sizeof *a->dims) == 0;
}

/* The same dataset with its numbers in memory; *data: these numbers, to be changed. */
static octet_status copy_dataset(joiner *j, const octet_keras_dataset *from, float **data,
                                 const octet_keras_dataset **out) {
    octet_keras_dataset *node = NULL;
    OCTET_TRY(octet_keras_dataset_check_size(j->ctx, from));
    OCTET_TRY(OCTET_NEW(j->ctx, j->arena, 1, &node));
    OCTET_TRY(OCTET_NEW(j->ctx, j->arena, from->n_elements, data));
    OCTET_TRY(octet_keras_dataset_numbers(j->ctx, from, *data));
    *node = *from;
    node->data = *data;
    *out = node;
    return OCTET_OK;
}

/* To be read only. NULL, and what holds no numbers, stay as they are. */
static octet_status load(joiner *j, const octet_keras_dataset **node) {
    float *data;
    if (*node == NULL || (*node)->data != NULL || !(*node)->is_numeric) return OCTET_OK;
    return copy_dataset(j, *node, &data, node);
}

static octet_status multiply(joiner *j, octet_keras_weight *weight, const octet_keras_dataset *mask) {
    float *data = NULL;
    OCTET_TRY(load(j, &mask));
    OCTET_TRY(copy_dataset(j, weight->dataset, &data, &weight->dataset));
    for (size_t i = 0; i < weight->dataset->n_elements; i++) data[i] *= mask->data[i];
    return OCTET_OK;
}

/* The first weight inside that has the shape of the mask and, where it is known, the numbers of `kernel`. */
static octet_status join_mask(joiner *j, const octet_keras_dataset *mask, const octet_keras_dataset *kernel,
                              octet_keras_layer *inner) {
    for (uint32_t i = 0; i < inner->n_weights; i++) {
        const octet_keras_dataset *whole = inner->weights[i].dataset;
        if (whole == NULL || !is_shaped_like(whole, mask)) continue;
        if (kernel != NULL) OCTET_TRY(load(j, &kernel));
        if (kernel != NULL) OCTET_TRY(load(j, &whole));
        if (kernel == NULL || memcmp(kernel->data, whole->data, whole->n_elements * sizeof(float)) == 0)
            return multiply(j, &inner->weights[i], mask);
    }
    return OCTET_OK;
}

/* A .keras file numbers the variables of the wrapper: n pruned weights, n times a mask and a threshold, the step. */
static octet_status join_variables(joiner *j, const octet_keras_layer *layer, octet_keras_layer *inner) {
    const octet_keras_dataset *variables[OCTET_KERAS_MAX_WEIGHTS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < layer->n_weights; i++) {
        if (layer->weights[i].dataset == NULL || layer->weights[i].name[0] != OCTET_KERAS_STORED_VARIABLE[0]) continue;
        variables[n++] = layer->weights[i].dataset;
    }
    for (uint32_t i = 0, n_pruned = n / 3; i < n_pruned && n == 3 * n_pruned + 1; i++) {
        const octet_keras_dataset *kernel = variables[i], *mask = variables[n_pruned + 2 * i];
        if (is_shaped_like(kernel, mask)) OCTET_TRY(join_mask(j, mask, kernel, inner));
    }
    return OCTET_OK;
}

/* Each element is the centroid that is nearest to it, the first one of several: tfmot looks for them again in every
 * call, and what the file says of them may be older. centroids [n], or [channels,n] for the last axis. */
static octet_status join_centroids(joiner *j, const octet_keras_dataset *table, octet_keras_weight *weight) {
    const octet_keras_dataset *whole = weight->dataset;
    const bool is_table = table->is_numeric && (table->rank == 1 || table->rank == 2);
    const bool fits = is_table && table->n_elements > 0 && whole != NULL && whole->is_numeric &&
                      (table->rank == 1 || (whole->rank > 0 && table->dims[0] == whole->dims[whole->rank - 1]));
    OCTET_CHECK(j->ctx, fits, OCTET_MODEL, "%s: %s: does not fit the weight %s that it is for; save the model again",
                j->label, table->path, weight->name);
    const size_t n = (size_t)table->dims[table->rank - 1], n_channels = table->rank == 1 ? 1 : (size_t)table->dims[0];
    float *data = NULL;
    OCTET_TRY(load(j, &table));
    OCTET_TRY(copy_dataset(j, whole, &data, &weight->dataset));
    for (size_t i = 0; i < whole->n_elements; i++) {
        const float *row = table->data + i % n_channels * n;
        size_t nearest = 0;
        for (size_t k = 1; k < n; k++)
            if (fabsf(data[i] - row[k]) < fabsf(data[i] - row[nearest])) nearest = k;
        data[i] = row[nearest];
    }
    return OCTET_OK;
}

/* What the wrapper keeps beside the weights of the layer inside. */
static octet_status join_wrapped(joiner *j, octet_keras_layer *layer) {
    static const size_t n_prefix = sizeof OCTET_KERAS_STORED_CENTROIDS - 1;
    octet_keras_layer *inner = layer->wrapped;
    for (uint32_t i = 0; layer->n_wrapped == 1 && i < layer->n_weights; i++) {
        const octet_keras_weight *own = &layer->weights[i];
        if (own->dataset == NULL) continue;
        if (strcmp(own->name, OCTET_KERAS_STORED_MASK) == 0) return join_mask(j, own->dataset, NULL, inner);
        if (own->name[0] == OCTET_KERAS_STORED_VARIABLE[0]) return join_variables(j, layer, inner);
        if (strncmp(own->name, OCTET_KERAS_STORED_CENTROIDS, n_prefix) != 0) continue;
        for (uint32_t k = 0; k < inner->n_weights; k++)
            if (strcmp(own->name + n_prefix, inner->weights[k].name) == 0)
                OCTET_TRY(join_centroids(j, own->dataset, &inner->weights[k]));
    }
    return OCTET_OK;
}

octet_status octet_keras_stored_join(octet_context *ctx, octet_arena *arena, octet_keras_layer *layer,
                                     const char *label) {
    joiner j = {.ctx = ctx, .arena = arena, .label = label};
    OCTET_TRY(join_wrapped(&j, layer));
    const octet_keras_dataset *scale = part_of(layer, "_scale"), *a = part_of(layer, "_a"), *b = part_of(layer, "_b");
    if (!has_parts(layer) || (scale == NULL && (a == NULL || b == NULL))) return OCTET_OK;
    const octet_keras_dataset *parts = layer->weights[0].dataset;
    OCTET_CHECK(ctx, parts != NULL && parts->is_numeric, OCTET_MODEL, "%s: layer %s has no %s", label, layer->name,
                layer->weights[0].name);
    float *data = NULL;
    const size_t n = parts->n_elements;
    OCTET_TRY(load(&j, &scale));
    OCTET_TRY(load(&j, &a));
    OCTET_TRY(load(&j, &b));
    OCTET_TRY(copy_dataset(&j, parts, &data, &layer->weights[0].dataset));
    if (scale != NULL) OCTET_TRY(divide(ctx, layer, scale, n, data));
    if (a != NULL && b != NULL) OCTET_TRY(add_update(ctx, layer, a, b, n, data));
    return OCTET_OK;
}
