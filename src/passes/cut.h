/* passes/cut.h - operators that take a part of a value along one axis.
 * In:  SLICE, STRIDED_SLICE, GATHER with one index, all with constants.
 * Out: which part.
 * Knows: graph/slice.h.
 * Does not know: what becomes of them. */
#ifndef OCTET_PASSES_CUT_H
#define OCTET_PASSES_CUT_H

#include "passes/edit.h"

/* Rows [begin, begin + count) of `axis`, and all of every other axis. */
typedef struct octet_cut {
    uint32_t from;
    int32_t axis; /* -1: everything is taken, maybe in another shape */
    int32_t begin, count;
    bool drops_axis; /* count is 1, and the result is without the axis */
} octet_cut;

/* *is_cut: whether the operator is one. */
octet_status octet_cut_read(octet_context *ctx, const octet_graph *graph, const octet_operator *op, octet_cut *out,
                            bool *is_cut);

#endif
