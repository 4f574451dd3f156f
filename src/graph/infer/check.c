#include "graph/infer/check.h"

octet_status octet_infer_check_arity(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                     uint32_t min_inputs, uint32_t max_inputs, uint32_t n_outputs) {
    const char *name = octet_operator_name(op->code);
    OCTET_CHECK(ctx, op->n_inputs >= min_inputs && op->n_inputs <= max_inputs, OCTET_MODEL,
                "%s: %s with %u inputs, it takes %u to %u", op->layer, name, op->n_inputs, min_inputs, max_inputs);
    OCTET_CHECK(ctx, op->n_outputs == n_outputs, OCTET_MODEL, "%s: %s with %u outputs, it has %u", op->layer, name,
                op->n_outputs, n_outputs);
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        OCTET_CHECK(ctx, op->inputs[i] < graph->n_values || (i >= min_inputs && op->inputs[i] == OCTET_NONE),
                    OCTET_MODEL, "%s: input %u of %s is missing", op->layer, i, name);
    }
    return OCTET_OK;
}

octet_status octet_infer_check_same_type(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                         uint32_t i, uint32_t j) {
    const octet_type a = octet_graph_input(graph, op, i)->type, b = octet_graph_input(graph, op, j)->type;
    OCTET_CHECK(ctx, a == b, OCTET_MODEL, "%s: inputs %u and %u of %s must have one type, they are %s and %s",
                op->layer, i, j, octet_operator_name(op->code), octet_type_name(a), octet_type_name(b));
    return OCTET_OK;
}

octet_status octet_infer_check_result(octet_context *ctx, const octet_operator *op, octet_type type,
                                      const octet_shape *shape, octet_inferred *out) {
    OCTET_TRY(octet_shape_check(ctx, shape, op->layer));
    out->type = type;
    out->shape = *shape;
    return OCTET_OK;
}

octet_status octet_infer_check_broadcast(octet_context *ctx, const octet_operator *op, const octet_shape *a,
                                         const octet_shape *b, octet_shape *out) {
    char text_a[OCTET_SHAPE_TEXT_SIZE], text_b[OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(ctx, octet_shape_broadcast(a, b, out), OCTET_MODEL, "%s: shapes %s and %s of %s do not broadcast",
                op->layer, octet_shape_text(a, text_a), octet_shape_text(b, text_b), octet_operator_name(op->code));
    return OCTET_OK;
}

octet_status octet_infer_unknown(octet_context *ctx, const octet_operator *op) {
    return octet_context_fail(ctx, OCTET_INTERNAL, "%s: no shape rule for %s", op->layer,
                              octet_operator_name(op->code));
}

octet_status octet_infer_check_window(octet_context *ctx, const octet_operator *op, octet_padding padding, int32_t in,
                                      int32_t filter, int32_t stride, int32_t dilation, int32_t *out) {
    const char *name = octet_operator_name(op->code);
    OCTET_CHECK(ctx, filter >= 1 && stride >= 1 && dilation >= 1, OCTET_MODEL,
                "%s: %s with filter %d, stride %d and dilation %d, each must be at least 1", op->layer, name, filter,
                stride, dilation);
    OCTET_CHECK(ctx, ((int64_t)filter - 1) * dilation < INT32_MAX / 4 && stride < INT32_MAX / 4 && in < INT32_MAX / 4,
                OCTET_LIMIT, "%s: %s with %d cells, filter %d, stride %d and dilation %d is too large", op->layer, name,
                in, filter, stride, dilation);
    *out = octet_window(padding, in, filter, stride, dilation).out;
    OCTET_CHECK(ctx, *out > 0, OCTET_MODEL,
                "%s: %s with filter %d and dilation %d does not fit into %d cells without padding", op->layer, name,
                filter, dilation, in);
    return OCTET_OK;
}
