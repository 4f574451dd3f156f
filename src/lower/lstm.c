#include "kernels/ref/lstm.h"
#include "kernels/ref/fixed_point.h"
#include "lower/families.h"

enum {
    INPUT = OCTET_LSTM_INPUT,
    INPUT_WEIGHTS = OCTET_LSTM_INPUT_WEIGHTS,
    STATE_WEIGHTS = OCTET_LSTM_STATE_WEIGHTS,
    BIAS = OCTET_LSTM_BIASES,
    OUTPUT_STATE = OCTET_LSTM_STATE,
    CELL_STATE = OCTET_LSTM_CELL_STATE
};

static octet_status check_form(octet_binder *binder, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const bool needed = i < OCTET_LSTM_PEEPHOLES || (i >= BIAS && i < BIAS + OCTET_LSTM_GATES) ||
                            i == OUTPUT_STATE || i == CELL_STATE;
        OCTET_CHECK(binder->ctx, !needed || op->inputs[i] != OCTET_NONE, OCTET_MODEL,
                    "%s: UNIDIRECTIONAL_SEQUENCE_LSTM lacks input %u", op->layer, i);
    }
    return OCTET_OK;
}

/* columns 0: a vector. */
static octet_status check_operand(octet_binder *binder, const octet_operator *op, uint32_t input, octet_type type,
                                  int32_t rows, int32_t columns) {
    const octet_value *value = octet_graph_input(binder->graph, op, input);
    const octet_shape want = {columns ? 2 : 1, {rows, columns}};
    char text[OCTET_SHAPE_TEXT_SIZE], text_want[OCTET_SHAPE_TEXT_SIZE];
    OCTET_CHECK(binder->ctx, value->type == type, OCTET_UNSUPPORTED,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: tensor %s is %s, %s is needed", op->layer, value->name,
                octet_type_name(value->type), octet_type_name(type));
    OCTET_CHECK(binder->ctx, octet_shape_equal(&value->shape, &want), OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: tensor %s has shape %s, it must be %s", op->layer, value->name,
                octet_shape_text(&value->shape, text), octet_shape_text(&want, text_want));
    return OCTET_OK;
}

/* type: of the activations; weights: of the matrices. */
static octet_status check_operands(octet_binder *binder, const octet_operator *op, const octet_lstm_params *p,
                                   octet_type type, octet_type weights) {
    const bool quantized = type == OCTET_INT8;
    for (uint32_t gate = 0; gate < OCTET_LSTM_GATES; gate++) {
        OCTET_TRY(check_operand(binder, op, INPUT_WEIGHTS + gate, weights, p->cells, p->inputs));
        OCTET_TRY(check_operand(binder, op, STATE_WEIGHTS + gate, weights, p->cells, p->cells));
        OCTET_TRY(check_operand(binder, op, BIAS + gate, quantized ? OCTET_INT32 : OCTET_FLOAT32, p->cells, 0));
    }
    OCTET_TRY(check_operand(binder, op, OUTPUT_STATE, type, p->batches, p->cells));
    OCTET_TRY(check_operand(binder, op, CELL_STATE, quantized ? OCTET_INT16 : OCTET_FLOAT32, p->batches, p->cells));
    for (uint32_t i = OUTPUT_STATE; i <= CELL_STATE; i++) {
        const octet_value *state = octet_graph_input(binder->graph, op, i);
        OCTET_CHECK(binder->ctx, state->is_variable && state->data == NULL, OCTET_MODEL,
                    "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: tensor %s must be a variable", op->layer, state->name);
    }
    OCTET_CHECK(binder->ctx, op->inputs[OUTPUT_STATE] != op->inputs[CELL_STATE], OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: the two states are one tensor", op->layer);
    return OCTET_OK;
}

/* One product of a gate: its multiplier to Q3.12 and, per row, bias - zero point * sum of weights, modulo 2^32. */
static octet_status bind_product(octet_binder *binder, const octet_operator *op, uint32_t weights_input,
                                 float operand_scale, int32_t zero_point, const int32_t *bias, int32_t *multiplier,
                                 int32_t *shift, const int32_t **out) {
    const octet_value *weights = octet_graph_input(binder->graph, op, weights_input);
    float scale;
    int32_t weight_zero_point;
    OCTET_TRY(octet_bind_per_tensor(binder, op, weights, &scale, &weight_zero_point));
    OCTET_CHECK(binder->ctx, weights->data != NULL && weight_zero_point == 0, OCTET_UNSUPPORTED,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: weights %s must be constant and have zero point 0", op->layer,
                weights->name);
    const float real = scale * operand_scale / 0x1p-12f; /* rounded to float, as TFLite does */
    OCTET_CHECK(binder->ctx, octet_fixed_multiplier((double)real, multiplier, shift), OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: scale %g of weights %s is out of range", op->layer, (double)scale,
                weights->name);
    const int32_t rows = weights->shape.dims[0], columns = weights->shape.dims[1];
    const int8_t *data = weights->data;
    int32_t *folded;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, (size_t)rows, &folded));
    for (int32_t row = 0; row < rows; row++) {
        uint32_t sum = bias != NULL ? (uint32_t)bias[row] : 0;
        for (int32_t k = 0; k < columns; k++) sum -= (uint32_t)(zero_point * data[(int64_t)row * columns + k]);
        folded[row] = (int32_t)sum;
    }
    *out = folded;
    return OCTET_OK;
}

