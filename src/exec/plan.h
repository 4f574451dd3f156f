/* exec/plan.h - where every activation lives.
 * In:  a graph and its steps; which of them run as one.
 * Out: an offset per value in one block of memory, and the size of the block.
 * Knows: lifetimes: from the step that computes a value to the last that reads it; inputs live
 *        from the start, outputs to the end.
 * Does not know: kernels. Constants have no place in the block. */
#ifndef OCTET_EXEC_PLAN_H
#define OCTET_EXEC_PLAN_H

#include "lower/step.h"

typedef struct octet_plan {
    size_t *offsets; /* by value; SIZE_MAX for constants and values that nothing uses */
    size_t size_bytes;
} octet_plan;

/* done_at: by step, the step at which its work is done (exec.h): what is handed on inside a group has no memory, what
 * its steps read lives until then. NULL: every step runs by itself.
 * Greedy by size: the largest value first, each at the lowest offset that is free during its life. A step with in_place
 * gives its result the memory of its first input when that is read for the last time there. Offsets are multiples
 * of 64. */
octet_status octet_plan_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const octet_step *steps,
                             const uint32_t *done_at, bool no_sharing, octet_plan *out);

#endif
