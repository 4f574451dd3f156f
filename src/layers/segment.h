/* layers/segment.h - what a layer adds to the error by itself.
 * In:  an operator of the quantized graph and the value of the float graph that its result stands for.
 * Out: the operators of the float graph that compute the same from the same operands.
 * Knows: pairs; that both graphs may write a layer with more or fewer operators.
 * Does not know: how they are run.
 *
 * With q the numbers that the quantized model computed, f those of the float model, and F the float operators of the
 * layer run on the numbers that the quantized operator read: added = q - F(what it read), inherited = F(what it read) -
 * f; total = q - f is their sum. */
#ifndef OCTET_LAYERS_SEGMENT_H
#define OCTET_LAYERS_SEGMENT_H

#include "layers/pairs.h"

/* A value of the float graph that takes the numbers of a value of the quantized one. */
typedef struct octet_feed {
    uint32_t real, quantized;
} octet_feed;

typedef struct octet_segment {
    bool is_known;
    octet_feed *feeds;
    uint32_t n_feeds;
    uint32_t *operators; /* of the float graph, in their order; none: the operator only rounds what it reads */
    uint32_t n_operators;
} octet_segment;

/* result: of the float graph; op: of the quantized one. What op reads and has no partner belongs to the layer, with
 * what its operator reads, up to eight operators back. Not known where the float operators need more than that, where
 * more than 64 of them are needed, or op reads more than 256 values. In `arena`. Errors: NOMEM. */
octet_status octet_segment_find(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                                const octet_graph *quantized, const octet_pairs *pairs, uint32_t result, uint32_t op,
                                octet_segment *out);

#endif
