#include "lower/weights.h"

#include "lower/activation.h"

octet_weighted octet_bind_weighted(const octet_binder *binder, const octet_operator *op) {
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *weights = octet_graph_input(binder->graph, op, (uint32_t)operands.weights);
    return (octet_weighted){.input = octet_graph_input(binder->graph, op, (uint32_t)operands.data),
                            .weights = weights,
                            .bias = octet_graph_input(binder->graph, op, (uint32_t)operands.bias),
                            .output = octet_graph_output(binder->graph, op, 0),
                            .channels = weights->shape.dims[operands.axis],
                            .axis = operands.axis};
}

octet_status octet_bind_weighted_operands(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_operands operands = octet_operator_operands(op->code);
    const uint32_t inputs[] = {(uint32_t)operands.data, (uint32_t)operands.weights, (uint32_t)operands.bias};
    return octet_bind_operands(binder, op, inputs, 3, step);
}

octet_status octet_bind_weighted_kind(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                      octet_weighted_kind *out) {
    OCTET_CHECK(binder->ctx, w->output->type == w->input->type, OCTET_MODEL, "%s: %s of %s gives %s", op->layer,
                octet_operator_name(op->code), octet_type_name(w->input->type), octet_type_name(w->output->type));
    const octet_type input = w->input->type, weights = w->weights->type;
    const bool float_bias = w->bias == NULL || w->bias->type == OCTET_FLOAT32,
               int32_bias = w->bias == NULL || w->bias->type == OCTET_INT32;
    if (input == OCTET_FLOAT32 && weights == OCTET_FLOAT32 && float_bias) {
        *out = OCTET_WEIGHTED_F32;
    } else if (input == OCTET_INT8 && weights == OCTET_INT8 && int32_bias) {
        *out = OCTET_WEIGHTED_S8;
    } else if (input == OCTET_INT16 && weights == OCTET_INT8 && (w->bias == NULL || w->bias->type == OCTET_INT64)) {
        *out = OCTET_WEIGHTED_S16;
    } else if (input == OCTET_INT16 && weights == OCTET_INT8 && int32_bias) {
        *out = OCTET_WEIGHTED_S16_B32;
    } else if (input == OCTET_FLOAT32 && weights == OCTET_INT8 && float_bias) {
        *out = OCTET_WEIGHTED_HYBRID;
    } else {
        return octet_bind_unsupported(binder, op);
    }
    return OCTET_OK;
}

static octet_status check_weights(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                  bool allow_zero_point) {
    const octet_quantization *q = &w->weights->quantization;
    OCTET_CHECK(binder->ctx, q->n == 1 || (q->n == (uint32_t)w->channels && q->axis == w->axis), OCTET_MODEL,
                "%s: %s: weights %s have %u scales along axis %d, 1 or %d along axis %d are needed", op->layer,
                octet_operator_name(op->code), w->weights->name, q->n, q->axis, w->channels, w->axis);
    for (uint32_t i = 0; i < q->n; i++) {
        OCTET_CHECK(binder->ctx, isfinite(q->scale[i]) && q->scale[i] > 0, OCTET_MODEL,
                    "%s: %s: weights %s have scale %g, it must be finite and above 0", op->layer,
                    octet_operator_name(op->code), w->weights->name, (double)q->scale[i]);
        const bool fits = q->zero_point[i] == 0 || (allow_zero_point && q->n == 1 && q->zero_point[i] >= INT8_MIN &&
                                                    q->zero_point[i] <= INT8_MAX);
        OCTET_CHECK(binder->ctx, fits, OCTET_UNSUPPORTED, "%s: %s: weights %s have zero point %d, it must be 0",
                    op->layer, octet_operator_name(op->code), w->weights->name, q->zero_point[i]);
    }
    return OCTET_OK;
}

octet_status octet_bind_requantize(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                   bool allow_weight_zero_point, bool in_double, octet_requantize *out) {
    float input_scale, output_scale, real_min, real_max;
    OCTET_TRY(octet_bind_per_tensor(binder, op, w->input, &input_scale, &out->input_zero_point));
    OCTET_TRY(octet_bind_per_tensor(binder, op, w->output, &output_scale, &out->output_zero_point));
    OCTET_TRY(check_weights(binder, op, w, allow_weight_zero_point || binder->is_unsigned));
    const octet_quantization *q = &w->weights->quantization;
    out->weight_zero_point = q->zero_point[0];
    OCTET_TRY(octet_bind_activation(binder, op, &real_min, &real_max));
    int32_t low, high;
    octet_type_limits(w->output->type, &low, &high);
    octet_fixed_activation_range(real_min, real_max, output_scale, out->output_zero_point, low, high, &out->min,
                                 &out->max);
    int32_t *multiplier, *shift;
    double *scale = NULL;
    const size_t channels = (size_t)w->channels;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, channels, &multiplier));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, channels, &shift));
    if (in_double) OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, channels, &scale));
    for (size_t i = 0; i < channels; i++) {
        const float weight_scale = q->scale[q->n == 1 ? 0 : i];
        const double product =
            binder->is_unsigned ? (double)(input_scale * weight_scale) : (double)input_scale * (double)weight_scale;
        const double real = product / (double)output_scale;
        OCTET_CHECK(binder->ctx, octet_fixed_multiplier(real, &multiplier[i], &shift[i]), OCTET_MODEL,
                    "%s: %s: scales %g (input), %g (weights) and %g (output) do not fit together", op->layer,
                    octet_operator_name(op->code), (double)input_scale, (double)weight_scale, (double)output_scale);
        if (scale != NULL) scale[i] = real;
    }
    out->multiplier = multiplier;
    out->shift = shift;
    out->scale = scale;
    out->rounds_once = binder->options.numerics == OCTET_NUMERICS_SINGLE;
    return OCTET_OK;
}

octet_status octet_bind_weight_scales(octet_binder *binder, const octet_operator *op, const octet_weighted *w,
                                      const float **out) {
    OCTET_TRY(check_weights(binder, op, w, false));
    float *scales;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, (size_t)w->channels, &scales));
    const octet_quantization *q = &w->weights->quantization;
    for (int32_t i = 0; i < w->channels; i++) scales[i] = q->scale[q->n == 1 ? 0 : i];
    *out = scales;
    return OCTET_OK;
}
