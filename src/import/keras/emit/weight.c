#include "import/keras/emit/weight.h"

#include <math.h>
#include <string.h>

static const octet_keras_weight *find_weight(const octet_keras_call *call, const char *name) {
    for (uint32_t i = 0; i < call->layer->n_weights; i++) {
        if (strcmp(call->layer->weights[i].name, name) == 0) return &call->layer->weights[i];
    }
    return NULL;
}

int32_t octet_keras_weight_rank(const octet_keras_weight *weight) { return weight->dataset->rank; }
size_t octet_keras_weight_elements(const octet_keras_weight *weight) { return weight->dataset->n_elements; }

bool octet_keras_has_weight(const octet_keras_call *call, const char *name) {
    const octet_keras_weight *weight = find_weight(call, name);
    return weight != NULL && weight->dataset != NULL;
}

const char *octet_keras_weight_origin(octet_keras_call *call, const char *name) {
    const octet_keras_weight *weight = find_weight(call, name);
    const char *origin = NULL;
    if (weight == NULL || weight->dataset == NULL) return NULL;
    if (octet_arena_format(call->ctx, call->arena, &origin, "%s:%s", call->label, weight->dataset->path) != OCTET_OK)
        return NULL;
    return origin;
}

octet_status octet_keras_weight_shape(octet_keras_call *call, const char *name, int32_t rank, int32_t *dims) {
    const octet_keras_weight *weight = find_weight(call, name);
    if (weight == NULL || weight->dataset == NULL)
        return octet_keras_contradict(call, "its weight %s is not in the file", name);
    const octet_keras_dataset *dataset = weight->dataset;
    octet_shape wanted = octet_shape_make(rank, dims), found = {.rank = dataset->rank};
    bool fits = dataset->rank == rank;
    for (int32_t i = 0; i < dataset->rank && i < OCTET_MAX_RANK; i++) {
        found.dims[i] = dataset->dims[i] > INT32_MAX ? INT32_MAX : (int32_t)dataset->dims[i];
        if (fits && dims[i] >= 0) fits = dims[i] == dataset->dims[i];
    }
    char text[2][OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(call->ctx, !dataset->is_empty, OCTET_MODEL, "%s:%s: holds no data; save the model again from Keras",
                call->label, dataset->path);
    OCTET_TRY(octet_keras_dataset_check_size(call->ctx, dataset));
    OCTET_CHECK(call->ctx, fits, OCTET_MODEL,
                "%s:%s: shape %s, but the config of layer %s (%s) says %s; save the model again from Keras",
                call->label, dataset->path, octet_shape_text(&found, text[0]), call->layer->name,
                call->layer->class_name, octet_shape_text(&wanted, text[1]));
    OCTET_CHECK(call->ctx, dataset->is_numeric, OCTET_MODEL, "%s:%s: holds no numbers", call->label, dataset->path);
    OCTET_TRY(octet_shape_check(call->ctx, &found, dataset->path));
    for (int32_t i = 0; i < rank; i++) dims[i] = found.dims[i];
    return OCTET_OK;
}

static octet_status check_finite(const octet_keras_call *call, const octet_keras_dataset *dataset, const float *data,
                                 size_t first, size_t n) {
    for (size_t i = 0; i < n; i++) {
        OCTET_CHECK(call->ctx, isfinite(data[i]), OCTET_DATA,
                    "%s:%s: element %zu is %f: weights must be finite; train the model again (a learning rate that is "
                    "too high makes NaN)",
                    call->label, dataset->path, first + i, (double)data[i]);
    }
    return OCTET_OK;
}

octet_status octet_keras_weight_data(octet_keras_call *call, const char *name, int32_t rank, int32_t *dims,
                                     const float **data) {
    OCTET_TRY(octet_keras_weight_shape(call, name, rank, dims));
    const octet_keras_dataset *dataset = find_weight(call, name)->dataset;
    if (dataset->data != NULL) {
        *data = dataset->data;
        return check_finite(call, dataset, dataset->data, 0, dataset->n_elements);
    }
    float *numbers = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, &call->weights, dataset->n_elements, &numbers));
    OCTET_TRY(octet_keras_dataset_numbers(call->ctx, dataset, numbers));
    *data = numbers;
    return check_finite(call, dataset, numbers, 0, dataset->n_elements);
}

