/* Functions that cut, shift and turn: roll, diff, crops and turns of pictures, triangles. */
#include <string.h>

#include "import/keras/emit/slice.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* The cells that leave at one end come in at the other: two slices, joined. */
static octet_status roll_axis(octet_keras_call *call, uint32_t x, int32_t axis, int32_t shift, uint32_t *out) {
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t length = shape.dims[axis], cut = length > 0 ? ((shift % length) + length) % length : 0;
    int32_t begin[OCTET_MAX_RANK] = {0}, size[OCTET_MAX_RANK];
    uint32_t parts[2];
    *out = x;
    if (cut == 0) return OCTET_OK;
    memcpy(size, shape.dims, sizeof size);
    begin[axis] = length - cut;
    size[axis] = cut;
    OCTET_TRY(octet_keras_slice(call, "Slice", x, begin, size, &parts[0]));
    begin[axis] = 0;
    size[axis] = length - cut;
    OCTET_TRY(octet_keras_slice(call, "Slice_1", x, begin, size, &parts[1]));
    return octet_keras_concatenate(call, "Roll", parts, 2, axis, out);
}

octet_status octet_keras_function_roll(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t shifts[OCTET_MAX_RANK], axes[OCTET_MAX_RANK], n[2];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "shift", OCTET_MAX_RANK, shifts, &n[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "axis", OCTET_MAX_RANK, axes, &n[1]));
    if (n[0] == 1 && n[1] < 0 && call->layer->is_operation) { /* of all cells, one behind the other */
        const octet_shape shape = *octet_keras_shape(call, x);
        const int32_t cells = (int32_t)octet_shape_elements(&shape);
        OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 1, &cells, &x));
        OCTET_TRY(roll_axis(call, x, 0, shifts[0], &x));
        OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, shape.rank, shape.dims, &x));
        return octet_keras_return(call, x);
    }
    if (n[0] < 1 || n[0] != n[1]) return octet_keras_refuse(call, "needs a shift for every axis that it names");
    for (int32_t i = 0; i < n[0]; i++) {
        const int32_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
        if (axis < 0 || axis >= rank)
            return octet_keras_contradict(call, "axis is outside of %d dimensions", (int)rank);
        OCTET_TRY(roll_axis(call, x, axis, shifts[i], &x));
    }
    return octet_keras_return(call, x);
}

/* x[1:] - x[:-1], n times. */
octet_status octet_keras_function_diff(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, later, earlier;
    int32_t times[1] = {1}, n = 0, axis = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "n", 1, times, &n));
    OCTET_TRY(octet_keras_operand_axis(call, 2, "axis", octet_keras_shape(call, x)->rank, -1, &axis));
    for (int32_t i = 0; i < (n == 1 ? times[0] : 1); i++) {
        const int32_t length = octet_keras_shape(call, x)->dims[axis];
        if (length < 2) return octet_keras_contradict(call, "has not enough cells for its differences");
        OCTET_TRY(octet_keras_slice_axis(call, "strided_slice", x, axis, 1, length, &later));
        OCTET_TRY(octet_keras_slice_axis(call, "strided_slice_1", x, axis, 0, length - 1, &earlier));
        OCTET_TRY(octet_keras_binary(call, OCTET_OP_SUB, "sub", later, earlier, &x));
    }
    return octet_keras_return(call, x);
}

/* Crops of pictures [batch,height,width,channels]. */

octet_status octet_keras_function_crop(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t begin[4] = {0}, size[4];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank != 4) return octet_keras_refuse(call, "is supported on [batch,height,width,channels] only");
    memcpy(size, shape.dims, sizeof size);
    if (strcmp(self->variant, "central") == 0) {
        double fraction = 1.0;
        OCTET_TRY(octet_keras_operand_f64(call, 1, "central_fraction", 1.0, &fraction));
        if (!(fraction > 0.0 && fraction <= 1.0))
            return octet_keras_contradict(call, "its fraction is not between 0 and 1");
        for (int32_t i = 1; i < 3; i++) { /* TensorFlow: half of what is cut away, rounded down */
            begin[i] = (int32_t)(((double)shape.dims[i] - (double)shape.dims[i] * fraction) / 2.0);
            size[i] = shape.dims[i] - 2 * begin[i];
        }
    } else {
        static const char *const words[4] = {"offset_height", "offset_width", "target_height", "target_width"};
        for (int32_t i = 0; i < 4; i++) {
            int32_t number[1] = {0}, n = 0;
            OCTET_TRY(octet_keras_operand_i32s(call, i + 1, words[i], 1, number, &n));
            if (n != 1) return octet_keras_refuse(call, "needs %s", words[i]);
            *(i < 2 ? &begin[i + 1] : &size[i - 1]) = number[0];
        }
    }
    for (int32_t i = 1; i < 3; i++) {
        if (begin[i] < 0 || size[i] < 1 || (int64_t)begin[i] + size[i] > shape.dims[i])
            return octet_keras_contradict(call, "cuts outside of its picture");
    }
    OCTET_TRY(octet_keras_slice(call, "Slice", x, begin, size, &x));
    return octet_keras_return(call, x);
}

