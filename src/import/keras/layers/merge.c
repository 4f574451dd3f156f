/* Layers that read several tensors. */

#include "import/keras/layers/classes.h"

/* Keras lets ranks differ: dimensions of 1 are put in after the batch. */
static octet_status equal_ranks(octet_keras_call *call) {
    int32_t rank = 0;
    if (call->n_inputs == 0) return octet_keras_contradict(call, "reads nothing");
    for (uint32_t i = 0; i < call->n_inputs; i++) {
        const int32_t own = octet_keras_shape(call, call->inputs[i])->rank;
        if (own > rank) rank = own;
    }
    for (uint32_t i = 0; i < call->n_inputs; i++) {
        const octet_shape shape = *octet_keras_shape(call, call->inputs[i]);
        if (shape.rank == rank || shape.rank == 0) continue;
        int32_t dims[OCTET_MAX_RANK];
        const int32_t missing = rank - shape.rank;
        dims[0] = shape.dims[0];
        for (int32_t j = 1; j <= missing; j++) dims[j] = 1;
        for (int32_t j = 1; j < shape.rank; j++) dims[j + missing] = shape.dims[j];
        OCTET_TRY(octet_keras_reshape(call, "ExpandDims", call->inputs[i], rank, dims, &call->inputs[i]));
    }
    return OCTET_OK;
}

/* An average is a sum, divided. */
octet_status octet_keras_layer_merge(octet_keras_call *call) {
    const bool is_average = call->layer->class->code == OCTET_OP_MEAN;
    const octet_operator_code code = is_average ? OCTET_OP_ADD : call->layer->class->code;
    const char *name = code == OCTET_OP_ADD       ? "add"
                       : code == OCTET_OP_SUB     ? "sub"
                       : code == OCTET_OP_MUL     ? "mul"
                       : code == OCTET_OP_MAXIMUM ? "Maximum"
                                                  : "Minimum";
    OCTET_TRY(equal_ranks(call));
    if (code == OCTET_OP_SUB && call->n_inputs != 2)
        return octet_keras_contradict(call, "reads %u tensors, it takes 2", (unsigned)call->n_inputs);
    uint32_t x = call->inputs[0];
    for (uint32_t i = 1; i < call->n_inputs; i++) {
        OCTET_TRY(code == OCTET_OP_ADD ? octet_keras_add(call, name, x, call->inputs[i], &x)
                                       : octet_keras_binary(call, code, name, x, call->inputs[i], &x));
    }
    if (is_average && call->n_inputs > 1)
        OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "truediv", x, 1.0f / (float)call->n_inputs, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_layer_concatenate(octet_keras_call *call) {
    int32_t axis = -1;
    if (call->n_inputs == 0) return octet_keras_contradict(call, "reads nothing");
    OCTET_TRY(octet_keras_i32(call, "axis", -1, &axis));
    const int32_t rank = octet_keras_shape(call, call->inputs[0])->rank;
    if (axis < -rank || axis >= rank)
        return octet_keras_contradict(call, "axis %d is outside of %d dimensions", axis, rank);
    if (axis < 0) axis += rank;
    if (axis == 0) return octet_keras_refuse(call, "joining along the batch (axis 0) is not supported");
    uint32_t x = call->inputs[0];
    if (call->n_inputs > 1) OCTET_TRY(octet_keras_concatenate(call, "concat", call->inputs, call->n_inputs, axis, &x));
    return octet_keras_return(call, x);
}

/* x / sqrt(max(sum(x^2), 1e-12)) along one axis. */
static octet_status normalize(octet_keras_call *call, uint32_t x, int32_t axis, uint32_t *out) {
    if (axis == octet_keras_shape(call, x)->rank - 1)
        return octet_keras_unary(call, OCTET_OP_L2_NORMALIZATION, "l2_normalize", x, out);
    uint32_t norm;
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQUARE, "Square", x, &norm));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", norm, &axis, 1, true, true, &norm));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MAXIMUM, "Maximum", norm, 1e-12f, &norm));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_RSQRT, "Rsqrt", norm, &norm));
    return octet_keras_binary(call, OCTET_OP_MUL, "mul", x, norm, out);
}

/* Brings x to [batch, others, contracted] (last) or [batch, contracted,
 * others]; `others` gets the sizes kept, n of them. */
static octet_status arrange(octet_keras_call *call, uint32_t x, int32_t axis, bool last, int32_t *others, int32_t *n,
                            uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    int32_t perm[OCTET_MAX_RANK] = {0}, k = 1, product = 1;
    if (!last) perm[k++] = axis;
    for (int32_t i = 1; i < shape.rank; i++) {
        if (i == axis) continue;
        perm[k++] = i;
        others[(*n)++] = shape.dims[i];
        product *= shape.dims[i];
    }
    if (last) perm[k++] = axis;
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    const int32_t dims[3] = {shape.dims[0], last ? product : shape.dims[axis], last ? shape.dims[axis] : product};
    return octet_keras_reshape(call, "ExpandDims", x, 3, dims, out);
}

octet_status octet_keras_layer_dot(octet_keras_call *call) {
    if (call->n_inputs != 2)
        return octet_keras_contradict(call, "reads %u tensors, it takes 2", (unsigned)call->n_inputs);
    int32_t axes[2], n = 0, dims[2 * OCTET_MAX_RANK], n_dims = 1;
    OCTET_TRY(octet_json_get_i32_list(call->ctx, call->document, call->layer->config, "axes", 2, axes, &n));
    if (n == 1) axes[1] = axes[0];
    uint32_t x[2] = {call->inputs[0], call->inputs[1]};
    for (int32_t i = 0; i < 2; i++) {
        const int32_t rank = octet_keras_shape(call, x[i])->rank;
        if (axes[i] < 0) axes[i] += rank;
        if (axes[i] < 1 || axes[i] >= rank)
            return octet_keras_contradict(call, "axes has %d, which is no axis of %d dimensions after the batch",
                                          axes[i], rank);
    }
    const octet_shape *a = octet_keras_shape(call, x[0]), *b = octet_keras_shape(call, x[1]);
    if (a->dims[axes[0]] != b->dims[axes[1]])
        return octet_keras_contradict(call, "axes of %d and %d cells do not fit", a->dims[axes[0]], b->dims[axes[1]]);
    dims[0] = a->dims[0];
    if (octet_json_is_true(octet_json_get(call->layer->config, "normalize"))) {
        for (int32_t i = 0; i < 2; i++) OCTET_TRY(normalize(call, x[i], axes[i], &x[i]));
    }
    OCTET_TRY(arrange(call, x[0], axes[0], true, dims, &n_dims, &x[0]));
    OCTET_TRY(arrange(call, x[1], axes[1], false, dims, &n_dims, &x[1]));
    if (n_dims == 1) dims[n_dims++] = 1;
    if (n_dims > OCTET_MAX_RANK)
        return octet_keras_refuse(call, "its output would have %d dimensions, at most %d are supported", n_dims,
                                  OCTET_MAX_RANK);
    OCTET_TRY(octet_keras_batch_matmul(call, "MatMul", x[0], x[1], &x[0]));
    OCTET_TRY(octet_keras_reshape(call, "Squeeze", x[0], n_dims, dims, &x[0]));
    return octet_keras_return(call, x[0]);
}
