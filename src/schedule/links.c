#include "schedule/links.h"

static bool is_same_bytes(const octet_step *step) { return step->kernel == OCTET_KERNEL_copies && step->in_place; }

/* Gives the result the memory of the operand. Two graph outputs, or an input and an output, stay apart. */
static bool join(octet_links *l, uint32_t operand, uint32_t result) {
    const uint32_t root = l->roots[operand];
    if (l->graph->values[root].is_variable) return false; /* which changes while its copy does not */
    if (l->is_output[result] && (l->is_output[root] || l->is_fixed[root])) return false;
    l->is_output[root] = l->is_output[root] || l->is_output[result];
    l->roots[result] = root;
    return true;
}

static void mark_values(octet_links *l) {
    for (uint32_t v = 0; v < l->graph->n_values; v++) {
        l->roots[v] = v;
        l->readers[v] = OCTET_NONE;
        l->is_fixed[v] = octet_value_is_constant(&l->graph->values[v]) || l->graph->values[v].is_variable;
    }
    for (uint32_t i = 0; i < l->graph->n_inputs; i++) l->is_fixed[l->graph->inputs[i].value] = true;
    for (uint32_t i = 0; i < l->graph->n_outputs; i++) l->is_output[l->graph->outputs[i].value] = true;
}

static void skip_steps(octet_links *l) {
    for (uint32_t s = 0; s < l->graph->n_operators; s++) {
        const octet_step *step = &l->steps[s];
        l->pools[s] = OCTET_NONE;
        if (step->absorbed != OCTET_NONE) l->is_skipped[step->absorbed] = true;
        if (step->kernel == OCTET_KERNEL_nothing) l->is_skipped[s] = true;
        if (is_same_bytes(step)) l->is_skipped[s] = join(l, step->inputs[0], step->outputs[0]);
    }
}

static void count_reads(octet_links *l) {
    for (uint32_t s = 0; s < l->graph->n_operators; s++) {
        const octet_step *step = &l->steps[s];
        for (uint32_t i = 0; i < step->n_inputs && !l->is_skipped[s]; i++) {
            if (step->inputs[i] == OCTET_NONE) continue;
            l->n_reads[l->roots[step->inputs[i]]]++;
            l->readers[l->roots[step->inputs[i]]] = s;
        }
    }
    for (uint32_t i = 0; i < l->graph->n_outputs; i++) l->n_reads[l->roots[l->graph->outputs[i].value]]++;
    for (uint32_t i = 0; i < l->graph->n_carries; i++) l->n_reads[l->roots[l->graph->carries[i].value]]++;
}

static void find_unread(octet_links *l) {
    for (uint32_t v = 0; v < l->graph->n_values; v++) {
        const uint32_t reader = l->readers[v];
        if (l->n_reads[v] != 1 || reader == OCTET_NONE) continue;
        for (uint32_t i = 0; i < l->steps[reader].n_inputs; i++)
            if (l->steps[reader].inputs[i] != OCTET_NONE && l->roots[l->steps[reader].inputs[i]] == v)
                l->unread[v] = octet_rows_unread(&l->steps[reader], i);
    }
}

int32_t octet_links_kept_rows(const octet_links *l, const octet_stage *stage) {
    const uint32_t root = l->roots[stage->result];
    const size_t all = octet_value_bytes(&l->graph->values[root]);
    const bool is_last = stage->flow == OCTET_FLOW_ROWS && !l->is_output[root] && stage->rows.batches == 1 &&
                         stage->rows.out_h > 1 && l->unread[root] >= all - stage->rows.out_bytes;
    return is_last ? 1 : stage->rows.out_h;
}

static void take_pools(octet_links *l) {
    octet_rows rows;
    for (uint32_t s = 0; s < l->graph->n_operators; s++) {
        if (l->is_skipped[s] || l->steps[s].n_outputs != 1) continue;
        const uint32_t root = l->roots[l->steps[s].outputs[0]], reader = l->readers[root];
        if (l->n_reads[root] != 1 || reader == OCTET_NONE) continue;
        if (!octet_rows_with_pool(l->graph, &l->steps[s], &l->steps[reader], &rows)) continue;
        l->pools[s] = reader;
        l->is_skipped[reader] = true;
    }
}

octet_status octet_links_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const octet_step *steps,
                              octet_schedule_options options, octet_links *out) {
    *out = (octet_links){.graph = graph, .steps = steps, .options = options};
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->roots));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->n_reads));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->readers));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->unread));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->is_output));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &out->is_fixed));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->is_skipped));
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &out->pools));
    mark_values(out);
    skip_steps(out);
    count_reads(out);
    if (!options.no_fusion) {
        find_unread(out);
        take_pools(out);
    }
    return OCTET_OK;
}
