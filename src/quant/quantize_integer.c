/* Modes int8 and int16x8: every operator in its integer or its float form. */
#include "quant/builder.h"
#include "quant/leading.h"

#include <math.h>

/* Everything that exists before the first operator: graph inputs in the type that was asked for. */
static bool feeds_only_casts(const octet_graph *graph, uint32_t value) {
    for (uint32_t k = 0; k < graph->n_operators; k++) {
        const octet_operator *op = &graph->operators[k];
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            if (op->inputs[i] == value && op->code != OCTET_OP_CAST) return false;
        }
    }
    return !octet_graph_is_output(graph, value);
}

/* TensorFlow's converter rounds a float input for every reader but one that is kept in float by name. */
static bool feeds_only_islands(const octet_builder *b, uint32_t value) {
    for (uint32_t k = 0; k < b->from->n_operators; k++) {
        const octet_operator *op = &b->from->operators[k];
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            if (op->inputs[i] == value && octet_rules_island(op, &b->options) != OCTET_ISLAND_FLOAT) return false;
        }
    }
    return !octet_graph_is_output(b->from, value);
}

static octet_status add_input(octet_builder *b, const octet_port *port) {
    const octet_value *value = &b->from->values[port->value];
    const octet_placement *place = &b->lane->propagation.values[port->value];
    const octet_type type = b->options.input_type;
    const uint32_t v = port->value;
    uint32_t input;
    /* Indices into an embedding do not survive 8 bits: TensorFlow rounds them all the same. */
    const bool indices = !b->options.strict_tensorflow && feeds_only_casts(b->from, v);
    const bool stays_real = indices || (type == OCTET_FLOAT32 && feeds_only_islands(b, v));
    if (value->type != OCTET_FLOAT32 || !place->set || value->n_uses == 0 || stays_real) {
        OCTET_TRY(octet_builder_real(b, v, "input", &input));
        return octet_graph_add_input(b->ctx, b->to, input, port->name);
    }
    if (type == b->lane->type) {
        OCTET_TRY(octet_builder_add_integer(b, value->name, type, &value->shape, place->params, &input));
        b->lane->integer[v] = input;
        return octet_graph_add_input(b->ctx, b->to, input, port->name);
    }
    if (type == OCTET_FLOAT32) {
        OCTET_TRY(octet_graph_add_value(b->ctx, b->to, value->name, OCTET_FLOAT32, &value->shape, &input));
        if (!b->options.strict_tensorflow) b->real[v] = input;
    } else {
        const octet_qparams shifted = octet_qparams_of(place->params.scale, place->params.zero_point + 128);
        OCTET_TRY(octet_builder_add_integer(b, value->name, OCTET_UINT8, &value->shape, shifted, &input));
    }
    OCTET_TRY(octet_graph_add_input(b->ctx, b->to, input, port->name));
    const char *name = "tfl.quantize";
    if (b->lane->type == OCTET_INT16)
        OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s_int16", value->name));
    return octet_builder_requantize(b, input, name, "input", b->lane->type, place->params, &b->lane->integer[v]);
}

static octet_status rename_value(octet_builder *b, uint32_t value, const char *suffix) {
    octet_value *old = &b->to->values[value];
    return octet_arena_format(b->ctx, &b->to->arena, &old->name, "%s%s", old->name, suffix);
}

/* The lane in which a value was computed; that of the mode where it was none. */
static octet_lane *lane_of_form(octet_builder *b, uint32_t v) {
    const uint32_t first = octet_builder_first_form(b, v);
    for (uint32_t i = 1; i < b->n_lanes; i++)
        if (b->lanes[i].integer[v] == first && first != OCTET_NONE) return &b->lanes[i];
    return b->lanes;
}

