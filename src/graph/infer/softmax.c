#include "graph/infer/check.h"
#include "graph/infer/families.h"

/* SOFTMAX of int8 gives int8, or int16 where its output was given that type (wake words for microcontrollers). */
static bool gives_int16(const octet_graph *graph, const octet_operator *op, octet_type input) {
    return op->code == OCTET_OP_SOFTMAX && input == OCTET_INT8 && op->outputs != NULL &&
           op->outputs[0] < graph->n_values && graph->values[op->outputs[0]].type == OCTET_INT16;
}

octet_status octet_infer_softmax(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                 octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    OCTET_CHECK(ctx, input->shape.rank >= 1, OCTET_MODEL, "%s: %s of a scalar, it works along the last axis", op->layer,
                octet_operator_name(op->code));
    const octet_type type = gives_int16(graph, op, input->type) ? OCTET_INT16 : input->type;
    return octet_infer_check_result(ctx, op, type, &input->shape, out);
}
