#include "recover/global_mean.h"

/* One window, over all of the data and no padding. */
static bool is_global(const octet_graph *graph, const octet_operator *op) {
    if (op->code != OCTET_OP_AVERAGE_POOL_2D || op->options.pool_2d.activation != OCTET_ACTIVATION_NONE) return false;
    const octet_shape *in = &octet_graph_input(graph, op, 0)->shape, *out = &octet_graph_output(graph, op, 0)->shape;
    return out->dims[1] == 1 && out->dims[2] == 1 && op->options.pool_2d.filter_h == in->dims[1] &&
           op->options.pool_2d.filter_w == in->dims[2];
}

static octet_status change(octet_context *ctx, octet_graph *graph, octet_recovered *out) {
    uint32_t axes = OCTET_NONE;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        octet_operator *op = &graph->operators[k];
        if (!is_global(graph, op)) continue;
        if (axes == OCTET_NONE)
            OCTET_TRY(octet_graph_add_i32(ctx, graph, "recovery/axes", (int32_t[]){1, 2}, 2, &axes));
        op->code = OCTET_OP_MEAN;
        op->version = 0;
        op->options = (octet_options){.reduce.keep_dims = true};
        OCTET_TRY(octet_graph_widen_inputs(ctx, graph, k, 2));
        octet_graph_set_input(graph, k, 1, axes);
        out->n_changed++;
    }
    return OCTET_OK;
}

octet_status octet_recover_global_mean(octet_context *ctx, const octet_recover_source *source, octet_recovered *out) {
    *out = (octet_recovered){0};
    octet_status status = octet_graph_clone(ctx, source->graph, &out->graph);
    if (status == OCTET_OK) status = change(ctx, out->graph, out);
    if (status == OCTET_OK) status = octet_graph_verify(ctx, out->graph, "MEAN for a global pool");
    if (status == OCTET_OK) status = octet_step_carry_statistics(ctx, source, out->graph, &out->statistics);
    return octet_step_finish(ctx, status, out);
}
