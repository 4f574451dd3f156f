#include "graph/infer/families.h"

#include "graph/constant.h"

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
    const char *name = octet_operator_name(op->code);
    if (octet_constant_read_i32(value, capacity, values, n)) return OCTET_OK;
    OCTET_CHECK(ctx, value != NULL && value->data != NULL && (value->type == OCTET_INT32 || value->type == OCTET_INT64),
                OCTET_MODEL, "%s: input %u of %s must be a constant of integers", op->layer, input, name);
    const size_t count = octet_shape_elements(&value->shape);
    OCTET_CHECK(ctx, count <= (size_t)capacity, OCTET_MODEL,
                "%s: input %u of %s has %zu values, at most %d are possible", op->layer, input, name, count, capacity);
    int64_t element = 0;
    for (size_t i = 0; i < count && element == (int32_t)element; i++)
        element = octet_constant_integer(value->type, value->data, i);
    return octet_context_fail(ctx, OCTET_MODEL, "%s: input %u of %s holds %lld", op->layer, input, name,
                              (long long)element);
}

octet_status octet_infer_axis(octet_context *ctx, const octet_operator *op, int32_t axis, int32_t rank, int32_t *out) {
    OCTET_CHECK(ctx, axis >= -rank && axis < rank, OCTET_MODEL, "%s: axis %d of %s does not exist in rank %d",
                op->layer, axis, octet_operator_name(op->code), rank);
    *out = octet_axis_from_start(axis, rank);
    return OCTET_OK;
}
