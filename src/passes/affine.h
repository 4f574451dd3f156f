/* passes/affine.h - operators with weights and a bias, seen alike.
 * In:  CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV, FULLY_CONNECTED.
 * Out: where their constants are, and new constants in their place.
 * Knows: which of their operands are constants that can be folded into.
 * Does not know: which rewrite asks. */
#ifndef OCTET_PASSES_AFFINE_H
#define OCTET_PASSES_AFFINE_H

#include "passes/edit.h"

typedef struct octet_affine {
    uint32_t op;            /* index */
    uint32_t data, weights; /* operand numbers */
    uint32_t bias;
    int32_t n_channels;  /* of the output */
    size_t outer, inner; /* the weights are [outer, n_channels, inner] */
} octet_affine;

/* False when operator k is none of these, or has a fused activation, or its weights (or bias) are computed. */
bool octet_affine_match(const octet_graph *graph, uint32_t k, octet_affine *out);
/* The same for what stands before operator k, where its activation does not matter. */
bool octet_affine_takes(const octet_graph *graph, uint32_t k, octet_affine *out);
/* The bias, or zeros: n_channels values in `scratch`. */
octet_status octet_affine_read_bias(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                    const octet_affine *affine, float **out);
/* New weights (same shape) and bias; either may be NULL to keep what is there.
 * `like`: the value a new bias is named after. */
octet_status octet_affine_replace(octet_context *ctx, octet_graph *graph, const octet_affine *affine,
                                  const float *weights, const float *bias, uint32_t like);

#endif
