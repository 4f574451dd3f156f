#include "recover/weighted.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "recover/geometry.h"

bool octet_weighted_is_layer(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    if (!octet_geometry_is_known(op->code)) return false;
    const octet_value *data = octet_graph_input(graph, op, (uint32_t)operands.data);
    const octet_value *weights = octet_graph_input(graph, op, (uint32_t)operands.weights);
    const octet_value *bias = octet_graph_input(graph, op, (uint32_t)operands.bias);
    if (data == NULL || weights == NULL || !octet_value_is_constant(weights) || octet_value_is_constant(data))
        return false;
    if (weights->type != OCTET_FLOAT32 || data->type != OCTET_FLOAT32) return false;
    return bias == NULL || (octet_value_is_constant(bias) && bias->type == OCTET_FLOAT32 &&
                            octet_shape_elements(&bias->shape) == octet_geometry_n_channels(graph, op));
}

uint32_t octet_weighted_data(const octet_graph *graph, uint32_t op) {
    return graph->operators[op].inputs[octet_operator_operands(graph->operators[op].code).data];
}

/* Data, weights and bias, where there is one, are integers with scales: an operator can also stay in float between
 * quantized ones. */
static bool computes_with_integers(const octet_graph *graph, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    const int8_t all[] = {operands.data, operands.weights, operands.bias};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        const octet_value *value = octet_graph_input(graph, op, (uint32_t)all[i]);
        if (value == NULL && all[i] == operands.bias) continue;
        if (value == NULL || value->type == OCTET_FLOAT32 || value->quantization.n == 0) return false;
    }
    return true;
}

/* The operator of the quantized graph that computes what operator k of the float graph does; OCTET_NONE where it stays
 * float. A QUANTIZE may stand behind it. */
static uint32_t counterpart(const octet_graph *graph, uint32_t k, const octet_graph *quantized,
                            const uint32_t *quantized_of) {
    const octet_operator *op = &graph->operators[k];
    uint32_t value = quantized_of[op->outputs[0]];
    while (value != OCTET_NONE && quantized->values[value].producer != OCTET_NONE) {
        const uint32_t producer = quantized->values[value].producer;
        const octet_operator *q = &quantized->operators[producer];
        if (q->code == op->code) return computes_with_integers(quantized, q) ? producer : OCTET_NONE;
        if (q->code != OCTET_OP_QUANTIZE) break;
        value = q->inputs[0];
    }
    return OCTET_NONE;
}

static int by_quantized(const void *a, const void *b) {
    const uint32_t x = ((const octet_weighted *)a)->quantized, y = ((const octet_weighted *)b)->quantized;
    return (x > y) - (x < y);
}

octet_status octet_weighted_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                 const octet_graph *quantized, const uint32_t *quantized_of, octet_weighted **out,
                                 uint32_t *n) {
    octet_weighted *layers;
    OCTET_TRY(OCTET_NEW(ctx, arena, graph->n_operators, &layers));
    *n = 0;
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        if (!octet_weighted_is_layer(graph, op)) continue;
        const uint32_t q = counterpart(graph, k, quantized, quantized_of);
        if (q != OCTET_NONE) layers[(*n)++] = (octet_weighted){k, q, octet_geometry_n_channels(graph, op)};
    }
    if (*n > 0) qsort(layers, *n, sizeof *layers, by_quantized);
    *out = layers;
    return OCTET_OK;
}

octet_status octet_weighted_own_bias(octet_context *ctx, octet_graph *graph, uint32_t k, float **out) {
    const octet_operator *op = &graph->operators[k];
    const uint32_t at = (uint32_t)octet_operator_operands(op->code).bias;
    const octet_value *old = octet_graph_input(graph, op, at);
    const octet_shape shape = {.rank = 1, .dims = {(int32_t)octet_geometry_n_channels(graph, op)}};
    const char *name = old != NULL ? old->name : NULL;
    const void *from = old != NULL ? old->data : NULL;
    void *data;
    uint32_t value;
    if (name == NULL) OCTET_TRY(octet_arena_format(ctx, &graph->arena, &name, "%s/bias", op->layer));
    OCTET_TRY(octet_graph_add_space(ctx, graph, name, OCTET_FLOAT32, &shape, &data, &value));
    if (from != NULL) memcpy(data, from, octet_value_bytes(&graph->values[value]));
    OCTET_TRY(octet_graph_widen_inputs(ctx, graph, k, at + 1));
    octet_graph_set_input(graph, k, at, value);
    *out = data;
    return OCTET_OK;
}

octet_status octet_weighted_unlock(octet_context *ctx, octet_graph *quantized, uint32_t k, int8_t operand, void **out) {
    octet_value *value = octet_graph_input(quantized, &quantized->operators[k], (uint32_t)operand);
    OCTET_TRY(octet_arena_copy(ctx, &quantized->arena, value->data, octet_value_bytes(value), out));
    value->data = *out;
    return OCTET_OK;
}

void octet_weighted_store_bias(const octet_value *value, void *integers, size_t channel, double bias) {
    const octet_quantization *q = &value->quantization;
    const double n = round(bias / (double)q->scale[q->n > 1 ? channel : 0]);
    if (value->type == OCTET_INT64) ((int64_t *)integers)[channel] = (int64_t)fmax(-0x1p62, fmin(n, 0x1p62));
    else ((int32_t *)integers)[channel] = (int32_t)fmax(INT32_MIN, fmin(n, INT32_MAX));
}
