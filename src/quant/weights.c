/* Rounds weights, biases and other constants for the operator that reads them. */
#include "quant/builder.h"

#include <math.h>
#include <string.h>

int32_t octet_builder_weight_axis(const octet_builder *b, octet_operator_code code) {
    if (b->options.per_tensor || (b->options.per_tensor_dense && code == OCTET_OP_FULLY_CONNECTED)) return -1;
    return octet_operator_operands(code).axis;
}

/* The axis along which this constant is rounded: one trained scale is one for the tensor. */
static int32_t axis_of(const octet_builder *b, octet_operator_code code, const octet_value *weights) {
    return weights->trained.n == 1 ? -1 : octet_builder_weight_axis(b, code);
}

static octet_channels channels_of(const octet_shape *shape, int32_t axis) {
    if (axis < 0) return (octet_channels){1, 1, octet_shape_elements(shape)};
    return (octet_channels){(size_t)octet_shape_product(shape, 0, axis), (size_t)shape->dims[axis],
                            (size_t)octet_shape_product(shape, axis + 1, shape->rank)};
}

octet_status octet_builder_weight_scales(octet_builder *b, const octet_value *value, int32_t axis,
                                         octet_channels *channels, double **scales) {
    OCTET_CHECK(b->ctx, axis < value->shape.rank, OCTET_MODEL, "%s: weights of rank %d have no axis %d", value->name,
                (int)value->shape.rank, (int)axis);
    *channels = channels_of(&value->shape, axis);
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, channels->n, scales));
    if (value->trained.n == channels->n) {
        memcpy(*scales, value->trained.scales, channels->n * sizeof **scales);
    } else if (b->lane->propagation.is_trained_alone) {
        octet_qparams_weight_scales_precise(value->data, *channels, *scales);
    } else {
        octet_qparams_weight_scales(value->data, *channels, *scales);
    }
    for (size_t c = 0; c < channels->n; c++) {
        OCTET_CHECK(b->ctx, isfinite((*scales)[c]), OCTET_MODEL, "%s: channel %zu is too wide for a float32 scale",
                    value->origin != NULL ? value->origin : value->name, c);
    }
    return OCTET_OK;
}

/* Attaches scales (rounded to float32) and zero points of 0 to a constant of the new graph. */
static octet_status set_symmetric(octet_builder *b, uint32_t value, int32_t axis, const double *scales, size_t n) {
    float *rounded = NULL;
    int32_t *zeros = NULL;
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, n, &rounded));
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, n, &zeros));
    for (size_t c = 0; c < n; c++) rounded[c] = (float)scales[c];
    return octet_value_set_quantization(b->ctx, b->to, value, (uint32_t)n, axis, rounded, zeros);
}

static octet_status copy_origin(octet_builder *b, const octet_value *from, uint32_t to) {
    if (from->origin == NULL) return OCTET_OK;
    return octet_arena_string(b->ctx, &b->to->arena, from->origin, &b->to->values[to].origin);
}

octet_status octet_builder_weight_constant(octet_builder *b, const octet_value *value, int32_t axis,
                                           const double *scales, uint32_t *out) {
    const octet_channels channels = channels_of(&value->shape, axis);
    int8_t *bytes = NULL;
    OCTET_TRY(octet_memory_allocate(b->ctx, octet_shape_elements(&value->shape), (void **)&bytes));
    const bool is_trained = value->trained.n == channels.n;
    octet_qparams_quantize_weights(is_trained ? value->trained.raw : value->data, channels, scales, bytes);
    if (axis < 0 && !is_trained) {
        /* TensorFlow keeps the bytes of the tensor's own range even where a bias has widened the scale a little; octet
         * does so only on request, since bytes and scale then contradict each other. */
        double own;
        octet_qparams_weight_scales(value->data, channels, &own);
        if (own == *scales || (b->options.strict_tensorflow && fabs(own - *scales) <= 1e-3)) {
            octet_qparams_quantize_weights_per_tensor(value->data, channels.inner, bytes);
        }
    }
    octet_status status = octet_graph_add_constant(b->ctx, b->to, value->name, OCTET_INT8, &value->shape, bytes, out);
    octet_memory_free(b->ctx, bytes);
    if (status == OCTET_OK) status = copy_origin(b, value, *out);
    if (status == OCTET_OK) status = set_symmetric(b, *out, axis < 0 ? 0 : axis, scales, channels.n);
    return status;
}

octet_status octet_builder_constant(octet_builder *b, uint32_t k, uint32_t i, uint32_t *out) {
    const octet_operator *op = &b->from->operators[k];
    const octet_value *value = octet_graph_input(b->from, op, i);
    const size_t n = octet_shape_elements(&value->shape);
    OCTET_TRY(octet_builder_check_constant(b, op, value));
    octet_qparams params;
    OCTET_TRY(octet_builder_operand_params(b, k, i, &params));
    const bool wide = b->lane->type == OCTET_INT16;
    void *bytes = NULL;
    OCTET_TRY(octet_memory_allocate(b->ctx, n * (wide ? 2 : 1), &bytes));
    if (wide) {
        octet_qparams_quantize_s16(value->data, n, params, bytes);
    } else {
        octet_qparams_quantize_s8(value->data, n, params, bytes);
    }
    octet_status status =
        octet_graph_add_constant(b->ctx, b->to, value->name, b->lane->type, &value->shape, bytes, out);
    octet_memory_free(b->ctx, bytes);
    if (status == OCTET_OK) status = copy_origin(b, value, *out);
    if (status == OCTET_OK)
        status = octet_value_set_quantization(b->ctx, b->to, *out, 1, 0, &params.scale, &params.zero_point);
    return status;
}

