/* graph/batch.h - where the batch lies in each value of a graph that writes it as 1.
 * In:  a graph whose inputs leave dimension 0 open.
 * Out: per value the axis that more samples make longer.
 * Knows: the shape rules of graph/infer, asked twice: for one sample and for two.
 * Does not know: what is done about it. */
#ifndef OCTET_GRAPH_BATCH_H
#define OCTET_GRAPH_BATCH_H

#include "graph/graph.h"

enum {
    OCTET_BATCH_NONE = -1,   /* the value is the same for any number of samples */
    OCTET_BATCH_UNKNOWN = -2 /* more samples do not make one axis longer, or an operator does not take them */
};

/* The value's elements lie as [outer, batch, all others]. The axis may hold more than the batch. */
typedef struct octet_batch {
    int32_t axis;  /* or one of those above */
    int32_t outer; /* 1 where the batch comes first */
} octet_batch;

/* *out: by value, in `arena`. A RESHAPE has the batch where its constant holds -1; without one it stays where it is, in
 * a dimension of 1 if there is one. Operands of CONCATENATION and PACK that are the same for all samples count as if
 * they were repeated for each where the others have the batch. Errors: NOMEM. */
octet_status octet_batch_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, octet_batch **out);
/* Whether a CONCATENATION or PACK reads operand i as if it were repeated along `axis`. */
bool octet_batch_is_repeated(const octet_graph *graph, const octet_batch *batch, const octet_operator *op, uint32_t i,
                             int32_t *axis);

#endif
