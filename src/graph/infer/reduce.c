#include "graph/infer/check.h"
#include "graph/infer/families.h"

/* Removes or shortens to 1 the axes that `axes` names; an axis may be named twice, none at all is a copy. */
static octet_status reduced_shape(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  const octet_shape *in, bool keep_dims, octet_shape *out) {
    int32_t axes[OCTET_MAX_RANK], n;
    bool drop[OCTET_MAX_RANK] = {false};
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, OCTET_MAX_RANK, axes, &n));
    for (int32_t i = 0; i < n; i++) {
        int32_t axis;
        OCTET_TRY(octet_infer_axis(ctx, op, axes[i], in->rank, &axis));
        drop[axis] = true;
    }
    out->rank = 0;
    for (int32_t i = 0; i < in->rank; i++) {
        OCTET_CHECK(ctx, !drop[i] || in->dims[i] > 0, OCTET_MODEL, "%s: %s over axis %d, which is empty", op->layer,
                    octet_operator_name(op->code), i);
        if (!drop[i] || keep_dims) out->dims[out->rank++] = drop[i] ? 1 : in->dims[i];
    }
    return OCTET_OK;
}

octet_status octet_infer_reduce(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 2, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    octet_shape shape = {0};
    const bool is_logical = op->code == OCTET_OP_REDUCE_ANY || op->code == OCTET_OP_REDUCE_ALL;
    OCTET_CHECK(ctx, is_logical == (input->type == OCTET_BOOL), OCTET_MODEL, "%s: %s of %s", op->layer,
                octet_operator_name(op->code), octet_type_name(input->type));
    if (op->code != OCTET_OP_ARG_MAX && op->code != OCTET_OP_ARG_MIN) {
        OCTET_TRY(reduced_shape(ctx, graph, op, &input->shape, op->options.reduce.keep_dims, &shape));
        return octet_infer_check_result(ctx, op, input->type, &shape, out);
    }
    const octet_value *axis = octet_graph_input(graph, op, 1);
    OCTET_CHECK(ctx, octet_shape_elements(&axis->shape) == 1, OCTET_MODEL, "%s: %s along %zu axes, it takes one",
                op->layer, octet_operator_name(op->code), octet_shape_elements(&axis->shape));
    OCTET_TRY(reduced_shape(ctx, graph, op, &input->shape, false, &shape));
    const octet_type type = op->options.arg.out;
    OCTET_CHECK(ctx, type == OCTET_INT32 || type == OCTET_INT64, OCTET_MODEL, "%s: %s gives int32 or int64", op->layer,
                octet_operator_name(op->code));
    return octet_infer_check_result(ctx, op, type, &shape, out);
}
