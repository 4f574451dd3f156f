#include "api/calibrate.h"

#include <inttypes.h>
#include <stdio.h>

#include "api/looks.h"
#include "api/sweep.h"
#include "base/hash.h"
#include "quant/quant.h"
#include "statistics/observer.h"

enum { DEFAULT_SAMPLES = 100 };

typedef struct calibration_job {
    octet_sweep sweep;
    octet_arena arena;
    octet_samples **samples; /* by input; NULL where the samples are arrays */
    octet_chosen chosen;
    size_t *indices;            /* the same in the order in which they run */
    octet_observer **observers; /* by thread */
    octet_graph *clipped;       /* the graph as TensorFlow calibrates it, where that differs */
} calibration_job;

/* Each sample that the options choose, before parts are cut. */
static octet_status choose_all(octet_context *ctx, octet_arena *arena, const octet_conversion *options,
                               size_t n_available, size_t **indices, size_t *n) {
    const int n_ways = (options->indices != NULL) + (int)options->all_samples + (options->n_samples > 0);
    OCTET_CHECK(ctx, n_ways <= 1, OCTET_USAGE,
                "calibration samples: a number, all, and a file of indices exclude each other");
    if (options->indices != NULL) {
        OCTET_TRY(octet_indices_read(ctx, arena, options->indices, n_available, indices, n));
        OCTET_CHECK(ctx, *n > 0, OCTET_DATA, "%s: no indices", options->indices);
        return OCTET_OK;
    }
    const uint64_t wanted = options->n_samples > 0 ? options->n_samples : DEFAULT_SAMPLES;
    OCTET_CHECK(ctx, options->n_samples == 0 || wanted <= n_available, OCTET_DATA,
                "calibration samples: %" PRIu64 " are asked for, the data hold %zu", wanted, n_available);
    /* With fewer than the default, or all asked for: each once, in order. */
    const bool takes_all = options->all_samples || wanted >= n_available;
    *n = takes_all ? n_available : (size_t)wanted;
    OCTET_TRY(OCTET_NEW(ctx, arena, *n, indices));
    for (size_t i = 0; takes_all && i < *n; i++) (*indices)[i] = i;
    if (!takes_all) octet_samples_choose(n_available, options->seed, *n, *indices);
    return OCTET_OK;
}

octet_status octet_api_choose_samples(octet_context *ctx, octet_arena *arena, const octet_conversion *options,
                                      size_t n_available, octet_chosen *out) {
    size_t *all, end;
    *out = (octet_chosen){0};
    OCTET_TRY(choose_all(ctx, arena, options, n_available, &all, &out->n_all));
    OCTET_TRY(
        octet_parts_place(ctx, options->part, options->n_parts, out->n_all, "calibration samples", &out->first, &end));
    out->indices = all + out->first;
    out->n = end - out->first;
    uint64_t number = n_available;
    out->choice = octet_hash(0, &number, sizeof number);
    for (size_t i = 0; options->n_parts > 1 && i < out->n_all; i++) {
        number = all[i];
        out->choice = octet_hash(out->choice, &number, sizeof number);
    }
    return OCTET_OK;
}

/* Everything is told to the observers. */
static void visit(void *user, uint32_t thread, size_t position, uint32_t slot, octet_runner *const *runners,
                  const uint64_t *time_ns) {
    (void)user, (void)thread, (void)position, (void)slot, (void)runners, (void)time_ns;
}

/* A thread's observer, and where its runs are told. */
typedef struct watcher {
    octet_observer *observer;
    const octet_sweep *sweep;
    uint32_t thread;
    size_t n_first, n; /* samples of the first half, which no run shares with the second; of both */
} watcher;

static void watch(void *user, uint32_t value, const void *data, size_t n_elements) {
    const watcher *w = user;
    const size_t position = w->sweep->position[w->thread], end = position < w->n_first ? w->n_first : w->n;
    octet_observer_set_samples(w->observer,
                               end - position < w->sweep->batch ? (uint32_t)(end - position) : w->sweep->batch);
    octet_observer_observe(w->observer, value, data, n_elements);
}

