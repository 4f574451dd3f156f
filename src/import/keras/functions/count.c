/* Functions that weigh, multiply and count along axes: average, cumprod, digitize; and choices among several. */
#include <math.h>
#include <string.h>

#include "import/keras/emit/slice.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* A row of weights along one axis, of which the constant ones are divided by their sum beforehand: a dense layer. */
static octet_status average_row(octet_keras_call *call, uint32_t x, int32_t axis, uint32_t weights, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const octet_value w = call->graph->values[weights];
    const int32_t length = shape.dims[axis];
    int32_t perm[OCTET_MAX_RANK], kept = 0, dims[OCTET_MAX_RANK];
    float *data = NULL, sum = 0.0f;
    if (w.data == NULL || w.type != OCTET_FLOAT32 || w.shape.rank != 1 || w.shape.dims[0] != length)
        return octet_keras_refuse(call, "needs weights of its input's shape, or constant ones for one axis");
    const float *from = w.data;
    for (int32_t i = 0; i < length; i++) sum += from[i];
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)length, &data));
    for (int32_t i = 0; i < length; i++) {
        data[i] = from[i] / sum;
        if (!isfinite(data[i])) return octet_keras_contradict(call, "its weights sum to 0");
    }
    for (int32_t i = 0; i < shape.rank; i++) {
        if (i == axis) continue;
        dims[kept] = shape.dims[i];
        perm[kept++] = i;
    }
    perm[kept] = axis;
    if (axis != kept) OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    OCTET_TRY(octet_keras_constant(call, "weights", NULL, 2, (const int32_t[]){1, length}, data, &weights));
    OCTET_TRY(octet_keras_fully_connected(call, "Tensordot", x, weights, OCTET_NONE, &x));
    return octet_keras_reshape(call, "Reshape", x, kept, dims, out);
}

octet_status octet_keras_function_average(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, weights, sum;
    int32_t axes[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_value(call, 1, "weights", &weights));
    OCTET_TRY(octet_keras_operand_axes(call, -1, "axis", octet_keras_shape(call, x)->rank, axes, &n));
    if (weights == OCTET_NONE) {
        OCTET_TRY(octet_keras_reduce(call, OCTET_OP_MEAN, "Mean", x, axes, n, false, false, &x));
    } else if (octet_keras_shape(call, weights)->rank == octet_keras_shape(call, x)->rank) {
        OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", weights, axes, n, false, false, &sum));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, weights, &x));
        OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum_1", x, axes, n, false, false, &x));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_DIV, "truediv", x, sum, &x));
    } else if (n == 1) {
        OCTET_TRY(average_row(call, x, axes[0], weights, &x));
    } else {
        return octet_keras_refuse(call, "needs weights of its input's shape, or constant ones for one axis");
    }
    return octet_keras_return(call, x);
}

/* x with `by` ones before it along the axis, and as many of its last cells gone. */
static octet_status shift_in_ones(octet_keras_call *call, uint32_t x, int32_t axis, int32_t by, uint32_t *out) {
    octet_shape shape = *octet_keras_shape(call, x);
    const int32_t length = shape.dims[axis];
    uint32_t parts[2];
    float *ones = NULL;
    shape.dims[axis] = by;
    const size_t n = octet_shape_elements(&shape);
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &ones));
    for (size_t i = 0; i < n; i++) ones[i] = 1.0f;
    OCTET_TRY(octet_keras_constant(call, "ones", NULL, shape.rank, shape.dims, ones, &parts[0]));
    if (by == length) {
        *out = parts[0];
        return OCTET_OK;
    }
    OCTET_TRY(octet_keras_slice_axis(call, "strided_slice", x, axis, 0, length - by, &parts[1]));
    return octet_keras_concatenate(call, "concat", parts, 2, axis, out);
}

