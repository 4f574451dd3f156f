#include "graph/constant.h"

#include <string.h>

bool octet_constant_is_whole(octet_type type) {
    return type == OCTET_INT32 || type == OCTET_INT64 || type == OCTET_BOOL;
}

int64_t octet_constant_integer(octet_type type, const void *data, size_t i) {
    const uint8_t *bytes = data;
    int32_t narrow;
    int64_t wide;
    if (type == OCTET_BOOL) return bytes[i] != 0;
    if (type == OCTET_INT32) {
        memcpy(&narrow, bytes + i * sizeof narrow, sizeof narrow);
        return narrow;
    }
    memcpy(&wide, bytes + i * sizeof wide, sizeof wide);
    return wide;
}

double octet_constant_real(octet_type type, const void *data, size_t i) {
    float single;
    if (type != OCTET_FLOAT32) return (double)octet_constant_integer(type, data, i);
    memcpy(&single, (const uint8_t *)data + i * sizeof single, sizeof single);
    return (double)single;
}

bool octet_constant_store(octet_type type, int64_t number, void *data, size_t i) {
    if (type == OCTET_BOOL) {
        ((uint8_t *)data)[i] = number != 0;
    } else if (type == OCTET_INT64) {
        memcpy((uint8_t *)data + i * sizeof number, &number, sizeof number);
    } else {
        const int32_t narrow = (int32_t)number;
        memcpy((uint8_t *)data + i * sizeof narrow, &narrow, sizeof narrow);
        return narrow == number;
    }
    return true;
}

bool octet_constant_read_i32(const octet_value *value, int32_t capacity, int32_t *out, int32_t *n) {
    if (value == NULL || !octet_value_is_constant(value)) return false;
    if (value->type != OCTET_INT32 && value->type != OCTET_INT64) return false;
    const size_t count = octet_shape_elements(&value->shape);
    if (count > (size_t)capacity) return false;
    for (size_t i = 0; i < count; i++) {
        const int64_t element = octet_constant_integer(value->type, value->data, i);
        if (element < INT32_MIN || element > INT32_MAX) return false;
        out[i] = (int32_t)element;
    }
    *n = (int32_t)count;
    return true;
}
