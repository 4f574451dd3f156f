/* graph/joined.h - outputs that join parts whose numbers are of very different size.
 * In:  a float graph; how wide the range of each value is.
 * Out: the joins at its outputs whose parts lie far apart; the graph with the parts as outputs of their own.
 * Knows: CONCATENATION and PACK, and the operators between it and an output that only move its parts.
 * Does not know: where ranges come from, how they become scales. */
#ifndef OCTET_GRAPH_JOINED_H
#define OCTET_GRAPH_JOINED_H

#include "graph/graph.h"

/* Parts whose widths differ by more than this factor: of the 8 bits of their common scale the narrow one keeps less
 * than 4. */
enum { OCTET_JOINED_FAR = 16 };

typedef struct octet_joined_part {
    int32_t first, n; /* indices along the axis */
    float width;      /* of its range with 0 */
    uint32_t output;  /* the output of the model that is this part and no other, or OCTET_NONE */
} octet_joined_part;

typedef struct octet_joined {
    uint32_t output; /* number of the output */
    int32_t axis;    /* of its value */
    octet_joined_part *parts;
    uint32_t n_parts; /* at least 2 */
} octet_joined;

/* widths: by value, from 0 on; below 0 where nothing is known. An output is found at most once, at its last axis that
 * has parts of known widths more than OCTET_JOINED_FAR times apart; a part that is always 0 is not compared. The list
 * lives in `arena`, in the order of the outputs. Errors: NOMEM. */
octet_status octet_joined_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const float *widths,
                               octet_joined **out, uint32_t *n);
/* What is known without data: 1 or 2 behind functions that are bounded, like LOGISTIC and TANH, infinite for other
 * results of operators. widths: n_values of them. */
void octet_joined_bounds(const octet_graph *graph, float *widths);
/* Puts the parts in the place of each listed output, named "<output>_part0", "_part1", ...; not those that are outputs
 * of their own. The list is of this graph, or of one that equals it. Values keep their indices, and new ones stand
 * behind them. Errors: NOMEM, INTERNAL. */
octet_status octet_joined_split(octet_context *ctx, octet_graph *graph, const octet_joined *joined, uint32_t n);

#endif
