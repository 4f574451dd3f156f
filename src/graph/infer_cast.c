#include "graph/infer_check.h"
#include "graph/infer_families.h"

octet_status octet_infer_cast(octet_context *ctx, const octet_graph *graph, const octet_operator *op, octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    return octet_infer_check_result(ctx, op, op->options.cast.out, &octet_graph_input(graph, op, 0)->shape, out);
}
