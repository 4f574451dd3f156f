#include <float.h>
#include <math.h>

#include "graph/infer/check.h"
#include "graph/infer/families.h"

static octet_status infer_fake_quant(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                     octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const float min = op->options.fake_quant.min, max = op->options.fake_quant.max;
    const int32_t n_bits = op->options.fake_quant.n_bits;
    OCTET_CHECK(ctx, n_bits >= 2 && n_bits <= 16, OCTET_MODEL, "%s: FAKE_QUANT with %d bits, 2 to 16 are possible",
                op->layer, n_bits);
    OCTET_CHECK(ctx, min <= 0.0f && max >= 0.0f && isfinite(max - min) && max - min >= FLT_MIN * 65536.0f, OCTET_MODEL,
                "%s: FAKE_QUANT with the range %g to %g, it must be finite and hold 0 and more", op->layer, (double)min,
                (double)max);
    const octet_value *input = octet_graph_input(graph, op, 0);
    OCTET_CHECK(ctx, input->type == OCTET_FLOAT32, OCTET_MODEL, "%s: FAKE_QUANT of %s, it takes float32", op->layer,
                octet_type_name(input->type));
    return octet_infer_check_result(ctx, op, OCTET_FLOAT32, &input->shape, out);
}

/* QUANTIZE has no option that names its result: it is whatever quantized type its output was given, int8 if there is
 * none yet. */
octet_status octet_infer_quantize(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  octet_inferred *out) {
    if (op->code == OCTET_OP_FAKE_QUANT) return infer_fake_quant(ctx, graph, op, out);
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    octet_type type = OCTET_FLOAT32;
    if (op->code == OCTET_OP_QUANTIZE) {
        type =
            op->outputs != NULL && op->outputs[0] < graph->n_values ? graph->values[op->outputs[0]].type : OCTET_INT8;
        OCTET_CHECK(ctx, octet_type_is_quantized(type), OCTET_MODEL,
                    "%s: QUANTIZE to %s, it gives int8, uint8 or int16", op->layer, octet_type_name(type));
    }
    return octet_infer_check_result(ctx, op, type, &input->shape, out);
}
