#include "recover/step.h"

octet_status octet_step_carry_statistics(octet_context *ctx, const octet_recover_source *source,
                                         const octet_graph *graph, octet_statistics **out) {
    octet_arena scratch = {0};
    uint32_t *same;
    OCTET_TRY(OCTET_NEW(ctx, &scratch, graph->n_values, &same));
    for (uint32_t v = 0; v < graph->n_values; v++) same[v] = v < source->graph->n_values ? v : OCTET_NONE;
    const octet_status status = octet_statistics_carry_over(ctx, source->statistics, source->graph, graph, same, out);
    octet_arena_free(ctx, &scratch);
    return status;
}

octet_status octet_step_finish(octet_context *ctx, octet_status status, octet_recovered *out) {
    if (status == OCTET_OK) return OCTET_OK;
    octet_graph_destroy(ctx, out->graph);
    octet_statistics_free(ctx, out->statistics);
    *out = (octet_recovered){0};
    return status;
}
