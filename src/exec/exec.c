#include "exec/exec.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "exec/exec_internal.h"
#include "exec/share.h"
#include "exec/task.h"
#include "kernels/fast/cpu.h"
#include "lower/readers.h"

static octet_status dump_steps(octet_context *ctx, const octet_exec *exec) {
    octet_buffer text = {0};
    octet_status status = octet_lower_dump(ctx, exec->graph, exec->steps, &text);
    if (status == OCTET_OK) status = octet_file_write(ctx, "/dev/stderr", (octet_bytes){text.data, text.size});
    octet_buffer_free(ctx, &text);
    return status;
}

/* Joins steps that a kernel does at once: their task stands at the last one. RESHAPEs between them are done with it. */
static octet_status join_steps(const octet_task_maker *maker, octet_exec *exec, const octet_readers *readers) {
    for (uint32_t s = 0; s < exec->graph->n_operators; s++) {
        const uint32_t reader = octet_readers_only(readers, s);
        bool done = false;
        if (reader == OCTET_NONE || reader <= s || exec->done_at[reader] != reader) continue;
        OCTET_TRY(octet_task_make_group(maker, &exec->steps[s], &exec->steps[reader], &exec->tasks[reader], &done));
        if (!done) continue;
        exec->done_at[s] = reader;
        const uint32_t root = readers->roots[exec->steps[s].outputs[0]];
        for (uint32_t i = s + 1; i < reader; i++)
            if (readers->is_skipped[i] && exec->steps[i].n_outputs == 1 &&
                readers->roots[exec->steps[i].outputs[0]] == root)
                exec->done_at[i] = reader;
    }
    return OCTET_OK;
}

/* Groups, where only outputs are looked at. */
static octet_status find_groups(const octet_task_maker *maker, octet_exec *exec) {
    octet_arena scratch = {0};
    octet_readers readers;
    octet_status status = octet_readers_make(maker->ctx, &scratch, exec->graph, exec->steps, &readers);
    if (status == OCTET_OK) status = join_steps(maker, exec, &readers);
    octet_arena_free(maker->ctx, &scratch);
    return status;
}

/* The tasks of steps that run by themselves. A PAD that a convolution absorbs has one for observers. */
static octet_status make_tasks(const octet_task_maker *maker, octet_exec *exec, bool no_sharing) {
    for (uint32_t i = 0; i < exec->graph->n_operators; i++) {
        const octet_step *step = &exec->steps[i];
        octet_task *task = &exec->tasks[i];
        if (step->absorbed != OCTET_NONE && !no_sharing) exec->done_at[step->absorbed] = exec->done_at[i];
        if (exec->done_at[i] == i && task->run == NULL) OCTET_TRY(octet_task_make(maker, step, task));
        if (task->work.shared_bytes > exec->shared_bytes) exec->shared_bytes = task->work.shared_bytes;
        if (task->work.scratch_bytes > exec->scratch_bytes) exec->scratch_bytes = task->work.scratch_bytes;
    }
    for (uint32_t i = 0; i < exec->graph->n_operators; i++)
        if (exec->done_at[i] == i) exec->time_ns[i] = octet_share_estimate(exec->graph, &exec->tasks[i], maker->cpu);
    return OCTET_OK;
}

/* A result that is the memory of its operand, byte for byte, is there already. */
static void skip_copies(octet_exec *exec) {
    for (uint32_t i = 0; i < exec->graph->n_operators; i++) {
        const octet_step *step = &exec->steps[i];
        if (step->kernel != OCTET_KERNEL_copies || !step->in_place || exec->done_at[i] != i) continue;
        const size_t offset = exec->plan.offsets[step->outputs[0]];
        if (offset == SIZE_MAX || offset != exec->plan.offsets[step->inputs[0]]) continue;
        exec->done_at[i] = OCTET_NONE;
        exec->time_ns[i] = 0;
    }
}

