#include "kernels/ref/gather.h"

#include <string.h>

static int64_t read_index(const void *indices, size_t i, int32_t index_size, int32_t axis) {
    int64_t index;
    if (index_size == 8) {
        index = ((const int64_t *)indices)[i];
    } else if (index_size == 4) {
        index = ((const int32_t *)indices)[i];
    } else {
        index = ((const int16_t *)indices)[i];
    }
    return index < 0 ? 0 : index >= axis ? axis - 1 : index;
}

void octet_gather_ref(const octet_gather_params *p, const void *data, const void *indices, void *output, uint32_t begin,
                      uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const uint32_t k = unit % (uint32_t)p->n_indices,
                       slice = unit / (uint32_t)p->n_indices; /* slice: batch * outer + outer index */
        const size_t batch = slice / (uint32_t)p->outer;
        const int64_t index = read_index(indices, batch * (size_t)p->n_indices + k, p->index_size, p->axis);
        memcpy((char *)output + unit * p->row_bytes,
               (const char *)data + (slice * (size_t)p->axis + (size_t)index) * p->row_bytes, p->row_bytes);
    }
}

void octet_gather_nd_ref(const octet_gather_nd_params *p, const void *data, const void *indices, void *output,
                         uint32_t begin, uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        size_t row = 0;
        for (int32_t i = 0; i < p->depth; i++) {
            row = row * (size_t)p->axis[i] +
                  (size_t)read_index(indices, unit * (size_t)p->depth + (size_t)i, p->index_size, p->axis[i]);
        }
        memcpy((char *)output + unit * p->row_bytes, (const char *)data + row * p->row_bytes, p->row_bytes);
    }
}
