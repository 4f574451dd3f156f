#include "api/outputs.h"

#include <math.h>

static float width_of(double min, double max) { return (float)(fmax(max, 0.0) - fmin(min, 0.0)); }

octet_status octet_api_find_joined(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                   const octet_statistics *statistics, octet_joined **out, uint32_t *n) {
    float *widths;
    uint32_t *rows_of = NULL;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &widths));
    if (statistics != NULL) OCTET_TRY(octet_statistics_bind(ctx, arena, statistics, graph, &rows_of));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        const octet_operator *producer = value->producer == OCTET_NONE ? NULL : &graph->operators[value->producer];
        octet_observed_range seen = octet_range_empty();
        if (rows_of != NULL && rows_of[v] != OCTET_NONE) seen = octet_statistics_range(&statistics->rows[rows_of[v]]);
        widths[v] = -1.0f;
        if (producer != NULL && producer->code == OCTET_OP_FAKE_QUANT)
            widths[v] = width_of((double)producer->options.fake_quant.min, (double)producer->options.fake_quant.max);
        else if (seen.seen) widths[v] = width_of((double)seen.min, (double)seen.max);
        else if (value->quantization.stated != NULL)
            widths[v] = width_of((double)value->quantization.stated[0], (double)value->quantization.stated[1]);
    }
    return octet_joined_find(ctx, arena, graph, widths, out, n);
}

static octet_status split(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                          const octet_statistics *statistics, const octet_joined *joined, uint32_t n, octet_graph *made,
                          octet_statistics **made_statistics) {
    uint32_t *renamed, *old;
    OCTET_TRY(octet_joined_split(ctx, made, joined, n));
    const uint32_t n_values = made->n_values;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_values, &renamed));
    OCTET_TRY(OCTET_NEW(ctx, scratch, n_values, &old));
    OCTET_TRY(octet_graph_compact_renaming(ctx, made, renamed));
    OCTET_TRY(octet_graph_verify(ctx, made, "split outputs"));
    for (uint32_t v = 0; v < n_values; v++)
        if (renamed[v] != OCTET_NONE) old[renamed[v]] = v < graph->n_values ? v : OCTET_NONE;
    if (statistics == NULL) return OCTET_OK;
    return octet_statistics_carry_over(ctx, statistics, graph, made, old, made_statistics);
}

octet_status octet_api_split_outputs(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                                     const octet_joined *joined, uint32_t n, octet_graph **split_graph,
                                     octet_statistics **split_statistics) {
    octet_arena scratch = {0};
    octet_graph *made = NULL;
    *split_statistics = NULL;
    octet_status status = octet_graph_clone(ctx, graph, &made);
    if (status == OCTET_OK) status = split(ctx, &scratch, graph, statistics, joined, n, made, split_statistics);
    octet_arena_free(ctx, &scratch);
    if (status == OCTET_OK) *split_graph = made;
    else octet_graph_destroy(ctx, made);
    return status;
}
