/* Statistics of a graph as those of another that joins and moves its values otherwise. */
#include "statistics/statistics.h"

static void take_operands(const octet_graph *graph, uint32_t k, octet_statistics *out, const uint32_t *rows_of) {
    const octet_operator *op = &graph->operators[k];
    octet_statistics_row *row = &out->rows[rows_of[op->outputs[0]]];
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, op, i);
        if (value == NULL || value->type != OCTET_FLOAT32) continue;
        for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
            octet_observed_range *range = &row->ranges[h];
            if (octet_value_is_constant(value))
                octet_range_observe(range, value->data, octet_shape_elements(&value->shape));
            else octet_range_merge(range, &out->rows[rows_of[op->inputs[i]]].ranges[h]);
        }
    }
}

static octet_status copy_row(octet_context *ctx, const octet_statistics_row *from, octet_statistics_row *to,
                             octet_arena *arena) {
    OCTET_TRY(octet_row_create_members(ctx, arena, octet_row_kinds(from),
                                       from->histograms != NULL ? from->histograms[0].n_most : 0,
                                       from->channels != NULL ? from->channels->n_channels : 0, to));
    octet_row_merge(to, from);
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++)
        to->ranges[h] = from->ranges[h]; /* as they are, set by hand too */
    return OCTET_OK;
}

static octet_status fill(octet_context *ctx, octet_arena *scratch, const octet_statistics *statistics,
                         const octet_graph *from_graph, const octet_graph *graph, const uint32_t *old,
                         octet_statistics *out) {
    uint32_t *from_rows, *rows_of;
    OCTET_TRY(octet_statistics_bind(ctx, scratch, statistics, from_graph, &from_rows));
    OCTET_TRY(octet_statistics_bind(ctx, scratch, out, graph, &rows_of));
    out->n_samples = statistics->n_samples;
    out->data = statistics->data;
    out->kinds = statistics->kinds;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        if (rows_of[v] == OCTET_NONE || old[v] == OCTET_NONE) continue;
        OCTET_TRY(copy_row(ctx, &statistics->rows[from_rows[old[v]]], &out->rows[rows_of[v]], &out->arena));
    }
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const uint32_t v = graph->operators[k].outputs[0];
        if (rows_of[v] != OCTET_NONE && old[v] == OCTET_NONE) take_operands(graph, k, out, rows_of);
    }
    return OCTET_OK;
}

octet_status octet_statistics_carry_over(octet_context *ctx, const octet_statistics *statistics,
                                         const octet_graph *from_graph, const octet_graph *graph, const uint32_t *old,
                                         octet_statistics **out) {
    octet_arena scratch = {0};
    octet_statistics *made = NULL;
    octet_status status = octet_statistics_create_for(ctx, graph, &made);
    if (status == OCTET_OK) status = fill(ctx, &scratch, statistics, from_graph, graph, old, made);
    octet_arena_free(ctx, &scratch);
    if (status == OCTET_OK) *out = made;
    else octet_statistics_free(ctx, made);
    return status;
}
