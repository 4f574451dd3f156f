#include "api/ahead.h"

#include "api/options.h"

/* Memory is the lesser good: where the limit on it leaves less than LEAST_LEFT, nothing runs ahead, and nothing of more
 * than MOST_BYTES; outputs may take MOST_OUTPUT_BYTES. */
static const size_t LEAST_LEFT = (size_t)4 << 30, MOST_BYTES = (size_t)256 << 20, MOST_OUTPUT_BYTES = (size_t)16 << 20;

struct octet_ahead {
    octet_context ctx; /* the thread's, also its memory */
    octet_arena arena;
    octet_errand *errand; /* NULL once it is over */
    octet_sweep sweep;
    octet_exec_options exec;
    size_t first, most; /* samples: first..first+most */
    atomic_size_t n;    /* of which have run */
    uint8_t *outputs;
    uint64_t *time_ns;
    atomic_bool stop;
};

static void visit(void *user, uint32_t thread, size_t position, uint32_t slot, octet_runner *const *runners,
                  const uint64_t *time_ns) {
    octet_ahead *ahead = user;
    (void)slot, (void)runners;
    octet_sweep_keep_outputs(&ahead->sweep, thread, 0,
                             ahead->outputs + (position - ahead->first) * ahead->sweep.kept_bytes[0]);
    ahead->time_ns[position - ahead->first] = time_ns[0];
    atomic_store(&ahead->n, position - ahead->first + 1);
}

static void work(void *user) {
    octet_ahead *ahead = user;
    octet_sweep_run(&ahead->ctx, &ahead->sweep, NULL, ahead->first, ahead->most, visit, ahead);
}

/* Whether the calibration samples are decompressed on one thread, which leaves the others idle. */
static bool is_worth_it(octet_context *ctx, const octet_model *original, const octet_data *data, octet_data *test,
                        const octet_run_options *options, octet_split split) {
    octet_samples *calibrated_on, *tested_on;
    if (options->n_threads == 1 || options->n_parts > 1 || octet_thread_count() == 1) return false;
    if (octet_api_batch(original->graph) > 1 || octet_graph_is_stream(original->graph)) return false;
    return octet_dataset_split(ctx, data->dataset, OCTET_SPLIT_TRAIN, &calibrated_on) == OCTET_OK &&
           octet_samples_are_compressed(calibrated_on) &&
           octet_dataset_split(ctx, test->dataset, split, &tested_on) == OCTET_OK && calibrated_on != tested_on;
}

static octet_status prepare(octet_ahead *ahead, const octet_model *original, const octet_data *data, octet_data *test,
                            const octet_run_options *options, bool *is_ready) {
    octet_context *ctx = &ahead->ctx;
    octet_split split;
    octet_rounding rounding;
    octet_samples **samples;
    OCTET_TRY(octet_api_exec_options(ctx, options, &ahead->exec));
    ahead->exec.outputs_only = true;
    OCTET_TRY(octet_api_split(ctx, options, &split));
    OCTET_TRY(octet_api_rounding(ctx, options, &rounding));
    if (!is_worth_it(ctx, original, data, test, options, split)) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, &ahead->arena, original->graph->n_inputs, &samples));
    OCTET_TRY(octet_api_bind_data(ctx, test, original->graph, split, samples));
    OCTET_TRY(octet_sweep_open(ctx, &ahead->sweep, (const octet_graph *const *)&original->graph, 1, &ahead->exec, 1,
                               samples));
    ahead->sweep.rounding = rounding;
    ahead->sweep.what = "evaluating";
    OCTET_TRY(octet_sweep_widen(ctx, &ahead->sweep, &ahead->exec));
    if (ahead->sweep.wide[0].n == 0) ahead->sweep.row = 1; /* a long run is not waited for longer than it takes */
    ahead->sweep.stop = &ahead->stop;
    const size_t count = octet_samples_count(samples[0]), most = MOST_OUTPUT_BYTES / (ahead->sweep.kept_bytes[0] + 1);
    if (options->first >= count) return OCTET_OK;
    ahead->first = (size_t)options->first;
    ahead->most = count - ahead->first;
    if (options->limit > 0 && options->limit < ahead->most) ahead->most = (size_t)options->limit;
    if (most < ahead->most) ahead->most = most;
    OCTET_TRY(octet_arena_array(ctx, &ahead->arena, ahead->most, ahead->sweep.kept_bytes[0], (void **)&ahead->outputs));
    OCTET_TRY(OCTET_NEW(ctx, &ahead->arena, ahead->most, &ahead->time_ns));
    *is_ready = ahead->most > 0;
    return OCTET_OK;
}

void octet_ahead_begin(octet_context *ctx, const octet_model *original, const octet_data *data, octet_data *test,
                       const octet_run_options *options, octet_ahead **out) {
    void *block = NULL;
    octet_context own;
    bool is_ready = false;
    *out = NULL;
    octet_context_child(ctx, &own);
    own.max_memory_bytes = MOST_BYTES;
    if (ctx->max_memory_bytes < ctx->memory_bytes || ctx->max_memory_bytes - ctx->memory_bytes < LEAST_LEFT) return;
    if (octet_memory_allocate(&own, sizeof **out, &block) != OCTET_OK) return;
    octet_ahead *ahead = block;
    *ahead = (octet_ahead){.ctx = own};
    atomic_init(&ahead->stop, false);
    atomic_init(&ahead->n, 0);
    if (prepare(ahead, original, data, test, options, &is_ready) == OCTET_OK && is_ready)
        (void)octet_errand_start(&ahead->ctx, work, ahead, &ahead->errand);
    if (ahead->errand != NULL) *out = ahead;
    else octet_ahead_end(ctx, ahead);
}

void octet_ahead_stop(octet_context *ctx, octet_ahead *ahead) {
    if (ahead == NULL) return;
    atomic_store(&ahead->stop, true);
    octet_errand_wait(&ahead->ctx, ahead->errand);
    ahead->errand = NULL;
    octet_context_adopt(ctx, &ahead->ctx);
}

size_t octet_ahead_n(const octet_ahead *ahead) { return atomic_load(&ahead->n); }

void octet_ahead_give(const octet_ahead *ahead, octet_sweep *sweep, const octet_exec_options *exec) {
    if (ahead == NULL || sweep->graphs[0] != ahead->sweep.graphs[0] || sweep->n_models < 2 || sweep->batch != 1 ||
        sweep->keep_state || sweep->rounding != ahead->sweep.rounding || exec->numerics != ahead->exec.numerics ||
        exec->float_order != ahead->exec.float_order)
        return;
    for (uint32_t i = 0; i < sweep->graphs[0]->n_inputs; i++)
        if (sweep->samples[i] != ahead->sweep.samples[i]) return;
    sweep->early = (octet_early){ahead->first, octet_ahead_n(ahead), ahead->outputs, ahead->time_ns};
}

void octet_ahead_end(octet_context *ctx, octet_ahead *ahead) {
    if (ahead == NULL) return;
    octet_ahead_stop(ctx, ahead);
    octet_sweep_close(ctx, &ahead->sweep);
    octet_arena_free(ctx, &ahead->arena);
    octet_memory_free(ctx, ahead);
}
