#include "graph/widen.h"

/* What an operator may read beside constants. */
typedef enum reads { OTHER, ONE, ONE_AND_WEIGHTS, ONE_ROW_AND_WEIGHTS, ALIKE } reads;

static reads reads_of(octet_operator_code code) {
    static const struct {
        octet_operator_code code;
        reads reads;
    } rows[] = {{OCTET_OP_CONV_2D, ONE_AND_WEIGHTS},
                {OCTET_OP_DEPTHWISE_CONV_2D, ONE_AND_WEIGHTS},
                {OCTET_OP_FULLY_CONNECTED, ONE_ROW_AND_WEIGHTS},
                {OCTET_OP_MAX_POOL_2D, ONE},
                {OCTET_OP_AVERAGE_POOL_2D, ONE},
                {OCTET_OP_RESHAPE, ONE},
                {OCTET_OP_SOFTMAX, ONE}, /* over the last axis, which is not the first one here */
                {OCTET_OP_RELU, ONE},
                {OCTET_OP_RELU6, ONE},
                {OCTET_OP_LOGISTIC, ONE},
                {OCTET_OP_TANH, ONE},
                {OCTET_OP_QUANTIZE, ONE},
                {OCTET_OP_DEQUANTIZE, ONE},
                {OCTET_OP_ADD, ALIKE},
                {OCTET_OP_MUL, ALIKE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == code) return rows[i].reads;
    return OTHER;
}

/* A sample per entry of axis 0. */
static bool has_batch(const octet_value *value) {
    return value->shape.rank >= 2 && value->shape.dims[0] == 1 && !value->is_variable &&
           (value->type == OCTET_FLOAT32 || value->type == OCTET_INT8);
}

static bool is_alone(const octet_graph *graph, const octet_operator *op) {
    const reads kind = reads_of(op->code);
    if (kind == OTHER || op->n_inputs == 0 || op->n_outputs != 1 || op->inputs[0] == OCTET_NONE) return false;
    const octet_value *first = &graph->values[op->inputs[0]], *out = &graph->values[op->outputs[0]];
    if (octet_value_is_constant(first) || !has_batch(first) || !has_batch(out)) return false;
    for (uint32_t i = 1; i < op->n_inputs; i++) {
        if (op->inputs[i] == OCTET_NONE) continue;
        const octet_value *value = &graph->values[op->inputs[i]];
        const bool is_constant = octet_value_is_constant(value);
        if (!is_constant && (kind != ALIKE || !octet_shape_equal(&value->shape, &first->shape))) return false;
        if (kind == ALIKE && is_constant && !octet_shape_equal(&out->shape, &first->shape)) return false;
    }
    if (kind != ONE_AND_WEIGHTS && kind != ONE_ROW_AND_WEIGHTS) return true;
    if (op->n_inputs < 2 || op->inputs[1] == OCTET_NONE) return false;
    const octet_value *weights = &graph->values[op->inputs[1]];
    const bool is_row =
        weights->shape.rank == 2 && (size_t)weights->shape.dims[1] == octet_shape_elements(&first->shape);
    return weights->type == first->type && out->type == first->type && (kind == ONE_AND_WEIGHTS || is_row);
}

octet_status octet_graph_widen(octet_context *ctx, octet_arena *arena, const octet_graph *graph, int32_t n,
                               octet_graph *out, bool *is_wide) {
    *out = *graph;
    out->fingerprint = 0;
    *is_wide = graph->n_carries == 0;
    for (uint32_t i = 0; i < graph->n_inputs; i++)
        *is_wide = *is_wide && has_batch(&graph->values[graph->inputs[i].value]);
    for (uint32_t i = 0; i < graph->n_operators; i++) *is_wide = *is_wide && is_alone(graph, &graph->operators[i]);
    for (uint32_t i = 0; i < graph->n_outputs; i++)
        *is_wide = *is_wide && !octet_value_is_constant(&graph->values[graph->outputs[i].value]);
    if (!*is_wide) return OCTET_OK;
    OCTET_TRY(
        octet_arena_copy(ctx, arena, graph->values, graph->n_values * sizeof *graph->values, (void **)&out->values));
    for (uint32_t i = 0; i < graph->n_values; i++)
        if (!octet_value_is_constant(&graph->values[i])) out->values[i].shape.dims[0] = n;
    return OCTET_OK;
}
