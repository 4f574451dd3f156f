#include "quant/islands.h"

#include "quant/rules.h"

bool octet_islands_mark(octet_operator *op, octet_island island, const octet_quantize_options *options) {
    op->island = island;
    const bool is_island = octet_rules_island(op, options) == island;
    if (!is_island) op->island = OCTET_ISLAND_NONE;
    return is_island;
}

/* What the readers of a value compute in, as far as is known. */
typedef struct readers {
    bool seen, differ;
    octet_island island;
} readers;

static void add_reader(readers *of, octet_island island) {
    if (island == OCTET_ISLAND_NONE || (of->seen && of->island != island)) of->differ = true;
    of->seen = true;
    of->island = island;
}

static octet_island joined(const readers *of) { return of->seen && !of->differ ? of->island : OCTET_ISLAND_NONE; }

static bool keeps_scale(const octet_operator *op, const octet_quantize_options *options) {
    return octet_rules_class_within(op, options, OCTET_ISLAND_NONE) == OCTET_RULE_SAME;
}

bool octet_islands_only_moves(const octet_operator *op, const octet_quantize_options *options) {
    const bool averages = op->code == OCTET_OP_AVERAGE_POOL_2D || op->code == OCTET_OP_RESIZE_BILINEAR;
    return keeps_scale(op, options) && !averages;
}

/* From the last operator to the first: ahead[k] is the island that operator k leads to, itself or through others. */
static void look_ahead(const octet_graph *graph, const octet_quantize_options *options, readers *of,
                       octet_island *ahead) {
    for (uint32_t i = 0; i < graph->n_outputs; i++) add_reader(&of[graph->outputs[i].value], OCTET_ISLAND_NONE);
    for (uint32_t k = graph->n_operators; k-- > 0;) {
        const octet_operator *op = &graph->operators[k];
        ahead[k] = octet_rules_island(op, options);
        if (ahead[k] == OCTET_ISLAND_NONE && keeps_scale(op, options)) {
            readers all = {0};
            for (uint32_t i = 0; i < op->n_outputs; i++) add_reader(&all, joined(&of[op->outputs[i]]));
            ahead[k] = joined(&all);
        }
        for (uint32_t i = 0; i < op->n_inputs; i++)
            if (op->inputs[i] != OCTET_NONE) add_reader(&of[op->inputs[i]], ahead[k]);
    }
}

static bool comes_from(const octet_graph *graph, const octet_operator *op, octet_island island,
                       const octet_quantize_options *options) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        if (value == NULL || value->type != OCTET_FLOAT32 || octet_value_is_constant(value)) continue;
        if (value->producer == OCTET_NONE || octet_rules_island(&graph->operators[value->producer], options) != island)
            return false;
    }
    return true;
}

octet_status octet_islands_bridge(octet_context *ctx, octet_graph *graph, const octet_quantize_options *options) {
    octet_arena scratch = {0};
    readers *of = NULL;
    octet_island *ahead = NULL;
    octet_status status = OCTET_NEW(ctx, &scratch, graph->n_values, &of);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &scratch, graph->n_operators, &ahead);
    if (status == OCTET_OK) look_ahead(graph, options, of, ahead);
    for (uint32_t k = 0; k < graph->n_operators && status == OCTET_OK; k++) {
        octet_operator *op = &graph->operators[k];
        if (op->island != OCTET_ISLAND_NONE || ahead[k] == OCTET_ISLAND_NONE) continue;
        if (comes_from(graph, op, ahead[k], options)) op->island = ahead[k];
    }
    octet_arena_free(ctx, &scratch);
    return status;
}
