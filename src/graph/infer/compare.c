#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_compare(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                 octet_inferred *out) {
    const bool logical =
        op->code == OCTET_OP_LOGICAL_AND || op->code == OCTET_OP_LOGICAL_OR || op->code == OCTET_OP_LOGICAL_NOT;
    const uint32_t n_inputs = op->code == OCTET_OP_LOGICAL_NOT ? 1 : 2;
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, n_inputs, n_inputs, 1));
    const octet_value *a = octet_graph_input(graph, op, 0);
    OCTET_CHECK(ctx, !logical || a->type == OCTET_BOOL, OCTET_MODEL, "%s: %s of %s, it takes bool", op->layer,
                octet_operator_name(op->code), octet_type_name(a->type));
    octet_shape shape = a->shape;
    if (n_inputs == 2) {
        OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, 1));
        OCTET_TRY(octet_infer_check_broadcast(ctx, op, &shape, &octet_graph_input(graph, op, 1)->shape, &shape));
    }
    return octet_infer_check_result(ctx, op, OCTET_BOOL, &shape, out);
}
