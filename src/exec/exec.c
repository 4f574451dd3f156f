#include "exec/exec.h"

#include "exec/exec_internal.h"
#include "graph/work.h"
#include "kernels/fast/cpu.h"

/* Waking a thread costs a few microseconds: below this many multiply-accumulates (or moved elements) one thread is
 * faster. */
enum { LARGE_WORK = 100000 };

static octet_status prepare(octet_context *ctx, octet_exec *exec, const octet_exec_options *options) {
    const octet_graph *graph = exec->graph;
    octet_binder binder = {.ctx = ctx,
                           .graph = graph,
                           .arena = &exec->arena,
                           .numerics = options ? options->numerics : OCTET_NUMERICS_LITERT,
                           .float_order = options ? options->float_order : OCTET_FLOAT_ORDER_FMA,
                           .cpu = options && options->reference_kernels ? 0 : octet_cpu_detect()};
    OCTET_TRY(OCTET_NEW(ctx, &exec->arena, graph->n_operators, &exec->steps));
    OCTET_TRY(OCTET_NEW(ctx, &exec->arena, graph->n_operators, &exec->is_large));
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        octet_step *step = &exec->steps[i];
        *step = (octet_step){.operator_index = i,
                             .n_inputs = op->n_inputs,
                             .n_outputs = op->n_outputs,
                             .inputs = op->inputs,
                             .outputs = op->outputs,
                             .absorbed = OCTET_NONE};
        OCTET_TRY(octet_bind(&binder, op, step));
        octet_file_release(&graph->file); /* most weights have been copied: not twice in memory */
        if (step->absorbed != OCTET_NONE) exec->steps[step->absorbed].idle = !(options && options->no_sharing);
        exec->is_large[i] = octet_operator_work(graph, op) >= LARGE_WORK;
        if (step->shared_bytes > exec->shared_bytes) exec->shared_bytes = step->shared_bytes;
        if (step->scratch_bytes > exec->scratch_bytes) exec->scratch_bytes = step->scratch_bytes;
    }
    return octet_plan_make(ctx, &exec->arena, graph, exec->steps, options && options->no_sharing, &exec->plan);
}

octet_status octet_exec_create(octet_context *ctx, const octet_graph *graph, const octet_exec_options *options,
                               octet_exec **out) {
    *out = NULL;
    octet_exec *exec;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *exec, (void **)&exec));
    *exec = (octet_exec){.graph = graph};
    const octet_status status = prepare(ctx, exec, options);
    if (status != OCTET_OK) {
        octet_exec_destroy(ctx, exec);
        return status;
    }
    *out = exec;
    return OCTET_OK;
}

void octet_exec_destroy(octet_context *ctx, octet_exec *exec) {
    if (!exec) return;
    octet_arena_free(ctx, &exec->arena);
    octet_memory_free(ctx, exec);
}

size_t octet_exec_arena_bytes(const octet_exec *exec) { return exec->plan.size_bytes; }
size_t octet_exec_offset(const octet_exec *exec, uint32_t value) { return exec->plan.offsets[value]; }
uint32_t octet_exec_n_steps(const octet_exec *exec) { return exec->graph->n_operators; }
uint32_t octet_exec_step_operator(const octet_exec *exec, uint32_t step) { return exec->steps[step].operator_index; }
const char *octet_exec_step_variant(const octet_exec *exec, uint32_t step) { return exec->steps[step].variant; }
