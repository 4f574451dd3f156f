#include "quant/builder.h"

#include <math.h>

static octet_status fill_none(octet_builder *b, uint32_t **out) {
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, b->from->n_values, out));
    for (uint32_t v = 0; v < b->from->n_values; v++) (*out)[v] = OCTET_NONE;
    return OCTET_OK;
}

static octet_status copy_description(octet_builder *b) {
    octet_graph *to = b->to;
    const octet_graph *from = b->from;
    if (from->name != NULL) OCTET_TRY(octet_arena_string(b->ctx, &to->arena, from->name, &to->name));
    if (from->description != NULL)
        OCTET_TRY(octet_arena_string(b->ctx, &to->arena, from->description, &to->description));
    for (uint32_t i = 0; i < from->n_layers; i++) OCTET_TRY(octet_graph_add_layer(b->ctx, to, &from->layers[i]));
    if (from->output_call != NULL)
        OCTET_TRY(octet_arena_string(b->ctx, &to->arena, from->output_call, &to->output_call));
    to->is_traced = from->is_traced;
    to->open_batch = from->open_batch;
    return OCTET_OK;
}

static octet_status add_lane(octet_builder *b, octet_island island, octet_type type) {
    octet_lane *lane = &b->lanes[b->n_lanes++];
    lane->island = island;
    lane->type = type;
    OCTET_TRY(fill_none(b, &lane->integer));
    OCTET_TRY(fill_none(b, &lane->others));
    return fill_none(b, &lane->weights);
}

octet_status octet_builder_start(octet_context *ctx, const octet_graph *from, const octet_known_range *known,
                                 const octet_quantize_options *options, octet_builder *out) {
    *out = (octet_builder){.ctx = ctx, .from = from, .known = known, .options = *options};
    out->lane = out->lanes;
    OCTET_TRY(octet_graph_create(ctx, from->source, &out->to));
    out->to->is_stateful = from->is_stateful;
    OCTET_TRY(copy_description(out));
    OCTET_TRY(fill_none(out, &out->real));
    OCTET_TRY(add_lane(out, OCTET_ISLAND_NONE, options->mode == OCTET_MODE_INT16X8 ? OCTET_INT16 : OCTET_INT8));
    for (uint32_t k = 0; k < from->n_operators && out->n_lanes == 1; k++)
        if (octet_rules_island(&from->operators[k], options) == OCTET_ISLAND_INT16)
            OCTET_TRY(add_lane(out, OCTET_ISLAND_INT16, OCTET_INT16));
    return OCTET_OK;
}

void octet_builder_finish(octet_builder *builder, bool keep) {
    octet_arena_free(builder->ctx, &builder->scratch);
    if (!keep) {
        octet_graph_destroy(builder->ctx, builder->to);
        builder->to = NULL;
    }
}

octet_status octet_builder_add_integer(octet_builder *b, const char *name, octet_type type, const octet_shape *shape,
                                       octet_qparams params, uint32_t *out) {
    OCTET_TRY(octet_graph_add_value(b->ctx, b->to, name, type, shape, out));
    return octet_value_set_quantization(b->ctx, b->to, *out, 1, 0, &params.scale, &params.zero_point);
}

octet_status octet_builder_requantize(octet_builder *b, uint32_t value, const char *name, const char *layer,
                                      octet_type type, octet_qparams params, uint32_t *out) {
    const octet_shape shape = b->to->values[value].shape;
    const octet_type from = b->to->values[value].type;
    if (octet_type_is_quantized(from) && !b->options.strict_tensorflow) {
        const octet_qparams read = octet_qparams_of(b->to->values[value].quantization.scale[0],
                                                    b->to->values[value].quantization.zero_point[0]);
        const octet_qparams between =
            octet_qparams_of(ldexpf(read.scale, -(from == OCTET_INT16 ? 14 : 22)), params.zero_point);
        if (params.scale < between.scale) {
            const char *step = NULL;
            OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &step, "%s_step", name));
            OCTET_TRY(octet_builder_requantize(b, value, step, layer, type, between, &value));
        }
    }
    OCTET_TRY(octet_builder_add_integer(b, name, type, &shape, params, out));
    return octet_graph_add_operator(b->ctx, b->to, OCTET_OP_QUANTIZE, layer, &value, 1, NULL, out, 1, OCTET_NONE, NULL);
}

/* A value as it is: other types than float32, and float32 where an operator stays in float. */
static octet_status copy_value(octet_builder *b, const octet_value *value, uint32_t *out) {
    if (octet_value_is_constant(value)) {
        OCTET_TRY(octet_graph_add_constant(b->ctx, b->to, value->name, value->type, &value->shape, value->data, out));
    } else {
        OCTET_TRY(octet_graph_add_value(b->ctx, b->to, value->name, value->type, &value->shape, out));
    }
    if (value->origin != NULL)
        OCTET_TRY(octet_arena_string(b->ctx, &b->to->arena, value->origin, &b->to->values[*out].origin));
    b->to->values[*out].is_variable = value->is_variable;
    return OCTET_OK;
}

/* Forms are made in their order. */
uint32_t octet_builder_first_form(const octet_builder *b, uint32_t v) {
    uint32_t first = b->real[v];
    for (uint32_t i = 0; i < b->n_lanes; i++)
        if (b->lanes[i].integer[v] < first) first = b->lanes[i].integer[v];
    return first;
}

