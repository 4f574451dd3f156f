#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_arithmetic(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                    octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 2, 1));
    OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, 1));
    const octet_value *a = octet_graph_input(graph, op, 0), *b = octet_graph_input(graph, op, 1);
    octet_shape shape;
    OCTET_TRY(octet_infer_check_broadcast(ctx, op, &a->shape, &b->shape, &shape));
    return octet_infer_check_result(ctx, op, a->type, &shape, out);
}
