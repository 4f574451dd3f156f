/* exec/task.h - from a described step to one that runs.
 * In:  a step of lower/, the values that its operands are.
 * Out: a task: the plain loops of its kernel, or a faster variant with packed weights.
 * Knows: run.h; which kernels have faster variants for a processor (fast.c, the one place where they are chosen).
 * Does not know: operators, how they are checked, the memory plan. */
#ifndef OCTET_EXEC_TASK_H
#define OCTET_EXEC_TASK_H

#include "exec/run.h"

typedef struct octet_task_maker {
    octet_context *ctx;
    octet_arena *arena;        /* packed weights live here */
    const octet_value *values; /* by value index of the steps */
    uint32_t cpu;              /* OCTET_CPU_* bits (kernels/fast/cpu.h); 0: plain loops only */
} octet_task_maker;

/* The task points into the step. */
octet_status octet_task_make(const octet_task_maker *maker, const octet_step *step, octet_task *out);

/* Steps that may run as one (lower/readers.h): `step`, whose result only `behind` reads. Leaves *done false where no
 * kernel does both at once. */
octet_status octet_task_make_group(const octet_task_maker *maker, const octet_step *step, const octet_step *behind,
                                   octet_task *out, bool *done);

/* fast.c: replaces plain loops by a faster variant where there is one that gives the same bytes, for this processor and
 * these parameters; the task is left as it is otherwise. */
octet_status octet_task_hasten(const octet_task_maker *maker, octet_task *task);
/* The same for a group, which has no plain loops: run stays NULL where nothing fits. */
octet_status octet_task_hasten_group(const octet_task_maker *maker, octet_task *task);

#endif
