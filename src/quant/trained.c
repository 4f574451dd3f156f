#include "quant/trained.h"

#include "quant/quant.h"

static bool is_eight_bit(const octet_operator *op) {
    return op->code == OCTET_OP_FAKE_QUANT && op->options.fake_quant.n_bits == 8 &&
           !op->options.fake_quant.narrow_range;
}

bool octet_quantize_is_trained(const octet_graph *graph) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        if (is_eight_bit(&graph->operators[k])) return true;
    }
    return false;
}

/* What training says of value v, or NULL. */
static octet_observed_range *range_of(const octet_statistics *statistics, const uint32_t *rows_of, uint32_t v) {
    octet_observed_range *range = rows_of[v] == OCTET_NONE ? NULL : &statistics->rows[rows_of[v]].ranges[0];
    return range != NULL && range->seen ? range : NULL;
}

/* merged_into: by value, the operand that stands for it once the FAKE_QUANT between them is gone. */
static octet_status gather(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                           octet_statistics *statistics) {
    uint32_t *rows_of, *merged_into;
    OCTET_TRY(octet_statistics_bind(ctx, scratch, statistics, graph, &rows_of));
    OCTET_TRY(OCTET_NEW(ctx, scratch, graph->n_values, &merged_into));
    for (uint32_t v = 0; v < graph->n_values; v++) merged_into[v] = v;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (!is_eight_bit(op)) continue;
        const uint32_t x = merged_into[op->inputs[0]], y = op->outputs[0];
        const octet_observed_range range = {op->options.fake_quant.min, op->options.fake_quant.max, true, false};
        const octet_observed_range *before = range_of(statistics, rows_of, x);
        const bool is_same = before != NULL && before->min == range.min && before->max == range.max;
        const bool stays = !is_same && (before != NULL || octet_value_is_constant(&graph->values[x]));
        if (!stays) merged_into[y] = x;
        if (!is_same) statistics->rows[rows_of[stays ? y : x]].ranges[0] = range;
    }
    return OCTET_OK;
}

octet_status octet_trained_gather(octet_context *ctx, const octet_graph *graph, octet_statistics **out) {
    octet_arena scratch = {0};
    octet_statistics *statistics = NULL;
    octet_status status = octet_statistics_create_for(ctx, graph, &statistics);
    if (status == OCTET_OK) status = gather(ctx, &scratch, graph, statistics);
    octet_arena_free(ctx, &scratch);
    if (status == OCTET_OK) *out = statistics;
    else octet_statistics_free(ctx, statistics);
    return status;
}

static octet_status take(octet_context *ctx, octet_arena *arena, octet_graph *copy, const octet_statistics *trained,
                         const octet_known_range *known, octet_known_range **known_out) {
    const uint32_t n = copy->n_values;
    uint32_t *rows_of, *renamed;
    OCTET_TRY(octet_statistics_bind(ctx, arena, trained, copy, &rows_of));
    OCTET_TRY(OCTET_NEW(ctx, arena, n, &renamed));
    for (uint32_t k = 0; k < copy->n_operators; k++) {
        const octet_operator *op = &copy->operators[k];
        if (!is_eight_bit(op) || range_of(trained, rows_of, op->outputs[0]) != NULL) continue;
        octet_graph_replace_uses(copy, op->outputs[0], op->inputs[0]);
        octet_graph_remove_operator(copy, k);
    }
    OCTET_TRY(octet_graph_compact_renaming(ctx, copy, renamed));
    OCTET_TRY(OCTET_NEW(ctx, arena, copy->n_values, known_out));
    for (uint32_t v = 0; v < n; v++) {
        if (renamed[v] == OCTET_NONE) continue;
        const octet_observed_range *range = range_of(trained, rows_of, v);
        (*known_out)[renamed[v]] =
            range == NULL ? known[v] : (octet_known_range){{range->min, range->max}, OCTET_RANGE_TRAINED};
    }
    return OCTET_OK;
}

octet_status octet_trained_take(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_known_range *known, octet_graph **out, octet_known_range **known_out) {
    octet_statistics *trained = NULL;
    octet_graph *copy = NULL;
    octet_status status = octet_trained_gather(ctx, graph, &trained);
    if (status == OCTET_OK) status = octet_graph_clone(ctx, graph, &copy);
    if (status == OCTET_OK) status = take(ctx, arena, copy, trained, known, known_out);
    octet_statistics_free(ctx, trained);
    if (status == OCTET_OK) *out = copy;
    else octet_graph_destroy(ctx, copy);
    return status;
}
