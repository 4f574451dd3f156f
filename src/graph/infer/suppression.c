#include "graph/infer/check.h"
#include "graph/infer/families.h"

enum { MOST_BOXES = 1 << 20 };

/* V4: boxes, scores, most, overlap, score -> indices and their number. V5 has a sigma, and gives scores too. */
octet_status octet_infer_suppression(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                     octet_inferred *out) {
    const bool is_soft = op->code == OCTET_OP_NON_MAX_SUPPRESSION_V5;
    if (!is_soft && op->code != OCTET_OP_NON_MAX_SUPPRESSION_V4) return octet_infer_unknown(ctx, op);
    const uint32_t n_inputs = is_soft ? 6 : 5, n_outputs = is_soft ? 3 : 2;
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, n_inputs, n_inputs, n_outputs));
    const octet_shape *boxes = &octet_graph_input(graph, op, 0)->shape,
                      *scores = &octet_graph_input(graph, op, 1)->shape;
    char text[2][OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(ctx,
                boxes->rank == 2 && scores->rank == 1 && boxes->dims[1] == 4 && boxes->dims[0] == scores->dims[0] &&
                    boxes->dims[0] >= 1,
                OCTET_MODEL, "%s: %s of %s and %s, it takes [B,4] and [B]", op->layer, octet_operator_name(op->code),
                octet_shape_text(boxes, text[0]), octet_shape_text(scores, text[1]));
    for (uint32_t i = 3; i < n_inputs; i++) {
        const octet_value *number = octet_graph_input(graph, op, i);
        OCTET_CHECK(ctx, number->type == OCTET_FLOAT32 && octet_shape_elements(&number->shape) == 1, OCTET_MODEL,
                    "%s: %s: tensor %s must be one float32 number", op->layer, octet_operator_name(op->code),
                    number->name);
    }
    int32_t most = 0, n = 0;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 2, 1, &most, &n));
    OCTET_CHECK(ctx, n == 1 && most >= 1 && most <= MOST_BOXES, OCTET_MODEL, "%s: %s chooses %d boxes at most, 1 to %d",
                op->layer, octet_operator_name(op->code), most, MOST_BOXES);
    const octet_shape list = {1, {most}}, number = {0};
    OCTET_TRY(octet_infer_check_result(ctx, op, OCTET_INT32, &list, &out[0]));
    if (is_soft) OCTET_TRY(octet_infer_check_result(ctx, op, OCTET_FLOAT32, &list, &out[1]));
    return octet_infer_check_result(ctx, op, OCTET_INT32, &number, &out[n_outputs - 1]);
}
