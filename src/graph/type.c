#include "graph/type.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    size_t size;
} types[OCTET_N_TYPES] = {
#define OCTET_TYPE_ROW(type_name, size_, text) [OCTET_##type_name] = {.name = (text), .size = (size_)},
    OCTET_TYPE_LIST(OCTET_TYPE_ROW)
#undef OCTET_TYPE_ROW
};

size_t octet_type_size(octet_type type) { return types[type].size; }
const char *octet_type_name(octet_type type) { return types[type].name; }

bool octet_type_is_quantized(octet_type type) {
    return type == OCTET_INT8 || type == OCTET_UINT8 || type == OCTET_INT16;
}

void octet_type_limits(octet_type type, int32_t *low, int32_t *high) {
    *low = type == OCTET_INT8 ? INT8_MIN : type == OCTET_INT16 ? INT16_MIN : 0;
    *high = type == OCTET_INT8 ? INT8_MAX : type == OCTET_INT16 ? INT16_MAX : type == OCTET_UINT8 ? UINT8_MAX : 0;
}

octet_shape octet_shape_make(int32_t rank, const int32_t *dims) {
    octet_shape shape = {.rank = rank};
    for (int32_t i = 0; i < rank; i++) shape.dims[i] = dims[i];
    return shape;
}

bool octet_shape_equal(const octet_shape *a, const octet_shape *b) {
    if (a->rank != b->rank) return false;
    for (int32_t i = 0; i < a->rank; i++)
        if (a->dims[i] != b->dims[i]) return false;
    return true;
}

size_t octet_shape_elements(const octet_shape *shape) {
    int64_t n = 1;
    bool fits = true;
    for (int32_t i = 0; i < shape->rank; i++) {
        if (shape->dims[i] == 0) return 0;
        fits = fits && octet_multiply_i64(n, shape->dims[i], &n) && n >= 0 && n <= INT32_MAX;
    }
    return fits ? (size_t)n : SIZE_MAX;
}

size_t octet_shape_bytes(const octet_shape *shape, octet_type type) {
    return octet_shape_elements(shape) * octet_type_size(type);
}

bool octet_shape_broadcast(const octet_shape *a, const octet_shape *b, octet_shape *out) {
    octet_shape result = {.rank = a->rank > b->rank ? a->rank : b->rank};
    for (int32_t i = 0; i < result.rank; i++) {
        const int32_t j = i - (result.rank - a->rank), k = i - (result.rank - b->rank);
        const int32_t x = j < 0 ? 1 : a->dims[j], y = k < 0 ? 1 : b->dims[k];
        if (x != y && x != 1 && y != 1) return false;
        result.dims[i] = x == 1 ? y : x;
    }
    *out = result;
    return true;
}

int32_t octet_shape_product(const octet_shape *shape, int32_t first, int32_t last) {
    int32_t n = 1;
    for (int32_t i = first; i < last; i++) n *= shape->dims[i];
    return n;
}

octet_status octet_shape_check(octet_context *ctx, const octet_shape *shape, const char *where) {
    OCTET_CHECK(ctx, shape->rank >= 0 && shape->rank <= OCTET_MAX_RANK, OCTET_LIMIT,
                "%s: rank %d, 0 to %d are possible", where, shape->rank, OCTET_MAX_RANK);
    char text[OCTET_SHAPE_TEXT_SIZE];
    for (int32_t i = 0; i < shape->rank; i++)
        OCTET_CHECK(ctx, shape->dims[i] >= 0, OCTET_MODEL, "%s: shape %s has a negative dimension", where,
                    octet_shape_text(shape, text));
    OCTET_CHECK(ctx, octet_shape_elements(shape) <= INT32_MAX, OCTET_LIMIT, "%s: shape %s has 2^31 elements or more",
                where, octet_shape_text(shape, text));
    return OCTET_OK;
}

const char *octet_shape_text(const octet_shape *shape, char *text) {
    size_t used = 0;
    text[used++] = '[';
    for (int32_t i = 0; i < shape->rank && used < OCTET_SHAPE_TEXT_SIZE - 16; i++)
        used += (size_t)snprintf(text + used, OCTET_SHAPE_TEXT_SIZE - used, "%s%d", i ? "," : "", shape->dims[i]);
    snprintf(text + used, OCTET_SHAPE_TEXT_SIZE - used, "]");
    return text;
}
