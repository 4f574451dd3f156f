#include "graph/infer_check.h"
#include "graph/infer_families.h"

/* QUANTIZE has no option that names its result: it is whatever quantized type its output was given, int8 if there is none yet. */
octet_status octet_infer_quantize(octet_context *ctx, const octet_graph *graph, const octet_operator *op, octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    octet_type type = OCTET_FLOAT32;
    if (op->code == OCTET_OP_QUANTIZE) {
        type = op->outputs && op->outputs[0] < graph->n_values ? graph->values[op->outputs[0]].type : OCTET_INT8;
        OCTET_CHECK(ctx, octet_type_is_quantized(type), OCTET_MODEL, "%s: QUANTIZE to %s, it gives int8, uint8 or int16", op->layer,
                    octet_type_name(type));
    }
    return octet_infer_check_result(ctx, op, type, &input->shape, out);
}
