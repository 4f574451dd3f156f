/* Functions that are more than one operator of arithmetic. */
#include <math.h>
#include <string.h>

#include "import/keras/functions/functions.h"

octet_status octet_keras_operand_axes(octet_keras_call *call, int32_t position, const char *words, int32_t rank,
                                      int32_t *axes, int32_t *n) {
    OCTET_TRY(octet_keras_operand_i32s(call, position, words, OCTET_MAX_RANK, axes, n));
    if (*n < 0) {
        for (*n = 0; *n < rank; ++*n) axes[*n] = *n;
    }
    for (int32_t i = 0; i < *n; i++) {
        if (axes[i] < 0) axes[i] += rank;
        if (axes[i] < 0 || axes[i] >= rank)
            return octet_keras_contradict(call, "axis is outside of %d dimensions", (int)rank);
    }
    return OCTET_OK;
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
octet_status octet_keras_operation_logsumexp(octet_keras_call *call, const octet_keras_operation *self) {
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
octet_status octet_keras_operation_norm(octet_keras_call *call, const octet_keras_operation *self) {
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
octet_status octet_keras_operation_moments(octet_keras_call *call, const octet_keras_operation *self) {
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

/* x / sqrt(max(sum(x^2), epsilon)); over the last axis LiteRT has an operator. */
octet_status octet_keras_operation_l2_normalize(octet_keras_call *call, const octet_keras_operation *self) {
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

/* The sum of a list. */
octet_status octet_keras_operation_add_n(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t values[OCTET_KERAS_MAX_INPUTS], n = 0;
    OCTET_TRY(octet_keras_operand_list(call, values, &n));
    uint32_t x = values[0];
    for (uint32_t i = 1; i < n; i++) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "AddN", x, values[i], &x));
    return octet_keras_return(call, x);
}

/* relu of x and of -x, one behind the other. */
octet_status octet_keras_operation_crelu(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x[2];
    int32_t axis = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x[0]));
    OCTET_TRY(octet_keras_operand_axis(call, 1, "axis", octet_keras_shape(call, x[0])->rank, -1, &axis));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_NEG, "Neg", x[0], &x[1]));
    OCTET_TRY(octet_keras_concatenate(call, "concat", x, 2, axis, &x[0]));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_RELU, "Relu", x[0], &x[0]));
    return octet_keras_return(call, x[0]);
}

octet_status octet_keras_operation_one_hot(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t inputs[4];
    int32_t depth[1], n = 0, axis = -1;
    OCTET_TRY(octet_keras_operand_value(call, 0, "indices x", &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "depth num_classes", 1, depth, &n));
    if (inputs[0] == OCTET_NONE || n != 1 || depth[0] < 1)
        return octet_keras_refuse(call, "needs indices and a number of classes");
    const int32_t rank = octet_keras_shape(call, inputs[0])->rank;
    double on = 1.0, off = 0.0;
    OCTET_TRY(octet_keras_operand_f64(call, call->layer->is_operation ? -1 : 2, "on_value", 1.0, &on));
    OCTET_TRY(octet_keras_operand_f64(call, call->layer->is_operation ? -1 : 3, "off_value", 0.0, &off));
    OCTET_TRY(octet_keras_operand_axis(call, call->layer->is_operation ? 2 : 4, "axis", rank + 1, -1, &axis));
    const octet_type type = call->graph->values[inputs[0]].type;
    const octet_options cast = {.cast = {type, OCTET_INT32}}, options = {.one_hot = {axis == rank ? -1 : axis}};
    if (type == OCTET_FLOAT32)
        OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "Cast", &inputs[0], 1, &cast, &inputs[0]));
    OCTET_TRY(octet_keras_i32_scalar(call, "one_hot/depth", depth[0], &inputs[1]));
    OCTET_TRY(octet_keras_scalar(call, "one_hot/on_value", (float)on, &inputs[2]));
    OCTET_TRY(octet_keras_scalar(call, "one_hot/off_value", (float)off, &inputs[3]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_ONE_HOT, "one_hot", inputs, 4, &options, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* The k largest of the last axis, and where they stand. */
octet_status octet_keras_operation_top_k(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t k[1] = {1}, n = 0;
    const char *name = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "k", 1, k, &n));
    OCTET_TRY(octet_keras_i32_scalar(call, "TopKV2/k", n == 1 ? k[0] : 1, &inputs[1]));
    OCTET_TRY(octet_arena_format(call->ctx, call->arena, &name, "%s/TopKV2", call->path));
    call->n_outputs = 2;
    return octet_graph_emit(call->ctx, call->graph, OCTET_OP_TOPK_V2, call->layer->name, name, inputs, 2, NULL,
                            call->outputs, 2);
}

octet_status octet_keras_operation_cumsum(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t axis = 0;
    octet_options options = {.cumsum = {false, false}};
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    OCTET_TRY(octet_keras_operand_flat(call, 1, "axis", 0, &inputs[0], &axis));
    OCTET_TRY(octet_keras_operand_bool(call, call->layer->is_operation ? -1 : 2, "exclusive", false,
                                       &options.cumsum.exclusive));
    OCTET_TRY(
        octet_keras_operand_bool(call, call->layer->is_operation ? -1 : 3, "reverse", false, &options.cumsum.reverse));
    OCTET_TRY(octet_keras_i32_scalar(call, "Cumsum/axis", axis, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CUMSUM, "Cumsum", inputs, 2, &options, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

octet_status octet_keras_operation_local_response(octet_keras_call *call, const octet_keras_operation *self) {
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

/* Normalization by statistics that are given: (x - mean) / sqrt(variance + epsilon) * scale + offset, as x * m + off.
 */
octet_status octet_keras_operation_batch_normalization(octet_keras_call *call, const octet_keras_operation *self) {
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
