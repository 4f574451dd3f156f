/* Functions that are more than one operator of arithmetic. */
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* The sum of a list. */
octet_status octet_keras_function_add_n(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t values[OCTET_KERAS_MAX_INPUTS], n = 0;
    OCTET_TRY(octet_keras_operand_list(call, values, &n));
    uint32_t x = values[0];
    for (uint32_t i = 1; i < n; i++) OCTET_TRY(octet_keras_binary(call, OCTET_OP_ADD, "AddN", x, values[i], &x));
    return octet_keras_return(call, x);
}

/* relu of x and of -x, one behind the other. */
octet_status octet_keras_function_crelu(octet_keras_call *call, const octet_keras_function *self) {
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

octet_status octet_keras_function_one_hot(octet_keras_call *call, const octet_keras_function *self) {
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
    const octet_options options = {.one_hot = {axis == rank ? -1 : axis}};
    if (type == OCTET_FLOAT32) OCTET_TRY(octet_keras_cast(call, inputs[0], OCTET_INT32, &inputs[0]));
    OCTET_TRY(octet_keras_i32_scalar(call, "one_hot/depth", depth[0], &inputs[1]));
    OCTET_TRY(octet_keras_scalar(call, "one_hot/on_value", (float)on, &inputs[2]));
    OCTET_TRY(octet_keras_scalar(call, "one_hot/off_value", (float)off, &inputs[3]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_ONE_HOT, "one_hot", inputs, 4, &options, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* The k largest of the last axis, and where they stand. */
octet_status octet_keras_function_top_k(octet_keras_call *call, const octet_keras_function *self) {
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

octet_status octet_keras_function_cumsum(octet_keras_call *call, const octet_keras_function *self) {
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

/* x * clip_norm / max(norm, clip_norm). */
octet_status octet_keras_function_clip_by_norm(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, norm;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    double most = 1.0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_f64(call, 1, "clip_norm", 1.0, &most));
    OCTET_TRY(octet_keras_operand_axes(call, 2, "axes", octet_keras_shape(call, x)->rank, axes, &n));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, x, &norm));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", norm, axes, n, false, true, &norm));
    OCTET_TRY(octet_keras_unary(call, OCTET_OP_SQRT, "Sqrt", norm, &norm));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MAXIMUM, "Maximum", norm, (float)most, &norm));
    OCTET_TRY(octet_keras_with_scalar(call, OCTET_OP_MUL, "mul_1", x, (float)most, &x));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_DIV, "truediv", x, norm, &x));
    return octet_keras_return(call, x);
}