octet_status octet_builder_real(octet_builder *b, uint32_t v, const char *layer, uint32_t *out) {
    if (b->real[v] == OCTET_NONE) {
        const octet_value *value = &b->from->values[v];
        const uint32_t integer = octet_builder_first_form(b, v);
        const bool dequantize = value->type == OCTET_FLOAT32 && integer != OCTET_NONE;
        if (dequantize) {
            const char *name = NULL;
            OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s_dequantize", value->name));
            OCTET_TRY(octet_graph_add_value(b->ctx, b->to, name, OCTET_FLOAT32, &value->shape, &b->real[v]));
            OCTET_TRY(octet_graph_add_operator(b->ctx, b->to, OCTET_OP_DEQUANTIZE, layer, &integer, 1, NULL,
                                               &b->real[v], 1, OCTET_NONE, NULL));
        } else {
            OCTET_TRY(copy_value(b, value, &b->real[v]));
        }
    }
    *out = b->real[v];
    return OCTET_OK;
}

static octet_status missing_range(octet_builder *b, const octet_value *value, const char *layer) {
    return octet_context_fail(b->ctx, OCTET_MODEL,
                              "%s: %s has no calibrated range; calibrate with samples that reach this operator", layer,
                              value->name);
}

octet_status octet_builder_integer(octet_builder *b, uint32_t v, const char *layer, uint32_t *out) {
    octet_lane *lane = b->lane;
    if (lane->integer[v] == OCTET_NONE) {
        const octet_value *value = &b->from->values[v];
        const octet_placement *place = &lane->propagation.values[v];
        const uint32_t from = octet_builder_first_form(b, v);
        if (!place->set) return missing_range(b, value, layer);
        OCTET_CHECK(b->ctx, from != OCTET_NONE, OCTET_INTERNAL, "%s: %s is read before it is computed", layer,
                    value->name);
        const char *name = NULL;
        OCTET_TRY(octet_arena_format(b->ctx, &b->scratch, &name, "%s_quantize", value->name));
        OCTET_TRY(octet_builder_requantize(b, from, name, layer, lane->type, place->params, &lane->integer[v]));
    }
    *out = lane->integer[v];
    return OCTET_OK;
}

octet_status octet_builder_operand_params(octet_builder *b, uint32_t k, uint32_t i, octet_qparams *out) {
    const octet_operator *op = &b->from->operators[k];
    const octet_value *value = octet_graph_input(b->from, op, i);
    OCTET_CHECK(b->ctx, value != NULL, OCTET_MODEL, "%s: %s has no operand %u", op->layer,
                octet_operator_name(op->code), (unsigned)i);
    const octet_placement *here = &b->lane->propagation.operands[b->lane->propagation.first_operand[k] + i];
    const octet_placement *place = &b->lane->propagation.values[op->inputs[i]];
    if (here->set) {
        *out = here->params;
    } else if (octet_value_is_constant(value)) {
        const size_t n = octet_shape_elements(&value->shape);
        *out = b->lane->type == OCTET_INT16 ? octet_qparams_constant_s16(value->data, n)
                                            : octet_qparams_constant_s8(value->data, n);
    } else if (place->set) {
        *out = place->params;
    } else {
        return missing_range(b, value, op->layer);
    }
    OCTET_CHECK(b->ctx, isfinite(out->scale) && out->scale > 0.0f, OCTET_MODEL,
                "%s: %s is too wide for a float32 scale", op->layer, value->name);
    return OCTET_OK;
}

octet_status octet_builder_check_constant(octet_builder *b, const octet_operator *op, const octet_value *value) {
    const float *data = value->data;
    const size_t n = octet_shape_elements(&value->shape);
    bool finite = true;
    for (size_t i = 0; i < n; i++) finite &= fabsf(data[i]) <= 3.402823466e38f;
    for (size_t i = 0; !finite && i < n; i++) {
        OCTET_CHECK(b->ctx, isfinite(data[i]), OCTET_MODEL,
                    "%s: element %zu of %s is %s; the training diverged or the file is damaged", op->layer, i,
                    value->origin != NULL ? value->origin : value->name, isnan(data[i]) ? "NaN" : "infinite");
    }
    return OCTET_OK;
}

octet_status octet_builder_copy_operator(octet_builder *b, uint32_t k, uint32_t replaced, uint32_t value,
                                         uint32_t *out) {
    const octet_operator *op = &b->from->operators[k];
    uint32_t *inputs = NULL, *outputs = NULL;
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, op->n_inputs, &inputs));
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, op->n_outputs, &outputs));
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        inputs[i] = i == replaced ? value : OCTET_NONE;
        if (i != replaced && op->inputs[i] != OCTET_NONE)
            OCTET_TRY(octet_builder_real(b, op->inputs[i], op->layer, &inputs[i]));
    }
    for (uint32_t i = 0; i < op->n_outputs; i++)
        OCTET_TRY(octet_builder_real(b, op->outputs[i], op->layer, &outputs[i]));
    return octet_graph_add_operator(b->ctx, b->to, op->code, op->layer, inputs, op->n_inputs, &op->options, outputs,
                                    op->n_outputs, OCTET_NONE, out);
}

octet_status octet_builder_real_inputs(octet_builder *b) {
    const octet_graph *from = b->from;
    for (uint32_t i = 0; i < from->n_inputs; i++) {
        uint32_t input;
        OCTET_TRY(octet_builder_real(b, from->inputs[i].value, "input", &input));
        OCTET_TRY(octet_graph_add_input(b->ctx, b->to, input, from->inputs[i].name));
    }
    return OCTET_OK;
}

octet_status octet_builder_real_outputs(octet_builder *b) {
    const octet_graph *from = b->from;
    for (uint32_t i = 0; i < from->n_outputs; i++) {
        uint32_t output;
        OCTET_TRY(octet_builder_real(b, from->outputs[i].value, "output", &output));
        OCTET_TRY(octet_graph_add_output(b->ctx, b->to, output, from->outputs[i].name));
    }
    return octet_graph_compact(b->ctx, b->to);
}
