#include "quant/ranges.h"

#include "quant/choices.h"

static octet_status take_observed(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                  const octet_statistics *statistics, bool is_strict, octet_known_range *known) {
    uint32_t *rows_of;
    OCTET_TRY(octet_statistics_bind(ctx, arena, statistics, graph, &rows_of));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        if (rows_of[v] == OCTET_NONE) continue;
        const octet_observed_range range = octet_statistics_range(&statistics->rows[rows_of[v]]);
        if (range.seen) known[v] = (octet_known_range){{range.min, range.max}, OCTET_RANGE_OBSERVED};
    }
    bool *narrowed, *is_bounded;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &narrowed));
    OCTET_TRY(OCTET_NEW(ctx, arena, statistics->n_rows, &is_bounded));
    if (!is_strict) octet_choices_narrow(graph, known, narrowed);
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (narrowed[v]) is_bounded[rows_of[v]] = true;
    return octet_statistics_check(ctx, statistics, is_bounded);
}

octet_status octet_ranges_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                               const octet_statistics *statistics, bool is_strict, octet_known_range **out) {
    octet_known_range *known;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_values, &known));
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const float *stated = graph->values[v].quantization.stated;
        if (stated != NULL) known[v] = (octet_known_range){{stated[0], stated[1]}, OCTET_RANGE_OBSERVED};
    }
    if (statistics != NULL) OCTET_TRY(take_observed(ctx, arena, graph, statistics, is_strict, known));
    *out = known;
    return OCTET_OK;
}
