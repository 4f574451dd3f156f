/* recover/lockstep.h - runs of a quantized graph that advance together, operator by operator.
 * In:  a quantized graph, samples.
 * Out: the values of all runs, as each operator is done.
 * Knows: how much memory all runs together may take.
 * Does not know: what is measured, what is changed in between. */
#ifndef OCTET_RECOVER_LOCKSTEP_H
#define OCTET_RECOVER_LOCKSTEP_H

#include "exec/exec.h"
#include "recover/step.h"

typedef struct octet_lockstep {
    const octet_graph *graph;
    octet_exec *exec;
    octet_runner **runners; /* by run */
    size_t n_runs;          /* fewer than the source has where its bytes do not hold more */
    octet_pool *pool;
} octet_lockstep;

/* Inputs are filled. `graph` must outlive the runs; the list of runners is in `arena`. After a failure too,
 * octet_lockstep_finish frees them. Errors: those of preparing the graph, NOMEM, LIMIT. */
octet_status octet_lockstep_start(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                                  const octet_graph *graph, octet_lockstep *out);
void octet_lockstep_finish(octet_context *ctx, octet_lockstep *lockstep);
/* One step of all runs; a step is an operator of the graph. */
void octet_lockstep_step(const octet_lockstep *lockstep, uint32_t step);
/* Between steps: the elements of a value that a later step reads, or that the last one gave. */
static inline const void *octet_lockstep_value(const octet_lockstep *lockstep, size_t run, uint32_t value) {
    return octet_runner_value(lockstep->runners[run], value);
}
/* Sample `run` of the source into the inputs of a runner of `graph`, whose inputs are those of the source's graph. */
void octet_lockstep_fill(const octet_recover_source *source, const octet_graph *graph, size_t run,
                         octet_runner *runner);

#endif