static octet_status prepare(octet_context *ctx, octet_exec *exec, const octet_exec_options *options) {
    const octet_graph *graph = exec->graph;
    /* faster variants round twice */
    const bool is_plain = options->reference_kernels || options->numerics == OCTET_NUMERICS_SINGLE;
    const octet_task_maker maker = {
        .ctx = ctx, .arena = &exec->arena, .values = graph->values, .cpu = is_plain ? 0 : octet_cpu_detect()};
    const octet_lower_options lower = {
        .numerics = options->numerics, .float_order = options->float_order, .absorb_pads = maker.cpu != 0};
    OCTET_TRY(octet_lower_graph(ctx, &exec->arena, graph, &lower, &exec->steps));
    const char *debug = getenv("OCTET_DEBUG");
    if (debug != NULL && strstr(debug, "steps") != NULL) OCTET_TRY(dump_steps(ctx, exec));
    OCTET_TRY(OCTET_NEW(ctx, &exec->arena, graph->n_operators, &exec->tasks));
    OCTET_TRY(OCTET_NEW(ctx, &exec->arena, graph->n_operators, &exec->time_ns));
    OCTET_TRY(OCTET_NEW(ctx, &exec->arena, graph->n_operators, &exec->done_at));
    for (uint32_t i = 0; i < graph->n_operators; i++) exec->done_at[i] = i;
    exec->cpu = maker.cpu;
    exec->outputs_only = options->outputs_only && !options->no_sharing;
    if (exec->outputs_only && maker.cpu != 0) OCTET_TRY(find_groups(&maker, exec));
    OCTET_TRY(make_tasks(&maker, exec, options->no_sharing));
    OCTET_TRY(octet_plan_make(ctx, &exec->arena, graph, exec->steps, exec->outputs_only ? exec->done_at : NULL,
                              options->no_sharing, &exec->plan));
    skip_copies(exec);
    return OCTET_OK;
}

octet_status octet_exec_create(octet_context *ctx, const octet_graph *graph, const octet_exec_options *options,
                               octet_exec **out) {
    *out = NULL;
    ctx->doing = "preparing the model to run";
    octet_exec *exec;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *exec, (void **)&exec));
    *exec = (octet_exec){.graph = graph};
    const octet_exec_options defaults = {0};
    const octet_status status = prepare(ctx, exec, options != NULL ? options : &defaults);
    if (status != OCTET_OK) {
        octet_exec_destroy(ctx, exec);
        return status;
    }
    *out = exec;
    return OCTET_OK;
}

void octet_exec_destroy(octet_context *ctx, octet_exec *exec) {
    if (exec == NULL) return;
    octet_arena_free(ctx, &exec->arena);
    octet_memory_free(ctx, exec);
}

octet_status octet_exec_remake_step(octet_context *ctx, octet_exec *exec, uint32_t step) {
    const octet_task_maker maker = {.ctx = ctx, .arena = &exec->arena, .values = exec->graph->values, .cpu = exec->cpu};
    assert(!exec->outputs_only);
    return octet_task_make(&maker, &exec->steps[step], &exec->tasks[step]);
}

size_t octet_exec_arena_bytes(const octet_exec *exec) { return exec->plan.size_bytes; }
size_t octet_exec_offset(const octet_exec *exec, uint32_t value) { return exec->plan.offsets[value]; }
uint32_t octet_exec_n_steps(const octet_exec *exec) { return exec->graph->n_operators; }
uint32_t octet_exec_step_operator(const octet_exec *exec, uint32_t step) { return exec->steps[step].operator_index; }
const char *octet_exec_step_variant(const octet_exec *exec, uint32_t step) {
    const uint32_t at = exec->done_at[step] != OCTET_NONE ? exec->done_at[step] : step;
    return exec->tasks[at].variant;
}
uint32_t octet_exec_step_done_at(const octet_exec *exec, uint32_t step) { return exec->done_at[step]; }
