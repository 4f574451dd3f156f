/* octet_model_bench: times the operators of a model on made-up input, within the time that it is given. */
#include <stdlib.h>
#include <string.h>

#include "api/handles.h"
#include "api/options.h"
#include "base/clock.h"
#include "exec/convert.h"
#include "graph/work.h"
#include "report/profile.h"

enum { MAX_RUNS = 1 << 20, WARM_UP_RUNS = 3 };

typedef struct bench_job {
    octet_arena arena;
    octet_exec *exec;
    octet_runner *runner;
    octet_pool *pool;
    uint64_t *runs; /* time of each */
    uint64_t n_runs;
    uint64_t *by_step, *least; /* time of each operator: in one run, and the least of all */
    uint32_t n_steps;
} bench_job;

/* Made-up input between -1 and 1, the same everywhere: a linear
 * congruential generator (Numerical Recipes' constants). */
static octet_status fill_inputs(octet_context *ctx, const octet_graph *graph, bench_job *job) {
    uint32_t state = 1;
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape);
        float *real;
        OCTET_TRY(OCTET_NEW(ctx, &job->arena, n, &real));
        for (size_t k = 0; k < n; k++) {
            state = state * 1664525u + 1013904223u;
            real[k] = (float)(state >> 8) / 8388608.0f - 1.0f;
            if (value->quantization.n == 0 && value->type != OCTET_FLOAT32)
                real[k] = 0.0f; /* indices: the first is always valid */
        }
        octet_convert_from_real(value, OCTET_ROUND_NEAREST, real, n,
                                octet_runner_value(job->runner, graph->inputs[i].value));
    }
    return OCTET_OK;
}

