#include "recover/real_run.h"

#include "recover/lockstep.h"

typedef struct run_thread {
    octet_any_observe *observe;
    void *user;
    octet_runner *runner;
    size_t run;
} run_thread;

typedef struct run_job {
    const octet_recover_source *source;
    const octet_graph *graph;
    size_t first;
    run_thread *threads;
} run_job;

static void observe_value(void *user, uint32_t value, const void *data, size_t n_elements) {
    run_thread *thread = user;
    thread->observe(thread->user, thread->run, value, data, n_elements);
}

static void run_samples(void *user, uint32_t t, uint32_t begin, uint32_t end) {
    const run_job *job = user;
    run_thread *thread = &job->threads[t];
    for (uint32_t i = begin; i < end; i++) {
        thread->run = job->first + i;
        octet_runner_reset(thread->runner);
        octet_lockstep_fill(job->source, job->graph, thread->run, thread->runner);
        octet_runner_run(thread->runner, NULL);
    }
}

static octet_status create_runners(octet_context *ctx, const octet_exec *exec, uint32_t n, run_thread *threads) {
    for (uint32_t t = 0; t < n; t++) {
        OCTET_TRY(octet_runner_create(ctx, exec, 1, &threads[t].runner));
        octet_runner_set_observer(threads[t].runner, observe_value, &threads[t]);
    }
    return OCTET_OK;
}

octet_status octet_any_run(octet_context *ctx, const octet_recover_source *source, const octet_graph *graph,
                           size_t first, size_t n_runs, octet_any_observe *observe, void *const *users) {
    const octet_exec_options options = {.float_order = OCTET_FLOAT_ORDER_FMA};
    const uint32_t n = octet_pool_size(source->pool);
    octet_arena arena = {0};
    octet_exec *exec = NULL;
    run_thread *threads;
    OCTET_TRY(OCTET_NEW(ctx, &arena, n, &threads));
    for (uint32_t t = 0; t < n; t++) threads[t] = (run_thread){observe, users[t], NULL, 0};
    octet_status status = octet_exec_create(ctx, graph, &options, &exec);
    if (status == OCTET_OK) status = create_runners(ctx, exec, n, threads);
    run_job job = {source, graph, first, threads};
    if (status == OCTET_OK) octet_pool_run(source->pool, 0, run_samples, &job, (uint32_t)n_runs, 1);
    for (uint32_t t = 0; t < n; t++) octet_runner_destroy(ctx, threads[t].runner);
    octet_exec_destroy(ctx, exec);
    octet_arena_free(ctx, &arena);
    return status;
}

/* ---- Float graphs ---- */

typedef struct real_thread {
    const octet_graph *graph;
    octet_real_observe *observe;
    void *user;
} real_thread;

static void observe_real(void *user, size_t run, uint32_t value, const void *data, size_t n_elements) {
    const real_thread *thread = user;
    if (thread->graph->values[value].type == OCTET_FLOAT32) thread->observe(thread->user, run, value, data, n_elements);
}

octet_status octet_real_run(octet_context *ctx, const octet_recover_source *source, const octet_graph *graph,
                            size_t n_runs, octet_real_observe *observe, void *const *users) {
    const uint32_t n = octet_pool_size(source->pool);
    octet_arena arena = {0};
    real_thread *threads;
    void **pointers = NULL;
    octet_status status = OCTET_NEW(ctx, &arena, n, &threads);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &arena, n, &pointers);
    for (uint32_t t = 0; status == OCTET_OK && t < n; t++) {
        threads[t] = (real_thread){graph, observe, users[t]};
        pointers[t] = &threads[t];
    }
    if (status == OCTET_OK) status = octet_any_run(ctx, source, graph, 0, n_runs, observe_real, pointers);
    octet_arena_free(ctx, &arena);
    return status;
}
