/* exec/run.h - what a step is while it runs, and the function of every kernel.
 * In:  steps (lower/step.h), memory of values.
 * Out: octet_runs, the plain loops by kernel; octet_task, which a faster variant may take over (fast.h).
 * Knows: kernel_list.h, kernels/ref. A function takes operands and parameters as the list names them and cannot fail.
 * Does not know: the memory plan, threads, observers. */
#ifndef OCTET_EXEC_RUN_H
#define OCTET_EXEC_RUN_H

#include "lower/lower.h"

/* What a task sees while it runs. */
typedef struct octet_frame {
    void *const *values; /* by value index: the memory of every constant and activation */
    void *shared;        /* work.shared_bytes, the same for all threads, kept from phase to phase */
    void *scratch;       /* work.scratch_bytes, this thread's own, contents undefined at every call */
} octet_frame;

typedef struct octet_task octet_task;

/* Does units [begin, end) of one phase. */
typedef void octet_run(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end);

enum { OCTET_GROUP_BEHIND = 2 }; /* steps of a group behind its first one, at most */

struct octet_task {
    octet_run *run;
    const void *params;                           /* of `run`: the step's, or what a fast variant has made of them */
    const octet_step *step;                       /* names the operands */
    const octet_step *behind[OCTET_GROUP_BEHIND]; /* done in the same run, each reading the result of the one before,
                                                     which has no memory; the last one names the results */
    uint32_t n_behind;                            /* 0: the step alone */
    octet_work work;                              /* of `run` */
    const char *variant;                          /* "ref", "avx2", ...: which loops they are, for profiles */
};

static inline const octet_step *octet_task_last(const octet_task *task) {
    return task->n_behind > 0 ? task->behind[task->n_behind - 1] : task->step;
}
/* Of the first step. */
static inline const void *octet_task_input(const octet_task *task, const octet_frame *frame, uint32_t i) {
    const octet_step *step = task->step;
    return i < step->n_inputs && step->inputs[i] != OCTET_NONE ? frame->values[step->inputs[i]] : NULL;
}
/* An operand that is there, and that is written to as well: the state of LSTM and SVDF. */
static inline void *octet_task_state(const octet_task *task, const octet_frame *frame, uint32_t i) {
    return frame->values[task->step->inputs[i]];
}
static inline void *octet_task_output(const octet_task *task, const octet_frame *frame, uint32_t i) {
    return frame->values[octet_task_last(task)->outputs[i]];
}

/* octet_run_<kernel>, in run_<family>.c. */
#define OCTET_RUN(name)                                                                                     \
    void octet_run_##name(const octet_task *task, const octet_frame *frame, uint32_t phase, uint32_t begin, \
                          uint32_t end)
#define OCTET_RUN_DECLARE(name, kind) octet_run octet_run_##name;
OCTET_KERNEL_LIST(OCTET_RUN_DECLARE)
#undef OCTET_RUN_DECLARE

/* By octet_kernel. */
extern octet_run *const octet_runs[OCTET_N_KERNELS];

/* Elements [first, first + count) of units [begin, end), where a unit is OCTET_PIECE of n elements. */
typedef struct octet_span {
    size_t first, count;
} octet_span;
static inline octet_span octet_run_span(size_t n, uint32_t begin, uint32_t end) {
    const size_t first = (size_t)begin * OCTET_PIECE, last = (size_t)end * OCTET_PIECE;
    return (octet_span){first, (last < n ? last : n) - first};
}

#endif