static int compare_times(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t run_once(const bench_job *job) {
    const uint64_t start = octet_clock_ns();
    octet_runner_run(job->runner, job->pool);
    return octet_clock_ns() - start;
}

/* Notes the least time of each operator; `first`: of this run alone. */
static uint64_t run_profiled(bench_job *job, bool first) {
    memset(job->by_step, 0, job->n_steps * sizeof *job->by_step);
    octet_runner_set_profile(job->runner, job->by_step);
    const uint64_t time = run_once(job);
    octet_runner_set_profile(job->runner, NULL);
    for (uint32_t j = 0; j < job->n_steps; j++)
        if (first || job->by_step[j] < job->least[j]) job->least[j] = job->by_step[j];
    return time;
}

/* Runs to warm up, runs without profiling in the first half of the time that is left, and as many with it. No run is
 * begun that would not end in time, as the last one took; only the first one is always made, and is then the result. */
static void measure(bench_job *job, double seconds) {
    const uint64_t start = octet_clock_ns(), end = start + (uint64_t)(seconds * 1e9);
    uint64_t last = run_profiled(job, true);
    job->runs[0] = last;
    job->n_runs = 1;
    if (start + 3 * last > end) return;
    for (int i = 1; i < WARM_UP_RUNS && octet_clock_ns() + last < start + (end - start) / 4; i++) last = run_once(job);
    const uint64_t now = octet_clock_ns(), middle = now < end ? now + (end - now) / 2 : end;
    for (job->n_runs = 0; job->n_runs < MAX_RUNS && (job->n_runs == 0 || octet_clock_ns() + last < middle);)
        last = job->runs[job->n_runs++] = run_once(job);
    for (uint64_t i = 0; i < job->n_runs && octet_clock_ns() + last < end; i++) last = run_profiled(job, i == 0);
}

/* The time of steps that run as one goes to the one with the most multiply-accumulates. */
static void gather_groups(const octet_exec *exec, octet_profile_row *rows, uint32_t n_steps) {
    for (uint32_t last = 0; last < n_steps; last++) {
        uint32_t most = last;
        rows[last].is_no_work = octet_exec_step_done_at(exec, last) == OCTET_NONE;
        if (octet_exec_step_done_at(exec, last) != last) continue;
        for (uint32_t i = last; i-- > 0;)
            if (octet_exec_step_done_at(exec, i) == last && rows[i].macs >= rows[most].macs) most = i;
        const double time_ns = rows[last].time_ns;
        for (uint32_t i = 0; i <= last; i++)
            if (octet_exec_step_done_at(exec, i) == last) rows[i].with = rows[most].index;
        rows[last].time_ns = 0.0;
        rows[most].time_ns = time_ns;
    }
}

static octet_status run(octet_context *ctx, const octet_model *model, double seconds, const octet_run_options *given,
                        octet_arena *arena, bench_job *job, octet_profile *out) {
    octet_run_options options;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, given, &options));
    octet_exec_options exec;
    OCTET_TRY(octet_api_exec_options(ctx, &options, &exec));
    const octet_graph *graph = model->graph;
    exec.outputs_only = true;
    OCTET_TRY(octet_pool_create(ctx, options.n_threads > 0 ? options.n_threads : 1, &job->pool));
    OCTET_TRY(octet_exec_create(ctx, graph, &exec, &job->exec));
    OCTET_TRY(octet_runner_create(ctx, job->exec, octet_pool_size(job->pool), &job->runner));
    const size_t peak_bytes = ctx->peak_memory_bytes; /* what follows is for measuring; runs allocate nothing */
    job->n_steps = octet_exec_n_steps(job->exec);
    octet_profile_row *rows;
    OCTET_TRY(OCTET_NEW(ctx, arena, job->n_steps, &rows));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->n_steps, &job->by_step));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->n_steps, &job->least));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, MAX_RUNS, &job->runs));
    OCTET_TRY(fill_inputs(ctx, graph, job));
    const double wanted = seconds > 0.0 ? seconds : 1.0;
    measure(job, wanted);
    octet_profile profile = {.model = model->path,
                             .rows = rows,
                             .n_rows = job->n_steps,
                             .n_threads = octet_pool_size(job->pool),
                             .n_runs = job->n_runs,
                             .is_slow = (double)job->runs[0] > wanted * 1e9,
                             .arena_bytes = octet_exec_arena_bytes(job->exec),
                             .peak_bytes = peak_bytes};
    for (uint32_t i = 0; i < job->n_steps; i++) {
        const uint32_t index = octet_exec_step_operator(job->exec, i);
        const octet_operator *op = &graph->operators[index];
        rows[i] = (octet_profile_row){.index = index,
                                      .with = index,
                                      .name = octet_operator_name(op->code),
                                      .layer = op->layer,
                                      .macs = octet_operator_macs(graph, op),
                                      .variant = octet_exec_step_variant(job->exec, i),
                                      .time_ns = (double)job->least[i]};
    }
    gather_groups(job->exec, rows, job->n_steps);
    for (uint32_t i = 0; i < graph->n_values; i++) {
        const octet_value *value = &graph->values[i];
        if (octet_value_is_constant(value)) profile.weight_bytes += octet_value_bytes(value);
    }
    for (uint64_t i = 0; i < job->n_runs; i++) profile.mean_ns += (double)job->runs[i] / (double)job->n_runs;
    qsort(job->runs, job->n_runs, sizeof *job->runs, compare_times);
    profile.min_ns = (double)job->runs[0];
    profile.median_ns = (double)job->runs[job->n_runs / 2];
    *out = profile;
    return OCTET_OK;
}

octet_status octet_api_profile(octet_context *ctx, octet_arena *arena, const octet_model *model, double seconds,
                               const octet_run_options *options, octet_profile *out) {
    bench_job job = {0};
    const octet_status status = run(ctx, model, seconds, options, arena, &job, out);
    octet_runner_destroy(ctx, job.runner);
    octet_exec_destroy(ctx, job.exec);
    octet_pool_destroy(ctx, job.pool);
    octet_arena_free(ctx, &job.arena);
    return status;
}

octet_status octet_model_bench(octet_context *ctx, const octet_model *model, double seconds,
                               const octet_run_options *options, octet_rendering as, char **out) {
    octet_arena arena = {0};
    octet_buffer buffer = {0};
    octet_profile profile;
    octet_status status = octet_api_profile(ctx, &arena, model, seconds, options, &profile);
    if (status == OCTET_OK)
        status = as == OCTET_AS_JSON ? octet_profile_write_json(ctx, &profile, &buffer)
                                     : octet_profile_write_text(ctx, &profile, &buffer);
    octet_arena_free(ctx, &arena);
    return octet_api_give_text(ctx, &buffer, status, out);
}
