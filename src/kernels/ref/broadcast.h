/* kernels/ref/broadcast.h - walking up to three operands that broadcast to one output, row by row.
 * In:  shapes (aligned at the last axis), element sizes.
 * Out: calls of a row function: n output elements side by side, each operand either side
 *        by side too or one repeated element.
 * Knows: strides. Long rows are cut so that threads can share them.
 * Does not know: what the row function computes. */
#ifndef OCTET_KERNELS_REF_BROADCAST_H
#define OCTET_KERNELS_REF_BROADCAST_H

#include <stddef.h>
#include <stdint.h>

enum { OCTET_BROADCAST_MAX_RANK = 8, OCTET_BROADCAST_MAX_OPERANDS = 3, OCTET_BROADCAST_PIECE = 8192 };

typedef struct octet_broadcast_params {
    int32_t n_operands, n_axes; /* n_axes at least 1; the last one is the row */
    int32_t count[OCTET_BROADCAST_MAX_RANK];
    size_t element_size[OCTET_BROADCAST_MAX_OPERANDS], out_size;
    int32_t stride[OCTET_BROADCAST_MAX_OPERANDS][OCTET_BROADCAST_MAX_RANK]; /* elements; 0 or 1 on the last axis */
    int32_t pieces;                                                         /* per row */
} octet_broadcast_params;

/* One operand or result: its shape. */
typedef struct octet_broadcast_shape {
    int32_t rank;
    const int32_t *dims;
} octet_broadcast_shape;

/* Prepares a walk over `out`, which the operands broadcast to and which has elements. Sets everything but the element
 * sizes. Returns the number of units. */
uint32_t octet_broadcast_prepare(octet_broadcast_params *p, octet_broadcast_shape out,
                                 const octet_broadcast_shape *operands, int32_t n_operands);

/* in[i] points at the operand's element for out[0]; step[i] is 1 or 0 (the same element for the whole row). */
typedef void octet_broadcast_row(const void *params, const void *const *in, const int32_t *step, void *out, int32_t n);

/* Does units [begin, end); params is handed to `row`. */
void octet_broadcast_walk(const octet_broadcast_params *p, octet_broadcast_row *row, const void *params,
                          const void *const *in, void *out, uint32_t begin, uint32_t end);

#endif
