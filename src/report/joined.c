#include "report/joined.h"

#include <math.h>
#include <stdio.h>

/* "columns 0..3". */
static const char *place(const octet_joined *joined, const octet_joined_part *part, int32_t rank, char text[48]) {
    const int32_t last = part->first + part->n - 1;
    const char *what = joined->axis == rank - 1 ? "column" : "index";
    const char *many = joined->axis == rank - 1 ? "columns" : "indices";
    if (part->n == 1) snprintf(text, 48, "%s %d", what, part->first);
    else snprintf(text, 48, "%s %d..%d", many, part->first, last);
    return text;
}

/* Parts that are outputs of their own need no splitting. */
static octet_status find_remedy(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_joined *joined, const char **out) {
    const char *names = "";
    *out = "--split-outputs of octet quantize writes each part as an output with a scale of its own";
    for (uint32_t i = 0; i < joined->n_parts; i++) {
        const uint32_t output = joined->parts[i].output;
        if (output == OCTET_NONE) return OCTET_OK;
        OCTET_TRY(
            octet_arena_format(ctx, arena, &names, "%s%s%s", names, i == 0 ? "" : ", ", graph->outputs[output].name));
    }
    return octet_arena_format(ctx, arena, out,
                              "the parts are outputs of their own, each with its own scale: read %s instead, or leave "
                              "this one out with --split-outputs",
                              names);
}

octet_status octet_joined_describe(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                   const octet_joined *joined, const char **out) {
    const octet_port *port = &graph->outputs[joined->output];
    const char *name = port->name, *remedy;
    const int32_t rank = graph->values[port->value].shape.rank;
    OCTET_TRY(find_remedy(ctx, arena, graph, joined, &remedy));
    const octet_joined_part *wide = &joined->parts[0], *narrow = NULL;
    char a[48], b[48];
    for (uint32_t i = 0; i < joined->n_parts; i++) {
        const octet_joined_part *part = &joined->parts[i];
        if (part->width > wide->width) wide = part;
        if (part->width > 0.0f && (narrow == NULL || part->width < narrow->width)) narrow = part;
    }
    if (isinf(wide->width))
        return octet_arena_format(ctx, arena, out,
                                  "%s joins %s, whose range is at most %g, with %s, whose range has no bounds: in "
                                  "int8 they share one scale, and the first lose most of it where the second range is "
                                  "more than %d times theirs; %s",
                                  name, place(joined, narrow, rank, a), (double)narrow->width,
                                  place(joined, wide, rank, b), OCTET_JOINED_FAR, remedy);
    const double times = (double)wide->width / (double)narrow->width;
    return octet_arena_format(ctx, arena, out,
                              "%s joins %s with %s, whose range is %.3g times as wide: in their common scale the first "
                              "range is %.0f of 256 values; %s",
                              name, place(joined, narrow, rank, a), place(joined, wide, rank, b), times,
                              ceil(255.0 / times) + 1.0, remedy);
}
