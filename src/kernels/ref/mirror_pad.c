#include "kernels/ref/mirror_pad.h"

#include <stddef.h>
#include <string.h>

static int32_t reflect(int32_t index, int32_t size, int32_t edge) {
    if (index < 0) return -index - 1 + edge;
    if (index >= size) return 2 * size - 1 - edge - index;
    return index;
}

void octet_mirror_pad_ref(const octet_mirror_pad_params *p, const void *input, void *output, uint32_t begin,
                          uint32_t end) {
    const int32_t last = p->rank - 1;
    const size_t size = (size_t)p->element_size;
    for (uint32_t row = begin; row < end; row++) {
        size_t source = 0, factor = 1; /* row of the input */
        uint32_t left = row;
        for (int32_t i = last - 1; i >= 0; i--) {
            const int32_t index = (int32_t)(left % (uint32_t)p->out_dims[i]);
            left /= (uint32_t)p->out_dims[i];
            source += factor * (size_t)reflect(index - p->before[i], p->in_dims[i], p->edge);
            factor *= (size_t)p->in_dims[i];
        }
        const char *in = (const char *)input + source * (size_t)p->in_dims[last] * size;
        char *out = (char *)output + row * (size_t)p->out_dims[last] * size;
        for (int32_t i = 0; i < p->out_dims[last]; i++) {
            memcpy(out + (size_t)i * size, in + (size_t)reflect(i - p->before[last], p->in_dims[last], p->edge) * size,
                   size);
        }
    }
}
