#include "kernels/ref/scatter.h"

#include <stdbool.h>
#include <string.h>

static int64_t index_at(const void *indices, size_t i, int32_t size) {
    return size == 8 ? ((const int64_t *)indices)[i] : ((const int32_t *)indices)[i];
}

void octet_one_hot_ref(const octet_one_hot_params *p, const void *indices, const void *on, const void *off,
                       void *output, uint32_t begin, uint32_t end) {
    const size_t suffix = (size_t)p->suffix;
    for (uint32_t unit = begin; unit < end; unit++) {
        const size_t prefix = unit / (uint32_t)p->depth;
        char *out = (char *)output + unit * suffix * p->element_size;
        for (size_t i = 0; i < suffix; i++, out += p->element_size) {
            const bool is_hot = index_at(indices, prefix * suffix + i, p->index_size) == unit % (uint32_t)p->depth;
            memcpy(out, is_hot ? on : off, p->element_size);
        }
    }
}

/* Element of the output where update `i` begins, or -1 outside. */
static int64_t place_of(const octet_scatter_params *p, const void *indices, size_t i) {
    int64_t place = 0;
    for (int32_t d = 0; d < p->depth; d++) {
        const int64_t index = index_at(indices, i * (size_t)p->depth + (size_t)d, p->index_size);
        if (index < 0 || index >= p->axis[d]) return -1;
        place = place * p->axis[d] + index;
    }
    return place * (int64_t)p->slice;
}

#define SCATTER(suffix, TYPE, WIDE)                                                                            \
    void octet_scatter_##suffix##_ref(const octet_scatter_params *p, const void *indices, const TYPE *updates, \
                                      TYPE *output) {                                                          \
        memset(output, 0, p->n_elements * sizeof(TYPE));                                                       \
        for (size_t i = 0; i < (size_t)p->n_updates; i++, updates += p->slice) {                               \
            const int64_t place = place_of(p, indices, i);                                                     \
            for (size_t k = 0; k < p->slice && place >= 0; k++)                                                \
                output[(size_t)place + k] = (TYPE)((WIDE)output[(size_t)place + k] + (WIDE)updates[k]);        \
        }                                                                                                      \
    }
SCATTER(f32, float, float)
SCATTER(s8, int8_t, uint32_t)
SCATTER(u8, uint8_t, uint32_t)
SCATTER(s32, int32_t, uint32_t)
SCATTER(s64, int64_t, uint64_t)

void octet_update_slice_ref(const octet_update_slice_params *p, const void *operand, const void *update,
                            const void *starts, void *output) {
    size_t strides[OCTET_SCATTER_MAX_AXES], total = p->element_size, n_rows = 1, row = p->element_size, first = 0;
    for (int32_t d = p->rank; d-- > 0;) {
        strides[d] = total;
        total *= (size_t)p->dims[d];
        if (d == p->rank - 1) row *= (size_t)p->update_dims[d];
        else n_rows *= (size_t)p->update_dims[d];
        const int64_t last = p->dims[d] - p->update_dims[d], start = index_at(starts, (size_t)d, p->index_size);
        first += (size_t)(start < 0 ? 0 : start > last ? last : start) * strides[d];
    }
    memcpy(output, operand, total);
    for (size_t i = 0; i < n_rows && row > 0; i++) {
        size_t at = first, left = i;
        for (int32_t d = p->rank - 1; d-- > 0;) {
            at += left % (size_t)p->update_dims[d] * strides[d];
            left /= (size_t)p->update_dims[d];
        }
        memcpy((char *)output + at, (const char *)update + i * row, row);
    }
}
