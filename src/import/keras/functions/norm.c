/* keras.ops.layer_normalization and rms_normalization, whose scale and offset are operands. */
#include <string.h>

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
octet_status octet_keras_operation_layer_norm(octet_keras_call *call, const octet_keras_operation *self) {
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
octet_status octet_keras_operation_rms_norm(octet_keras_call *call, const octet_keras_operation *self) {
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
