/* Functions that reduce axes: sums, means, norms, moments, places of the largest. */
#include <math.h>
#include <string.h>

#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

octet_status octet_keras_function_reduce(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis reduction_indices", OCTET_MAX_RANK, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "keepdims keep_dims", false, &keep_dims));
    const bool is_scalar = n == 1 && !call->layer->is_operation; /* Keras 3 makes a list of one axis */
    if (n < 0) {
        for (n = 0; n < rank; n++) axes[n] = n;
    }
    OCTET_TRY(
        octet_keras_reduce(call, self->code, octet_operator_name(self->code), x, axes, n, is_scalar, keep_dims, &x));
    return octet_keras_return(call, x);
}

/* Mean of squared differences from the mean; std is its root. */
octet_status octet_keras_function_variance(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, mean;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis", OCTET_MAX_RANK, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "keepdims", false, &keep_dims));
    if (n < 0) {
        for (n = 0; n < rank; n++) axes[n] = n;
    }
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", x, axes, n, false, true, &mean));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SQUARED_DIFFERENCE, "SquaredDifference", x, mean, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "variance", x, axes, n, false, keep_dims, &x));
    if (self->code == OCTET_OP_SQRT) OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQRT, "Sqrt", x, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_arg(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t inputs[2];
    int32_t axis = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    octet_shape shape = *octet_keras_shape(call, inputs[0]);
    const int32_t rank = shape.rank;
    OCTET_TRY(octet_keras_operand_flat(call, 1, "axis dimension", 0, &inputs[0], &axis));
    OCTET_TRY(octet_keras_operand_bool(call, call->layer->is_operation ? 2 : -1, "keepdims", false, &keep_dims));
    const bool is_flat = octet_keras_shape(call, inputs[0])->rank != rank;
    const octet_keras_argument *given = NULL;
    OCTET_TRY(octet_keras_operand(call, 2, "output_type", &given));
    const char *name = given != NULL ? octet_json_text(given->constant) : NULL;
    const bool is_s32 = call->keras_version >= 3 || (name != NULL && strstr(name, "int32") != NULL);
    OCTET_TRY(octet_keras_i32_scalar(call, "ArgMax/dimension", axis, &inputs[1]));
    const octet_options options = {.arg = {is_s32 ? OCTET_INT32 : OCTET_INT64}};
    OCTET_TRY(octet_keras_emit(call, self->code, "ArgMax", inputs, 2, &options, &inputs[0]));
    if (keep_dims) {
        for (int32_t i = 0; i < rank; i++) shape.dims[i] = is_flat || i == axis ? 1 : shape.dims[i];
        OCTET_TRY(octet_keras_reshape(call, "ExpandDims", inputs[0], rank, shape.dims, &inputs[0]));
    }
    return octet_keras_return(call, inputs[0]);
}

/* x without the dimensions that were reduced to 1. */
static octet_status drop_axes(octet_keras_call *call, uint32_t x, const int32_t *axes, int32_t n, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t dims[OCTET_MAX_RANK], rank = 0;
    for (int32_t i = 0; i < shape.rank; i++) {
        bool is_dropped = false;
        for (int32_t j = 0; j < n; j++) is_dropped = is_dropped || axes[j] == i;
        if (!is_dropped) dims[rank++] = shape.dims[i];
    }
    return octet_keras_reshape(call, "Reshape", x, rank, dims, out);
}

/* max + log(sum(e^(x - max))) */
octet_status octet_keras_function_logsumexp(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, largest, sum;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axes(call, 1, "axis", octet_keras_shape(call, x)->rank, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "keepdims", false, &keep_dims));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_REDUCE_MAX, "Max", x, axes, n, false, true, &largest));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", x, largest, &x));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_EXP, "Exp", x, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", x, axes, n, false, true, &sum));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_LOG, "Log", sum, &sum));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "add", sum, largest, &x));
    if (!keep_dims) OCTET_TRY(drop_axes(call, x, axes, n, &x));
    return octet_keras_return(call, x);
}

