#include "passes/edit.h"
#include "passes/list.h"

/* x / c becomes x * (1 / c), the reciprocal in float32. */
static octet_status multiply_instead(octet_context *ctx, octet_graph *graph, uint32_t k, octet_arena *scratch) {
    const uint32_t divisor = graph->operators[k].inputs[1];
    const octet_shape shape = graph->values[divisor].shape;
    const size_t n = octet_shape_elements(&shape);
    const float *data = graph->values[divisor].data;
    float *reciprocals = NULL;
    uint32_t value;
    OCTET_TRY(OCTET_NEW(ctx, scratch, n, &reciprocals));
    for (size_t i = 0; i < n; i++) reciprocals[i] = 1.0f / data[i];
    OCTET_TRY(octet_edit_add_f32(ctx, graph, divisor, &shape, reciprocals, &value));
    octet_graph_set_input(graph, k, 1, value);
    graph->operators[k].code = OCTET_OP_MUL;
    return OCTET_OK;
}

static bool has_zero(const octet_graph *graph, uint32_t constant) {
    const float *data = graph->values[constant].data;
    const size_t n = octet_shape_elements(&graph->values[constant].shape);
    for (size_t i = 0; i < n; i++) {
        if (data[i] == 0.0f) return true;
    }
    return false;
}

