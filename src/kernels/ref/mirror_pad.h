/* kernels/ref/mirror_pad.h - MIRROR_PAD: edges filled with the reflected input.
 * In:  data of any element size; cells before each axis.
 * Out: the padded data.
 * Knows: reflect (the edge element is not repeated) and symmetric (it is).
 * Does not know: types, tensors, threads.
 * Exact by nature. */
#ifndef OCTET_KERNELS_REF_MIRROR_PAD_H
#define OCTET_KERNELS_REF_MIRROR_PAD_H

#include <stdint.h>

enum { OCTET_MIRROR_PAD_MAX_RANK = 8 };

typedef struct octet_mirror_pad_params {
    int32_t rank; /* 1..8 */
    int32_t in_dims[OCTET_MIRROR_PAD_MAX_RANK], out_dims[OCTET_MIRROR_PAD_MAX_RANK], before[OCTET_MIRROR_PAD_MAX_RANK];
    int32_t edge;         /* 1 reflect, 0 symmetric */
    int32_t element_size; /* 1, 2, 4 or 8 */
} octet_mirror_pad_params;

/* Units: rows of the output (all axes but the last). Padding is at most the axis' size less `edge`. */
void octet_mirror_pad_ref(const octet_mirror_pad_params *p, const void *input, void *output, uint32_t begin,
                          uint32_t end);

#endif
