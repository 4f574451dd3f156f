#include "kernels/ref/shape_values.h"

#include <string.h>

void octet_fill_ref(const void *value, size_t element_size, void *out, size_t n) {
    for (size_t i = 0; i < n; i++) memcpy((char *)out + i * element_size, value, element_size);
}

void octet_range_f32_ref(float start, float delta, float *out, size_t n) {
    float value = start;
    for (size_t i = 0; i < n; i++) {
        out[i] = value;
        value += delta;
    }
}

void octet_range_s32_ref(int32_t start, int32_t delta, int32_t *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = (int32_t)((uint32_t)start + (uint32_t)i * (uint32_t)delta);
}

void octet_range_s64_ref(int64_t start, int64_t delta, int64_t *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = (int64_t)((uint64_t)start + i * (uint64_t)delta);
}

static int64_t read(const void *vector, size_t i, size_t element_size) {
    return element_size == 8 ? ((const int64_t *)vector)[i] : ((const int32_t *)vector)[i];
}

void octet_broadcast_args_ref(const void *a, size_t n_a, const void *b, size_t n_b, void *out, size_t element_size) {
    const size_t n = n_a > n_b ? n_a : n_b;
    for (size_t i = 0; i < n; i++) {
        const int64_t x = i + n_a < n ? 1 : read(a, i + n_a - n, element_size),
                      y = i + n_b < n ? 1 : read(b, i + n_b - n, element_size);
        const int64_t size = x == 1 ? y : x;
        if (element_size == 8) {
            ((int64_t *)out)[i] = size;
        } else {
            ((int32_t *)out)[i] = (int32_t)size;
        }
    }
}
