#include "schedule/schedule.h"

#include "schedule/chains.h"
#include "schedule/parts.h"
#include "schedule/states.h"

bool octet_schedule_has_state(const octet_graph *graph, bool keeps_state) {
    if (!keeps_state && !graph->is_stateful && !octet_graph_is_stream(graph)) return false;
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (graph->values[v].is_variable && graph->values[v].n_uses > 0) return true;
    return false;
}

static octet_status make(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_graph *graph,
                         const octet_step *steps, octet_schedule_options options, octet_schedule *out) {
    octet_links links;
    OCTET_TRY(octet_links_make(ctx, scratch, graph, steps, options.no_fusion, &links));
    OCTET_TRY(octet_chains_make(ctx, arena, &links, options.no_fusion, out));
    if (octet_schedule_has_state(graph, options.keeps_state)) OCTET_TRY(octet_states_make(ctx, arena, graph, out));
    return octet_parts_make(ctx, arena, &links, out);
}

octet_status octet_schedule_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_step *steps, const octet_schedule_options *options, octet_schedule *out) {
    octet_arena scratch = {0};
    *out = (octet_schedule){0};
    const octet_schedule_options none = {0};
    const octet_status status = make(ctx, arena, &scratch, graph, steps, options != NULL ? *options : none, out);
    octet_arena_free(ctx, &scratch);
    return status;
}
