/* kernels/ref/copy.h - moving elements between two strided views: TRANSPOSE, SLICE, STRIDED_SLICE, PAD,
 *        CONCATENATION, SPLIT, PACK, TILE, ...
 * In:  up to OCTET_COPY_MAX_AXES axes, each with a count and a byte stride on both
 *        sides (0 repeats, negative walks back).
 * Out: every element of the output view, a bitwise copy; what lies between them is left alone.
 * Knows: element sizes of 1, 2, 4 and 8 bytes.
 * Does not know: types, tensors, threads.
 * Exact by nature. */
#ifndef OCTET_KERNELS_REF_COPY_H
#define OCTET_KERNELS_REF_COPY_H

#include <stddef.h>
#include <stdint.h>

enum { OCTET_COPY_MAX_AXES = 16 };

typedef struct octet_copy_params {
    int32_t element_size; /* bytes: 1, 2, 4 or 8 */
    int32_t n_axes;       /* at least 1 after octet_copy_finish; the last one is a row */
    int32_t count[OCTET_COPY_MAX_AXES];
    ptrdiff_t in_stride[OCTET_COPY_MAX_AXES], out_stride[OCTET_COPY_MAX_AXES]; /* bytes */
    ptrdiff_t in_offset, out_offset; /* bytes: the first element on either side */
} octet_copy_params;

/* Starts a copy without axes (one element). */
void octet_copy_begin(octet_copy_params *p, size_t element_size);
/* Adds an axis inside those added before. At most OCTET_COPY_MAX_AXES of count above 1 (asserted). */
void octet_copy_add_axis(octet_copy_params *p, int32_t count, ptrdiff_t in_stride, ptrdiff_t out_stride);
/* Merges axes that walk as one, so that rows are long. Returns the number of rows, 0 when an axis is empty. */
uint32_t octet_copy_finish(octet_copy_params *p);

/* Copies rows [begin, end). The views do not overlap, unless they are the same memory in the same order. */
void octet_copy_ref(const octet_copy_params *p, const void *input, void *output, uint32_t begin, uint32_t end);

#endif
