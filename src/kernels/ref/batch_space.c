#include "kernels/ref/batch_space.h"

#include <string.h>

void octet_space_to_batch_ref(const octet_batch_space_params *p, const void *input, void *output, uint32_t begin,
                              uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const int32_t row = (int32_t)(unit % (uint32_t)p->batch_h), sample = (int32_t)(unit / (uint32_t)p->batch_h);
        const int32_t n = sample % p->batches, place = sample / p->batches;
        const int64_t y = (int64_t)row * p->block_h + place / p->block_w - p->top;
        char *out = (char *)output + unit * (size_t)p->batch_w * p->cell_bytes;
        for (int32_t column = 0; column < p->batch_w; column++, out += p->cell_bytes) {
            const int64_t x = (int64_t)column * p->block_w + place % p->block_w - p->left;
            if (y >= 0 && y < p->space_h && x >= 0 && x < p->space_w) {
                memcpy(out,
                       (const char *)input +
                           (((size_t)n * (size_t)p->space_h + (size_t)y) * (size_t)p->space_w + (size_t)x) *
                               p->cell_bytes,
                       p->cell_bytes);
            } else {
                for (size_t i = 0; i < p->cell_bytes; i += p->element_size) memcpy(out + i, p->pad, p->element_size);
            }
        }
    }
}

void octet_batch_to_space_ref(const octet_batch_space_params *p, const void *input, void *output, uint32_t begin,
                              uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const int32_t row = (int32_t)(unit % (uint32_t)p->space_h), n = (int32_t)(unit / (uint32_t)p->space_h);
        const int64_t y = (int64_t)row + p->top;
        char *out = (char *)output + unit * (size_t)p->space_w * p->cell_bytes;
        for (int32_t column = 0; column < p->space_w; column++, out += p->cell_bytes) {
            const int64_t x = (int64_t)column + p->left;
            const size_t place = (size_t)(y % p->block_h * p->block_w + x % p->block_w),
                         sample = place * (size_t)p->batches + (size_t)n;
            const size_t cell = (sample * (size_t)p->batch_h + (size_t)(y / p->block_h)) * (size_t)p->batch_w +
                                (size_t)(x / p->block_w);
            memcpy(out, (const char *)input + cell * p->cell_bytes, p->cell_bytes);
        }
    }
}
