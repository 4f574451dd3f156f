#include "lower/readers.h"

static bool is_same_bytes(const octet_step *step) { return step->kernel == OCTET_KERNEL_copies && step->in_place; }

/* Gives the result the memory of the operand. Two graph outputs, or an input and an output, stay apart. */
static bool join(octet_readers *r, uint32_t operand, uint32_t result) {
    const uint32_t root = r->roots[operand];
    if (r->graph->values[root].is_variable) return false; /* which changes while its copy does not */
    if (r->is_output[result] && (r->is_output[root] || r->is_fixed[root])) return false;
    r->is_output[root] = r->is_output[root] || r->is_output[result];
    r->roots[result] = root;
    return true;
}

static void mark_values(octet_readers *r) {
    for (uint32_t v = 0; v < r->graph->n_values; v++) {
        r->roots[v] = v;
        r->readers[v] = OCTET_NONE;
        r->is_fixed[v] = octet_value_is_constant(&r->graph->values[v]) || r->graph->values[v].is_variable;
    }
    for (uint32_t i = 0; i < r->graph->n_inputs; i++) r->is_fixed[r->graph->inputs[i].value] = true;
    for (uint32_t i = 0; i < r->graph->n_outputs; i++) r->is_output[r->graph->outputs[i].value] = true;
}

static void skip_steps(octet_readers *r) {
    for (uint32_t s = 0; s < r->graph->n_operators; s++) {
        const octet_step *step = &r->steps[s];
        if (step->absorbed != OCTET_NONE) r->is_skipped[step->absorbed] = true;
        if (step->kernel == OCTET_KERNEL_nothing) r->is_skipped[s] = true;
        if (is_same_bytes(step)) r->is_skipped[s] = join(r, step->inputs[0], step->outputs[0]);
    }
}

static void count_reads(octet_readers *r) {
    for (uint32_t s = 0; s < r->graph->n_operators; s++) {
        const octet_step *step = &r->steps[s];
        for (uint32_t i = 0; i < step->n_inputs && !r->is_skipped[s]; i++) {
            if (step->inputs[i] == OCTET_NONE) continue;
            r->n_reads[r->roots[step->inputs[i]]]++;
            r->readers[r->roots[step->inputs[i]]] = s;
        }
    }
    for (uint32_t i = 0; i < r->graph->n_outputs; i++) r->n_reads[r->roots[r->graph->outputs[i].value]]++;
    for (uint32_t i = 0; i < r->graph->n_carries; i++) r->n_reads[r->roots[r->graph->carries[i].value]]++;
}

octet_status octet_readers_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_step *steps, octet_readers *out) {
    *out = (octet_readers){.graph = graph, .steps = steps};
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->roots));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->n_reads));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->readers));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->is_output));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->is_fixed));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->is_skipped));
    mark_values(out);
    skip_steps(out);
    count_reads(out);
    return OCTET_OK;
}

uint32_t octet_readers_only(const octet_readers *r, uint32_t step) {
    if (r->is_skipped[step] || r->steps[step].n_outputs != 1) return OCTET_NONE;
    const uint32_t root = r->roots[r->steps[step].outputs[0]];
    return r->n_reads[root] == 1 ? r->readers[root] : OCTET_NONE;
}

/* Then requantizing keeps the order of sums: a shift to the left may wrap. */
static bool shifts_right(const octet_conv_2d_params *p) {
    for (int32_t c = 0; c < p->out_c; c++)
        if (p->q.shift[c] > 0) return false;
    return true;
}

/* Windows side by side, inside the input. */
static bool is_tiling(const octet_pool_2d_params *p) {
    return p->pad_top == 0 && p->pad_left == 0 && p->stride_h >= p->filter_h && p->stride_w >= p->filter_w &&
           (p->out_h - 1) * p->stride_h + p->filter_h <= p->in_h &&
           (p->out_w - 1) * p->stride_w + p->filter_w <= p->in_w;
}

bool octet_step_takes_pool(const octet_step *step, const octet_step *pool) {
    const bool is_s8 = step->kernel == OCTET_KERNEL_conv_2d_s8 && pool->kernel == OCTET_KERNEL_max_pool_2d_s8,
               is_s16 = step->kernel == OCTET_KERNEL_conv_2d_s16 && pool->kernel == OCTET_KERNEL_max_pool_2d_s16;
    if (!is_s8 && !is_s16) return false;
    const octet_conv_2d_params *c = octet_step_params_conv_2d(step);
    const octet_pool_2d_params *p = octet_step_params_pool_2d(pool);
    /* A RESHAPE may stand between them, as around pools of one dimension. */
    if (p->in_h != c->out_h || p->in_w != c->out_w || p->channels != c->out_c) return false;
    return is_tiling(p) && shifts_right(c) && p->min <= c->q.min && p->max >= c->q.max;
}
