/* Functions that cut, shift and turn: slice, roll, crops of pictures, triangles. */
#include <string.h>

#include "import/keras/functions/functions.h"

octet_status octet_keras_emit_slice(octet_keras_call *call, const char *name, uint32_t x, const int32_t *begin,
                                    const int32_t *size, uint32_t *out) {
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
    if (n[0] != shape.rank || n[1] != shape.rank)
        return octet_keras_refuse(call, "needs a begin and a size for every dimension");
    for (int32_t i = 0; i < shape.rank; i++) {
        const int64_t length = shape.dims[i];
        if (size[i] == -1 && begin[i] >= 0 && begin[i] <= length) size[i] = (int32_t)(length - begin[i]);
        if (begin[i] < 0 || size[i] < 0 || (int64_t)begin[i] + size[i] > length)
            return octet_keras_contradict(call, "cuts outside of its %d cells", (int)length);
    }
    OCTET_TRY(octet_keras_emit_slice(call, "Slice", x, begin, size, &x));
    return octet_keras_return(call, x);
}

/* tf.strided_slice with numbers; slicing by [] is a getitem. */
octet_status octet_keras_operation_strided_slice(octet_keras_call *call, const octet_keras_operation *self) {
    const octet_keras_argument *begin = NULL;
    OCTET_TRY(octet_keras_operand(call, -1, "begin", &begin));
    if (begin == NULL) return octet_keras_operation_getitem(call, self);
    uint32_t inputs[4];
    int32_t values[3][OCTET_MAX_RANK], n[3];
    static const char *const words[3] = {"begin", "end", "strides"};
    OCTET_TRY(octet_keras_operand_x(call, &inputs[0]));
    for (int32_t i = 0; i < 3; i++)
        OCTET_TRY(octet_keras_operand_i32s(call, i + 1, words[i], OCTET_MAX_RANK, values[i], &n[i]));
    if (n[2] < 0) {
        for (n[2] = 0; n[2] < n[0]; n[2]++) values[2][n[2]] = 1;
    }
    if (n[0] < 1 || n[1] != n[0] || n[2] != n[0])
        return octet_keras_refuse(call, "needs begin, end and strides of one length");
    for (uint32_t i = 0; i < 3; i++) OCTET_TRY(octet_keras_i32s(call, words[i], values[i], n[0], &inputs[i + 1]));
    octet_options options = {.strided_slice = {0}};
    const struct {
        const char *word;
        int32_t *mask;
    } masks[5] = {{"begin_mask", &options.strided_slice.begin_mask},
                  {"end_mask", &options.strided_slice.end_mask},
                  {"ellipsis_mask", &options.strided_slice.ellipsis_mask},
                  {"new_axis_mask", &options.strided_slice.new_axis_mask},
                  {"shrink_axis_mask", &options.strided_slice.shrink_axis_mask}};
    for (int32_t i = 0; i < 5; i++)
        OCTET_TRY(octet_keras_operand_i32s(call, 4 + i, masks[i].word, 1, masks[i].mask, &n[1]));
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
    OCTET_TRY(octet_keras_emit_slice(call, "Slice", x, begin, size, &parts[0]));
    begin[axis] = 0;
    size[axis] = length - cut;
    OCTET_TRY(octet_keras_emit_slice(call, "Slice_1", x, begin, size, &parts[1]));
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
    uint32_t x, moved = 0;
    int32_t from[OCTET_MAX_RANK], to[OCTET_MAX_RANK], perm[OCTET_MAX_RANK], n[2];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_axes(call, 1, "source", rank, from, &n[0]));
    OCTET_TRY(octet_keras_operand_axes(call, 2, "destination", rank, to, &n[1]));
    if (n[0] != n[1]) return octet_keras_contradict(call, "moves %d axes to %d places", (int)n[0], (int)n[1]);
    for (int32_t i = 0; i < rank; i++) perm[i] = -1;
    for (int32_t i = 0; i < n[0]; i++) {
        if ((moved >> from[i] & 1) != 0 || perm[to[i]] >= 0)
            return octet_keras_contradict(call, "names one axis twice");
        perm[to[i]] = from[i];
        moved |= 1u << from[i];
    }
    for (int32_t i = 0, next = 0; i < rank; i++) { /* the others stay in order */
        if (perm[i] >= 0) continue;
        while ((moved >> next & 1) != 0) next++;
        perm[i] = next++;
    }
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

/* batch_flatten: all axes but the batch as one. */
octet_status octet_keras_operation_flatten(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank < 1) return octet_keras_refuse(call, "is given a single number");
    const int32_t dims[2] = {shape.dims[0], octet_shape_product(&shape, 1, shape.rank)};
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 2, dims, &x));
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

/* hstack joins along axis 1 (0 of vectors), vstack along axis 0, dstack along axis 2. */
octet_status octet_keras_operation_join(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t values[OCTET_KERAS_MAX_INPUTS], n = 0, x;
    OCTET_TRY(octet_keras_operand_list(call, values, &n));
    const int32_t axis = self->activation[0] == 'h' ? 1 : self->activation[0] == 'd' ? 2 : 0;
    if (octet_keras_shape(call, values[0])->rank < (axis == 2 ? 3 : 2))
        return octet_keras_refuse(call, "is supported for %d dimensions and more", axis == 2 ? 3 : 2);
    OCTET_TRY(octet_keras_concatenate(call, "concat", values, n, axis, &x));
    return octet_keras_return(call, x);
}

/* keras.ops.append: two tensors, one behind the other; flat where no axis is named. */
octet_status octet_keras_operation_append(octet_keras_call *call, const octet_keras_operation *self) {
    (void)self;
    uint32_t x[2];
    int32_t axis = 0;
    OCTET_TRY(octet_keras_operand_pair(call, &x[0], &x[1]));
    for (int32_t i = 0; i < 2; i++) OCTET_TRY(octet_keras_operand_flat(call, -1, "axis", 0, &x[i], &axis));
    OCTET_TRY(octet_keras_concatenate(call, "concat", x, 2, axis, &x[0]));
    return octet_keras_return(call, x[0]);
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
    OCTET_TRY(octet_keras_emit_slice(call, "Slice", x, begin, size, &x));
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
octet_status octet_keras_operation_triangle(octet_keras_call *call, const octet_keras_operation *self) {
    uint32_t x;
    int32_t k[1] = {0}, n = 0;
    const bool is_upper = self->activation[0] == 'u';
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "k", 1, k, &n));
    return keep_band(call, x, is_upper ? k[0] : INT32_MIN, is_upper ? INT32_MAX : k[0]);
}

/* band_part: so many diagonals below and above the main one, all of them for a negative number. */
octet_status octet_keras_operation_band(octet_keras_call *call, const octet_keras_operation *self) {
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
octet_status octet_keras_operation_rot90(octet_keras_call *call, const octet_keras_operation *self) {
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
