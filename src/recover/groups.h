/* recover/groups.h - which activations can be rescaled together, channel by channel, without changing the function.
 * In:  a float graph.
 * Out: groups of values.
 * Knows: which operators hand a positive factor of a channel through: linear ones without mixing, ReLU, maxima.
 * Does not know: which factors are good. */
#ifndef OCTET_RECOVER_GROUPS_H
#define OCTET_RECOVER_GROUPS_H

#include "graph/graph.h"

/* A factor s[c % n_channels] for channel c (the last axis) of all values of a group goes into the weights and biases of
 * the layers that compute them, and its inverse into the weights of the layers that read them. */
typedef struct octet_groups {
    uint32_t *group_of; /* by value; OCTET_NONE: it cannot be rescaled */
    uint32_t n;
    size_t *n_channels; /* by group; more than 1 */
} octet_groups;

/* In `arena`. Every group has a layer that computes one of its values and one that reads one. Layers: CONV_2D,
 * DEPTHWISE_CONV_2D, TRANSPOSE_CONV and FULLY_CONNECTED, with weights that no other operator reads, not settled, and no
 * activation or RELU. A RELU6 is not the same function of rescaled numbers. Errors: NOMEM. */
octet_status octet_groups_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph, octet_groups *out);
/* Whether operator k is such a layer, as far as its own values go. */
bool octet_groups_is_layer(const octet_graph *graph, const octet_operator *op);

#endif
