/* The integer form of UNIDIRECTIONAL_SEQUENCE_LSTM: states, intermediates, gates. */
#include "quant/builder.h"

#include <math.h>

/* Two matrices for each of four gates. */
enum { N_GATES = 4, N_WEIGHTS = 2 * N_GATES };

static octet_status check_form(octet_builder *b, const octet_operator *op) {
    OCTET_CHECK(b->ctx, op->n_inputs == OCTET_LSTM_N_OPERANDS || op->n_inputs == OCTET_LSTM_NORMS, OCTET_UNSUPPORTED,
                "%s: LSTM with %u operands", op->layer, (unsigned)op->n_inputs);
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const bool needed = i < OCTET_LSTM_PEEPHOLES || (i >= OCTET_LSTM_BIASES && i < OCTET_LSTM_PROJECTION) ||
                            i == OCTET_LSTM_STATE || i == OCTET_LSTM_CELL_STATE;
        OCTET_CHECK(
            b->ctx, needed == (op->inputs[i] != OCTET_NONE), OCTET_UNSUPPORTED,
            "%s: LSTM operand %u %s; peepholes, projection, layer normalization and coupled gates are not quantized",
            op->layer, (unsigned)i, needed ? "is missing" : "is given");
    }
    return OCTET_OK;
}

/* LiteRT's kernel computes tanh of a cell state with 0 to 6 integer bits. */
enum { LEAST_CELL_EXPONENT = -15, MOST_CELL_EXPONENT = -9 };

/* The cell state is int16 with a power of two as scale: the smallest that holds the observed state (or the clipping
 * bound). TensorFlow goes below what the kernel reads, where the state stays within 0.5: octet only when strict. A
 * state beyond 64, which TensorFlow clips at 10, saturates there. */
static octet_qparams cell_params(const octet_builder *b, const octet_operator *op, octet_known_range cell) {
    float largest = cell.source != OCTET_RANGE_MISSING ? fmaxf(fabsf(cell.range.min), fabsf(cell.range.max))
                                                       : op->options.lstm.cell_clip;
    if (!(largest > 0.0f)) largest = 16.0f;
    const int exponent = (int)ceil(log2((double)largest)) - 15;
    const int least = b->options.strict_tensorflow ? exponent : LEAST_CELL_EXPONENT;
    const int readable = exponent < least ? least : exponent > MOST_CELL_EXPONENT ? MOST_CELL_EXPONENT : exponent;
    return octet_qparams_of(ldexpf(1.0f, readable), 0);
}

static octet_status add_state(octet_builder *b, const octet_value *value, octet_type type, octet_qparams params,
                              uint32_t *out) {
    OCTET_TRY(octet_builder_add_integer(b, value->name, type, &value->shape, params, out));
    b->to->values[*out].is_variable = true;
    return OCTET_OK;
}

/* A bias that small weights leave no room for widens their scale. TensorFlow lets it saturate. */
static octet_status add_bias(octet_builder *b, const octet_operator *op, uint32_t gate, double input_scale,
                             double *weight_scale, uint32_t *out) {
    const octet_value *bias = octet_graph_input(b->from, op, OCTET_LSTM_BIASES + gate);
    OCTET_CHECK(b->ctx, octet_value_is_constant(bias), OCTET_UNSUPPORTED, "%s: LSTM biases are computed at run time",
                op->layer);
    OCTET_TRY(octet_builder_check_constant(b, op, bias));
    double scale = octet_qparams_bias_scale(input_scale, *weight_scale);
    const size_t n = b->options.strict_tensorflow ? 0 : octet_shape_elements(&bias->shape);
    for (size_t i = 0; i < n; i++)
        octet_qparams_adjust_scales(((const float *)bias->data)[i], input_scale, weight_scale, &scale);
    return octet_builder_bias(b, bias, &scale, 1, out);
}

static octet_status add_weights_and_biases(octet_builder *b, uint32_t k, uint32_t *inputs) {
    const octet_operator *op = &b->from->operators[k];
    octet_qparams input;
    OCTET_TRY(octet_builder_operand_params(b, k, OCTET_LSTM_INPUT, &input));
    for (uint32_t i = 0; i < N_WEIGHTS; i++) {
        const octet_value *weights = octet_graph_input(b->from, op, OCTET_LSTM_INPUT_WEIGHTS + i);
        OCTET_CHECK(b->ctx, octet_value_is_constant(weights), OCTET_UNSUPPORTED,
                    "%s: LSTM weights are computed at run time", op->layer);
        OCTET_TRY(octet_builder_check_constant(b, op, weights));
        octet_channels channels;
        double *scales = NULL;
        OCTET_TRY(octet_builder_weight_scales(b, weights, -1, &channels, &scales));
        if (i < N_GATES) OCTET_TRY(add_bias(b, op, i, (double)input.scale, scales, &inputs[OCTET_LSTM_BIASES + i]));
        OCTET_TRY(octet_builder_weight_constant(b, weights, -1, scales, &inputs[OCTET_LSTM_INPUT_WEIGHTS + i]));
    }
    return OCTET_OK;
}

