/* Runs the tasks of a prepared graph, in order and on all threads. */
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "exec/exec_internal.h"
#include "exec/share.h"

struct octet_runner {
    const octet_exec *exec;
    void **values;  /* by value index */
    uint8_t *block; /* activations, as planned */
    uint8_t *shared;
    uint8_t *scratch; /* scratch_stride bytes per thread */
    size_t scratch_stride;
    uint32_t *n_threads; /* by step: so many take part */
    uint64_t saved_ns;   /* by all that take part */
    uint64_t end_ns;     /* of the run before; 0 at first */
    octet_observe *observe;
    void *observe_user;
    uint64_t *time_ns;
};

/* Kernels may read (never write) up to this many bytes behind a value. */
enum { OVERREAD = OCTET_ALIGNMENT };

static octet_status allocate(octet_context *ctx, octet_runner *runner, uint32_t n_threads) {
    const octet_exec *exec = runner->exec;
    const octet_graph *graph = exec->graph;
    size_t scratch_total;
    OCTET_CHECK(ctx,
                octet_align_size(exec->scratch_bytes + OVERREAD, OCTET_ALIGNMENT, &runner->scratch_stride) &&
                    octet_multiply_size(runner->scratch_stride, n_threads, &scratch_total),
                OCTET_LIMIT, "%s: %zu bytes of working memory for each of %u threads are too many", graph->source,
                exec->scratch_bytes, n_threads);
    OCTET_TRY(octet_memory_allocate(ctx, graph->n_values * sizeof *runner->values, (void **)&runner->values));
    OCTET_TRY(octet_memory_allocate(ctx, exec->plan.size_bytes + OVERREAD, (void **)&runner->block));
    OCTET_TRY(octet_memory_allocate(ctx, exec->shared_bytes + OVERREAD, (void **)&runner->shared));
    OCTET_TRY(octet_memory_allocate(ctx, scratch_total, (void **)&runner->scratch));
    OCTET_TRY(octet_memory_allocate(ctx, graph->n_operators * sizeof *runner->n_threads, (void **)&runner->n_threads));
    const uint32_t n_processors = octet_thread_count(); /* more threads than these would wait for each other */
    runner->saved_ns = octet_share_plan(exec->time_ns, graph->n_operators,
                                        n_threads < n_processors ? n_threads : n_processors, runner->n_threads);
    memset(runner->block, 0, exec->plan.size_bytes + OVERREAD);
    memset(runner->shared, 0, exec->shared_bytes + OVERREAD);
    memset(runner->scratch, 0, scratch_total);
    for (uint32_t i = 0; i < graph->n_values; i++) {
        const size_t offset = exec->plan.offsets[i];
        runner->values[i] = offset == SIZE_MAX ? (void *)(uintptr_t)graph->values[i].data : runner->block + offset;
    }
    octet_runner_reset(runner);
    return OCTET_OK;
}

octet_status octet_runner_create(octet_context *ctx, const octet_exec *exec, uint32_t n_threads, octet_runner **out) {
    *out = NULL;
    octet_runner *runner;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *runner, (void **)&runner));
    *runner = (octet_runner){.exec = exec};
    const octet_status status = allocate(ctx, runner, n_threads ? n_threads : 1);
    if (status != OCTET_OK) {
        octet_runner_destroy(ctx, runner);
        return status;
    }
    *out = runner;
    return OCTET_OK;
}

void octet_runner_destroy(octet_context *ctx, octet_runner *runner) {
    if (runner == NULL) return;
    octet_memory_free(ctx, runner->values);
    octet_memory_free(ctx, runner->block);
    octet_memory_free(ctx, runner->shared);
    octet_memory_free(ctx, runner->scratch);
    octet_memory_free(ctx, runner->n_threads);
    octet_memory_free(ctx, runner);
}

void *octet_runner_value(const octet_runner *runner, uint32_t value) { return runner->values[value]; }

static void carry(const octet_runner *runner, const octet_carry *c, const void *from) {
    const octet_value *value = &runner->exec->graph->values[c->variable];
    const size_t size = octet_value_bytes(value);
    if (runner->values[c->variable] != from) memcpy(runner->values[c->variable], from, size);
}

