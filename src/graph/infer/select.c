#include "graph/infer/check.h"
#include "graph/infer/families.h"

/* SELECT: x and y have one shape; the condition has it too, or is a scalar, or a vector over the first axis.
 * SELECT_V2: all three broadcast. */
octet_status octet_infer_select(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 3, 3, 1));
    OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 1, 2));
    const octet_value *condition = octet_graph_input(graph, op, 0);
    const octet_value *x = octet_graph_input(graph, op, 1), *y = octet_graph_input(graph, op, 2);
    OCTET_CHECK(ctx, condition->type == OCTET_BOOL, OCTET_MODEL, "%s: the condition of %s is %s, it must be bool",
                op->layer, octet_operator_name(op->code), octet_type_name(condition->type));
    octet_shape shape = x->shape;
    if (op->code == OCTET_OP_SELECT_V2) {
        OCTET_TRY(octet_infer_check_broadcast(ctx, op, &shape, &y->shape, &shape));
        OCTET_TRY(octet_infer_check_broadcast(ctx, op, &shape, &condition->shape, &shape));
    } else {
        const octet_shape *c = &condition->shape;
        const bool fits = c->rank == 0 || octet_shape_equal(c, &shape) ||
                          (c->rank == 1 && shape.rank >= 1 && c->dims[0] == shape.dims[0]);
        OCTET_CHECK(
            ctx, octet_shape_equal(&shape, &y->shape) && fits, OCTET_MODEL,
            "%s: SELECT takes two values of one shape and a condition of that shape, a scalar, or one per first index",
            op->layer);
    }
    return octet_infer_check_result(ctx, op, x->type, &shape, out);
}
