#include "api/calibrate.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/sweep.h"
#include "base/hash.h"

enum { DEFAULT_SAMPLES = 100 };

typedef struct calibration_job {
    octet_sweep sweep;
    octet_arena arena;
    octet_samples **samples;
    size_t *indices;
    size_t n;
    octet_ranges **ranges; /* by thread */
    uint64_t
        *hashes; /* by position: of the first input; equal samples have equal hashes, different ones almost never */
    size_t n_first_input;
} calibration_job;

static octet_status choose_samples(octet_context *ctx, const octet_conversion *options, size_t n_available,
                                   calibration_job *job) {
    const int n_ways = (options->indices != NULL) + (int)options->all_samples + (options->n_samples > 0);
    OCTET_CHECK(ctx, n_ways <= 1, OCTET_USAGE,
                "calibration samples: a number, all, and a file of indices exclude each other");
    if (options->indices != NULL) {
        OCTET_TRY(octet_indices_read(ctx, &job->arena, options->indices, n_available, &job->indices, &job->n));
        OCTET_CHECK(ctx, job->n > 0, OCTET_DATA, "%s: no indices", options->indices);
        return OCTET_OK;
    }
    const uint64_t wanted = options->n_samples > 0 ? options->n_samples : DEFAULT_SAMPLES;
    OCTET_CHECK(ctx, options->n_samples == 0 || wanted <= n_available, OCTET_DATA,
                "calibration samples: %" PRIu64 " are asked for, the data hold %zu", wanted, n_available);
    /* With fewer than the default, or all asked for: each once, in order. */
    if (options->all_samples || wanted >= n_available) {
        job->n = n_available;
        OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->n, &job->indices));
        for (size_t i = 0; i < job->n; i++) job->indices[i] = i;
        return OCTET_OK;
    }
    job->n = (size_t)wanted;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->n, &job->indices));
    octet_samples_choose(n_available, options->seed, job->n, job->indices);
    return OCTET_OK;
}

static void visit(void *user, uint32_t thread, size_t position, uint32_t slot, octet_runner *const *runners,
                  const uint64_t *time_ns) {
    calibration_job *job = user;
    (void)runners;
    (void)time_ns;
    const float *sample = job->sweep.real[thread * job->sweep.graphs[0]->n_inputs] + slot * job->n_first_input;
    job->hashes[position] = octet_hash(0, sample, job->n_first_input * sizeof(float));
}

static int compare_hashes(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t count_distinct(uint64_t *hashes, size_t n) {
    qsort(hashes, n, sizeof *hashes, compare_hashes);
    uint64_t distinct = n > 0;
    for (size_t i = 1; i < n; i++) distinct += hashes[i] != hashes[i - 1];
    return distinct;
}

static float width(const octet_value *value) {
    return value->has_range ? fmaxf(value->max, 0.0f) - fminf(value->min, 0.0f) : 0.0f;
}

/* Runs the samples in two halves and compares the ranges after the first with those after both: what the second half
 * still added tells whether there were enough. */
static octet_status observe(octet_context *ctx, octet_graph *graph, calibration_job *job, octet_calibration *out) {
    const size_t half = job->n / 2 / job->sweep.batch * job->sweep.batch;
    float *first_width;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, graph->n_values, &first_width));
    for (uint32_t t = 0; t < job->sweep.n_threads; t++) {
        OCTET_TRY(octet_ranges_create(ctx, graph, &job->ranges[t]));
        octet_runner_set_observer(job->sweep.runners[t], octet_ranges_observe, job->ranges[t]);
    }
    for (int part = half > 0 ? 0 : 1; part < 2; part++) {
        const size_t first = part == 0 ? 0 : half;
        OCTET_TRY(octet_sweep_run(ctx, &job->sweep, job->indices, first, part == 0 ? half : job->n - half, visit, job));
        for (uint32_t t = 1; t < job->sweep.n_threads; t++) octet_ranges_merge(job->ranges[0], job->ranges[t]);
        OCTET_TRY(octet_ranges_apply(ctx, job->ranges[0], graph));
        for (uint32_t i = 0; i < graph->n_values && part == 0; i++) first_width[i] = width(&graph->values[i]);
    }
    for (uint32_t i = 0; i < graph->n_values && half > 0; i++) {
        const octet_value *value = &graph->values[i];
        if (!value->has_range || !(first_width[i] > 0.0f)) continue;
        const double growth = (double)width(value) / (double)first_width[i] - 1.0;
        if (growth <= out->late_growth) continue;
        out->late_growth = growth;
        snprintf(out->late_layer, sizeof out->late_layer, "%s",
                 value->producer != OCTET_NONE ? graph->operators[value->producer].layer : value->name);
    }
    return OCTET_OK;
}

static bool keeps_state(const octet_graph *graph) {
    for (uint32_t i = 0; i < graph->n_values; i++) {
        if (graph->values[i].is_variable) return true;
    }
    return false;
}

static octet_status run(octet_context *ctx, octet_graph *graph, octet_data *data, const octet_conversion *options,
                        calibration_job *job, octet_calibration *out) {
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, graph->n_inputs, &job->samples));
    OCTET_TRY(octet_api_bind_data(ctx, data, graph, OCTET_SPLIT_TRAIN, job->samples));
    OCTET_TRY(choose_samples(ctx, options, octet_samples_count(job->samples[0]), job));
    OCTET_CHECK(ctx, job->n <= UINT32_MAX, OCTET_LIMIT, "calibration samples: %zu are too many", job->n);
    const octet_exec_options exec = {.float_order = OCTET_FLOAT_ORDER_TENSORFLOW};
    const octet_graph *graphs[] = {graph};
    /* TensorFlow does not reset LSTM state between samples: their order counts, so that one thread runs them. */
    const bool stateful = keeps_state(graph);
    job->sweep.keep_state = stateful;
    OCTET_TRY(octet_sweep_open(ctx, &job->sweep, graphs, 1, &exec, options->n_threads, job->samples));
    job->sweep.progress = options->progress;
    job->sweep.progress_user = options->progress_user;
    job->sweep.what = "calibrating";
    job->sweep.need_real = true;
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->n, &job->hashes));
    OCTET_TRY(OCTET_NEW(ctx, &job->arena, job->sweep.n_threads, &job->ranges));
    job->n_first_input = octet_shape_elements(&graph->values[graph->inputs[0].value].shape) / job->sweep.batch;
    OCTET_TRY(observe(ctx, graph, job, out));
    out->n_samples = job->n;
    out->n_distinct = count_distinct(job->hashes, job->n);
    octet_samples_range(job->samples[0], &out->raw_min, &out->raw_max, &out->min, &out->max);
    return OCTET_OK;
}

octet_status octet_api_calibrate(octet_context *ctx, octet_graph *graph, octet_data *data,
                                 const octet_conversion *options, octet_calibration *out) {
    calibration_job job = {0};
    const octet_status status = run(ctx, graph, data, options, &job, out);
    for (uint32_t t = 0; job.ranges != NULL && t < job.sweep.n_threads; t++) octet_ranges_destroy(ctx, job.ranges[t]);
    octet_sweep_close(ctx, &job.sweep);
    octet_arena_free(ctx, &job.arena);
    return status;
}
