#include "graph/infer/families.h"

#include <string.h>

static octet_infer_function *const functions[OCTET_N_OPERATORS] = {
#define ROW(name, options, family, operands) [OCTET_OP_##name] = octet_infer_##family,
    OCTET_OPERATOR_LIST(ROW)
#undef ROW
};

octet_status octet_infer(octet_context *ctx, const octet_graph *graph, const octet_operator *op, octet_inferred *out) {
    OCTET_CHECK(ctx, (unsigned)op->code < OCTET_N_OPERATORS, OCTET_INTERNAL, "%s: operator code %d", op->layer,
                (int)op->code);
    return functions[op->code](ctx, graph, op, out);
}

octet_status octet_infer_constant_i32(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                      uint32_t input, int32_t capacity, int32_t *values, int32_t *n) {
    const octet_value *value = octet_graph_input(graph, op, input);
    OCTET_CHECK(ctx, value && value->data && (value->type == OCTET_INT32 || value->type == OCTET_INT64), OCTET_MODEL,
                "%s: input %u of %s must be a constant of integers", op->layer, input, octet_operator_name(op->code));
    const size_t count = octet_shape_elements(&value->shape);
    OCTET_CHECK(ctx, count <= (size_t)capacity, OCTET_MODEL,
                "%s: input %u of %s has %zu values, at most %d are possible", op->layer, input,
                octet_operator_name(op->code), count, capacity);
    for (size_t i = 0; i < count; i++) {
        int64_t element;
        if (value->type == OCTET_INT64) {
            memcpy(&element, (const char *)value->data + 8 * i, 8);
        } else {
            int32_t narrow;
            memcpy(&narrow, (const char *)value->data + 4 * i, 4);
            element = narrow;
        }
        OCTET_CHECK(ctx, element >= INT32_MIN && element <= INT32_MAX, OCTET_MODEL, "%s: input %u of %s holds %lld",
                    op->layer, input, octet_operator_name(op->code), (long long)element);
        values[i] = (int32_t)element;
    }
    *n = (int32_t)count;
    return OCTET_OK;
}

octet_status octet_infer_axis(octet_context *ctx, const octet_operator *op, int32_t axis, int32_t rank, int32_t *out) {
    OCTET_CHECK(ctx, axis >= -rank && axis < rank, OCTET_MODEL, "%s: axis %d of %s does not exist in rank %d",
                op->layer, axis, octet_operator_name(op->code), rank);
    *out = axis < 0 ? axis + rank : axis;
    return OCTET_OK;
}
