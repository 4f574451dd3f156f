#include "schedule/schedule.h"

#include "schedule/chains.h"
#include "schedule/parts.h"

static octet_status make(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_graph *graph,
                         const octet_step *steps, bool no_fusion, octet_schedule *out) {
    octet_links links;
    OCTET_TRY(octet_links_make(ctx, scratch, graph, steps, no_fusion, &links));
    OCTET_TRY(octet_chains_make(ctx, arena, &links, no_fusion, out));
    return octet_parts_make(ctx, arena, &links, out);
}

octet_status octet_schedule_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_step *steps, const octet_schedule_options *options, octet_schedule *out) {
    octet_arena scratch = {0};
    *out = (octet_schedule){0};
    const octet_status status = make(ctx, arena, &scratch, graph, steps, options != NULL && options->no_fusion, out);
    octet_arena_free(ctx, &scratch);
    return status;
}
