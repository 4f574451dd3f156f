#include "graph/infer_families.h"

octet_status octet_infer_quantize(octet_context *ctx, const octet_graph *graph, const octet_operator *op, octet_inferred *out) {
    (void)graph;
    (void)out;
    return octet_context_fail(ctx, OCTET_INTERNAL, "%s: no shape rule for %s", op->layer, octet_operator_name(op->code));
}
