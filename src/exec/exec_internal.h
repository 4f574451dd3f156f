/* exec/exec_internal.h - what exec.c (prepare) and runner.c (run) share.
 * In:  nothing.
 * Out: the layout of octet_exec.
 * Knows: steps, tasks, plan.
 * Does not know: anything outside this room and lower. */
#ifndef OCTET_EXEC_EXEC_INTERNAL_H
#define OCTET_EXEC_EXEC_INTERNAL_H

#include "exec/exec.h"
#include "exec/plan.h"
#include "exec/run.h"

struct octet_exec {
    octet_arena arena;
    const octet_graph *graph;
    octet_step *steps; /* one per operator, in order: what is computed */
    octet_task *tasks; /* by step: how; of a group at its last step, the others have none */
    uint32_t *done_at; /* by step: octet_exec_step_done_at */
    uint64_t *time_ns; /* by step: an estimate (share.h) */
    octet_plan plan;
    size_t shared_bytes, scratch_bytes; /* the largest of any step */
    uint32_t cpu;                       /* that the tasks were made for; 0: plain loops only */
    bool outputs_only;
};

#endif
