#include "kernels/ref/svdf.h"
#include "kernels/ref/fixed_point.h"
#include "lower/activation.h"
#include "lower/check.h"
#include "lower/families.h"

enum { INPUT, FEATURE_WEIGHTS, TIME_WEIGHTS, BIAS, STATE };

typedef struct svdf_step {
    octet_svdf_params p;
    octet_hybrid_params hybrid;
    const float *time_weights; /* hybrid: as real numbers */
} svdf_step;

static void run_f32(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const svdf_step *s = step->params;
    octet_svdf_f32_ref(&s->p, octet_step_input(step, frame, INPUT), octet_step_input(step, frame, FEATURE_WEIGHTS),
                       octet_step_input(step, frame, TIME_WEIGHTS), octet_step_input(step, frame, BIAS),
                       frame->values[step->inputs[STATE]], octet_step_output(step, frame, 0), (int32_t)begin,
                       (int32_t)end);
}

static void run_s8(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const svdf_step *s = step->params;
    octet_svdf_s8_ref(&s->p, octet_step_input(step, frame, INPUT), octet_step_input(step, frame, FEATURE_WEIGHTS),
                      octet_step_input(step, frame, TIME_WEIGHTS), octet_step_input(step, frame, BIAS),
                      frame->values[step->inputs[STATE]], octet_step_output(step, frame, 0), (int32_t)begin,
                      (int32_t)end);
}

static void run_hybrid(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const svdf_step *s = step->params;
    octet_svdf_hybrid_ref(&s->p, &s->hybrid, octet_step_input(step, frame, INPUT),
                          octet_step_input(step, frame, FEATURE_WEIGHTS), s->time_weights,
                          octet_step_input(step, frame, BIAS), frame->values[step->inputs[STATE]],
                          octet_step_output(step, frame, 0), frame->scratch, (int32_t)begin, (int32_t)end);
}

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
    if (octet_graph_input(binder->graph, op, BIAS)) OCTET_TRY(check_type(binder, op, BIAS, bias));
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

static octet_status bind_hybrid(octet_binder *binder, const octet_operator *op, svdf_step *s) {
    const octet_value *features = octet_graph_input(binder->graph, op, FEATURE_WEIGHTS);
    const octet_value *times = octet_graph_input(binder->graph, op, TIME_WEIGHTS);
    float scale, time_scale, *real;
    int32_t zero_point, time_zero_point;
    OCTET_TRY(check_types(binder, op, OCTET_INT8, OCTET_INT8, OCTET_FLOAT32, OCTET_FLOAT32));
    OCTET_TRY(octet_bind_per_tensor(binder, op, features, &scale, &zero_point));
    OCTET_TRY(octet_bind_per_tensor(binder, op, times, &time_scale, &time_zero_point));
    OCTET_CHECK(binder->ctx, zero_point == 0 && times->data, OCTET_UNSUPPORTED,
                "%s: SVDF: weights that are computed or have a zero point", op->layer);
    const size_t n = octet_shape_elements(&times->shape);
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, n, &real));
    for (size_t i = 0; i < n; i++) real[i] = (float)(((const int8_t *)times->data)[i] - time_zero_point) * time_scale;
    s->time_weights = real;
    s->hybrid = (octet_hybrid_params){.rows = 1,
                                      .depth = s->p.inputs,
                                      .asymmetric = op->options.svdf.asymmetric_quantize_inputs,
                                      .row_factor = scale};
    return OCTET_OK;
}

octet_status octet_bind_svdf(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, INPUT, &input));
    const octet_value *features = octet_graph_input(binder->graph, op, FEATURE_WEIGHTS);
    const octet_value *times = octet_graph_input(binder->graph, op, TIME_WEIGHTS),
                      *state = octet_graph_input(binder->graph, op, STATE);
    OCTET_CHECK(binder->ctx, state->is_variable && !state->data, OCTET_MODEL, "%s: SVDF: tensor %s must be a variable",
                op->layer, state->name);
    svdf_step *s;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &s));
    s->p = (octet_svdf_params){.batches = input->shape.dims[0],
                               .inputs = input->shape.dims[1],
                               .filters = features->shape.dims[0],
                               .memory = times->shape.dims[1],
                               .rank = op->options.svdf.rank,
                               .plain = binder->float_order == OCTET_FLOAT_ORDER_PLAIN};
    OCTET_TRY(octet_bind_activation(binder, op, op->options.svdf.activation, &s->p.min, &s->p.max));
    if (input->type == OCTET_INT8) {
        OCTET_CHECK(binder->ctx, op->options.svdf.activation == OCTET_ACTIVATION_RELU, OCTET_UNSUPPORTED,
                    "%s: SVDF in int8 with activation %s, only RELU is supported, as in LiteRT", op->layer,
                    octet_activation_name(op->options.svdf.activation));
        OCTET_TRY(bind_quantized(binder, op, &s->p));
        octet_step_set(step, run_s8, s, (uint32_t)s->p.batches, "ref");
    } else if (input->type == OCTET_FLOAT32 && features->type == OCTET_INT8) {
        OCTET_TRY(bind_hybrid(binder, op, s));
        octet_step_set(step, run_hybrid, s, (uint32_t)s->p.batches, "ref");
        step->scratch_bytes = (size_t)s->p.inputs;
    } else if (input->type == OCTET_FLOAT32) {
        OCTET_TRY(check_types(binder, op, OCTET_FLOAT32, OCTET_FLOAT32, OCTET_FLOAT32, OCTET_FLOAT32));
        octet_step_set(step, run_f32, s, (uint32_t)s->p.batches, "ref");
    } else {
        return octet_bind_unsupported(binder, op);
    }
    return OCTET_OK;
}
