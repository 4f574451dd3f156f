#include "kernels/ref/svdf.h"
#include "kernels/ref/fixed_point.h"
#include "lower/activation.h"
#include "lower/check.h"
#include "lower/families.h"

enum {
    INPUT = OCTET_SVDF_INPUT,
    FEATURE_WEIGHTS = OCTET_SVDF_FEATURE_WEIGHTS,
    TIME_WEIGHTS = OCTET_SVDF_TIME_WEIGHTS,
    BIAS = OCTET_SVDF_BIAS,
    STATE = OCTET_SVDF_STATE
};

static octet_status check_type(octet_binder *binder, const octet_operator *op, uint32_t input, octet_type type) {
    const octet_value *value = octet_graph_input(binder->graph, op, input);
    OCTET_CHECK(binder->ctx, value->type == type, OCTET_UNSUPPORTED, "%s: SVDF: tensor %s is %s, %s is needed",
                op->layer, value->name, octet_type_name(value->type), octet_type_name(type));
    return OCTET_OK;
}

static octet_status check_types(octet_binder *binder, const octet_operator *op, octet_type features, octet_type times,
                                octet_type bias, octet_type state) {
    OCTET_TRY(check_type(binder, op, FEATURE_WEIGHTS, features));
    OCTET_TRY(check_type(binder, op, TIME_WEIGHTS, times));
    if (octet_graph_input(binder->graph, op, BIAS) != NULL) OCTET_TRY(check_type(binder, op, BIAS, bias));
    return check_type(binder, op, STATE, state);
}

static octet_status bind_quantized(octet_binder *binder, const octet_operator *op, octet_svdf_params *p) {
    const octet_graph *graph = binder->graph;
    float scale[5], out;
    int32_t zero_point[5];
    OCTET_TRY(check_types(binder, op, OCTET_INT8, OCTET_INT16, OCTET_INT32, OCTET_INT16));
    for (uint32_t i = 0; i < 5; i++) {
        if (i == BIAS) continue;
        OCTET_TRY(octet_bind_per_tensor(binder, op, octet_graph_input(graph, op, i), &scale[i], &zero_point[i]));
        OCTET_CHECK(binder->ctx, i == INPUT || zero_point[i] == 0, OCTET_UNSUPPORTED,
                    "%s: SVDF: tensor %s has zero point %d, not 0", op->layer, octet_graph_input(graph, op, i)->name,
                    zero_point[i]);
    }
    OCTET_TRY(octet_bind_per_tensor(binder, op, octet_graph_output(graph, op, 0), &out, &p->output_zero_point));
    p->input_zero_point = zero_point[INPUT];
    const float features = scale[INPUT] * scale[FEATURE_WEIGHTS] / scale[STATE],
                times = scale[STATE] * scale[TIME_WEIGHTS] / out;
    OCTET_CHECK(binder->ctx,
                octet_fixed_multiplier((double)features, &p->feature_multiplier, &p->feature_shift) &&
                    octet_fixed_multiplier((double)times, &p->time_multiplier, &p->time_shift),
                OCTET_MODEL, "%s: SVDF: its scales are too far apart", op->layer);
    return OCTET_OK;
}

static octet_status bind_hybrid(octet_binder *binder, const octet_operator *op, const octet_svdf_params *shape,
                                octet_step *step) {
    const octet_value *features = octet_graph_input(binder->graph, op, FEATURE_WEIGHTS);
    const octet_value *times = octet_graph_input(binder->graph, op, TIME_WEIGHTS);
    float scale, time_scale, *real;
    int32_t zero_point, time_zero_point;
    OCTET_TRY(check_types(binder, op, OCTET_INT8, OCTET_INT8, OCTET_FLOAT32, OCTET_FLOAT32));
    OCTET_TRY(octet_bind_per_tensor(binder, op, features, &scale, &zero_point));
    OCTET_TRY(octet_bind_per_tensor(binder, op, times, &time_scale, &time_zero_point));
    OCTET_CHECK(binder->ctx, zero_point == 0 && times->data != NULL, OCTET_UNSUPPORTED,
                "%s: SVDF: weights that are computed or have a zero point", op->layer);
    const size_t n = octet_shape_elements(&times->shape);
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, n, &real));
    for (size_t i = 0; i < n; i++) real[i] = (float)(((const int8_t *)times->data)[i] - time_zero_point) * time_scale;
    octet_hybrid_svdf_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_hybrid_svdf_params){.rows = {.rows = 1,
                                             .depth = shape->inputs,
                                             .asymmetric = op->options.svdf.asymmetric_quantize_inputs,
                                             .row_factor = scale},
                                    .shape = *shape,
                                    .time_weights = real};
    octet_step_set_hybrid_svdf(step, OCTET_KERNEL_svdf_hybrid, p, (uint32_t)shape->batches);
    step->work.scratch_bytes = (size_t)shape->inputs;
    return OCTET_OK;
}

octet_status octet_bind_svdf(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, INPUT, &input));
    const octet_value *features = octet_graph_input(binder->graph, op, FEATURE_WEIGHTS);
    const octet_value *times = octet_graph_input(binder->graph, op, TIME_WEIGHTS),
                      *state = octet_graph_input(binder->graph, op, STATE);
    OCTET_CHECK(binder->ctx, state->is_variable && state->data == NULL, OCTET_MODEL,
                "%s: SVDF: tensor %s must be a variable", op->layer, state->name);
    octet_svdf_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_svdf_params){.batches = input->shape.dims[0],
                             .inputs = input->shape.dims[1],
                             .filters = features->shape.dims[0],
                             .memory = times->shape.dims[1],
                             .rank = op->options.svdf.rank,
                             .plain = binder->options.float_order == OCTET_FLOAT_ORDER_PLAIN};
    OCTET_TRY(octet_bind_activation(binder, op, &p->min, &p->max));
    if (input->type == OCTET_INT8) {
        OCTET_CHECK(binder->ctx, octet_operator_activation(op) == OCTET_ACTIVATION_RELU, OCTET_UNSUPPORTED,
                    "%s: SVDF in int8 with activation %s, only RELU is supported, as in LiteRT", op->layer,
                    octet_activation_name(octet_operator_activation(op)));
        OCTET_TRY(bind_quantized(binder, op, p));
        octet_step_set_svdf(step, OCTET_KERNEL_svdf_s8, p, (uint32_t)p->batches);
        return OCTET_OK;
    }
    if (input->type != OCTET_FLOAT32) return octet_bind_unsupported(binder, op);
    if (features->type == OCTET_INT8) return bind_hybrid(binder, op, p, step);
    OCTET_TRY(check_types(binder, op, OCTET_FLOAT32, OCTET_FLOAT32, OCTET_FLOAT32, OCTET_FLOAT32));
    octet_step_set_svdf(step, OCTET_KERNEL_svdf_f32, p, (uint32_t)p->batches);
    return OCTET_OK;
}
