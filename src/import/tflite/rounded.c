#include "import/tflite/rounded.h"

#include <math.h>

/* Whether something other than a DEQUANTIZE to float32 reads the value. */
static bool is_read_as_integer(const octet_graph *graph, uint32_t value) {
    uint32_t n = 0;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (op->removed || op->code != OCTET_OP_DEQUANTIZE || op->inputs[0] != value) continue;
        if (octet_graph_output(graph, op, 0)->type == OCTET_FLOAT32) n++;
    }
    return n != graph->values[value].n_uses;
}

static bool is_rounded(const octet_graph *graph, const octet_operator *op) {
    if (op->removed || op->code != OCTET_OP_QUANTIZE) return false;
    const octet_value *from = octet_graph_input(graph, op, 0), *to = octet_graph_output(graph, op, 0);
    return octet_value_is_constant(from) && from->type == OCTET_FLOAT32 && to->quantization.n > 0 &&
           (to->type == OCTET_INT8 || to->type == OCTET_UINT8) && !is_read_as_integer(graph, op->outputs[0]);
}

/* The axis of output channels where an operator reads the value as its weights; -1: none does. */
static int32_t weights_axis(const octet_graph *graph, uint32_t value) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        const octet_operands operands = octet_operator_operands(op->code);
        if (op->removed || operands.weights < 0 || (uint32_t)operands.weights >= op->n_inputs) continue;
        if (op->inputs[operands.weights] == value) return operands.axis;
    }
    return -1;
}

/* What rounding and its inverse make of the elements; *is_centred: 0 stands in the middle of the integers. */
static octet_status round_elements(octet_context *ctx, octet_graph *graph, const octet_value *from,
                                   const octet_value *to, float **out, double **scales, bool *is_centred) {
    const octet_quantization *q = &to->quantization;
    const size_t n = octet_shape_elements(&from->shape);
    const size_t inner = q->n > 1 ? (size_t)octet_shape_product(&from->shape, q->axis + 1, from->shape.rank) : n;
    const float low = to->type == OCTET_INT8 ? -128.0f : 0.0f, *raw = from->data;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, n, out));
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, q->n, scales));
    *is_centred = true;
    for (uint32_t c = 0; c < q->n; c++) {
        (*scales)[c] = (double)q->scale[c];
        *is_centred = *is_centred && (float)q->zero_point[c] == low + 128.0f;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t c = q->n > 1 ? i / inner % q->n : 0;
        const float zero = (float)q->zero_point[c];
        const float integer = fminf(fmaxf(roundf(raw[i] / q->scale[c]) + zero, low), low + 255.0f);
        (*out)[i] = (integer - zero) * q->scale[c];
    }
    return OCTET_OK;
}

static octet_status round_constant(octet_context *ctx, octet_graph *graph, uint32_t k) {
    const uint32_t value = graph->operators[k].outputs[0];
    const octet_value *from = octet_graph_input(graph, &graph->operators[k], 0);
    octet_value *to = &graph->values[value];
    const octet_quantization old = to->quantization;
    float *data = NULL;
    double *scales = NULL;
    bool is_centred = false;
    OCTET_TRY(round_elements(ctx, graph, from, to, &data, &scales, &is_centred));
    to->type = OCTET_FLOAT32;
    to->quantization = (octet_quantization){0};
    to->data = data;
    const float *raw = from->data;
    octet_graph_remove_operator(graph, k);
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        if (op->removed || op->code != OCTET_OP_DEQUANTIZE || op->inputs[0] != value) continue;
        octet_graph_replace_uses(graph, op->outputs[0], value);
        octet_graph_remove_operator(graph, i);
    }
    const int32_t axis = weights_axis(graph, value);
    if (!is_centred || axis < 0 || (old.n > 1 && old.axis != axis)) return OCTET_OK;
    return octet_value_set_trained(ctx, graph, value, old.n, scales, raw);
}

octet_status octet_tflite_round_constants(octet_context *ctx, octet_graph *graph) {
    bool changed = false;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        if (!is_rounded(graph, &graph->operators[k])) continue;
        OCTET_TRY(round_constant(ctx, graph, k));
        changed = true;
    }
    return changed ? octet_graph_compact(ctx, graph) : OCTET_OK;
}