/* Puts the samples of the first half before those of the second, so that no run of a batch has both. */
static octet_status sort_by_half(octet_context *ctx, calibration_job *job, size_t *n_first) {
    uint64_t *hashes;
    size_t *sorted, n = 0;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->chosen.n, &hashes));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->chosen.n, &sorted));
    OCTET_TRY(octet_sweep_hash(ctx, &job->sweep, job->indices, job->chosen.n, hashes));
    for (uint32_t half = 0; half < OCTET_STATISTICS_HALVES; half++) {
        for (size_t i = 0; i < job->chosen.n; i++)
            if (octet_observer_half(hashes[i]) == half) sorted[n++] = job->indices[i];
        if (half == 0) *n_first = n;
    }
    job->indices = sorted;
    return OCTET_OK;
}

static octet_status observe(octet_context *ctx, const octet_graph *graph, calibration_job *job,
                            octet_statistics *statistics) {
    octet_sweep *sweep = &job->sweep;
    uint32_t *rows_of;
    size_t n_first = 0;
    OCTET_TRY(octet_statistics_bind(ctx, &job->arena, statistics, graph, &rows_of));
    if (sweep->batch > 1 && !sweep->keep_state) OCTET_TRY(sort_by_half(ctx, job, &n_first));
    watcher *watchers;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, sweep->n_threads, &watchers));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, sweep->n_threads, &job->observers));
    for (uint32_t t = 0; t < sweep->n_threads; t++) {
        OCTET_TRY(octet_observer_create(ctx, graph, statistics, rows_of, sweep->batch, &job->observers[t]));
        watchers[t] = (watcher){job->observers[t], sweep, t, n_first, job->chosen.n};
        octet_runner_set_observer(sweep->runners[t], watch, &watchers[t]);
    }
    if (n_first > 0) OCTET_TRY(octet_sweep_run(ctx, sweep, job->indices, 0, n_first, visit, NULL));
    if (n_first < job->chosen.n)
        OCTET_TRY(octet_sweep_run(ctx, sweep, job->indices, n_first, job->chosen.n - n_first, visit, NULL));
    for (uint32_t t = 0; t < sweep->n_threads; t++) OCTET_TRY(octet_observer_give(ctx, job->observers[t], statistics));
    statistics->n_samples += job->chosen.n;
    return OCTET_OK;
}

static octet_status open_sweep(octet_context *ctx, const octet_graph *graph, const octet_conversion *options,
                               calibration_job *job) {
    const octet_exec_options exec = {.float_order = OCTET_FLOAT_ORDER_TENSORFLOW};
    const octet_graph *graphs[] = {job->clipped != NULL ? job->clipped : graph};
    OCTET_CHECK(ctx, job->chosen.n <= UINT32_MAX, OCTET_LIMIT, "calibration samples: %zu are too many", job->chosen.n);
    /* Where state goes on from sample to sample, their order counts, so that one thread runs them. */
    job->sweep.keep_state = octet_statistics_graph_keeps_state(graph, options->strict_tensorflow);
    OCTET_TRY(octet_sweep_open(ctx, &job->sweep, graphs, 1, &exec, options->n_threads, job->samples));
    job->sweep.progress = options->progress;
    job->sweep.progress_user = options->progress_user;
    job->sweep.what = "calibrating";
    return OCTET_OK;
}

static octet_status run_data(octet_context *ctx, const octet_graph *graph, const octet_data *data,
                             const octet_conversion *options, calibration_job *job, octet_statistics *statistics) {
    char scaling[OCTET_PREPROCESS_TEXT];
    octet_data_range range;
    OCTET_TRY(octet_api_bind_data(ctx, data, graph, OCTET_SPLIT_TRAIN, job->samples));
    OCTET_TRY(octet_api_choose_samples(ctx, &job->arena, options, octet_samples_count(job->samples[0]), &job->chosen));
    job->indices = job->chosen.indices;
    octet_samples_forget_range(job->samples[0]);
    OCTET_TRY(open_sweep(ctx, graph, options, job));
    OCTET_TRY(observe(ctx, graph, job, statistics));
    octet_samples_range(job->samples[0], &range.raw_min, &range.raw_max, &range.min, &range.max);
    octet_data_range_merge(&statistics->data, &range);
    OCTET_TRY(octet_parts_set(ctx, &statistics->arena, options->part, options->n_parts, job->chosen.choice,
                              &statistics->parts));
    OCTET_TRY(octet_arena_string(ctx, &statistics->arena,
                                 octet_preprocess_text(octet_dataset_preprocess(data->dataset), scaling),
                                 &statistics->scaling));
    if (!options->looks_at_samples) return OCTET_OK;
    OCTET_TRY(octet_looks_create(ctx, &statistics->arena, graph->n_inputs, &statistics->looks));
    OCTET_TRY(octet_api_look_at_inputs(ctx, graph, job->samples, &job->chosen, job->sweep.pool, &statistics->arena,
                                       &statistics->looks));
    return octet_api_look_at_samples(ctx, graph, job->samples, &job->chosen, job->sweep.pool, &statistics->arena,
                                     &statistics->looks);
}

