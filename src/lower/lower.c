#include "lower/lower.h"

#include "lower/binder.h"

octet_status octet_lower_graph(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                               const octet_lower_options *options, octet_step **out) {
    octet_binder binder = {.ctx = ctx, .graph = graph, .arena = arena, .options = *options};
    octet_step *steps;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &steps));
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        steps[i] = (octet_step){.operator_index = i,
                                .n_inputs = op->n_inputs,
                                .n_outputs = op->n_outputs,
                                .inputs = op->inputs,
                                .outputs = op->outputs,
                                .absorbed = OCTET_NONE};
        OCTET_TRY(octet_bind(&binder, op, &steps[i]));
    }
    *out = steps;
    return OCTET_OK;
}
