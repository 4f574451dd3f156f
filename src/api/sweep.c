#include "api/sweep.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include "base/clock.h"

octet_status octet_sweep_open(octet_context *ctx, octet_sweep *sweep, const octet_graph *const *graphs, uint32_t n_models,
                              const octet_exec_options *options, uint32_t n_threads, octet_samples *const *samples) {
    const uint32_t n_inputs = graphs[0]->n_inputs;
    sweep->n_models = n_models;
    OCTET_TRY(octet_pool_create(ctx, n_threads, &sweep->pool));
    sweep->n_threads = octet_pool_size(sweep->pool);
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, n_inputs, &sweep->samples));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, n_inputs, &sweep->raw));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, sweep->n_threads, &sweep->position));
    for (uint32_t i = 0; i < n_inputs; i++) sweep->samples[i] = samples[i];
    for (uint32_t m = 0; m < n_models; m++) {
        sweep->graphs[m] = graphs[m];
        OCTET_TRY(octet_exec_create(ctx, graphs[m], options, &sweep->execs[m]));
    }
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, (size_t)sweep->n_threads * n_models, &sweep->runners));
    OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, (size_t)sweep->n_threads * n_inputs, &sweep->real));
    for (uint32_t t = 0; t < sweep->n_threads; t++) {
        for (uint32_t m = 0; m < n_models; m++) OCTET_TRY(octet_runner_create(ctx, sweep->execs[m], 1, &sweep->runners[t * n_models + m]));
        for (uint32_t i = 0; i < n_inputs; i++) {
            const octet_value *value = &graphs[0]->values[graphs[0]->inputs[i].value];
            OCTET_TRY(OCTET_NEW(ctx, &sweep->arena, octet_shape_elements(&value->shape), &sweep->real[t * n_inputs + i]));
        }
    }
    return OCTET_OK;
}

void octet_sweep_close(octet_context *ctx, octet_sweep *sweep) {
    for (uint32_t i = 0; sweep->runners != NULL && i < sweep->n_threads * sweep->n_models; i++) {
        octet_runner_destroy(ctx, sweep->runners[i]);
    }
    for (uint32_t m = 0; m < sweep->n_models; m++) octet_exec_destroy(ctx, sweep->execs[m]);
    octet_pool_destroy(ctx, sweep->pool);
    octet_arena_free(ctx, &sweep->arena);
    *sweep = (octet_sweep){0};
}

typedef struct sweep_job {
    octet_sweep *sweep;
    const size_t *indices;
    size_t first, n;
    octet_sweep_visit *visit;
    void *user;
    atomic_size_t done;
} sweep_job;

static void feed(octet_sweep *sweep, uint32_t thread, size_t index) {
    const octet_graph *graph = sweep->graphs[0];
    octet_runner *const *runners = &sweep->runners[thread * sweep->n_models];
    for (uint32_t i = 0; i < graph->n_inputs; i++) {
        float *real = sweep->real[thread * graph->n_inputs + i];
        if (sweep->raw[i] != NULL) {
            assert(sweep->n_models == 1);
            const octet_value *value = &graph->values[graph->inputs[i].value];
            const size_t size = octet_shape_elements(&value->shape) * octet_type_size(value->type);
            memcpy(octet_runner_value(runners[0], graph->inputs[i].value), sweep->raw[i] + index * size, size);
            continue;
        }
        octet_samples_read(sweep->samples[i], index, real);
        for (uint32_t m = 0; m < sweep->n_models; m++) {
            const uint32_t id = sweep->graphs[m]->inputs[i].value;
            const octet_value *value = &sweep->graphs[m]->values[id];
            octet_convert_from_real(value, sweep->rounding, real, octet_shape_elements(&value->shape), octet_runner_value(runners[m], id));
        }
    }
}

static void work(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    sweep_job *job = user;
    octet_sweep *sweep = job->sweep;
    octet_runner *const *runners = &sweep->runners[thread * sweep->n_models];
    for (size_t unit = begin; unit < end; unit++) {
        const size_t position = job->first + unit;
        uint64_t time_ns[OCTET_SWEEP_MODELS];
        sweep->position[thread] = position;
        feed(sweep, thread, job->indices != NULL ? job->indices[position] : position);
        for (uint32_t m = 0; m < sweep->n_models; m++) {
            octet_runner_reset(runners[m]);
            const uint64_t start = octet_clock_ns();
            octet_runner_run(runners[m], NULL);
            time_ns[m] = octet_clock_ns() - start;
        }
        job->visit(job->user, thread, position, runners, time_ns);
    }
    const size_t done = atomic_fetch_add(&job->done, end - begin) + (end - begin);
    if (thread == 0 && sweep->progress != NULL) sweep->progress(sweep->progress_user, sweep->what, done, job->n);
}

void octet_sweep_run(octet_sweep *sweep, const size_t *indices, size_t first, size_t n, octet_sweep_visit *visit, void *user) {
    sweep_job job = {.sweep = sweep, .indices = indices, .first = first, .n = n, .visit = visit, .user = user};
    atomic_init(&job.done, 0);
    const size_t pieces = (size_t)sweep->n_threads * 32; /* small enough to share evenly, large enough to cost nothing */
    octet_pool_run(sweep->pool, work, &job, (uint32_t)n, (uint32_t)(n / pieces + 1));
    if (sweep->progress != NULL) sweep->progress(sweep->progress_user, sweep->what, n, n);
}
