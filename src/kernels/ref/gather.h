/* kernels/ref/gather.h - GATHER and GATHER_ND: rows picked by indices that are computed at run time.
 * In:  data, and indices of 2, 4 or 8 bytes (signed).
 * Out: one row of row_bytes per index.
 * Knows: an index outside its axis is clamped to it, since a run cannot fail (LiteRT stops with an error there).
 * Does not know: types of the data, tensors, threads.
 * Exact by nature. */
#ifndef OCTET_KERNELS_REF_GATHER_H
#define OCTET_KERNELS_REF_GATHER_H

#include <stddef.h>
#include <stdint.h>

enum { OCTET_GATHER_MAX_DEPTH = 8 };

/* data [batches, outer, axis, row], indices [batches, n_indices], output [batches, outer, n_indices, row]; axis > 0
 * unless there is no row. */
typedef struct octet_gather_params {
    int32_t batches, outer, axis, n_indices;
    int32_t index_size; /* bytes of an index: 2, 4 or 8 */
    size_t row_bytes;
} octet_gather_params;

/* Units: the batches * outer * n_indices rows of the output. */
void octet_gather_ref(const octet_gather_params *p, const void *data, const void *indices, void *output, uint32_t begin,
                      uint32_t end);

/* data [axis[0], ..., axis[depth-1], row], indices [n, depth], output [n, row]. */
typedef struct octet_gather_nd_params {
    int32_t depth; /* 0..OCTET_GATHER_MAX_DEPTH */
    int32_t axis[OCTET_GATHER_MAX_DEPTH];
    int32_t index_size;
    size_t row_bytes;
} octet_gather_nd_params;

/* Units: the n rows of the output. */
void octet_gather_nd_ref(const octet_gather_nd_params *p, const void *data, const void *indices, void *output,
                         uint32_t begin, uint32_t end);

#endif
