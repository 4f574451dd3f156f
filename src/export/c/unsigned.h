/* export/c/unsigned.h - uint8 tensors that int8 kernels compute on become int8 tensors.
 * In:  a graph and its steps, some of kernel as_s8 (lower/unsigned.h).
 * Out: a graph and steps without such: the int8 steps themselves, and a requantization that adds or takes 128 where a
 *      tensor is needed in its other form. Steps in a row hand each other int8, movements too.
 * Knows: lower. A tensor of the new graph keeps its index; its int8 form is another tensor.
 * Does not know: schedules, C. */
#ifndef OCTET_EXPORT_C_UNSIGNED_H
#define OCTET_EXPORT_C_UNSIGNED_H

#include "lower/step.h"

typedef struct octet_c_unfolded {
    const octet_graph *graph;
    const octet_step *steps;
    const uint32_t *origins; /* by step: the operator of the first graph that it does, or OCTET_NONE */
} octet_c_unfolded;

/* What *out points at lives in `arena`, and points into the graph and the steps that are given, whose step i is that of
 * operator i. */
octet_status octet_c_unfold_unsigned(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                     const octet_step *steps, octet_c_unfolded *out);

#endif