static octet_status add_output(octet_builder *b, const octet_port *port) {
    const octet_value *value = &b->from->values[port->value];
    const octet_type type = b->options.output_type;
    const uint32_t v = port->value;
    const char *name = value->name;
    uint32_t output;
    const bool stays_real = value->type != OCTET_FLOAT32 || octet_value_is_constant(value) ||
                            (b->lane->integer[v] == OCTET_NONE && !b->lane->propagation.values[v].set);
    if (stays_real || (type == OCTET_FLOAT32 && !b->options.strict_tensorflow && b->real[v] != OCTET_NONE)) {
        OCTET_TRY(octet_builder_real(b, v, "output", &output));
        return octet_graph_add_output(b->ctx, b->to, output, port->name);
    }
    if (type == OCTET_FLOAT32) b->lane = lane_of_form(b, v);
    OCTET_TRY(octet_builder_integer(b, v, "output", &output));
    if (type == b->lane->type) return octet_graph_add_output(b->ctx, b->to, output, port->name);
    const uint32_t integer = output;
    if (value->producer != OCTET_NONE)
        OCTET_TRY(rename_value(b, integer, b->lane->type == OCTET_INT16 ? "_int16" : "1"));
    if (type == OCTET_FLOAT32) {
        OCTET_TRY(octet_graph_add_value(b->ctx, b->to, name, OCTET_FLOAT32, &value->shape, &output));
        OCTET_TRY(octet_graph_add_operator(b->ctx, b->to, OCTET_OP_DEQUANTIZE, "output", &integer, 1, NULL, &output, 1,
                                           OCTET_NONE, NULL));
    } else {
        const octet_qparams params = b->lane->propagation.values[v].params;
        const octet_qparams shifted = octet_qparams_of(params.scale, params.zero_point + 128);
        OCTET_TRY(octet_builder_requantize(b, integer, name, "output", OCTET_UINT8, shifted, &output));
    }
    return octet_graph_add_output(b->ctx, b->to, output, port->name);
}

static bool touches_float(const octet_builder *b, const octet_operator *op) {
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *value = octet_graph_input(b->from, op, i);
        if (value != NULL && value->type == OCTET_FLOAT32) return true;
    }
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        if (octet_graph_output(b->from, op, i)->type == OCTET_FLOAT32) return true;
    }
    return false;
}

/* The lane that operator k computes in; NULL: it stays in float. */
static octet_lane *lane_of(octet_builder *b, uint32_t k) {
    for (uint32_t i = 0; i < b->n_lanes; i++)
        if (!b->lanes[i].propagation.stays_real[k]) return &b->lanes[i];
    return NULL;
}

/* True when the value has to be quantized right after the float operator that computes it. */
static bool wanted_as_integer(octet_builder *b, uint32_t v) {
    if (b->from->values[v].type != OCTET_FLOAT32 || !b->lane->propagation.values[v].set) return false;
    if (octet_graph_is_output(b->from, v))
        return b->options.output_type != OCTET_FLOAT32 || b->options.strict_tensorflow;
    for (uint32_t k = 0; k < b->from->n_operators; k++) {
        const octet_operator *op = &b->from->operators[k];
        if (lane_of(b, k) != b->lane) continue;
        for (uint32_t i = 0; i < op->n_inputs; i++) {
            if (op->inputs[i] == v) return true;
        }
    }
    return false;
}

/* An operator without integer kernel, or one that touches no float at all. */
static octet_status convert_real(octet_builder *b, uint32_t k) {
    const octet_operator *op = &b->from->operators[k];
    OCTET_TRY(octet_builder_copy_operator(b, k, OCTET_NONE, OCTET_NONE, NULL));
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        uint32_t integer;
        if (wanted_as_integer(b, op->outputs[i]))
            OCTET_TRY(octet_builder_integer(b, op->outputs[i], op->layer, &integer));
    }
    return OCTET_OK;
}

static octet_status integer_operand(octet_builder *b, uint32_t k, uint32_t i, uint32_t *out) {
    const octet_operator *op = &b->from->operators[k];
    const uint32_t v = op->inputs[i];
    *out = OCTET_NONE;
    if (v == OCTET_NONE) return OCTET_OK;
    const octet_value *value = &b->from->values[v];
    if (value->type != OCTET_FLOAT32) return octet_builder_real(b, v, op->layer, out);
    if (octet_value_is_constant(value)) return octet_builder_constant(b, k, i, out);
    OCTET_TRY(octet_builder_integer(b, v, op->layer, out));
    const octet_placement *here = &b->lane->propagation.operands[b->lane->propagation.first_operand[k] + i];
    if (!here->set) return OCTET_OK;
    /* A second reader of the same parameters shares the QUANTIZE of the first. */
    uint32_t *other = &b->lane->others[v];
    const octet_quantization *q = *other == OCTET_NONE ? NULL : &b->to->values[*other].quantization;
    if (q != NULL && octet_qparams_equal(octet_qparams_of(q->scale[0], q->zero_point[0]), here->params) &&
        !b->options.strict_tensorflow) {
        *out = *other;
        return OCTET_OK;
    }
    const char *name = NULL;
    OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s_requantize", value->name));
    OCTET_TRY(octet_builder_requantize(b, *out, name, op->layer, b->lane->type, here->params, out));
    *other = *out;
    return OCTET_OK;
}