/* Products of 1, 2, 4, .. neighbours: each round multiplies with what lies as far back as the last round reached. */
octet_status octet_keras_function_cumprod(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, turned[2], back;
    int32_t axis = 0;
    bool exclusive = false, reverse = false;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_flat(call, 1, "axis", 0, &x, &axis));
    OCTET_TRY(octet_keras_operand_bool(call, call->layer->is_operation ? -1 : 2, "exclusive", false, &exclusive));
    OCTET_TRY(octet_keras_operand_bool(call, call->layer->is_operation ? -1 : 3, "reverse", false, &reverse));
    const int32_t length = octet_keras_shape(call, x)->dims[axis];
    OCTET_TRY(octet_keras_i32s(call, "ReverseV2/axis", &axis, 1, &turned[1]));
    turned[0] = x;
    if (reverse) OCTET_TRY(octet_keras_emit(call, OCTET_OP_REVERSE_V2, "ReverseV2", turned, 2, NULL, &turned[0]));
    x = turned[0];
    if (exclusive) OCTET_TRY(shift_in_ones(call, x, axis, 1, &x));
    for (int32_t by = 1; by < length; by *= 2) {
        OCTET_TRY(shift_in_ones(call, x, axis, by, &back));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, back, &x));
    }
    turned[0] = x;
    if (reverse) OCTET_TRY(octet_keras_emit(call, OCTET_OP_REVERSE_V2, "ReverseV2_1", turned, 2, NULL, &turned[0]));
    return octet_keras_return(call, turned[0]);
}

/* The number of bounds that are not above x (searchsorted, left: that are below it), int32. */
octet_status octet_keras_function_digitize(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x, bounds;
    int32_t dims[OCTET_MAX_RANK];
    const bool searches = self->variant != NULL;
    const octet_keras_argument *side = NULL;
    OCTET_TRY(octet_keras_operand_value(call, searches ? 1 : 0, searches ? "values" : "x input", &x));
    OCTET_TRY(
        octet_keras_operand_value(call, searches ? 0 : 1, searches ? "sorted_sequence" : "bins boundaries", &bounds));
    if (x == OCTET_NONE || bounds == OCTET_NONE) return octet_keras_refuse(call, "needs values and bounds");
    OCTET_TRY(octet_keras_operand(call, -1, "side", &side));
    const bool is_left = searches && (side == NULL || !octet_json_text_is(side->constant, "right"));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (octet_keras_shape(call, bounds)->rank != 1 || shape.rank >= OCTET_MAX_RANK)
        return octet_keras_refuse(call, "is supported for one row of bounds");
    memcpy(dims, shape.dims, sizeof dims);
    dims[shape.rank] = 1;
    OCTET_TRY(octet_keras_reshape(call, "Spread", x, shape.rank + 1, dims, &x));
    OCTET_TRY(octet_keras_binary(call, is_left ? OCTET_OP_GREATER : OCTET_OP_GREATER_EQUAL, "Greater", x, bounds, &x));
    const octet_options cast = {.cast = {OCTET_BOOL, OCTET_INT32}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_CAST, "ToInt32", &x, 1, &cast, &x));
    OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Bucket", x, &shape.rank, 1, false, false, &x));
    return octet_keras_return(call, x);
}

/* keras.ops.select: of the choices the one whose condition is the first that holds, else the default. */
octet_status octet_keras_function_select(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    const octet_keras_argument *conditions = NULL, *choices = NULL;
    uint32_t inputs[3];
    OCTET_TRY(octet_keras_operand(call, 0, "condlist", &conditions));
    OCTET_TRY(octet_keras_operand(call, 1, "choicelist", &choices));
    if (conditions == NULL || choices == NULL || conditions->kind != OCTET_KERAS_LIST ||
        choices->kind != OCTET_KERAS_LIST || conditions->n_items != choices->n_items)
        return octet_keras_refuse(call, "needs as many tensors to choose from as conditions");
    OCTET_TRY(octet_keras_operand_value(call, 2, "default", &inputs[2]));
    if (inputs[2] == OCTET_NONE) OCTET_TRY(octet_keras_scalar(call, "default", 0.0f, &inputs[2]));
    for (uint32_t i = conditions->n_items; i-- > 0;) {
        if (conditions->items[i].kind != OCTET_KERAS_TENSOR || choices->items[i].kind != OCTET_KERAS_TENSOR)
            return octet_keras_refuse(call, "chooses among something other than tensors");
        inputs[0] = conditions->items[i].value;
        inputs[1] = choices->items[i].value;
        OCTET_TRY(octet_keras_select(call, "SelectV2", inputs, &inputs[2]));
    }
    return octet_keras_return(call, inputs[2]);
}
