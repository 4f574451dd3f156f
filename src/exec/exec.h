/* exec/exec.h - running a graph.
 * In:  a verified graph, float or quantized; input data in the memory of its input values.
 * Out: output data; on request every intermediate value, as it is computed, and the time of every operator.
 * Knows: plan (lifetimes to offsets in one block), prepare (all checks), run (no allocation, no failure).
 * Does not know: datasets, ranges, files. An observer is called back; what it does is its own affair. */
#ifndef OCTET_EXEC_EXEC_H
#define OCTET_EXEC_EXEC_H

#include "base/thread.h"
#include "graph/graph.h"
#include "lower/options.h"

typedef struct octet_exec_options {
    octet_numerics numerics;
    octet_float_order float_order;
    bool reference_kernels; /* plain loops only; also by OCTET_KERNELS=ref in the environment */
    bool no_sharing;        /* every value keeps its own memory for the whole run */
    bool outputs_only;      /* whole runs without observers, of which graph inputs, outputs and variables are looked at:
                               steps may run as one, and what they hand each other has no memory. Not with no_sharing */
} octet_exec_options;

typedef struct octet_exec octet_exec;     /* prepared and then immutable; shared by any number of runners */
typedef struct octet_runner octet_runner; /* one block of activations, used by one caller at a time */

/* `graph` must outlive the exec. Errors: UNSUPPORTED (no kernel), MODEL, LIMIT, NOMEM. */
octet_status octet_exec_create(octet_context *ctx, const octet_graph *graph, const octet_exec_options *options,
                               octet_exec **out);
void octet_exec_destroy(octet_context *ctx, octet_exec *exec);

/* The plan: bytes of the activation block and, by value, the offset in it (SIZE_MAX for constants and for what has no
 * memory). */
size_t octet_exec_arena_bytes(const octet_exec *exec);
size_t octet_exec_offset(const octet_exec *exec, uint32_t value);
uint32_t octet_exec_n_steps(const octet_exec *exec);
uint32_t octet_exec_step_operator(const octet_exec *exec, uint32_t step); /* index in graph->operators */
const char *octet_exec_step_variant(const octet_exec *exec, uint32_t step);
/* The step at which its work is done in a run without observers: itself, the last one of the group that runs as one, or
 * OCTET_NONE where there is nothing to do because the result is the memory of the operand. */
uint32_t octet_exec_step_done_at(const octet_exec *exec, uint32_t step);

/* n_threads: the largest pool that octet_runner_run will be given (scratch per thread). */
octet_status octet_runner_create(octet_context *ctx, const octet_exec *exec, uint32_t n_threads, octet_runner **out);
void octet_runner_destroy(octet_context *ctx, octet_runner *runner);

/* The memory of a value: to fill inputs before a run, to read outputs after it; others are valid inside observers. NULL
 * for what has none (outputs_only). */
void *octet_runner_value(const octet_runner *runner, uint32_t value);
/* Variables (LSTM state) to their zero point, as at creation. */
void octet_runner_reset(octet_runner *runner);

/* Called for each graph input before the first step, and right after a step for each of its outputs and for the state
 * it keeps (variables among its inputs). */
typedef void octet_observe(void *user, uint32_t value, const void *data, size_t n_elements);
/* Not with outputs_only. */
void octet_runner_set_observer(octet_runner *runner, octet_observe *observe, void *user);
/* time_ns: array of octet_exec_n_steps, added to at every run: for a group at the step where its work is done; NULL
 * turns it off. */
void octet_runner_set_profile(octet_runner *runner, uint64_t *time_ns);

/* Allocates nothing and cannot fail. pool: NULL, or at most n_threads wide. The same bytes for every pool. */
void octet_runner_run(octet_runner *runner, octet_pool *pool);
/* One step of a run, below octet_exec_n_steps, in their order; also one whose work a later step takes over. Observers
 * are not called. Between the steps of a run, memory holds the values that later steps read. Not with outputs_only. */
void octet_runner_run_step(octet_runner *runner, uint32_t step, octet_pool *pool);
/* Prepares a step anew, whose constants have changed in place: kernels keep copies of some. No runner runs meanwhile.
 * Errors: NOMEM. */
octet_status octet_exec_remake_step(octet_context *ctx, octet_exec *exec, uint32_t step);

#endif
