/* graph/slice.h - which elements SLICE and STRIDED_SLICE select.
 * In:  such an operator with constant begin, size or end, and strides.
 * Out: first index, step and count per axis of the input, and the shape of the output.
 * Knows: negative indices, the five masks, `offset`.
 * Does not know: data. */
#ifndef OCTET_GRAPH_SLICE_H
#define OCTET_GRAPH_SLICE_H

#include "graph/graph.h"

typedef struct octet_slice {
    int32_t rank;                   /* of the input */
    int32_t begin[OCTET_MAX_RANK];  /* inside the axis where count > 0 */
    int32_t stride[OCTET_MAX_RANK]; /* not 0 */
    int32_t count[OCTET_MAX_RANK];
    octet_shape out; /* count without shrunk axes and with new ones: the same number of elements */
} octet_slice;

/* MODEL when an index leaves the input, a stride is 0 or the masks contradict each other. The operator's arity is
 * known to be right. */
octet_status octet_slice_resolve(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                 octet_slice *out);

#endif
