/* Normalizations whose scale and offset, or statistics, are operands; l2_normalize; local_response_normalization. */
#include <math.h>

#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

enum { SCALE, OFFSET };

/* The operand at `position` with the shape of x on the axes and 1 elsewhere, so that it can be multiplied with x. */
static octet_status parameter(octet_keras_call *call, int32_t position, const char *word, const octet_shape *shape,
                              const int32_t *axes, int32_t n, uint32_t *out) {
    int32_t dims[OCTET_MAX_RANK], first = shape->rank, own[OCTET_MAX_RANK];
    OCTET_TRY(octet_keras_operand_value(call, position, word, out));
    if (*out == OCTET_NONE) return OCTET_OK;
    for (int32_t i = 0; i < shape->rank; i++) dims[i] = 1;
    for (int32_t i = 0; i < n; i++) {
        own[i] = dims[axes[i]] = shape->dims[axes[i]];
        if (axes[i] < first) first = axes[i];
    }
    const octet_shape wanted = octet_shape_make(n, own), wide = octet_shape_make(shape->rank - first, dims + first);
    if (!octet_shape_equal(octet_keras_shape(call, *out), &wanted))
        return octet_keras_contradict(call, "its %s has not the shape of the axes that are normalized", word);
    if (octet_shape_equal(&wanted, &wide)) return OCTET_OK;
    return octet_keras_reshape(call, word, *out, wide.rank, wide.dims, out);
}

/* 1 / sqrt(x + epsilon), times the scale if there is one. */
static octet_status inverse(octet_keras_call *call, uint32_t x, uint32_t scale, uint32_t *out) {
    double epsilon = 1e-7;
    OCTET_TRY(octet_keras_operand_f64(call, -1, "epsilon", 1e-7, &epsilon));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_ADD, "add", x, (float)epsilon, out));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_RSQRT, "Rsqrt", *out, out));
    return scale == OCTET_NONE ? OCTET_OK : octet_keras_binary(call, OCTET_OP_MUL, "mul", *out, scale, out);
}

/* x / sqrt(variance + epsilon) + (-mean / sqrt(variance + epsilon) + offset), the roots times the scale. */
octet_status octet_keras_function_layer_norm(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, mean, negative, variance, shift, parameters[2];
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool rms = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_operand_axes(call, -1, "axis", shape.rank, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, -1, "rms_scaling", false, &rms));
    OCTET_TRY(parameter(call, 1, "gamma", &shape, axes, n, &parameters[SCALE]));
    OCTET_TRY(parameter(call, 2, "beta", &shape, axes, n, &parameters[OFFSET]));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", x, axes, n, false, true, &mean));
    if (!rms) OCTET_TRY(octet_keras_unary(call, OCTET_OP_NEG, "Neg", mean, &negative));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SQUARED_DIFFERENCE, "SquaredDifference", x, mean, &variance));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "variance", variance, axes, n, false, true, &variance));
    OCTET_TRY(inverse(call, variance, parameters[SCALE], &variance));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_2", x, variance, &x));
    if (rms) return octet_keras_return(call, x);
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_1", negative, variance, &shift));
    if (parameters[OFFSET] != OCTET_NONE)
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_1", shift, parameters[OFFSET], &shift));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add_2", x, shift, &x));
    return octet_keras_return(call, x);
}

/* x / sqrt(mean(x^2) + epsilon) * scale */
octet_status octet_keras_function_rms_norm(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, y, scale;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_operand_axes(call, -1, "axis", shape.rank, axes, &n));
    OCTET_TRY(parameter(call, 1, "scale", &shape, axes, n, &scale));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQUARE, "Square", x, &y));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", y, axes, n, false, true, &y));
    OCTET_TRY(inverse(call, y, OCTET_NONE, &y));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, y, &x));
    if (scale != OCTET_NONE) OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul_1", x, scale, &x));
    return octet_keras_return(call, x);
}

