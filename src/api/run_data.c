/* octet_model_run_data: runs a model over samples into memory of the caller. */
#include "api/input_files.h"
#include "api/options.h"
#include "api/results.h"

typedef struct run_job {
    octet_arena arena;
    octet_sweep sweep;
    octet_input_files inputs;
    octet_run_options options;
    size_t n_samples;
} run_job;

static octet_status bind(octet_context *ctx, const octet_model *model, octet_data *data,
                         const octet_run_options *options, run_job *job) {
    octet_split split;
    OCTET_TRY(OCTET_OPTIONS_TAKE(ctx, octet_run_options, options, &job->options));
    OCTET_TRY(octet_api_split(ctx, &job->options, &split));
    OCTET_TRY(octet_api_bind_inputs(ctx, &job->arena, model->graph, data, split, &job->inputs));
    const uint64_t limit = job->options.limit;
    job->n_samples = job->inputs.n_samples;
    if (limit > 0 && limit < job->n_samples) job->n_samples = (size_t)limit;
    return OCTET_OK;
}

static octet_status run(octet_context *ctx, const octet_model *model, void *const *outputs, bool real_output,
                        run_job *job) {
    octet_exec_options exec;
    octet_rounding rounding;
    OCTET_TRY(octet_api_exec_options(ctx, &job->options, &exec));
    OCTET_TRY(octet_api_rounding(ctx, &job->options, &rounding));
    exec.outputs_only = true;
    OCTET_TRY(octet_sweep_open(ctx, &job->sweep, (const octet_graph *const *)&model->graph, 1, &exec,
                               job->options.n_threads, job->inputs.samples));
    octet_results results = {model->graph, job->sweep.batch, real_output, outputs};
    job->sweep.rounding = rounding;
    job->sweep.progress = job->options.progress;
    job->sweep.progress_user = job->options.progress_user;
    job->sweep.what = "running";
    return octet_sweep_run(ctx, &job->sweep, NULL, 0, job->n_samples, octet_results_visit, &results);
}

octet_status octet_model_count_samples(octet_context *ctx, const octet_model *model, octet_data *data,
                                       const octet_run_options *options, uint64_t *out) {
    run_job job = {0};
    const octet_status status = bind(ctx, model, data, options, &job);
    octet_arena_free(ctx, &job.arena);
    if (status == OCTET_OK) *out = job.n_samples;
    return status;
}

octet_status octet_model_run_data(octet_context *ctx, const octet_model *model, octet_data *data,
                                  const octet_run_options *options, bool real_output, void *const *outputs,
                                  uint64_t n_samples) {
    run_job job = {0};
    octet_status status = bind(ctx, model, data, options, &job);
    if (status == OCTET_OK && n_samples != job.n_samples)
        status = octet_context_fail(ctx, OCTET_USAGE, "run: there is room for %llu samples, and there are %zu",
                                    (unsigned long long)n_samples, job.n_samples);
    if (status == OCTET_OK) status = run(ctx, model, outputs, real_output, &job);
    octet_sweep_close(ctx, &job.sweep);
    octet_arena_free(ctx, &job.arena);
    return status;
}
