#include "graph/infer/check.h"
#include "graph/infer/families.h"

static octet_status check_indices(octet_context *ctx, const octet_operator *op, const octet_value *indices) {
    OCTET_CHECK(ctx, indices->type == OCTET_INT32 || indices->type == OCTET_INT64, OCTET_MODEL,
                "%s: %s with indices of %s", op->layer, octet_operator_name(op->code), octet_type_name(indices->type));
    return OCTET_OK;
}

/* The axis of the classes is put in at `axis`, -1 for the end. */
static octet_status infer_one_hot(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 4, 4, 1));
    OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 2, 3));
    const octet_value *indices = octet_graph_input(graph, op, 0), *on = octet_graph_input(graph, op, 2);
    int32_t depth = 0, n = 0, axis = op->options.one_hot.axis;
    OCTET_TRY(check_indices(ctx, op, indices));
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, 1, &depth, &n));
    const int32_t rank = indices->shape.rank;
    if (axis == -1) axis = rank;
    OCTET_CHECK(ctx, n == 1 && depth >= 0 && axis >= 0 && axis <= rank && rank < OCTET_MAX_RANK, OCTET_MODEL,
                "%s: ONE_HOT with %d classes along axis %d of indices of rank %d", op->layer, depth,
                op->options.one_hot.axis, rank);
    for (uint32_t i = 2; i < 4; i++)
        OCTET_CHECK(ctx, octet_shape_elements(&octet_graph_input(graph, op, i)->shape) == 1, OCTET_MODEL,
                    "%s: ONE_HOT takes one value each", op->layer);
    octet_shape shape = {.rank = rank + 1};
    for (int32_t i = 0; i <= rank; i++) shape.dims[i] = i == axis ? depth : indices->shape.dims[i - (i > axis)];
    return octet_infer_check_result(ctx, op, on->type, &shape, out);
}

/* indices [...,depth], updates [...,slice of the output behind the first depth axes]. */
static octet_status infer_scatter_nd(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                     octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 3, 3, 1));
    const octet_value *indices = octet_graph_input(graph, op, 0), *updates = octet_graph_input(graph, op, 1);
    octet_shape shape = {0};
    OCTET_TRY(check_indices(ctx, op, indices));
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 2, OCTET_MAX_RANK, shape.dims, &shape.rank));
    OCTET_TRY(octet_shape_check(ctx, &shape, op->layer));
    const int32_t outer = indices->shape.rank - 1, depth = outer >= 0 ? indices->shape.dims[outer] : -1;
    bool fits = depth >= 0 && depth <= shape.rank && updates->shape.rank == outer + shape.rank - depth;
    for (int32_t i = 0; fits && i < updates->shape.rank; i++)
        fits = updates->shape.dims[i] == (i < outer ? indices->shape.dims[i] : shape.dims[i - outer + depth]);
    char text[3][OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(ctx, fits, OCTET_MODEL, "%s: SCATTER_ND of indices %s and updates %s into %s", op->layer,
                octet_shape_text(&indices->shape, text[0]), octet_shape_text(&updates->shape, text[1]),
                octet_shape_text(&shape, text[2]));
    return octet_infer_check_result(ctx, op, updates->type, &shape, out);
}

static octet_status infer_update_slice(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                       octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 3, 3, 1));
    OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, 1));
    const octet_value *operand = octet_graph_input(graph, op, 0), *update = octet_graph_input(graph, op, 1);
    const octet_value *starts = octet_graph_input(graph, op, 2);
    OCTET_TRY(check_indices(ctx, op, starts));
    bool fits = operand->shape.rank == update->shape.rank && starts->shape.rank == 1 &&
                starts->shape.dims[0] == operand->shape.rank;
    for (int32_t i = 0; fits && i < operand->shape.rank; i++) fits = update->shape.dims[i] <= operand->shape.dims[i];
    char text[2][OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(ctx, fits, OCTET_MODEL, "%s: DYNAMIC_UPDATE_SLICE of %s in %s", op->layer,
                octet_shape_text(&update->shape, text[0]), octet_shape_text(&operand->shape, text[1]));
    return octet_infer_check_result(ctx, op, operand->type, &operand->shape, out);
}

octet_status octet_infer_scatter(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                 octet_inferred *out) {
    if (op->code == OCTET_OP_ONE_HOT) return infer_one_hot(ctx, graph, op, out);
    if (op->code == OCTET_OP_SCATTER_ND) return infer_scatter_nd(ctx, graph, op, out);
    if (op->code == OCTET_OP_DYNAMIC_UPDATE_SLICE) return infer_update_slice(ctx, graph, op, out);
    return octet_infer_unknown(ctx, op);
}
