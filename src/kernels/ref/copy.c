#include "kernels/ref/copy.h"

#include <assert.h>
#include <string.h>

void octet_copy_begin(octet_copy_params *p, size_t element_size) {
    *p = (octet_copy_params){.element_size = (int32_t)element_size};
}

void octet_copy_add_axis(octet_copy_params *p, int32_t count, ptrdiff_t in_stride, ptrdiff_t out_stride) {
    if (count == 1) return;
    if (p->n_axes > 0) {
        const int32_t last = p->n_axes - 1;
        if (p->in_stride[last] == count * in_stride && p->out_stride[last] == count * out_stride &&
            (int64_t)p->count[last] * count <= INT32_MAX) {
            p->count[last] *= count;
            p->in_stride[last] = in_stride;
            p->out_stride[last] = out_stride;
            return;
        }
    }
    assert(p->n_axes < OCTET_COPY_MAX_AXES);
    p->count[p->n_axes] = count;
    p->in_stride[p->n_axes] = in_stride;
    p->out_stride[p->n_axes] = out_stride;
    p->n_axes++;
}

uint32_t octet_copy_finish(octet_copy_params *p) {
    if (p->n_axes == 0) {
        p->count[0] = 1;
        p->in_stride[0] = p->out_stride[0] = p->element_size;
        p->n_axes = 1;
    }
    uint32_t rows = 1;
    for (int32_t i = 0; i + 1 < p->n_axes; i++) rows *= (uint32_t)p->count[i];
    return p->count[p->n_axes - 1] > 0 ? rows : 0;
}

/* memcpy of a constant size compiles to one move and works at any alignment. */
#define COPY_ROW(bytes) \
    for (int32_t i = 0; i < count; i++) { memcpy(output + i * out_stride, input + i * in_stride, (bytes)); }

static void copy_row(const char *input, char *output, int32_t count, ptrdiff_t in_stride, ptrdiff_t out_stride,
                     int32_t element_size) {
    if (in_stride == element_size && out_stride == element_size) {
        if (input != output) memcpy(output, input, (size_t)count * (size_t)element_size);
        return;
    }
    switch (element_size) {
    case 1:
        if (in_stride == 0 && out_stride == 1) {
            memset(output, *input, (size_t)count);
        } else {
            COPY_ROW(1)
        }
        break;
    case 2: COPY_ROW(2) break;
    case 4: COPY_ROW(4) break;
    default: COPY_ROW(8) break;
    }
}

void octet_copy_ref(const octet_copy_params *p, const void *input, void *output, uint32_t begin, uint32_t end) {
    const int32_t last = p->n_axes - 1;
    const char *in = (const char *)input + p->in_offset;
    char *out = (char *)output + p->out_offset;
    int32_t index[OCTET_COPY_MAX_AXES] = {0};
    uint32_t left = begin;
    for (int32_t i = last - 1; i >= 0; i--) {
        index[i] = (int32_t)(left % (uint32_t)p->count[i]);
        left /= (uint32_t)p->count[i];
        in += index[i] * p->in_stride[i];
        out += index[i] * p->out_stride[i];
    }
    for (uint32_t row = begin; row < end; row++) {
        copy_row(in, out, p->count[last], p->in_stride[last], p->out_stride[last], p->element_size);
        for (int32_t i = last - 1; i >= 0; i--) {
            in += p->in_stride[i];
            out += p->out_stride[i];
            if (++index[i] < p->count[i]) break;
            in -= p->count[i] * p->in_stride[i];
            out -= p->count[i] * p->out_stride[i];
            index[i] = 0;
        }
    }
}
