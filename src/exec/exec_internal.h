/* exec/exec_internal.h - what exec.c (prepare) and runner.c (run) share.
 * In:  nothing. Out: the layout of octet_exec. Knows: step, plan. Does not know: anything outside this room. */
#ifndef OCTET_EXEC_EXEC_INTERNAL_H
#define OCTET_EXEC_EXEC_INTERNAL_H

#include "exec/plan.h"

struct octet_exec {
    octet_arena arena;
    const octet_graph *graph;
    octet_step *steps; /* one per operator, in order */
    bool *is_large;    /* by step: worth dividing among threads */
    octet_plan plan;
    size_t shared_bytes, scratch_bytes; /* the largest of any step */
};

#endif
