#include "passes/affine.h"

#include <string.h>

bool octet_affine_takes(const octet_graph *graph, uint32_t k, octet_affine *out) {
    const octet_operator *op = &graph->operators[k];
    const octet_operands operands = octet_operator_operands(op->code);
    const int32_t axis = operands.axis;
    if (op->removed || axis < 0 || op->code == OCTET_OP_CONV_3D) return false; /* CONV_3D stays as it is */
    *out = (octet_affine){.op = k,
                          .data = (uint32_t)operands.data,
                          .weights = (uint32_t)operands.weights,
                          .bias = (uint32_t)operands.bias};
    if (op->n_inputs <= out->data || !octet_edit_is_constant_f32(graph, op->inputs[out->weights])) return false;
    if (graph->values[op->inputs[out->data]].type != OCTET_FLOAT32) return false;
    const bool has_bias = op->n_inputs > out->bias && op->inputs[out->bias] != OCTET_NONE;
    if (has_bias && !octet_edit_is_constant_f32(graph, op->inputs[out->bias])) return false;
    const octet_shape *shape = &graph->values[op->inputs[out->weights]].shape;
    if (shape->rank <= axis) return false;
    out->n_channels = shape->dims[axis];
    out->outer = (size_t)octet_shape_product(shape, 0, axis);
    out->inner = (size_t)octet_shape_product(shape, axis + 1, shape->rank);
    return !has_bias || octet_shape_elements(&graph->values[op->inputs[out->bias]].shape) == (size_t)out->n_channels;
}

bool octet_affine_match(const octet_graph *graph, uint32_t k, octet_affine *out) {
    return octet_affine_takes(graph, k, out) &&
           octet_operator_activation(&graph->operators[k]) == OCTET_ACTIVATION_NONE;
}

octet_status octet_affine_read_bias(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                    const octet_affine *affine, float **out) {
    const octet_operator *op = &graph->operators[affine->op];
    OCTET_TRY(OCTET_NEW(ctx, scratch, (size_t)affine->n_channels, out));
    const octet_value *bias = octet_graph_input(graph, op, affine->bias);
    if (bias != NULL) memcpy(*out, bias->data, (size_t)affine->n_channels * sizeof **out);
    return OCTET_OK;
}

octet_status octet_affine_replace(octet_context *ctx, octet_graph *graph, const octet_affine *affine,
                                  const float *weights, const float *bias, uint32_t like) {
    const octet_operator *op = &graph->operators[affine->op];
    if (weights != NULL) {
        const uint32_t old = op->inputs[affine->weights];
        const octet_shape shape = graph->values[old].shape;
        uint32_t value;
        OCTET_TRY(octet_edit_add_f32(ctx, graph, old, &shape, weights, &value));
        octet_graph_set_input(graph, affine->op, affine->weights, value);
    }
    if (bias == NULL) return OCTET_OK;
    const bool has_slot = op->n_inputs > affine->bias;
    const uint32_t old = has_slot ? op->inputs[affine->bias] : OCTET_NONE;
    const octet_shape shape = octet_shape_make(1, &affine->n_channels);
    uint32_t inputs[4] = {0};
    OCTET_TRY(octet_edit_add_f32(ctx, graph, old != OCTET_NONE ? old : like, &shape, bias, &inputs[affine->bias]));
    if (has_slot) {
        octet_graph_set_input(graph, affine->op, affine->bias, inputs[affine->bias]);
        return OCTET_OK;
    }
    for (uint32_t i = 0; i < affine->bias; i++) inputs[i] = op->inputs[i];
    return octet_edit_set_inputs(ctx, graph, affine->op, inputs, affine->bias + 1);
}
