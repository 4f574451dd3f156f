#include "passes/edit.h"
#include "passes/list.h"

/* RESHAPE to a matrix, FULLY_CONNECTED, RESHAPE back: what the converter writes for a dense layer on more than two dimensions while the
 * batch is open. With a static batch it is one FULLY_CONNECTED that keeps the dimensions. */
octet_status octet_pass_fold_dense(octet_context *ctx, octet_graph *graph, bool *changed) {
    (void)ctx;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *after = &graph->operators[k];
        if (after->removed || after->code != OCTET_OP_RESHAPE || !octet_edit_is_private(graph, after->inputs[0])) continue;
        const uint32_t d = graph->values[after->inputs[0]].producer;
        octet_operator *dense = &graph->operators[d];
        if (dense->code != OCTET_OP_FULLY_CONNECTED) continue;
        const octet_operator *before = octet_edit_producer(graph, dense->inputs[0]);
        if (before == NULL || before->code != OCTET_OP_RESHAPE) continue;
        const octet_shape *in = &octet_graph_input(graph, before, 0)->shape, *out = &octet_graph_output(graph, after, 0)->shape;
        const octet_shape *weights = &octet_graph_input(graph, dense, 1)->shape;
        if (weights->rank != 2 || in->rank < 3 || in->dims[in->rank - 1] != weights->dims[1]) continue;
        octet_shape kept = *in;
        kept.dims[kept.rank - 1] = weights->dims[0];
        if (!octet_shape_equal(&kept, out)) continue;
        octet_graph_set_input(graph, d, 0, before->inputs[0]);
        dense->options.fully_connected.keep_num_dims = true;
        octet_edit_take_output(graph, d, k);
        *changed = true;
    }
    return OCTET_OK;
}
