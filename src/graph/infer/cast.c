#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_cast(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const octet_type from = octet_graph_input(graph, op, 0)->type, to = op->options.cast.out;
    OCTET_CHECK(ctx, to != OCTET_COMPLEX64 && (from != OCTET_COMPLEX64 || to == OCTET_FLOAT32), OCTET_UNSUPPORTED,
                "%s: CAST of %s to %s is not supported", op->layer, octet_type_name(from), octet_type_name(to));
    return octet_infer_check_result(ctx, op, to, &octet_graph_input(graph, op, 0)->shape, out);
}