/* x / sqrt(max(sum(x^2), epsilon)); over the last axis LiteRT has an operator. */
octet_status octet_keras_function_l2_normalize(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, y;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    double order = 2.0, epsilon = 1e-12;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_f64(call, 2, "order", 2.0, &order));
    if (!call->layer->is_operation) order = 2.0; /* position 2 of tf.math.l2_normalize is epsilon */
    if (order != 2.0 && order != 1.0) return octet_keras_refuse(call, "order %g is not supported: 1 and 2 are", order);
    OCTET_TRY(octet_keras_operand_f64(call, -1, "epsilon", 1e-12, &epsilon));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis", OCTET_MAX_RANK, axes, &n));
    if (n < 0) axes[0] = rank - 1, n = 1;
    if (order == 1.0) {
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_ABS, "Abs", x, &y));
        OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", y, axes, n, false, true, &y));
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MAXIMUM, "Maximum", y, (float)epsilon, &y));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_DIV, "truediv", x, y, &x));
        return octet_keras_return(call, x);
    }
    if (n == 1 && (axes[0] == -1 || axes[0] == rank - 1)) {
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_L2_NORMALIZATION, "l2_normalize", x, &x));
        return octet_keras_return(call, x);
    }
    OCTET_TRY(octet_keras_operand_axes(call, 1, "axis", rank, axes, &n));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQUARE, "l2_normalize/Square", x, &y));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "l2_normalize/Sum", y, axes, n, false, true, &y));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MAXIMUM, "l2_normalize/Maximum", y, (float)epsilon, &y));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_RSQRT, "l2_normalize/Rsqrt", y, &y));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "l2_normalize", x, y, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_local_response(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    double radius = 5.0, numbers[3];
    static const char *const words[3] = {"bias", "alpha", "beta"};
    static const double defaults[3] = {1.0, 1.0, 0.5};
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_f64(call, 1, "depth_radius", 5.0, &radius));
    for (int32_t i = 0; i < 3; i++) OCTET_TRY(octet_keras_operand_f64(call, i + 2, words[i], defaults[i], &numbers[i]));
    if (!(radius >= 0.0) || radius > 1 << 20) return octet_keras_contradict(call, "its depth_radius is no size");
    const octet_options options = {
        .local_response = {(int32_t)radius, (float)numbers[0], (float)numbers[1], (float)numbers[2]}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_LOCAL_RESPONSE_NORMALIZATION, "LRN", &x, 1, &options, &x));
    return octet_keras_return(call, x);
}

/* Normalization by statistics that are given: (x - mean) / sqrt(variance +
 * epsilon) * scale + offset, as x * m + off. */
octet_status octet_keras_function_batch_normalization(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, values[4];
    const bool is_3 = call->layer->is_operation;
    double epsilon = 1e-3;
    int32_t axis = -1;
    static const char *const words[4] = {"mean", "variance", "offset", "scale"};
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_operand_axis(call, -1, "axis", shape.rank, -1, &axis));
    OCTET_TRY(octet_keras_operand_f64(call, is_3 ? -1 : 5, "epsilon variance_epsilon", 1e-3, &epsilon));
    const size_t n = (size_t)shape.dims[axis];
    int32_t dims[OCTET_MAX_RANK];
    for (int32_t i = 0; i < shape.rank; i++) dims[i] = i == axis ? shape.dims[axis] : 1;
    const float *data[4] = {NULL};
    for (int32_t i = 0; i < 4; i++) {
        OCTET_TRY(octet_keras_operand_value(call, i + 1, words[i], &values[i]));
        if (values[i] == OCTET_NONE) continue;
        const octet_value *v = &call->graph->values[values[i]];
        data[i] = v->type == OCTET_FLOAT32 && octet_shape_elements(&v->shape) == n ? v->data : NULL;
        if (data[i] == NULL) return octet_keras_refuse(call, "is supported with constant vectors only");
    }
    if (data[0] == NULL || data[1] == NULL) return octet_keras_refuse(call, "needs a mean and a variance");
    float *m = NULL, *off = NULL;
    uint32_t y;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &m));
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &off));
    for (size_t i = 0; i < n; i++) {
        m[i] = (data[3] != NULL ? data[3][i] : 1.0f) * (1.0f / sqrtf(data[1][i] + (float)epsilon));
        off[i] = (data[2] != NULL ? data[2][i] : 0.0f) - data[0][i] * m[i];
        if (!isfinite(m[i])) return octet_keras_contradict(call, "its variance is negative");
    }
    OCTET_TRY(octet_keras_constant(call, "batchnorm/mul", NULL, shape.rank - axis, dims + axis, m, &y));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "batchnorm/mul_1", x, y, &x));
    OCTET_TRY(octet_keras_constant(call, "batchnorm/sub", NULL, shape.rank - axis, dims + axis, off, &y));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "batchnorm/add_1", x, y, &x));
    return octet_keras_return(call, x);
}