octet_status octet_builder_bias(octet_builder *b, const octet_value *value, const double *scales, size_t n_scales,
                                uint32_t *out) {
    const size_t n = octet_shape_elements(&value->shape);
    const bool wide = b->lane->type == OCTET_INT16;
    void *integers = NULL;
    OCTET_TRY(octet_memory_allocate(b->ctx, n * (wide ? sizeof(int64_t) : sizeof(int32_t)), &integers));
    if (wide) {
        octet_qparams_quantize_bias_s64(value->data, n, scales, n_scales, integers);
    } else {
        octet_qparams_quantize_bias_s32(value->data, n, scales, n_scales, integers);
    }
    octet_status status = octet_graph_add_constant(b->ctx, b->to, value->name, wide ? OCTET_INT64 : OCTET_INT32,
                                                   &value->shape, integers, out);
    octet_memory_free(b->ctx, integers);
    if (status == OCTET_OK) status = copy_origin(b, value, *out);
    if (status == OCTET_OK) status = set_symmetric(b, *out, 0, scales, n_scales);
    return status;
}

/* Scales of the bias, channel by channel; widens scales of weights where a bias would overflow. *adjusted tells. */
static octet_status choose_bias_scales(octet_builder *b, const octet_value *bias, double input_scale,
                                       double *weight_scales, size_t n, bool adjustable, double **out, bool *adjusted) {
    OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, n, out));
    const float *values = bias->data;
    const size_t n_bias = octet_shape_elements(&bias->shape);
    for (size_t c = 0; c < n; c++) {
        (*out)[c] = octet_qparams_bias_scale(input_scale, weight_scales[c]);
        if (!adjustable) continue;
        float largest = 0.0f;
        for (size_t i = n == 1 ? 0 : c; i < (n == 1 ? n_bias : c + 1); i++) largest = fmaxf(largest, fabsf(values[i]));
        if (octet_qparams_adjust_scales(largest, input_scale, &weight_scales[c], &(*out)[c])) *adjusted = true;
    }
    return OCTET_OK;
}

octet_status octet_builder_weights_and_bias(octet_builder *b, uint32_t k, uint32_t *weights_out, uint32_t *bias_out) {
    const octet_operator *op = &b->from->operators[k];
    const octet_operands operands = octet_operator_operands(op->code);
    const octet_value *weights = octet_graph_input(b->from, op, (uint32_t)operands.weights);
    const octet_value *bias = operands.bias < 0 ? NULL : octet_graph_input(b->from, op, (uint32_t)operands.bias);
    *weights_out = *bias_out = OCTET_NONE;
    OCTET_CHECK(b->ctx, weights != NULL, OCTET_MODEL, "%s: %s has no weights", op->layer,
                octet_operator_name(op->code));
    const bool constant = octet_value_is_constant(weights);
    const int32_t axis = constant ? axis_of(b, op->code, weights) : -1;
    octet_channels channels = {1, 1, 1};
    double *scales = NULL, *bias_scales = NULL;
    bool adjusted = false;
    if (constant) {
        OCTET_TRY(octet_builder_check_constant(b, op, weights));
        OCTET_TRY(octet_builder_weight_scales(b, weights, axis, &channels, &scales));
    } else {
        octet_qparams params;
        OCTET_TRY(octet_builder_operand_params(b, k, (uint32_t)operands.weights, &params));
        OCTET_TRY(OCTET_NEW(b->ctx, &b->scratch, 1, &scales));
        scales[0] = (double)params.scale;
    }
    if (bias != NULL) {
        OCTET_CHECK(b->ctx, octet_value_is_constant(bias) && bias->type == OCTET_FLOAT32, OCTET_UNSUPPORTED,
                    "%s: the bias of %s is computed at run time; only a constant bias can be quantized", op->layer,
                    octet_operator_name(op->code));
        OCTET_TRY(octet_builder_check_constant(b, op, bias));
        OCTET_CHECK(b->ctx, channels.n == 1 || octet_shape_elements(&bias->shape) == channels.n, OCTET_MODEL,
                    "%s: %zu biases for %zu channels", op->layer, octet_shape_elements(&bias->shape), channels.n);
        octet_qparams input;
        OCTET_TRY(octet_builder_operand_params(b, k, (uint32_t)operands.data, &input));
        OCTET_TRY(choose_bias_scales(b, bias, octet_qparams_scale(input), scales, channels.n,
                                     constant && b->lane->type == OCTET_INT8, &bias_scales, &adjusted));
        OCTET_TRY(octet_builder_bias(b, bias, bias_scales, channels.n, bias_out));
    }
    if (!constant) return octet_builder_integer(b, op->inputs[operands.weights], op->layer, weights_out);
    uint32_t *cached = &b->lane->weights[op->inputs[operands.weights]];
    const octet_quantization *known = *cached == OCTET_NONE ? NULL : &b->to->values[*cached].quantization;
    if (!adjusted && known != NULL && known->axis == (axis < 0 ? 0 : axis) && known->n == channels.n) {
        *weights_out = *cached;
        return OCTET_OK;
    }
    OCTET_TRY(octet_builder_weight_constant(b, weights, axis, scales, weights_out));
    if (!adjusted) *cached = *weights_out;
    return OCTET_OK;
}
