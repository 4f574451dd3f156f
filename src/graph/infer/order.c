#include "graph/infer/check.h"
#include "graph/infer/families.h"

static octet_status infer_top_k(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 2, 2));
    const octet_value *input = octet_graph_input(graph, op, 0);
    int32_t k = 0, n = 0;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, 1, &k, &n));
    octet_shape shape = input->shape;
    OCTET_CHECK(ctx, n == 1 && shape.rank >= 1 && k >= 0 && k <= shape.dims[shape.rank - 1], OCTET_MODEL,
                "%s: TOPK_V2: the last axis does not have %d elements", op->layer, k);
    shape.dims[shape.rank - 1] = k;
    OCTET_TRY(octet_infer_check_result(ctx, op, input->type, &shape, &out[0]));
    return octet_infer_check_result(ctx, op, OCTET_INT32, &shape, &out[1]);
}

octet_status octet_infer_order(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                               octet_inferred *out) {
    if (op->code == OCTET_OP_TOPK_V2) return infer_top_k(ctx, graph, op, out);
    if (op->code != OCTET_OP_CUMSUM) return octet_infer_unknown(ctx, op);
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 2, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    int32_t axis = 0, n = 0;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, 1, &axis, &n));
    OCTET_CHECK(ctx, n == 1, OCTET_MODEL, "%s: CUMSUM takes one axis", op->layer);
    OCTET_TRY(octet_infer_axis(ctx, op, axis, input->shape.rank, &axis));
    return octet_infer_check_result(ctx, op, input->type, &input->shape, out);
}
