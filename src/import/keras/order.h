/* import/keras/order.h - the order of operators that do not depend on each other, as TensorFlow's converter leaves it.
 * In:  a graph as the layers wrote it, and its steps: which operators a call of a layer, or a part of one, wrote.
 * Out: the same graph, its operators in another order; those of one step stay together.
 * Knows: how TensorFlow's importer orders nodes by their names (import/keras/scope.h tells these).
 * Does not know: what an operator computes.
 *
 * The importer (found by experiment, equal on 230 random nets of both dialects): depth first from every node without
 * inputs, the greater name first, numbers the nodes as they are left. Then it takes nodes off a stack: first those
 * without inputs, in the order of their numbers, so that the last to be left is the first to be taken; whatever
 * becomes ready is pushed in the order of its number. Inputs, variables and constants are nodes too: an operator
 * waits for its weights, which come by name. */
#ifndef OCTET_IMPORT_KERAS_ORDER_H
#define OCTET_IMPORT_KERAS_ORDER_H

#include "graph/graph.h"

/* What one call of a layer wrote, or a part of that: operators first..end - 1. */
typedef struct octet_keras_step {
    const char *path;  /* "model/block/conv": names of the models and of the layer, not owned */
    const char *scope; /* what names of its nodes begin with (import/keras/scope.h), not owned */
    uint32_t first, end;
} octet_keras_step;

typedef struct octet_keras_steps {
    octet_keras_step *items; /* by ascending operators */
    uint32_t n, capacity;
} octet_keras_steps;

/* A step without operators is not kept. */
octet_status octet_keras_steps_add(octet_context *ctx, octet_arena *arena, octet_keras_steps *steps,
                                   const octet_keras_step *step);

/* Every operator must belong to a step. */
octet_status octet_keras_order(octet_context *ctx, octet_graph *graph, int32_t keras_version,
                               const octet_keras_steps *steps);

#endif