void octet_runner_reset(octet_runner *runner) {
    const octet_graph *graph = runner->exec->graph;
    for (uint32_t i = 0; i < graph->n_values; i++) {
        const octet_value *value = &graph->values[i];
        if (!value->is_variable || runner->values[i] == NULL) continue;
        const size_t n = octet_shape_elements(&value->shape);
        const int32_t zero_point = value->quantization.n ? value->quantization.zero_point[0] : 0;
        if (octet_type_size(value->type) == 1) {
            memset(runner->values[i], (uint8_t)zero_point, n);
        } else if (value->type == OCTET_INT16) {
            for (size_t j = 0; j < n; j++) ((int16_t *)runner->values[i])[j] = (int16_t)zero_point;
        } else {
            memset(runner->values[i], 0, n * octet_type_size(value->type));
        }
    }
    for (uint32_t i = 0; i < graph->n_carries; i++)
        if (graph->carries[i].initial != NULL) carry(runner, &graph->carries[i], graph->carries[i].initial);
}

void octet_runner_set_observer(octet_runner *runner, octet_observe *observe, void *user) {
    assert(!runner->exec->outputs_only);
    runner->observe = observe;
    runner->observe_user = user;
}

void octet_runner_set_profile(octet_runner *runner, uint64_t *time_ns) { runner->time_ns = time_ns; }

static void observe(const octet_runner *runner, uint32_t value) {
    runner->observe(runner->observe_user, value, runner->values[value],
                    octet_shape_elements(&runner->exec->graph->values[value].shape));
}

typedef struct phase_job {
    const octet_runner *runner;
    const octet_task *task;
    uint32_t phase;
} phase_job;

static void run_units(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    const phase_job *job = user;
    const octet_runner *runner = job->runner;
    const octet_frame frame = {.values = runner->values,
                               .shared = runner->shared,
                               .scratch = runner->scratch + thread * runner->scratch_stride};
    job->task->run(job->task, &frame, job->phase, begin, end);
}

static void run_step(const octet_runner *runner, uint32_t index, octet_pool *pool) {
    const octet_task *task = &runner->exec->tasks[index];
    phase_job job = {.runner = runner, .task = task};
    const uint32_t size = octet_pool_size(pool), wanted = runner->n_threads[index],
                   n_threads = wanted < size ? wanted : size;
    for (job.phase = 0; job.phase < task->work.n_phases; job.phase++) {
        const uint32_t n = task->work.n_units[job.phase];
        /* Four or more pieces per thread even out threads that are slowed down by others. */
        const uint32_t grain = n_threads > 1 ? n / (4 * n_threads) : n;
        if (n > 0) octet_pool_run(pool, n_threads, run_units, &job, n, grain > 0 ? grain : 1);
    }
}

/* A short run does not wake threads that have fallen asleep since the run before. */
static bool is_worth_waking(const octet_runner *runner) {
    return runner->saved_ns >= OCTET_SHARE_WAKE_NS || octet_clock_ns() - runner->end_ns < OCTET_POOL_SPIN_NS;
}

void octet_runner_run(octet_runner *runner, octet_pool *pool) {
    const octet_graph *graph = runner->exec->graph;
    if (runner->saved_ns == 0 || (pool != NULL && !is_worth_waking(runner))) pool = NULL;
    if (runner->observe != NULL)
        for (uint32_t i = 0; i < graph->n_inputs; i++) observe(runner, graph->inputs[i].value);
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        if (runner->exec->done_at[i] != i && runner->observe == NULL) continue;
        const uint64_t start = runner->time_ns != NULL ? octet_clock_ns() : 0;
        run_step(runner, i, pool);
        if (runner->time_ns != NULL) runner->time_ns[i] += octet_clock_ns() - start;
        if (runner->observe == NULL) continue;
        for (uint32_t j = 0; j < graph->operators[i].n_outputs; j++) observe(runner, graph->operators[i].outputs[j]);
        for (uint32_t j = 0; j < graph->operators[i].n_inputs; j++) {
            const uint32_t input = graph->operators[i].inputs[j];
            if (input != OCTET_NONE && graph->values[input].is_variable) observe(runner, input);
        }
    }
    for (uint32_t i = 0; i < graph->n_carries; i++)
        carry(runner, &graph->carries[i], runner->values[graph->carries[i].value]);
    if (runner->saved_ns > 0) runner->end_ns = octet_clock_ns();
}

void octet_runner_run_step(octet_runner *runner, uint32_t step, octet_pool *pool) {
    assert(!runner->exec->outputs_only);
    run_step(runner, step, pool);
}
