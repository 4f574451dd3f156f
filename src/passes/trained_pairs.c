#include "passes/trained_pairs.h"

#include <math.h>

#include "passes/edit.h"

static bool is_quantized(const octet_value *value) { return value != NULL && value->quantization.n > 0; }

/* Whether an operator reads and writes integers only as a half of a pair. */
static bool fits(const octet_graph *graph, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        if (!is_quantized(octet_graph_input(graph, op, i))) continue;
        if (op->code != OCTET_OP_DEQUANTIZE || octet_graph_output(graph, op, 0)->type != OCTET_FLOAT32) return false;
    }
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        const octet_value *to = octet_graph_output(graph, op, i);
        if (!is_quantized(to)) continue;
        if (op->code != OCTET_OP_QUANTIZE || octet_graph_input(graph, op, 0)->type != OCTET_FLOAT32 ||
            to->quantization.n != 1 || !octet_type_is_quantized(to->type))
            return false;
    }
    return true;
}

bool octet_trained_pairs_stand(const octet_graph *graph) {
    bool found = false;
    for (uint32_t v = 0; v < graph->n_values; v++) {
        const octet_value *value = &graph->values[v];
        if (!is_quantized(value)) continue;
        if (value->producer == OCTET_NONE || octet_graph_is_output(graph, v)) return false;
        found = true;
    }
    for (uint32_t k = 0; k < graph->n_operators && found; k++) {
        if (!graph->operators[k].removed && !fits(graph, &graph->operators[k])) return false;
    }
    return found;
}

/* The range of the integers of `value`, in float32, from which its scale follows again. */
static octet_options range_of(const octet_value *value) {
    const int32_t n_bits = value->type == OCTET_INT16 ? 16 : 8, zero = value->quantization.zero_point[0];
    const int32_t low = value->type == OCTET_UINT8 ? 0 : value->type == OCTET_INT8 ? INT8_MIN : INT16_MIN;
    const double scale = (double)value->quantization.scale[0], n_steps = (double)((1 << n_bits) - 1);
    const float min = (float)((double)(low - zero) * scale);
    float max = (float)(((double)(low - zero) + n_steps) * scale);
    const float found = (float)(((double)max - (double)min) / n_steps);
    if (found != value->quantization.scale[0])
        max = nextafterf(max, found < value->quantization.scale[0] ? INFINITY : -INFINITY);
    return (octet_options){.fake_quant = {min, max, n_bits, false}};
}

octet_status octet_trained_pairs_replace(octet_context *ctx, octet_graph *graph) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        octet_operator *op = &graph->operators[k];
        octet_value *to = octet_graph_output(graph, op, 0);
        if (op->removed || op->code != OCTET_OP_QUANTIZE || !is_quantized(to)) continue;
        op->code = OCTET_OP_FAKE_QUANT;
        op->options = range_of(to);
        to->type = OCTET_FLOAT32;
        to->quantization = (octet_quantization){0};
    }
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->removed || op->code != OCTET_OP_DEQUANTIZE) continue;
        if (octet_graph_input(graph, op, 0)->type == OCTET_FLOAT32) octet_edit_bypass(graph, k, op->inputs[0]);
    }
    OCTET_TRY(octet_graph_compact(ctx, graph));
    return octet_graph_verify(ctx, graph, "trained_pairs");
}
