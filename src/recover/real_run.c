#include "recover/real_run.h"

#include "recover/lockstep.h"

typedef struct real_thread {
    const octet_graph *graph;
    octet_real_observe *observe;
    void *user;
    octet_runner *runner;
    size_t run;
} real_thread;

typedef struct real_job {
    const octet_recover_source *source;
    const octet_graph *graph;
    real_thread *threads;
} real_job;

static void observe_value(void *user, uint32_t value, const void *data, size_t n_elements) {
    real_thread *thread = user;
    if (thread->graph->values[value].type == OCTET_FLOAT32)
        thread->observe(thread->user, thread->run, value, data, n_elements);
}

static void run_samples(void *user, uint32_t t, uint32_t begin, uint32_t end) {
    const real_job *job = user;
    real_thread *thread = &job->threads[t];
    for (uint32_t run = begin; run < end; run++) {
        thread->run = run;
        octet_runner_reset(thread->runner);
        octet_lockstep_fill(job->source, job->graph, run, thread->runner);
        octet_runner_run(thread->runner, NULL);
    }
}

static octet_status create_runners(octet_context *ctx, const octet_exec *exec, uint32_t n, real_thread *threads) {
    for (uint32_t t = 0; t < n; t++) {
        OCTET_TRY(octet_runner_create(ctx, exec, 1, &threads[t].runner));
        octet_runner_set_observer(threads[t].runner, observe_value, &threads[t]);
    }
    return OCTET_OK;
}

octet_status octet_real_run(octet_context *ctx, const octet_recover_source *source, const octet_graph *graph,
                            size_t n_runs, octet_real_observe *observe, void *const *users) {
    const octet_exec_options options = {.float_order = OCTET_FLOAT_ORDER_FMA};
    const uint32_t n = octet_pool_size(source->pool);
    octet_arena arena = {0};
    octet_exec *exec = NULL;
    real_thread *threads;
    OCTET_TRY(OCTET_NEW(ctx, &arena, n, &threads));
    for (uint32_t t = 0; t < n; t++) threads[t] = (real_thread){graph, observe, users[t], NULL, 0};
    octet_status status = octet_exec_create(ctx, graph, &options, &exec);
    if (status == OCTET_OK) status = create_runners(ctx, exec, n, threads);
    real_job job = {source, graph, threads};
    if (status == OCTET_OK) octet_pool_run(source->pool, 0, run_samples, &job, (uint32_t)n_runs, 1);
    for (uint32_t t = 0; t < n; t++) octet_runner_destroy(ctx, threads[t].runner);
    octet_exec_destroy(ctx, exec);
    octet_arena_free(ctx, &arena);
    return status;
}
