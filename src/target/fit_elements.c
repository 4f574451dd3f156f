/* Operators that compute single elements, or reduce, by others of the same results. */
#include <math.h>

#include "graph/constant.h"
#include "target/capabilities.h"
#include "target/fit.h"

static bool is_integer(const octet_value *value) {
    return (value->type == OCTET_INT8 || value->type == OCTET_INT16) && value->quantization.n == 1;
}

octet_status octet_fit_select(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    octet_operator *op = &graph->operators[k];
    const octet_value *condition = octet_graph_input(graph, op, 0), *result = octet_graph_output(graph, op, 0);
    const bool by_row = condition->shape.rank == 1 && result->shape.rank > 1;
    op->code = OCTET_OP_SELECT_V2;
    if (!by_row) return OCTET_OK;
    /* One condition for each first index: SELECT_V2 aligns it at the last axis. */
    octet_shape shape = {.rank = result->shape.rank};
    for (int32_t a = 0; a < shape.rank; a++) shape.dims[a] = a == 0 ? condition->shape.dims[0] : 1;
    const octet_put put = {ctx, graph, op->layer, op->inputs[0]};
    uint32_t reshaped = OCTET_NONE;
    OCTET_TRY(octet_put_reshape(&put, op->inputs[0], shape, &reshaped));
    octet_graph_set_input(graph, k, 0, reshaped);
    return OCTET_OK;
}

octet_status octet_fit_pad(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    const octet_operator op = graph->operators[k];
    const octet_value *x = octet_graph_input(graph, &op, 0), *with = octet_graph_input(graph, &op, 2);
    if (x->type != OCTET_INT8 || !is_integer(x) || !octet_value_is_constant(with)) return OCTET_OK;
    if (*(const int8_t *)with->data != x->quantization.zero_point[0]) return OCTET_OK;
    octet_graph_remove_operator(graph, k);
    return octet_graph_add_operator(ctx, graph, OCTET_OP_PAD, op.layer, op.inputs, 2, NULL, op.outputs, 1, OCTET_NONE,
                                    NULL);
}

/* Storing clamps from above as well as the operator does. */
static bool ends_at(const octet_value *y, float greatest) {
    return (float)y->quantization.zero_point[0] + roundf(greatest / y->quantization.scale[0]) >= 127.0f;
}

/* From -1 to 1, to within one step: 255 steps do not divide evenly. */
static bool ends_at_one(const octet_value *y) {
    const float zero_point = (float)y->quantization.zero_point[0], one = roundf(1.0f / y->quantization.scale[0]);
    return zero_point + one >= 126.0f && zero_point - one <= -127.0f;
}

octet_status octet_fit_clamp(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)ctx, (void)target;
    octet_operator *op = &graph->operators[k];
    const octet_value *y = octet_graph_output(graph, op, 0);
    if (y->type != OCTET_INT8 || y->quantization.n != 1) return OCTET_OK;
    if (op->code == OCTET_OP_RELU_N1_TO_1) {
        if (ends_at_one(y)) op->code = OCTET_OP_QUANTIZE;
    } else if (ends_at(y, op->code == OCTET_OP_RELU6 ? 6.0f : 1.0f)) {
        op->code = OCTET_OP_RELU;
    }
    return OCTET_OK;
}

/* x * -1, with the parameters of `out`. */
static octet_status put_negative(const octet_put *put, uint32_t x, uint32_t out) {
    static const float scale = 1.0f / 127.0f;
    static const int32_t zero_point = 0;
    static const int8_t narrow = -127;
    static const int16_t wide = -127;
    octet_graph *graph = put->graph;
    const octet_type type = graph->values[out].type;
    const octet_shape scalar = {0}, shape = graph->values[out].shape;
    uint32_t inputs[2] = {x, OCTET_NONE};
    OCTET_TRY(octet_graph_add_constant(put->ctx, graph, "minus_one", type, &scalar,
                                       type == OCTET_INT8 ? (const void *)&narrow : (const void *)&wide, &inputs[1]));
    OCTET_TRY(octet_value_set_quantization(put->ctx, graph, inputs[1], 1, 0, &scale, &zero_point));
    return octet_put_operator(put, OCTET_OP_MUL, inputs, 2, NULL, shape, &out);
}

octet_status octet_fit_any(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    const octet_operator op = graph->operators[k];
    const octet_shape from = octet_graph_input(graph, &op, 0)->shape, to = octet_graph_output(graph, &op, 0)->shape;
    const octet_put put = {ctx, graph, op.layer, op.outputs[0]};
    uint32_t inputs[2] = {OCTET_NONE, op.inputs[1]}, all = OCTET_NONE, result = op.outputs[0];
    octet_graph_remove_operator(graph, k);
    OCTET_TRY(octet_put_operator(&put, OCTET_OP_LOGICAL_NOT, op.inputs, 1, NULL, from, &inputs[0]));
    OCTET_TRY(octet_put_operator(&put, OCTET_OP_REDUCE_ALL, inputs, 2, &op.options, to, &all));
    return octet_put_operator(&put, OCTET_OP_LOGICAL_NOT, &all, 1, NULL, to, &result);
}

