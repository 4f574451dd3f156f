#include "recover/lockstep.h"

#include "exec/convert.h"

void octet_lockstep_fill(const octet_recover_source *source, const octet_graph *graph, size_t run,
                         octet_runner *runner) {
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        octet_convert_from_real(value, OCTET_ROUND_NEAREST, source->inputs[i] + run * n, n,
                                octet_runner_value(runner, graph->inputs[i].value));
    }
}

octet_status octet_lockstep_start(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                                  const octet_graph *graph, octet_lockstep *out) {
    *out = (octet_lockstep){.graph = graph, .pool = source->pool};
    OCTET_TRY(octet_exec_create(ctx, graph, NULL, &out->exec));
    const size_t most = source->most_bytes / (octet_exec_arena_bytes(out->exec) + 1);
    const size_t n = most >= source->n_runs ? source->n_runs : most > 0 ? most : 1;
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &out->runners));
    while (out->n_runs < n) {
        OCTET_TRY(octet_runner_create(ctx, out->exec, 1, &out->runners[out->n_runs]));
        octet_lockstep_fill(source, graph, out->n_runs, out->runners[out->n_runs]);
        out->n_runs++;
    }
    return OCTET_OK;
}

void octet_lockstep_finish(octet_context *ctx, octet_lockstep *lockstep) {
    for (size_t run = 0; run < lockstep->n_runs; run++) octet_runner_destroy(ctx, lockstep->runners[run]);
    octet_exec_destroy(ctx, lockstep->exec);
    *lockstep = (octet_lockstep){0};
}

typedef struct step_job {
    const octet_lockstep *lockstep;
    uint32_t step;
} step_job;

static void run_step(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const step_job *job = user;
    (void)thread;
    for (uint32_t run = begin; run < end; run++) octet_runner_run_step(job->lockstep->runners[run], job->step, NULL);
}

void octet_lockstep_step(const octet_lockstep *lockstep, uint32_t step) {
    step_job job = {lockstep, step};
    octet_pool_run(lockstep->pool, 0, run_step, &job, (uint32_t)lockstep->n_runs, 1);
}
