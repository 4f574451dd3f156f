/* kernels/ref/batch_space.h - SPACE_TO_BATCH_ND and BATCH_TO_SPACE_ND on [N,H,W,C].
 * In:  a block [block_h, block_w]; sample (y * block_w + x) * N + n of the batch side holds the cells of sample n of
 *        the space side whose place in their block is (y, x).
 * Out: SPACE_TO_BATCH_ND: input padded, outside filled with `pad`; BATCH_TO_SPACE_ND: output cropped.
 * Knows: rows of C elements as bytes. [N,H,C] is [N,H,1,C].
 * Does not know: types, tensors, threads.
 * Exact by nature. */
#ifndef OCTET_KERNELS_REF_BATCH_SPACE_H
#define OCTET_KERNELS_REF_BATCH_SPACE_H

#include <stddef.h>
#include <stdint.h>

typedef struct octet_batch_space_params {
    int32_t batches;          /* of the space side */
    int32_t space_h, space_w; /* without padding, after cropping */
    int32_t batch_h, batch_w; /* of the batch side */
    int32_t block_h, block_w;
    int32_t top, left;    /* padded or cropped */
    size_t cell_bytes;    /* C * element size */
    size_t element_size;  /* 1, 2, 4 or 8 */
    unsigned char pad[8]; /* one element */
} octet_batch_space_params;

/* Units: rows of the output, batches * block_h * block_w * batch_h of them. */
void octet_space_to_batch_ref(const octet_batch_space_params *p, const void *input, void *output, uint32_t begin,
                              uint32_t end);
/* Units: rows of the output, batches * space_h of them. */
void octet_batch_to_space_ref(const octet_batch_space_params *p, const void *input, void *output, uint32_t begin,
                              uint32_t end);

#endif