static octet_status integer_output(octet_builder *b, const octet_operator *op, uint32_t v, uint32_t *out) {
    const octet_value *value = &b->from->values[v];
    if (value->type != OCTET_FLOAT32) return octet_builder_real(b, v, op->layer, out);
    const octet_placement *produced = &b->lane->propagation.produced[v], *place = &b->lane->propagation.values[v];
    OCTET_CHECK(b->ctx, place->set, OCTET_MODEL, "%s: %s has no calibrated range; calibrate before quantizing",
                op->layer, value->name);
    const octet_qparams params = produced->set ? produced->params : place->params;
    OCTET_TRY(octet_builder_add_integer(b, value->name, b->lane->type, &value->shape, params, out));
    if (!produced->set) b->lane->integer[v] = *out;
    return OCTET_OK;
}

/* Where TensorFlow leaves a float operator, the same result by operators that have integer kernels. */
static octet_status substitute(octet_builder *b, const octet_operator *op, octet_operator_code *code,
                               octet_options *options, uint32_t *inputs, uint32_t *n_inputs) {
    if (op->code == OCTET_OP_SQUARE) {
        inputs[1] = inputs[0];
    } else if (op->code == OCTET_OP_NEG) {
        const float minus_one = -1.0f;
        const octet_qparams params = b->lane->type == OCTET_INT16 ? octet_qparams_constant_s16(&minus_one, 1)
                                                                  : octet_qparams_constant_s8(&minus_one, 1);
        int16_t wide;
        int8_t narrow;
        octet_qparams_quantize_s16(&minus_one, 1, params, &wide);
        octet_qparams_quantize_s8(&minus_one, 1, params, &narrow);
        const octet_shape scalar = {0};
        const void *data = b->lane->type == OCTET_INT16 ? (const void *)&wide : (const void *)&narrow;
        OCTET_TRY(octet_graph_add_constant(b->ctx, b->to, "minus_one", b->lane->type, &scalar, data, &inputs[1]));
        OCTET_TRY(octet_value_set_quantization(b->ctx, b->to, inputs[1], 1, 0, &params.scale, &params.zero_point));
    } else {
        return OCTET_OK;
    }
    *n_inputs = 2;
    *code = OCTET_OP_MUL;
    *options = (octet_options){0};
    return OCTET_OK;
}

static void set_bias_type(const octet_builder *b, octet_operator_code code, octet_options *options) {
    if (b->lane->type != OCTET_INT16) return;
    if (code == OCTET_OP_CONV_2D) options->conv_2d.quantized_bias_type = OCTET_INT64;
    if (code == OCTET_OP_TRANSPOSE_CONV) options->transpose_conv.quantized_bias_type = OCTET_INT64;
    if (code == OCTET_OP_FULLY_CONNECTED) options->fully_connected.quantized_bias_type = OCTET_INT64;
}

/* LiteRT aborts on ADD, SUB and SQUARED_DIFFERENCE whose result is so much finer than their operands (a difference that
 * is always 0) that its multiplier, 2 max s / (2^left s_out) or its operands' square, reaches 1. Such a result is
 * written with a coarser scale, whose multiplier is 1/2, and the same zero point, so that it covers what it did; a
 * QUANTIZE leads back to the one that is read. */
static void coarsen_result(octet_builder *b, const octet_operator *op, const uint32_t *inputs) {
    const bool squares = op->code == OCTET_OP_SQUARED_DIFFERENCE;
    if (!squares && op->code != OCTET_OP_ADD && op->code != OCTET_OP_SUB) return;
    const uint32_t v = op->outputs[0];
    octet_placement *produced = &b->lane->propagation.produced[v];
    const octet_placement *place = produced->set ? produced : &b->lane->propagation.values[v];
    float largest = 0.0f;
    for (uint32_t i = 0; i < 2; i++) {
        const octet_value *operand = inputs[i] == OCTET_NONE ? NULL : &b->to->values[inputs[i]];
        if (operand == NULL || operand->quantization.n != 1) return;
        largest = fmaxf(largest, operand->quantization.scale[0]);
    }
    const int32_t left = squares ? 7 : b->lane->type == OCTET_INT16 ? 15 : 20;
    const double ratio = ldexp((double)largest, 1 - left);
    const float least = (float)(squares ? ratio * ratio : ratio);
    if (!place->set || !isfinite(2.0f * least) || place->params.scale > nextafterf(least, INFINITY)) return;
    *produced = (octet_placement){true, octet_qparams_of(2.0f * least, place->params.zero_point)};
}

