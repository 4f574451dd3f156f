#include "graph/infer/check.h"
#include "graph/infer/families.h"

#include <math.h>
#include <string.h>

static octet_status infer_fill(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                               octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 2, 1));
    const octet_value *value = octet_graph_input(graph, op, 1);
    OCTET_CHECK(ctx, octet_shape_elements(&value->shape) == 1, OCTET_MODEL, "%s: FILL takes one value", op->layer);
    octet_shape shape = {0};
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 0, OCTET_MAX_RANK, shape.dims, &shape.rank));
    return octet_infer_check_result(ctx, op, value->type, &shape, out);
}

/* One element of a constant as double; exact for every length of a RANGE that fits into memory. */
static octet_status read_scalar(octet_context *ctx, const octet_graph *graph, const octet_operator *op, uint32_t input,
                                double *out) {
    const octet_value *value = octet_graph_input(graph, op, input);
    OCTET_CHECK(ctx, value->data != NULL && octet_shape_elements(&value->shape) == 1, OCTET_MODEL,
                "%s: input %u of %s must be one constant", op->layer, input, octet_operator_name(op->code));
    if (value->type == OCTET_FLOAT32) {
        float element;
        memcpy(&element, value->data, sizeof element);
        *out = (double)element;
    } else if (value->type == OCTET_INT32) {
        int32_t element;
        memcpy(&element, value->data, sizeof element);
        *out = element;
    } else if (value->type == OCTET_INT64) {
        int64_t element;
        memcpy(&element, value->data, sizeof element);
        *out = (double)element;
    } else {
        return octet_context_fail(ctx, OCTET_UNSUPPORTED, "%s: RANGE of %s", op->layer, octet_type_name(value->type));
    }
    return OCTET_OK;
}

static octet_status infer_range(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 3, 3, 1));
    OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, 1));
    OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, 2));
    double start, limit, delta;
    OCTET_TRY(read_scalar(ctx, graph, op, 0, &start));
    OCTET_TRY(read_scalar(ctx, graph, op, 1, &limit));
    OCTET_TRY(read_scalar(ctx, graph, op, 2, &delta));
    const double n = ceil(fabs((limit - start) / delta));
    OCTET_CHECK(ctx, isfinite(n) && (limit - start) * delta >= 0 && n <= INT32_MAX, OCTET_MODEL,
                "%s: RANGE from %g to %g by %g", op->layer, start, limit, delta);
    const octet_shape shape = {1, {(int32_t)n}};
    return octet_infer_check_result(ctx, op, octet_graph_input(graph, op, 0)->type, &shape, out);
}

octet_status octet_infer_shape(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                               octet_inferred *out) {
    if (op->code == OCTET_OP_FILL) return infer_fill(ctx, graph, op, out);
    if (op->code == OCTET_OP_RANGE) return infer_range(ctx, graph, op, out);
    const uint32_t n_inputs = op->code == OCTET_OP_BROADCAST_ARGS ? 2 : 1;
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, n_inputs, n_inputs, 1));
    const octet_value *a = octet_graph_input(graph, op, 0);
    if (op->code == OCTET_OP_SHAPE) {
        const octet_shape shape = {1, {a->shape.rank}};
        return octet_infer_check_result(ctx, op, op->options.shape.out == OCTET_INT64 ? OCTET_INT64 : OCTET_INT32,
                                        &shape, out);
    }
    if (op->code == OCTET_OP_BROADCAST_ARGS) {
        const octet_value *b = octet_graph_input(graph, op, 1);
        OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, 1));
        OCTET_CHECK(ctx, (a->type == OCTET_INT32 || a->type == OCTET_INT64) && a->shape.rank == 1 && b->shape.rank == 1,
                    OCTET_MODEL, "%s: BROADCAST_ARGS takes two vectors of integers", op->layer);
        return octet_infer_check_result(ctx, op, a->type, a->shape.dims[0] > b->shape.dims[0] ? &a->shape : &b->shape,
                                        out);
    }
    if (op->code != OCTET_OP_ZEROS_LIKE) return octet_infer_unknown(ctx, op);
    return octet_infer_check_result(ctx, op, a->type, &a->shape, out);
}
