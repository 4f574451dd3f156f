#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_unary(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                               octet_inferred *out) {
    const uint32_t n_inputs = op->code == OCTET_OP_PRELU ? 2 : 1;
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, n_inputs, n_inputs, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    octet_shape shape = input->shape;
    if (n_inputs == 2) {
        /* The slopes of int16 activations are int8, as other weights are. */
        const bool wide = input->type == OCTET_INT16 && octet_graph_input(graph, op, 1)->type == OCTET_INT8;
        if (!wide) OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, 1));
        OCTET_TRY(octet_infer_check_broadcast(ctx, op, &shape, &octet_graph_input(graph, op, 1)->shape, &shape));
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}
