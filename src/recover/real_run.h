/* recover/real_run.h - runs of a graph, observed.
 * In:  a graph, mostly the float one, samples, an observer for each thread.
 * Out: calls of the observers with every value of every run.
 * Knows: that each thread has an observer of its own, and that runs come in no order.
 * Does not know: what is gathered. */
#ifndef OCTET_RECOVER_REAL_RUN_H
#define OCTET_RECOVER_REAL_RUN_H

#include "exec/exec.h"
#include "recover/step.h"

/* As octet_observe of exec.h, and which run it is. */
typedef void octet_any_observe(void *user, size_t run, uint32_t value, const void *data, size_t n_elements);

/* Runs samples [first, first + n_runs) of the source through `graph`, float or quantized, whose inputs are those of the
 * source's graph. users: by thread of the source's pool. What is gathered must not depend on which thread has which
 * run. Errors: those of preparing the graph, NOMEM, LIMIT. */
octet_status octet_any_run(octet_context *ctx, const octet_recover_source *source, const octet_graph *graph,
                           size_t first, size_t n_runs, octet_any_observe *observe, void *const *users);

/* As octet_observe of exec.h, and which run it is. */
typedef void octet_real_observe(void *user, size_t run, uint32_t value, const float *data, size_t n_elements);

/* The same with the first n_runs samples; only float32 values are shown. */
octet_status octet_real_run(octet_context *ctx, const octet_recover_source *source, const octet_graph *graph,
                            size_t n_runs, octet_real_observe *observe, void *const *users);

#endif
