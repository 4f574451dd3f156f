/* recover/weighted.h - layers with weights, in the float graph and in the quantized one.
 * In:  a float graph, the quantized graph that was made of it, and which value became which.
 * Out: the layers that steps may change, paired.
 * Knows: that a QUANTIZE may stand behind a quantized operator, and that some operators stay in float.
 * Does not know: what is changed. */
#ifndef OCTET_RECOVER_WEIGHTED_H
#define OCTET_RECOVER_WEIGHTED_H

#include "graph/graph.h"

typedef struct octet_weighted {
    uint32_t op;        /* in the float graph */
    uint32_t quantized; /* the operator in the quantized graph */
    size_t n_channels;  /* of its result */
} octet_weighted;

/* An operator that geometry.h knows, with constant weights, a bias that is constant or missing, data that are
 * computed; all float32. */
bool octet_weighted_is_layer(const octet_graph *graph, const octet_operator *op);
/* All layers of `graph` that compute with integers in `quantized`, in the order of the quantized operators: an array of
 * *n in `arena`. quantized_of: as octet_quantize_graph_mapped gives it. Errors: NOMEM. */
octet_status octet_weighted_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_graph *quantized, const uint32_t *quantized_of, octet_weighted **out,
                                 uint32_t *n);
/* The value that operator `op` computes with its weights. */
uint32_t octet_weighted_data(const octet_graph *graph, uint32_t op);
/* A bias for operator k that no other reads, zeros where it had none, in memory that may be written. Errors: NOMEM. */
octet_status octet_weighted_own_bias(octet_context *ctx, octet_graph *graph, uint32_t k, float **out);
/* The elements of an operand of operator k, a constant of a quantized graph, in memory that may be written, before
 * anything is prepared to run it; other readers of the constant see what is written. Errors: NOMEM. */
octet_status octet_weighted_unlock(octet_context *ctx, octet_graph *quantized, uint32_t k, int8_t operand, void **out);
/* bias: its real value, rounded to the integers of channel `channel`. integers: the elements of `value`, an int32 or
 * int64 bias. */
void octet_weighted_store_bias(const octet_value *value, void *integers, size_t channel, double bias);

#endif