/* The operand that the result equals: x + 0, 0 + x, x - 0, x * 1, 1 * x; OCTET_NONE for none. */
static uint32_t same_as_operand(const octet_graph *graph, const octet_operator *op) {
    if (octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return OCTET_NONE;
    const float neutral = op->code == OCTET_OP_MUL ? 1.0f : 0.0f;
    for (uint32_t i = 0; i < 2; i++) {
        if (op->code == OCTET_OP_SUB && i == 1) break; /* 0 - x is not x */
        if (!octet_edit_is_splat(graph, op->inputs[1 - i], neutral)) continue;
        if (octet_shape_equal(&octet_graph_input(graph, op, i)->shape, &octet_graph_output(graph, op, 0)->shape))
            return op->inputs[i];
    }
    return OCTET_NONE;
}

/* x * 0 is 0 for every finite x. */
static octet_status make_zero(octet_context *ctx, octet_graph *graph, uint32_t k) {
    const uint32_t result = graph->operators[k].outputs[0];
    float *zeros = NULL;
    OCTET_TRY(OCTET_NEW(ctx, &graph->arena, octet_shape_elements(&graph->values[result].shape), &zeros));
    octet_graph_remove_operator(graph, k);
    graph->values[result].data = zeros;
    return OCTET_OK;
}

/* (x - y)^2 of two values of one shape, where nothing else reads the difference, is one operator. */
static octet_status square_difference(octet_context *ctx, octet_graph *graph, uint32_t k, bool *changed) {
    const uint32_t difference = graph->operators[k].inputs[0];
    const octet_operator *op = octet_edit_producer(graph, difference);
    if (op == NULL || op->code != OCTET_OP_SUB || !octet_edit_is_private(graph, difference)) return OCTET_OK;
    if (octet_operator_activation(op) != OCTET_ACTIVATION_NONE) return OCTET_OK;
    const uint32_t inputs[2] = {op->inputs[0], op->inputs[1]};
    if (!octet_shape_equal(&graph->values[inputs[0]].shape, &graph->values[inputs[1]].shape)) return OCTET_OK;
    graph->operators[k].code = OCTET_OP_SQUARED_DIFFERENCE;
    *changed = true;
    return octet_edit_set_inputs(ctx, graph, k, inputs, 2);
}

/* The opposite of a comparison is a comparison (of numbers, not of NaN, as TensorFlow has it). */
static octet_status turn_comparison(octet_context *ctx, octet_graph *graph, uint32_t k, bool *changed) {
    static const octet_operator_code opposites[6][2] = {
        {OCTET_OP_EQUAL, OCTET_OP_NOT_EQUAL},    {OCTET_OP_NOT_EQUAL, OCTET_OP_EQUAL},
        {OCTET_OP_LESS, OCTET_OP_GREATER_EQUAL}, {OCTET_OP_GREATER_EQUAL, OCTET_OP_LESS},
        {OCTET_OP_GREATER, OCTET_OP_LESS_EQUAL}, {OCTET_OP_LESS_EQUAL, OCTET_OP_GREATER},
    };
    const octet_operator *op = octet_edit_producer(graph, graph->operators[k].inputs[0]);
    for (size_t i = 0; op != NULL && i < 6; i++) {
        if (op->code != opposites[i][0]) continue;
        const uint32_t inputs[2] = {op->inputs[0], op->inputs[1]};
        graph->operators[k].code = opposites[i][1];
        *changed = true;
        return octet_edit_set_inputs(ctx, graph, k, inputs, 2);
    }
    return OCTET_OK;
}

static bool has_weights(octet_operator_code code) {
    return code == OCTET_OP_CONV_2D || code == OCTET_OP_DEPTHWISE_CONV_2D || code == OCTET_OP_FULLY_CONNECTED;
}

/* A RELU that will be the activation of a layer with weights. */
static bool is_behind_layer(const octet_graph *graph, const octet_operator *relu) {
    const octet_operator *from =
        octet_edit_is_private(graph, relu->inputs[0]) ? octet_edit_producer(graph, relu->inputs[0]) : NULL;
    return from != NULL && has_weights(from->code);
}

/* A constant of equal numbers behind a layer with weights becomes one number, as in TensorFlow, where nothing folds it
 * into that layer: its result is read by others too, or has an activation. */
static octet_status narrow(octet_context *ctx, octet_graph *graph, uint32_t k, uint32_t constant, bool *changed) {
    const octet_operator *op = &graph->operators[k];
    const uint32_t other = op->inputs[1 - constant];
    const octet_operator *from = octet_edit_producer(graph, other);
    if (from == NULL) return OCTET_OK;
    const bool is_layer = has_weights(from->code);
    if (!is_layer && !(from->code == OCTET_OP_RELU && is_behind_layer(graph, from))) return OCTET_OK;
    if (is_layer && octet_edit_is_private(graph, other) && octet_operator_activation(from) == OCTET_ACTIVATION_NONE)
        return OCTET_OK;
    const octet_value *value = &graph->values[op->inputs[constant]];
    const float number = ((const float *)value->data)[0];
    if (octet_shape_elements(&value->shape) == 1 || !octet_edit_is_splat(graph, op->inputs[constant], number))
        return OCTET_OK;
    if (!octet_shape_equal(&graph->values[other].shape, &octet_graph_output(graph, op, 0)->shape)) return OCTET_OK;
    uint32_t narrowed;
    OCTET_TRY(octet_edit_add_f32(ctx, graph, op->inputs[constant], &(octet_shape){0}, &number, &narrowed));
    octet_graph_set_input(graph, k, constant, narrowed);
    *changed = true;
    return OCTET_OK;
}

static octet_status simplify(octet_context *ctx, octet_graph *graph, uint32_t k, octet_arena *scratch, bool *changed) {
    const octet_operator *op = &graph->operators[k];
    if (!op->removed && op->code == OCTET_OP_LOGICAL_NOT) return turn_comparison(ctx, graph, k, changed);
    if (!op->removed && op->code == OCTET_OP_SQUARE) return square_difference(ctx, graph, k, changed);
    const bool binary =
        op->code == OCTET_OP_ADD || op->code == OCTET_OP_SUB || op->code == OCTET_OP_MUL || op->code == OCTET_OP_DIV;
    if (op->removed || !binary || op->n_inputs != 2 || octet_graph_output(graph, op, 0)->type != OCTET_FLOAT32)
        return OCTET_OK;
    const bool constants[2] = {octet_edit_is_constant_f32(graph, op->inputs[0]),
                               octet_edit_is_constant_f32(graph, op->inputs[1])};
    if (constants[0] == constants[1]) return OCTET_OK;
    if (op->code == OCTET_OP_DIV) {
        if (!constants[1] || has_zero(graph, op->inputs[1])) return OCTET_OK;
        *changed = true;
        return multiply_instead(ctx, graph, k, scratch);
    }
    const uint32_t same = same_as_operand(graph, op);
    if (same != OCTET_NONE) {
        octet_edit_bypass(graph, k, same);
        *changed = true;
        return OCTET_OK;
    }
    if (op->code == OCTET_OP_MUL && octet_edit_is_splat(graph, op->inputs[constants[0] ? 0 : 1], 0.0f)) {
        *changed = true;
        return make_zero(ctx, graph, k);
    }
    return narrow(ctx, graph, k, constants[0] ? 0 : 1, changed);
}

/* Arithmetic with constants that is no arithmetic, division by constants, vectors of equal numbers, squares of
 * differences, and opposites of comparisons. */
octet_status octet_pass_simplify_arithmetic(octet_context *ctx, octet_graph *graph, bool *changed) {
    octet_arena scratch = {0};
    octet_status status = OCTET_OK;
    for (uint32_t k = 0; k < graph->n_operators && status == OCTET_OK; k++)
        status = simplify(ctx, graph, k, &scratch, changed);
    octet_arena_free(ctx, &scratch);
    return status;
}