/* The range of n numbers that the model is given as they are stored. */
static octet_data_range range_of(const float *numbers, size_t n) {
    octet_data_range range = octet_data_range_empty();
    for (size_t i = 0; i < n; i++) {
        const double number = (double)numbers[i];
        if (number < range.min) range.min = number;
        if (number > range.max) range.max = number;
    }
    range.raw_min = range.min;
    range.raw_max = range.max;
    return range;
}

static octet_status run_arrays(octet_context *ctx, const octet_graph *graph, const octet_calibration_source *source,
                               const octet_conversion *options, calibration_job *job, octet_statistics *statistics) {
    if (source->n_samples == 0) return OCTET_OK;
    OCTET_CHECK(ctx, source->n_samples <= SIZE_MAX / sizeof(size_t), OCTET_LIMIT, "calibration samples: too many");
    job->chosen.n = (size_t)source->n_samples;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->chosen.n, &job->indices));
    for (size_t i = 0; i < job->chosen.n; i++) job->indices[i] = i;
    OCTET_TRY(open_sweep(ctx, graph, options, job));
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        const octet_value *value = &graph->values[graph->inputs[i].value];
        const size_t n = octet_shape_elements(&value->shape) / job->sweep.batch * job->chosen.n;
        void *raw = (void *)(uintptr_t)source->arrays[i];
        if (value->type != OCTET_FLOAT32) {
            OCTET_TRY(octet_arena_array(ctx, &job->arena, n, octet_type_size(value->type), &raw));
            octet_convert_from_real(value, OCTET_ROUND_NEAREST, source->arrays[i], n, raw);
        }
        job->sweep.raw[i] = raw;
        if (i > 0) continue;
        const octet_data_range range = range_of(source->arrays[i], n);
        octet_data_range_merge(&statistics->data, &range);
    }
    return observe(ctx, graph, job, statistics);
}

octet_status octet_api_calibrate(octet_context *ctx, const octet_graph *graph, const octet_calibration_source *source,
                                 const octet_conversion *options, octet_statistics *statistics) {
    calibration_job job = {0};
    octet_status status = OCTET_NEW(ctx, &job.arena, graph->n_inputs, &job.samples);
    statistics->keeps_state = octet_statistics_graph_keeps_state(graph, options->strict_tensorflow);
    if (status == OCTET_OK && options->n_parts > 1 && statistics->keeps_state)
        status = octet_context_fail(ctx, OCTET_DATA,
                                    "%s keeps state from sample to sample: it cannot be calibrated in parts; gather "
                                    "its statistics over all samples in one run",
                                    graph->source);
    if (status == OCTET_OK && options->strict_tensorflow) status = octet_graph_clone(ctx, graph, &job.clipped);
    if (job.clipped != NULL) octet_quantize_clip_cells(job.clipped);
    if (status == OCTET_OK)
        status = source->data != NULL ? run_data(ctx, graph, source->data, options, &job, statistics)
                                      : run_arrays(ctx, graph, source, options, &job, statistics);
    for (uint32_t t = 0; job.observers != NULL && t < job.sweep.n_threads; t++)
        octet_observer_destroy(ctx, job.observers[t]);
    octet_sweep_close(ctx, &job.sweep);
    octet_graph_destroy(ctx, job.clipped);
    octet_arena_free(ctx, &job.arena);
    return status;
}
