#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_softmax(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                 octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    OCTET_CHECK(ctx, input->shape.rank >= 1, OCTET_MODEL, "%s: %s of a scalar, it works along the last axis", op->layer,
                octet_operator_name(op->code));
    return octet_infer_check_result(ctx, op, input->type, &input->shape, out);
}
