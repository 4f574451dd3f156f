/* Mode dynamic: int8 weights, float activations. */
#include "quant/builder.h"

/* Smaller constants stay in float: TensorFlow's threshold for weight-only quantization. */
enum { MIN_WEIGHTS = 1024 };

/* The operand whose integers a float kernel accepts, or OCTET_NONE. */
static uint32_t weights_operand(octet_operator_code code) {
    if (code == OCTET_OP_GATHER) return 0; /* an embedding table */
    const bool hybrid = code == OCTET_OP_CONV_2D || code == OCTET_OP_DEPTHWISE_CONV_2D ||
                        code == OCTET_OP_TRANSPOSE_CONV || code == OCTET_OP_FULLY_CONNECTED;
    return hybrid ? (uint32_t)octet_operator_operands(code).weights : OCTET_NONE;
}

static bool is_large_constant(const octet_value *value) {
    return value != NULL && value->type == OCTET_FLOAT32 && octet_value_is_constant(value) &&
           octet_shape_elements(&value->shape) >= MIN_WEIGHTS;
}

static octet_status round_weights(octet_builder *b, const octet_operator *op, uint32_t operand, uint32_t *out) {
    const octet_value *value = octet_graph_input(b->from, op, operand);
    uint32_t *cached = &b->lane->weights[op->inputs[operand]];
    OCTET_TRY(octet_builder_check_constant(b, op, value));
    const int32_t axis = octet_builder_weight_axis(b, op->code);
    if (*cached == OCTET_NONE || b->to->values[*cached].quantization.axis != (axis < 0 ? 0 : axis)) {
        octet_channels channels;
        double *scales = NULL;
        OCTET_TRY(octet_builder_weight_scales(b, value, axis, &channels, &scales));
        OCTET_TRY(octet_builder_weight_constant(b, value, axis, scales, cached));
    }
    *out = *cached;
    return OCTET_OK;
}

/* A gathered row is still int8: it is brought back to float for its users. */
static octet_status gather_rows(octet_builder *b, uint32_t k, uint32_t table) {
    const octet_operator *op = &b->from->operators[k];
    const octet_value *value = octet_graph_output(b->from, op, 0);
    const octet_quantization *q = &b->to->values[table].quantization;
    const octet_qparams params = octet_qparams_of(q->scale[0], q->zero_point[0]);
    const char *name = NULL;
    uint32_t inputs[2] = {table, OCTET_NONE}, rows, real;
    OCTET_TRY(octet_builder_real(b, op->inputs[1], op->layer, &inputs[1]));
    OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s_int8", value->name));
    OCTET_TRY(octet_builder_add_integer(b, name, OCTET_INT8, &value->shape, params, &rows));
    OCTET_TRY(octet_graph_add_operator(b->ctx, b->to, op->code, op->layer, inputs, 2, &op->options, &rows, 1,
                                       OCTET_NONE, NULL));
    OCTET_TRY(octet_builder_real(b, op->outputs[0], op->layer, &real));
    return octet_graph_add_operator(b->ctx, b->to, OCTET_OP_DEQUANTIZE, op->layer, &rows, 1, NULL, &real, 1, OCTET_NONE,
                                    NULL);
}

/* LiteRT's LSTM takes its eight matrices in int8 together or not at all. */
static bool is_large_lstm(const octet_graph *graph, const octet_operator *op) {
    if (op->code != OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM || !octet_operator_is_plain_lstm(op)) return false;
    for (uint32_t i = OCTET_LSTM_INPUT_WEIGHTS; i < OCTET_LSTM_PEEPHOLES; i++) {
        if (!is_large_constant(octet_graph_input(graph, op, i))) return false;
    }
    return true;
}

static octet_status convert_lstm(octet_builder *b, uint32_t k) {
    const octet_operator *op = &b->from->operators[k];
    uint32_t index;
    OCTET_TRY(octet_builder_copy_operator(b, k, OCTET_NONE, OCTET_NONE, &index));
    for (uint32_t i = OCTET_LSTM_INPUT_WEIGHTS; i < OCTET_LSTM_PEEPHOLES; i++) {
        uint32_t weights;
        OCTET_TRY(round_weights(b, op, i, &weights));
        octet_graph_set_input(b->to, index, i, weights);
    }
    b->to->operators[index].options.lstm.asymmetric_quantize_inputs = true;
    return OCTET_OK;
}

octet_status octet_quantize_dynamic(octet_builder *b) {
    const octet_graph *from = b->from;
    OCTET_TRY(octet_builder_real_inputs(b));
    for (uint32_t k = 0; k < from->n_operators; k++) {
        const octet_operator *op = &from->operators[k];
        if (is_large_lstm(from, op)) {
            OCTET_TRY(convert_lstm(b, k));
            continue;
        }
        const uint32_t operand = weights_operand(op->code);
        if (operand == OCTET_NONE || !is_large_constant(octet_graph_input(from, op, operand))) {
            OCTET_TRY(octet_builder_copy_operator(b, k, OCTET_NONE, OCTET_NONE, NULL));
            continue;
        }
        uint32_t weights, index;
        OCTET_TRY(round_weights(b, op, operand, &weights));
        if (op->code == OCTET_OP_GATHER && op->n_inputs == 2) {
            OCTET_TRY(gather_rows(b, k, weights));
            continue;
        }
        OCTET_TRY(octet_builder_copy_operator(b, k, operand, weights, &index));
        if (op->code == OCTET_OP_FULLY_CONNECTED)
            b->to->operators[index].options.fully_connected.asymmetric_quantize_inputs = true;
    }
    return octet_builder_real_outputs(b);
}
