#include "exec/exec.h"

#include <stdlib.h>
#include <string.h>

#include "exec/exec_internal.h"
#include "exec/share.h"
#include "exec/task.h"
#include "kernels/fast/cpu.h"

static octet_status dump_steps(octet_context *ctx, const octet_exec *exec) {
    octet_buffer text = {0};
    octet_status status = octet_lower_dump(ctx, exec->graph, exec->steps, &text);
    if (status == OCTET_OK) status = octet_file_write(ctx, "/dev/stderr", (octet_bytes){text.data, text.size});
    octet_buffer_free(ctx, &text);
    return status;
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
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_step *step = &exec->steps[i];
        octet_task *task = &exec->tasks[i];
        OCTET_TRY(octet_task_make(&maker, step, task));
        if (step->absorbed != OCTET_NONE) exec->tasks[step->absorbed].idle = !options->no_sharing;
        exec->time_ns[i] = octet_share_estimate(graph, task, maker.cpu);
        if (task->work.shared_bytes > exec->shared_bytes) exec->shared_bytes = task->work.shared_bytes;
        if (task->work.scratch_bytes > exec->scratch_bytes) exec->scratch_bytes = task->work.scratch_bytes;
    }
    exec->cpu = maker.cpu;
    return octet_plan_make(ctx, &exec->arena, graph, exec->steps, options->no_sharing, &exec->plan);
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
    octet_task *task = &exec->tasks[step];
    const bool is_idle = task->idle;
    OCTET_TRY(octet_task_make(&maker, &exec->steps[step], task));
    task->idle = is_idle;
    return OCTET_OK;
}

size_t octet_exec_arena_bytes(const octet_exec *exec) { return exec->plan.size_bytes; }
size_t octet_exec_offset(const octet_exec *exec, uint32_t value) { return exec->plan.offsets[value]; }
uint32_t octet_exec_n_steps(const octet_exec *exec) { return exec->graph->n_operators; }
uint32_t octet_exec_step_operator(const octet_exec *exec, uint32_t step) { return exec->steps[step].operator_index; }
const char *octet_exec_step_variant(const octet_exec *exec, uint32_t step) { return exec->tasks[step].variant; }