octet_status octet_fit_absolute(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    const octet_operator op = graph->operators[k];
    const octet_value x = *octet_graph_input(graph, &op, 0), y = *octet_graph_output(graph, &op, 0);
    if (!is_integer(&x) || !is_integer(&y) || x.type != y.type) return OCTET_OK;
    const octet_put put = {ctx, graph, op.layer, op.outputs[0]};
    uint32_t sides[2] = {OCTET_NONE, OCTET_NONE}, result = op.outputs[0];
    octet_graph_remove_operator(graph, k);
    OCTET_TRY(octet_put_operator(&put, OCTET_OP_QUANTIZE, op.inputs, 1, NULL, y.shape, &sides[0]));
    OCTET_TRY(octet_put_value(&put, y.quantization.scale[0], y.quantization.zero_point[0], &sides[1]));
    OCTET_TRY(put_negative(&put, op.inputs[0], sides[1]));
    return octet_put_operator(&put, OCTET_OP_MAXIMUM, sides, 2, NULL, y.shape, &result);
}

octet_status octet_fit_leaky_relu(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    enum { MOST_CHANNELS = 65536 };
    const octet_operator op = graph->operators[k];
    const octet_value y = *octet_graph_output(graph, &op, 0);
    const float alpha = op.options.leaky_relu.alpha, scale = fabsf(alpha) / 127.0f;
    const int32_t zero_point = 0;
    if (y.type != OCTET_INT8 || y.shape.rank < 2 || !(scale >= 1e-30f)) return OCTET_OK;
    octet_shape shape = {.rank = y.shape.rank - 1};
    for (int32_t a = 0; a < shape.rank; a++) shape.dims[a] = a + 1 == shape.rank ? y.shape.dims[a + 1] : 1;
    const size_t n = octet_shape_elements(&shape);
    int8_t *slopes;
    if (n > MOST_CHANNELS) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, n, &slopes));
    for (size_t i = 0; i < n; i++) slopes[i] = alpha > 0.0f ? 127 : -127;
    uint32_t inputs[2] = {op.inputs[0], OCTET_NONE}, result = op.outputs[0];
    const octet_put put = {ctx, graph, op.layer, result};
    octet_graph_remove_operator(graph, k);
    OCTET_TRY(octet_graph_add_constant(ctx, graph, "alpha", OCTET_INT8, &shape, slopes, &inputs[1]));
    OCTET_TRY(octet_value_set_quantization(ctx, graph, inputs[1], 1, 0, &scale, &zero_point));
    return octet_put_operator(&put, OCTET_OP_PRELU, inputs, 2, NULL, y.shape, &result);
}

octet_status octet_fit_float(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    enum { MOST_OPERANDS = 4 };
    const octet_operator op = graph->operators[k];
    uint32_t inputs[MOST_OPERANDS];
    if (op.n_outputs != 1 || op.n_inputs > MOST_OPERANDS || !is_integer(octet_graph_output(graph, &op, 0)))
        return OCTET_OK;
    for (uint32_t i = 0; i < op.n_inputs; i++) {
        const octet_value *value = octet_graph_input(graph, &op, i);
        if (value == NULL || value->is_variable) return OCTET_OK;
    }
    octet_graph_remove_operator(graph, k);
    for (uint32_t i = 0; i < op.n_inputs; i++) {
        inputs[i] = op.inputs[i];
        const octet_value value = graph->values[op.inputs[i]];
        if (!is_integer(&value)) continue;
        OCTET_TRY(octet_graph_add_value(ctx, graph, op.layer, OCTET_FLOAT32, &value.shape, &inputs[i]));
        OCTET_TRY(octet_graph_add_operator(ctx, graph, OCTET_OP_DEQUANTIZE, op.layer, &op.inputs[i], 1, NULL,
                                           &inputs[i], 1, OCTET_NONE, NULL));
    }
    uint32_t real;
    const octet_shape shape = graph->values[op.outputs[0]].shape;
    OCTET_TRY(octet_graph_add_value(ctx, graph, op.layer, OCTET_FLOAT32, &shape, &real));
    OCTET_TRY(octet_graph_add_operator(ctx, graph, op.code, op.layer, inputs, op.n_inputs, &op.options, &real, 1,
                                       OCTET_NONE, NULL));
    return octet_graph_add_operator(ctx, graph, OCTET_OP_QUANTIZE, op.layer, &real, 1, NULL, op.outputs, 1, OCTET_NONE,
                                    NULL);
}