/* Five: four that the 8-bit kernel without layer normalization leaves unused, and the hidden state's parameters. */
static octet_status add_intermediates(octet_builder *b, octet_operator *op, octet_qparams hidden) {
    static const char *const NAMES[5] = {"input_to_input_intermediate", "input_to_forget_intermediate",
                                         "input_to_cell_intermediate", "input_to_output_intermediate",
                                         "effective_hidden_scale_intermediate"};
    const octet_shape empty = octet_shape_make(1, (const int32_t[]){0});
    uint32_t *values = NULL;
    OCTET_TRY(OCTET_NEW(b->ctx, &b->to->arena, 5, &values));
    for (int i = 0; i < 4; i++)
        OCTET_TRY(octet_graph_add_value(b->ctx, b->to, NAMES[i], OCTET_FLOAT32, &empty, &values[i]));
    OCTET_TRY(octet_builder_add_integer(b, NAMES[4], OCTET_INT8, &empty, hidden, &values[4]));
    op->intermediates = values;
    op->n_intermediates = 5;
    return OCTET_OK;
}

static octet_qparams range_of(const octet_builder *b, uint32_t v, octet_qparams otherwise) {
    const octet_range range = b->lane->propagation.ranges[v];
    return b->known[v].source != OCTET_RANGE_MISSING ? octet_qparams_range_s8((double)range.min, (double)range.max)
                                                     : otherwise;
}

/* LiteRT's kernel copies the hidden state to the result, so both need the same parameters, those of the result's own
 * range. Where a later operator (a concatenation) gives the result others, TensorFlow writes a result that is read with
 * the wrong scale; octet does so only when strict, and else lets a QUANTIZE follow. */
octet_status octet_builder_lstm(octet_builder *b, uint32_t k) {
    const octet_operator *op = &b->from->operators[k];
    OCTET_TRY(check_form(b, op));
    const uint32_t v = op->outputs[0];
    const octet_value *result = &b->from->values[v];
    const octet_placement *place = &b->lane->propagation.values[v];
    OCTET_CHECK(b->ctx, place->set, OCTET_MODEL, "%s: %s has no calibrated range; calibrate before quantizing",
                op->layer, result->name);
    uint32_t inputs[OCTET_LSTM_N_OPERANDS], output, index;
    for (uint32_t i = 0; i < OCTET_LSTM_N_OPERANDS; i++) inputs[i] = OCTET_NONE;
    OCTET_TRY(octet_builder_integer(b, op->inputs[OCTET_LSTM_INPUT], op->layer, &inputs[OCTET_LSTM_INPUT]));
    OCTET_TRY(add_weights_and_biases(b, k, inputs));
    const octet_value *state = octet_graph_input(b->from, op, OCTET_LSTM_STATE),
                      *cell = octet_graph_input(b->from, op, OCTET_LSTM_CELL_STATE);
    const octet_qparams own = range_of(b, v, place->params);
    const bool agrees = octet_qparams_equal(own, place->params), wrong = !agrees && b->options.strict_tensorflow;
    OCTET_TRY(add_state(b, state, OCTET_INT8, wrong ? range_of(b, op->inputs[OCTET_LSTM_STATE], own) : own,
                        &inputs[OCTET_LSTM_STATE]));
    OCTET_TRY(add_state(b, cell, OCTET_INT16, cell_params(b, op, b->known[op->inputs[OCTET_LSTM_CELL_STATE]]),
                        &inputs[OCTET_LSTM_CELL_STATE]));
    OCTET_TRY(
        octet_builder_add_integer(b, result->name, OCTET_INT8, &result->shape, wrong ? place->params : own, &output));
    OCTET_TRY(octet_graph_add_operator(b->ctx, b->to, op->code, op->layer, inputs, OCTET_LSTM_N_OPERANDS, &op->options,
                                       &output, 1, OCTET_NONE, &index));
    OCTET_TRY(add_intermediates(b, &b->to->operators[index], own));
    b->lane->integer[v] = output;
    if (agrees || wrong) return OCTET_OK;
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s_requantize", result->name));
    return octet_builder_requantize(b, output, name, op->layer, OCTET_INT8, place->params, &b->lane->integer[v]);
}
