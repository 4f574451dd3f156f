/* Functions that cut, shift and turn: slice, roll, crops of pictures, triangles. */
#include <string.h>

#include "import/keras_operation.h"

static octet_status emit_slice(octet_keras_call *call, const char *name, uint32_t x, const int32_t *begin, const int32_t *size,
                               uint32_t *out) {
    const int32_t rank = octet_keras_shape(call, x)->rank;
    uint32_t inputs[3] = {x, OCTET_NONE, OCTET_NONE};
    OCTET_TRY(octet_keras_i32s(call, "Slice/begin", begin, rank, &inputs[1]));
    OCTET_TRY(octet_keras_i32s(call, "Slice/size", size, rank, &inputs[2]));
    return octet_keras_emit(call, OCTET_OP_SLICE, name, inputs, 3, NULL, out);
}

/* begin and size of every dimension; a size of -1 is what is left. */
octet_status octet_keras_operation_slice(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    int32_t begin[OCTET_MAX_RANK], size[OCTET_MAX_RANK], n[2];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "begin start_indices", OCTET_MAX_RANK, begin, &n[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "size shape", OCTET_MAX_RANK, size, &n[1]));
    if (n[0] != shape.rank || n[1] != shape.rank) return octet_keras_refuse(call, "needs a begin and a size for every dimension");
    for (int32_t i = 0; i < shape.rank; i++) {
        const int64_t length = shape.dims[i];
        if (size[i] == -1 && begin[i] >= 0 && begin[i] <= length) size[i] = (int32_t)(length - begin[i]);
        if (begin[i] < 0 || size[i] < 0 || (int64_t)begin[i] + size[i] > length)
            return octet_keras_contradict(call, "cuts outside of its %d cells", (int)length);
    }
    OCTET_TRY(emit_slice(call, "Slice", x, begin, size, &x));
    return octet_keras_return(call, x);
}

/* tf.strided_slice with plain numbers for every dimension; slicing by [] is a getitem. */
octet_status octet_keras_operation_strided_slice(octet_keras_call *call, const octet_keras_operation *self) {
    const octet_keras_argument *begin = NULL;
    OCTET_TRY(octet_keras_operand(call, -1, "begin", &begin));
    if (begin == NULL) return octet_keras_operation_getitem(call, self);
    uint32_t inputs[4];
    int32_t values[3][OCTET_MAX_RANK], n[3];
    static const char *const words[3] = {"begin", "end", "strides"};
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    for (int32_t i = 0; i < 3; i++) OCTET_TRY(octet_keras_operand_i32s(call, i + 1, words[i], OCTET_MAX_RANK, values[i], &n[i]));
    if (n[2] < 0) {
        for (n[2] = 0; n[2] < n[0]; n[2]++) values[2][n[2]] = 1;
    }
    if (n[0] < 1 || n[1] != n[0] || n[2] != n[0]) return octet_keras_refuse(call, "needs begin, end and strides of one length");
    for (uint32_t i = 0; i < 3; i++) OCTET_TRY(octet_keras_i32s(call, words[i], values[i], n[0], &inputs[i + 1]));
    const octet_options options = {.strided_slice = {0}};
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_STRIDED_SLICE, "strided_slice", inputs, 4, &options, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

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
    OCTET_TRY(emit_slice(call, "Slice", x, begin, size, &parts[0]));
    begin[axis] = 0;
    size[axis] = length - cut;
    OCTET_TRY(emit_slice(call, "Slice_1", x, begin, size, &parts[1]));
    return octet_keras_concatenate(call, "Roll", parts, 2, axis, out);
}

octet_status octet_keras_operation_roll(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    int32_t shifts[OCTET_MAX_RANK], axes[OCTET_MAX_RANK], n[2];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "shift", OCTET_MAX_RANK, shifts, &n[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "axis", OCTET_MAX_RANK, axes, &n[1]));
    if (n[0] < 1 || n[0] != n[1]) return octet_keras_refuse(call, "needs a shift for every axis that it names");
    for (int32_t i = 0; i < n[0]; i++) {
        const int32_t axis = axes[i] < 0 ? axes[i] + rank : axes[i];
        if (axis < 0 || axis >= rank) return octet_keras_contradict(call, "axis is outside of %d dimensions", (int)rank);
        OCTET_TRY(roll_axis(call, x, axis, shifts[i], &x));
    }
    return octet_keras_return(call, x);
}