static octet_status convert_integer(octet_builder *b, uint32_t k) {
    const octet_operator *op = &b->from->operators[k];
    const octet_operands operands = octet_operator_operands(op->code);
    uint32_t *inputs = NULL, *outputs = NULL, n_inputs = op->n_inputs;
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, (size_t)op->n_inputs + 1,
                        &inputs)); /* one more: substitutes have two operands */
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, op->n_outputs, &outputs));
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        inputs[i] = OCTET_NONE;
        const bool handled_below = operands.weights == (int)i || operands.bias == (int)i;
        if (!handled_below) OCTET_TRY(integer_operand(b, k, i, &inputs[i]));
    }
    if (operands.weights >= 0) {
        uint32_t weights, bias;
        OCTET_TRY(octet_builder_weights_and_bias(b, k, &weights, &bias));
        inputs[operands.weights] = weights;
        if (operands.bias >= 0 && (uint32_t)operands.bias < op->n_inputs) inputs[operands.bias] = bias;
    }
    coarsen_result(b, op, inputs);
    for (uint32_t i = 0; i < op->n_outputs; i++) OCTET_TRY(integer_output(b, op, op->outputs[i], &outputs[i]));
    octet_operator_code code = op->code;
    octet_options options = op->options;
    OCTET_TRY(substitute(b, op, &code, &options, inputs, &n_inputs));
    set_bias_type(b, code, &options);
    OCTET_TRY(octet_graph_add_operator(b->ctx, b->to, code, op->layer, inputs, n_inputs, &options, outputs,
                                       op->n_outputs, OCTET_NONE, NULL));
    for (uint32_t i = 0; i < op->n_outputs; i++) {
        const uint32_t v = op->outputs[i];
        if (!b->lane->propagation.produced[v].set) continue;
        const char *name = NULL;
        OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s_requantize", b->from->values[v].name));
        OCTET_TRY(octet_builder_requantize(b, outputs[i], name, op->layer, b->lane->type,
                                           b->lane->propagation.values[v].params, &b->lane->integer[v]));
    }
    return OCTET_OK;
}

static octet_status convert_fake_quant(octet_builder *b, const octet_operator *op) {
    const uint32_t v = op->outputs[0];
    uint32_t input;
    OCTET_TRY(octet_builder_integer(b, op->inputs[0], op->layer, &input));
    return octet_builder_requantize(b, input, b->from->values[v].name, op->layer, b->lane->type,
                                    b->lane->propagation.values[v].params, &b->lane->integer[v]);
}

/* Drops what nothing reads; the forms go with it. */
static octet_status compact(octet_builder *b) {
    uint32_t *renamed;
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, b->to->n_values, &renamed));
    OCTET_TRY(octet_graph_compact_renaming(b->ctx, b->to, renamed));
    for (uint32_t i = 0; i <= b->n_lanes; i++) {
        uint32_t *forms = i < b->n_lanes ? b->lanes[i].integer : b->real;
        for (uint32_t v = 0; v < b->from->n_values; v++)
            if (forms[v] != OCTET_NONE) forms[v] = renamed[forms[v]];
    }
    return OCTET_OK;
}

octet_status octet_quantize_integer(octet_builder *b) {
    const octet_graph *from = b->from;
    for (uint32_t i = 0; i < b->n_lanes; i++)
        OCTET_TRY(octet_propagate(b->ctx, &b->scratch, from, b->known, &b->options, b->lanes[i].island,
                                  &b->lanes[i].propagation));
    if (b->options.input_type == OCTET_FLOAT32 && !b->options.strict_tensorflow)
        octet_leading_find(from, b->lanes[0].propagation.stays_real);
    for (uint32_t i = 0; i < from->n_inputs; i++) OCTET_TRY(add_input(b, &from->inputs[i]));
    for (uint32_t k = 0; k < from->n_operators; k++) {
        const octet_operator *op = &from->operators[k];
        octet_lane *lane = touches_float(b, op) ? lane_of(b, k) : NULL;
        b->lane = lane == NULL ? b->lanes : lane;
        if (lane == NULL) {
            OCTET_TRY(convert_real(b, k));
        } else if (op->code == OCTET_OP_FAKE_QUANT) {
            OCTET_TRY(convert_fake_quant(b, op));
        } else if (op->code == OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM) {
            OCTET_TRY(octet_builder_lstm(b, k));
        } else {
            OCTET_TRY(convert_integer(b, k));
        }
    }
    for (uint32_t i = 0; i < from->n_outputs; i++) {
        b->lane = b->lanes;
        OCTET_TRY(add_output(b, &from->outputs[i]));
    }
    return compact(b);
}
