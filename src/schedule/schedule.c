#include "schedule/schedule.h"

#include "schedule/groups.h"
#include "schedule/parts.h"
#include "schedule/states.h"

bool octet_schedule_has_state(const octet_graph *graph, bool keeps_state) {
    if (!keeps_state && !graph->is_stateful && !octet_graph_is_stream(graph)) return false;
    for (uint32_t v = 0; v < graph->n_values; v++)
        if (graph->values[v].is_variable && graph->values[v].n_uses > 0) return true;
    return false;
}

static octet_status make(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_links *links,
                         bool has_state, octet_grouping grouping, octet_schedule *out) {
    *out = (octet_schedule){0};
    OCTET_TRY(octet_groups_make(ctx, arena, scratch, links, grouping, out));
    if (has_state) OCTET_TRY(octet_states_make(ctx, arena, links->graph, out));
    return octet_parts_make(ctx, arena, scratch, links, out);
}

/* Parts do not always fit without gaps: of divisions that should need the same one may be the better. */
static octet_status make_best(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_graph *graph,
                              const octet_step *steps, octet_schedule_options options, octet_schedule *out) {
    static const octet_grouping others[] = {OCTET_GROUPING_APART, OCTET_GROUPING_FEW, OCTET_GROUPING_SINGLE};
    const bool has_state = octet_schedule_has_state(graph, options.keeps_state);
    octet_links links;
    OCTET_TRY(octet_links_make(ctx, scratch, graph, steps, options, &links));
    const octet_grouping first = options.no_fusion ? OCTET_GROUPING_SINGLE : OCTET_GROUPING_SHARED;
    OCTET_TRY(make(ctx, arena, scratch, &links, has_state, first, out));
    for (size_t i = 0; i < sizeof others / sizeof *others && !options.no_fusion; i++) {
        octet_schedule other;
        OCTET_TRY(make(ctx, arena, scratch, &links, has_state, others[i], &other));
        if (other.arena_bytes < out->arena_bytes) *out = other;
    }
    return OCTET_OK;
}

octet_status octet_schedule_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_step *steps, const octet_schedule_options *options, octet_schedule *out) {
    octet_arena scratch = {0};
    *out = (octet_schedule){0};
    const octet_schedule_options none = {0};
    const octet_status status = make_best(ctx, arena, &scratch, graph, steps, options != NULL ? *options : none, out);
    octet_arena_free(ctx, &scratch);
    return status;
}