/* Out axis `fast` runs along the input's memory; it is walked in blocks of 16 together with the last axis, so that both
 * sides stay in cache. */
void octet_keras_permute(int32_t rank, const int32_t *dims, const int32_t *whole, const int32_t *perm,
                         const float *from, float *to) {
    size_t in_strides[OCTET_MAX_RANK] = {0}, out_strides[OCTET_MAX_RANK] = {0}, n_outer = 1;
    int32_t fast = 0, index[OCTET_MAX_RANK] = {0};
    for (int32_t i = rank - 1; i >= 0; i--) {
        in_strides[i] = 1;
        for (int32_t j = perm[i] + 1; j < rank; j++) in_strides[i] *= (size_t)dims[j];
        out_strides[i] = i == rank - 1 ? 1 : out_strides[i + 1] * (size_t)whole[perm[i + 1]];
        if (perm[i] == rank - 1) fast = i;
    }
    for (int32_t i = 0; i < rank - 1; i++) n_outer *= i == fast ? 1 : (size_t)dims[perm[i]];
    const size_t n_last = (size_t)dims[perm[rank - 1]], n_fast = fast == rank - 1 ? 1 : (size_t)dims[rank - 1],
                 step = in_strides[rank - 1];
    for (size_t outer = 0; outer < n_outer; outer++) {
        size_t a = 0, b = 0;
        for (int32_t i = 0; i < rank - 1; i++) {
            a += (size_t)index[i] * in_strides[i];
            b += (size_t)index[i] * out_strides[i];
        }
        for (size_t begin = 0; begin < n_fast; begin += 16) {
            const size_t end = begin + 16 < n_fast ? begin + 16 : n_fast;
            for (size_t i = 0; i < n_last; i++) {
                for (size_t j = begin; j < end; j++) to[b + j * out_strides[fast] + i] = from[a + i * step + j];
            }
        }
        for (int32_t i = rank - 2; i >= 0; i--) {
            if (i == fast) continue;
            if (++index[i] < dims[perm[i]]) break;
            index[i] = 0;
        }
    }
}

/* Pieces of a weight on their way into the graph: rows of axis `axis`, before which there are only axes of 1. */
typedef struct placement {
    const octet_keras_call *call;
    const octet_keras_dataset *dataset;
    int32_t rank, axis;
    const int32_t *shape, *perm; /* perm: NULL for the order of the file */
    size_t row, stride;          /* elements of a row; from row to row in the constant */
    float *to;
} placement;

static octet_status place_piece(void *user, const float *piece, size_t first, size_t n) {
    const placement *p = user;
    OCTET_TRY(check_finite(p->call, p->dataset, piece, first, n));
    if (p->perm == NULL) {
        memcpy(p->to + first, piece, n * sizeof *piece);
        return OCTET_OK;
    }
    int32_t dims[OCTET_MAX_RANK];
    memcpy(dims, p->shape, (size_t)p->rank * sizeof *dims);
    dims[p->axis] = (int32_t)(n / p->row);
    octet_keras_permute(p->rank, dims, p->shape, p->perm, piece, p->to + first / p->row * p->stride);
    return OCTET_OK;
}

octet_status octet_keras_weight_constant(octet_keras_call *call, const char *weight, const char *name, int32_t rank,
                                         const int32_t *shape, const int32_t *perm, int32_t out_rank,
                                         const int32_t *out_dims, uint32_t *out) {
    placement p = {.call = call,
                   .dataset = find_weight(call, weight)->dataset,
                   .rank = rank,
                   .shape = shape,
                   .perm = perm,
                   .row = 1,
                   .stride = 1};
    OCTET_TRY(octet_keras_space(call, name, octet_keras_weight_origin(call, weight), out_rank, out_dims, &p.to, out));
    if (p.dataset->n_elements == 0) return OCTET_OK;
    while (p.axis + 1 < rank && shape[p.axis] == 1) p.axis++;
    for (int32_t i = p.axis + 1; i < rank; i++) p.row *= (size_t)shape[i];
    for (int32_t i = rank - 1; perm != NULL && i >= 0 && perm[i] != p.axis; i--) p.stride *= (size_t)shape[perm[i]];
    return octet_keras_dataset_pieces(call->ctx, p.dataset, p.row, place_piece, &p);
}