/* Results are written with the parameters of the fifth intermediate, whatever the output and its state declare: that is
 * LiteRT's kernel, and TensorFlow writes files (bidirectional layers) where the three differ. */
static octet_status bind_hidden(octet_binder *binder, const octet_operator *op, const octet_value *state,
                                octet_lstm_params *p) {
    enum { HIDDEN = 4 };
    const octet_value *hidden = state;
    if (op->n_intermediates > HIDDEN && op->intermediates[HIDDEN] != OCTET_NONE)
        hidden = &binder->graph->values[op->intermediates[HIDDEN]];
    if (hidden->quantization.n == 0) hidden = state;
    float scale;
    OCTET_TRY(octet_bind_per_tensor(binder, op, hidden, &scale, &p->hidden_zero_point));
    const float real = (float)(0x1p-15 / (double)scale * 0x1p-15);
    OCTET_CHECK(binder->ctx, octet_fixed_multiplier((double)real, &p->hidden_multiplier, &p->hidden_shift), OCTET_MODEL,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: scale %g of the result is out of range", op->layer, (double)scale);
    return OCTET_OK;
}

static octet_status bind_hybrid(octet_binder *binder, const octet_operator *op, octet_lstm_params *p) {
    p->asymmetric = op->options.lstm.asymmetric_quantize_inputs;
    for (uint32_t gate = 0; gate < OCTET_LSTM_GATES; gate++) {
        int32_t input_zero_point, state_zero_point;
        OCTET_TRY(octet_bind_per_tensor(binder, op, octet_graph_input(binder->graph, op, INPUT_WEIGHTS + gate),
                                        &p->input_weight_scale[gate], &input_zero_point));
        OCTET_TRY(octet_bind_per_tensor(binder, op, octet_graph_input(binder->graph, op, STATE_WEIGHTS + gate),
                                        &p->state_weight_scale[gate], &state_zero_point));
        OCTET_CHECK(binder->ctx, input_zero_point == 0 && state_zero_point == 0, OCTET_UNSUPPORTED,
                    "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: weights with a zero point other than 0", op->layer);
    }
    return OCTET_OK;
}

static octet_status bind_quantized(octet_binder *binder, const octet_operator *op, octet_lstm_params *p) {
    const octet_graph *graph = binder->graph;
    const octet_value *cell = octet_graph_input(graph, op, CELL_STATE),
                      *state = octet_graph_input(graph, op, OUTPUT_STATE);
    float input_scale, state_scale, cell_scale;
    int32_t input_zero_point, state_zero_point, cell_zero_point;
    OCTET_TRY(octet_bind_per_tensor(binder, op, octet_graph_input(graph, op, INPUT), &input_scale, &input_zero_point));
    OCTET_TRY(octet_bind_per_tensor(binder, op, state, &state_scale, &state_zero_point));
    OCTET_TRY(octet_bind_per_tensor(binder, op, cell, &cell_scale, &cell_zero_point));
    int exponent;
    const bool is_power = frexpf(cell_scale, &exponent) == 0.5f && cell_zero_point == 0;
    p->cell_integer_bits = 15 + exponent - 1;
    OCTET_CHECK(binder->ctx, is_power && p->cell_integer_bits >= 0 && p->cell_integer_bits <= 6, OCTET_UNSUPPORTED,
                "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: cell state scale %g, it must be a power of two from 2^-15 to 2^-9",
                op->layer, (double)cell_scale);
    const float clip = op->options.lstm.cell_clip / cell_scale;
    p->quantized_cell_clip = clip > 0 ? octet_clamp_s32(octet_round_s32(trunc((double)clip)), 0, INT16_MAX) : 0;
    OCTET_TRY(bind_hidden(binder, op, state, p));
    for (uint32_t gate = 0; gate < OCTET_LSTM_GATES; gate++) {
        const octet_value *bias = octet_graph_input(graph, op, BIAS + gate);
        OCTET_CHECK(binder->ctx, bias->data, OCTET_UNSUPPORTED,
                    "%s: UNIDIRECTIONAL_SEQUENCE_LSTM: bias %s must be constant", op->layer, bias->name);
        OCTET_TRY(bind_product(binder, op, INPUT_WEIGHTS + gate, input_scale, input_zero_point, bias->data,
                               &p->input_multiplier[gate], &p->input_shift[gate], &p->input_bias[gate]));
        OCTET_TRY(bind_product(binder, op, STATE_WEIGHTS + gate, state_scale, state_zero_point, NULL,
                               &p->state_multiplier[gate], &p->state_shift[gate], &p->state_bias[gate]));
    }
    return OCTET_OK;
}

octet_status octet_bind_lstm(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, INPUT, &input));
    OCTET_CHECK(binder->ctx,
                op->options.lstm.activation == OCTET_ACTIVATION_TANH && !op->options.lstm.diagonal_recurrent,
                OCTET_UNSUPPORTED, "%s: UNIDIRECTIONAL_SEQUENCE_LSTM with activation %s, only TANH is supported",
                op->layer, octet_activation_name(op->options.lstm.activation));
    if (!octet_operator_is_plain_lstm(op)) return octet_bind_lstm_full(binder, op, step);
    OCTET_TRY(check_form(binder, op));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    if (input->type != OCTET_FLOAT32 && input->type != OCTET_INT8) return octet_bind_unsupported(binder, op);
    octet_lstm_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->time_major = op->options.lstm.time_major;
    p->batches = input->shape.dims[p->time_major];
    p->steps = input->shape.dims[!p->time_major];
    p->inputs = input->shape.dims[2];
    p->cells = output->shape.dims[2];
    p->cell_clip = op->options.lstm.cell_clip;
    p->plain = binder->options.float_order == OCTET_FLOAT_ORDER_PLAIN;
    const octet_type weights = octet_graph_input(binder->graph, op, INPUT_WEIGHTS)->type;
    OCTET_TRY(check_operands(binder, op, p, input->type, input->type == OCTET_INT8 ? OCTET_INT8 : weights));
    /* The order of kernel_list.h. */
    static const uint32_t operands[] = {
        INPUT,         INPUT_WEIGHTS,     INPUT_WEIGHTS + 1, INPUT_WEIGHTS + 2, INPUT_WEIGHTS + 3,
        STATE_WEIGHTS, STATE_WEIGHTS + 1, STATE_WEIGHTS + 2, STATE_WEIGHTS + 3, BIAS,
        BIAS + 1,      BIAS + 2,          BIAS + 3,          OUTPUT_STATE,      CELL_STATE};
    OCTET_TRY(octet_bind_operands(binder, op, operands, sizeof operands / sizeof *operands, step));
    const size_t gates = (size_t)p->cells * OCTET_LSTM_GATES;
    if (input->type == OCTET_INT8) {
        OCTET_TRY(bind_quantized(binder, op, p));
        octet_step_set_lstm(step, OCTET_KERNEL_lstm_s8, p, (uint32_t)p->batches);
        step->work.scratch_bytes = gates * sizeof(int16_t);
    } else if (weights == OCTET_INT8) {
        OCTET_TRY(bind_hybrid(binder, op, p));
        octet_step_set_lstm(step, OCTET_KERNEL_lstm_hybrid, p, (uint32_t)p->batches);
        step->work.scratch_bytes = gates * sizeof(float) + (size_t)p->inputs + (size_t)p->cells;
    } else if (weights == OCTET_FLOAT32) {
        octet_step_set_lstm(step, OCTET_KERNEL_lstm_f32, p, (uint32_t)p->batches);
        step->work.scratch_bytes = gates * sizeof(float);
    } else {
        return octet_bind_unsupported(binder, op);
    }
    return OCTET_OK;
}