/* x[1:] - x[:-1], n times. */
octet_status octet_keras_operation_diff(octet_keras_call *call, const octet_keras_operation *self) {
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

octet_status octet_keras_operation_moveaxis(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    int32_t from = 0, to = 0, perm[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_axis(call, 1, "source", rank, 0, &from));
    OCTET_TRY(octet_keras_operand_axis(call, 2, "destination", rank, 0, &to));
    for (int32_t i = 0; i < rank; i++) {
        if (n == to) perm[n++] = from;
        if (i != from) perm[n++] = i;
    }
    if (n == to) perm[n] = from;
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_operation_ravel(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t n = (int32_t)octet_shape_elements(octet_keras_shape(call, x));
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 1, &n, &x));
    return octet_keras_return(call, x);
}

/* hstack joins along axis 1 (0 of vectors), vstack along axis 0. */
octet_status octet_keras_operation_join(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x;
    if (call->n_inputs == 0) return octet_keras_refuse(call, "has no list of tensors");
    const int32_t rank = octet_keras_shape(call, call->inputs[0])->rank;
    if (rank < 2) return octet_keras_refuse(call, "is supported for two dimensions and more");
    OCTET_TRY(octet_keras_concatenate(call, "concat", call->inputs, call->n_inputs, self->activation[0] == 'h' ? 1 : 0, &x));
    return octet_keras_return(call, x);
}

/* Crops of pictures [batch,height,width,channels]. */

octet_status octet_keras_operation_crop(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x;
    int32_t begin[4] = {0}, size[4];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank != 4) return octet_keras_refuse(call, "is supported on [batch,height,width,channels] only");
    memcpy(size, shape.dims, sizeof size);
    if (strcmp(self->activation, "central") == 0) {
        double fraction = 1.0;
        OCTET_TRY(octet_keras_operand_f64(call, 1, "central_fraction", 1.0, &fraction));
        if (!(fraction > 0.0 && fraction <= 1.0)) return octet_keras_contradict(call, "its fraction is not between 0 and 1");
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
    OCTET_TRY(emit_slice(call, "Slice", x, begin, size, &x));
    return octet_keras_return(call, x);
}

/* flip_left_right and flip_up_down, by the axis that the row names. */
octet_status octet_keras_operation_flip_picture(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t inputs[2];
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    const int32_t rank = octet_keras_shape(call, inputs[0])->rank;
    if (rank < 3) return octet_keras_refuse(call, "is supported on pictures only");
    const int32_t axis = rank - (self->activation[0] == 'l' ? 2 : 3);
    OCTET_TRY(octet_keras_i32s(call, "ReverseV2/axis", &axis, 1, &inputs[1]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_REVERSE_V2, "ReverseV2", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* The weights of red, green and blue that TensorFlow's rgb_to_grayscale takes. */
octet_status octet_keras_operation_grayscale(octet_keras_call *call, const octet_keras_operation *self) {
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

/* triu, tril: x where column - row is at least, or at most, k; zeros elsewhere. */
octet_status octet_keras_operation_triangle(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x, mask;
    int32_t k[1] = {0}, n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "k", 1, k, &n));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank < 2) return octet_keras_contradict(call, "reads something that is no matrix");
    const int32_t rows = shape.dims[shape.rank - 2], columns = shape.dims[shape.rank - 1];
    float *data = NULL;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)rows * (size_t)columns, &data));
    for (int32_t i = 0; i < rows; i++) {
        for (int32_t j = 0; j < columns; j++) {
            const int64_t above = (int64_t)j - i;
            data[(size_t)i * (size_t)columns + (size_t)j] = self->activation[0] == 'u' ? above >= k[0] : above <= k[0];
        }
    }
    OCTET_TRY(octet_keras_constant(call, "triangle", NULL, 2, (const int32_t[]){rows, columns}, data, &mask));
    OCTET_TRY(octet_keras_binary(call, OCTET_OP_MUL, "mul", x, mask, &x));
    return octet_keras_return(call, x);
}