/* flip_left_right and flip_up_down, by the axis that the row names. */
octet_status octet_keras_function_flip_picture(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t inputs[2];
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    const int32_t rank = octet_keras_shape(call, inputs[0])->rank;
    if (rank < 3) return octet_keras_refuse(call, "is supported on pictures only");
    const int32_t axis = rank - (self->variant[0] == 'l' ? 2 : 3);
    OCTET_TRY(octet_keras_i32s(call, "ReverseV2/axis", &axis, 1, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_REVERSE_V2, "ReverseV2", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* The weights of red, green and blue that TensorFlow's rgb_to_grayscale takes. */
octet_status octet_keras_function_grayscale(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    static const float rgb[3] = {0.2989f, 0.587f, 0.114f};
    uint32_t x, weights;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank < 1 || shape.dims[shape.rank - 1] != 3)
        return octet_keras_contradict(call, "reads something that is not red, green, blue");
    OCTET_TRY(octet_keras_constant(call, "rgb_weights", NULL, 2, (const int32_t[]){1, 3}, rgb, &weights));
    OCTET_TRY(octet_keras_fully_connected(call, "rgb_to_grayscale", x, weights, OCTET_NONE, &x));
    return octet_keras_return(call, x);
}

/* x where column - row is from `low` to `high`; zeros elsewhere. */
static octet_status keep_band(octet_keras_call *call, uint32_t x, int64_t low, int64_t high) {
    const octet_shape shape = *octet_keras_shape(call, x);
    uint32_t mask;
    if (shape.rank < 2) return octet_keras_contradict(call, "reads something that is no matrix");
    const int32_t rows = shape.dims[shape.rank - 2], columns = shape.dims[shape.rank - 1];
    float *data = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)rows * (size_t)columns, &data));
    for (int32_t i = 0; i < rows; i++) {
        for (int32_t j = 0; j < columns; j++) {
            const int64_t above = (int64_t)j - i;
            data[(size_t)i * (size_t)columns + (size_t)j] = above >= low && above <= high;
        }
    }
    OCTET_TRY(octet_keras_constant(call, "band", NULL, 2, (const int32_t[]){rows, columns}, data, &mask));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, mask, &x));
    return octet_keras_return(call, x);
}

/* triu, tril: what lies at the diagonal k or above, or below. */
octet_status octet_keras_function_triangle(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t k[1] = {0}, n = 0;
    const bool is_upper = self->variant[0] == 'u';
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "k", 1, k, &n));
    return keep_band(call, x, is_upper ? k[0] : INT32_MIN, is_upper ? INT32_MAX : k[0]);
}

/* band_part: so many diagonals below and above the main one, all of them for a negative number. */
octet_status octet_keras_function_band(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t below[1] = {-1}, above[1] = {-1}, n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "num_lower", 1, below, &n));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "num_upper", 1, above, &n));
    return keep_band(call, x, below[0] < 0 ? INT32_MIN : -(int64_t)below[0], above[0] < 0 ? INT32_MAX : above[0]);
}

static octet_status turn_round(octet_keras_call *call, uint32_t x, int32_t axis, uint32_t *out) {
    uint32_t inputs[2] = {x, OCTET_NONE};
    OCTET_TRY(octet_keras_i32s(call, "ReverseV2/axis", &axis, 1, &inputs[1]));
    return octet_keras_emit(call, OCTET_OP_REVERSE_V2, "ReverseV2", inputs, 2, NULL, out);
}

/* k quarter turns of a picture (the two axes before the last), or of the axes that Keras 3 names. */
octet_status octet_keras_function_rot90(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t k[1] = {1}, axes[2] = {0, 1}, n = 0, perm[OCTET_MAX_RANK];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "k", 1, k, &n));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "axes", 2, axes, &n));
    if (!call->layer->is_operation) axes[0] = rank - 3, axes[1] = rank - 2;
    for (int32_t i = 0; i < 2; i++) {
        if (axes[i] < 0) axes[i] += rank;
        if (axes[i] < 0 || axes[i] >= rank)
            return octet_keras_contradict(call, "axis is outside of %d dimensions", (int)rank);
    }
    if (axes[0] == axes[1]) return octet_keras_contradict(call, "names one axis twice");
    const int32_t turns = (k[0] % 4 + 4) % 4;
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[axes[0]] = axes[1];
    perm[axes[1]] = axes[0];
    if (turns == 1 || turns == 2) OCTET_TRY(turn_round(call, x, axes[1], &x));
    if (turns == 2) OCTET_TRY(turn_round(call, x, axes[0], &x));
    if (turns % 2 == 1) OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    if (turns == 3) OCTET_TRY(turn_round(call, x, axes[1], &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_reverse(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t inputs[2];
    int32_t axes[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    const int32_t rank = octet_keras_shape(call, inputs[0])->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis", OCTET_MAX_RANK, axes, &n));
    if (self->variant != NULL) axes[0] = self->variant[0] == 'l' ? 1 : 0, n = 1; /* fliplr, flipud */
    if (n < 0 && call->layer->is_operation) {
        for (n = 0; n < rank; n++) axes[n] = n;
    }
    for (int32_t i = 0; i < n; i++) {
        axes[i] = axes[i] < 0 ? axes[i] + rank : axes[i];
        if (axes[i] < 0 || axes[i] >= rank)
            return octet_keras_contradict(call, "axis is outside of %d dimensions", rank);
    }
    if (n < 1) return octet_keras_refuse(call, "is not told which axis to turn round");
    OCTET_TRY(octet_keras_i32s(call, "ReverseV2/axis", axes, n, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_REVERSE_V2, "ReverseV2", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}