/* The root of the sum of squares; the sum or the largest of absolute values for the orders 1 and infinity. */
octet_status octet_keras_function_norm(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    const octet_keras_argument *order = NULL;
    double number = 2.0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand(call, 1, "ord", &order));
    const char *text = order != NULL ? octet_json_text(order->constant) : NULL;
    const bool is_largest = text != NULL && (strcmp(text, "inf") == 0 || strcmp(text, "Infinity") == 0);
    if (order != NULL && !octet_json_number(order->constant, &number) && !is_largest &&
        (text == NULL || (strcmp(text, "euclidean") != 0 && strcmp(text, "fro") != 0)))
        return octet_keras_refuse(call, "its order is none of 1, 2, infinity, euclidean, fro");
    OCTET_TRY(octet_keras_operand_axes(call, 2, "axis", octet_keras_shape(call, x)->rank, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 3, "keepdims", false, &keep_dims));
    if (is_largest || (isinf(number) && number > 0.0)) number = INFINITY;
    if ((number != 2.0 && number != 1.0 && number != INFINITY) || (order != NULL && n != 1 && text == NULL))
        return octet_keras_refuse(call, "is supported for vectors, of the order 1, 2 or infinity");
    if (number != 2.0) {
        OCTET_TRY(octet_keras_unary(call, OCTET_OP_ABS, "Abs", x, &x));
        OCTET_TRY(octet_keras_reduce(call, number == 1.0 ? OCTET_OP_SUM : OCTET_OP_REDUCE_MAX, "Sum", x, axes, n, false,
                                     keep_dims, &x));
        return octet_keras_return(call, x);
    }
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, x, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", x, axes, n, false, keep_dims, &x));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQRT, "Sqrt", x, &x));
    return octet_keras_return(call, x);
}

/* Mean and variance. */
octet_status octet_keras_function_moments(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, mean, variance;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axes(call, 1, "axes", octet_keras_shape(call, x)->rank, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, -1, "keepdims keep_dims", false, &keep_dims));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "moments/mean", x, axes, n, false, true, &mean));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SQUARED_DIFFERENCE, "moments/SquaredDifference", x, mean, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "moments/variance", x, axes, n, false, true, &variance));
    if (!keep_dims) {
        OCTET_TRY(drop_axes(call, mean, axes, n, &mean));
        OCTET_TRY(drop_axes(call, variance, axes, n, &variance));
    }
    call->outputs[0] = mean;
    call->outputs[1] = variance;
    call->n_outputs = 2;
    return OCTET_OK;
}

/* How many cells are not zero, or true: int32. */
octet_status octet_keras_function_count(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axes(call, 1, "axis", octet_keras_shape(call, x)->rank, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "keepdims", false, &keep_dims));
    if (call->graph->values[x].type != OCTET_BOOL) {
        OCTET_TRY(octet_keras_cast(call, x, OCTET_FLOAT32, &x));
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_NOT_EQUAL, "NotEqual", x, 0.0f, &x));
    }
    const octet_options cast = {.cast = {OCTET_BOOL, OCTET_INT32}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "ToInt32", &x, 1, &cast, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", x, axes, n, false, keep_dims, &x));
    return octet_keras_return(call, x);
}

/* ptp: the largest less the smallest. */
octet_status octet_keras_function_span(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, low;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axes(call, 1, "axis", octet_keras_shape(call, x)->rank, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "keepdims", false, &keep_dims));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_REDUCE_MIN, "Min", x, axes, n, false, keep_dims, &low));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_REDUCE_MAX, "Max", x, axes, n, false, keep_dims, &x));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", x, low, &x));
    return octet_keras_return(call, x);
}

/* nansum, nanprod: what is not a number counts as 0, or 1. */
octet_status octet_keras_function_nan_reduce(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, inputs[3];
    int32_t axes[OCTET_MAX_RANK], n = 0;
    bool keep_dims = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axes(call, 1, "axis", octet_keras_shape(call, x)->rank, axes, &n));
    OCTET_TRY(octet_keras_operand_bool(call, 2, "keepdims", false, &keep_dims));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_NOT_EQUAL, "IsNan", x, x, &inputs[0]));
    OCTET_TRY(octet_keras_scalar(call, "instead", self->code == OCTET_OP_SUM ? 0.0f : 1.0f, &inputs[1]));
    inputs[2] = x;
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_SELECT_V2, "SelectV2", inputs, 3, NULL, &x));
    OCTET_TRY(octet_keras_reduce(call, self->code, "Reduce", x, axes, n, false, keep_dims, &x));
    return octet_keras_return(call, x);
}
