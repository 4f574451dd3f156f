/* Functions that give a tensor another shape or order of axes, and those that ask for its shape. */
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* Which -1 the RESHAPE is to have: that of the batch, for an input that has it first. It is the first dimension that is
 * computed (tf.shape(x)[0]) or -1 with only ones before it; other -1 become sizes. */
static octet_status mark_batch(octet_keras_call *call, const octet_shape *sizes, int32_t *dims) {
    const octet_keras_argument *shape = NULL;
    OCTET_TRY(octet_keras_operand(call, 1, "shape newshape target_shape", &shape));
    const bool is_list = shape->kind == OCTET_KERAS_LIST && shape->n_items == (uint32_t)sizes->rank;
    bool is_computed = shape->kind == OCTET_KERAS_TENSOR;
    int32_t batch = -1;
    for (int32_t i = 0; i < sizes->rank; i++) {
        const bool is_tensor = is_list && shape->items[i].kind == OCTET_KERAS_TENSOR;
        is_computed = is_computed || is_tensor;
        if (batch < 0 && octet_shape_product(sizes, 0, i) == 1 && (is_tensor || (dims[i] == -1 && is_list))) batch = i;
    }
    if (batch < 0 && !is_computed) return OCTET_OK;
    for (int32_t i = 0; i < sizes->rank; i++) dims[i] = i == batch ? -1 : sizes->dims[i];
    return OCTET_OK;
}

octet_status octet_keras_function_reshape(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t dims[OCTET_MAX_RANK], n = 0, open = -1;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "shape newshape target_shape", OCTET_MAX_RANK, dims, &n));
    if (n < 0) return octet_keras_refuse(call, "is given no shape");
    int64_t product = 1;
    const int64_t wanted = (int64_t)octet_shape_elements(octet_keras_shape(call, x));
    for (int32_t i = 0; i < n; i++) {
        if (dims[i] == -1 && open < 0) open = i;
        else if (dims[i] < 0 || !octet_multiply_i64(product, dims[i], &product))
            return octet_keras_contradict(call, "its shape is not possible");
    }
    if (open >= 0 && (product == 0 || wanted % product != 0))
        return octet_keras_contradict(call, "its shape does not divide %lld elements", (long long)wanted);
    if (open < 0 && product != wanted) {
        return octet_keras_contradict(call, "its shape has %lld elements, its input %lld for one sample",
                                      (long long)product, (long long)wanted);
    }
    octet_shape sizes = octet_shape_make(n, dims);
    if (open >= 0) sizes.dims[open] = (int32_t)(wanted / product);
    if (call->graph->open_batch) OCTET_TRY(mark_batch(call, &sizes, dims));
    OCTET_TRY(octet_keras_reshape_open(call, "Reshape", x, n, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_transpose(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, seen = 0;
    int32_t perm[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "perm axes", OCTET_MAX_RANK, perm, &n));
    if (n < 0) {
        for (n = 0; n < rank; n++) perm[n] = rank - 1 - n;
    }
    for (int32_t i = 0; i < n; i++) {
        if (perm[i] < 0) perm[i] += rank;
        if (perm[i] < 0 || perm[i] >= rank || (seen >> perm[i] & 1) != 0)
            return octet_keras_contradict(call, "its axes are no order of 0 to %d", rank - 1);
        seen |= 1u << perm[i];
    }
    if (n != rank) return octet_keras_contradict(call, "has %d axes for %d dimensions", n, rank);
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_expand_dims(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t axis = 0, dims[OCTET_MAX_RANK + 1];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank >= OCTET_MAX_RANK)
        return octet_keras_refuse(call, "would have more than %d dimensions", OCTET_MAX_RANK);
    OCTET_TRY(octet_keras_operand_axis(call, 1, "axis", shape.rank + 1, 0, &axis));
    for (int32_t i = 0; i <= shape.rank; i++) dims[i] = i < axis ? shape.dims[i] : i == axis ? 1 : shape.dims[i - 1];
    if (call->graph->open_batch && axis == 0 && shape.rank > 0) dims[1] = -1; /* the batch comes second */
    OCTET_TRY(octet_keras_reshape(call, "ExpandDims", x, shape.rank + 1, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_squeeze(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, drop = 0;
    int32_t axes[OCTET_MAX_RANK], n = 0, dims[OCTET_MAX_RANK], rank = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "axis squeeze_dims", OCTET_MAX_RANK, axes, &n));
    for (int32_t i = 0; i < n; i++) {
        const int32_t axis = axes[i] < 0 ? axes[i] + shape.rank : axes[i];
        if (axis < 0 || axis >= shape.rank || shape.dims[axis] != 1)
            return octet_keras_contradict(call, "axis %d does not have length 1", axes[i]);
        drop |= 1u << axis;
    }
    for (int32_t i = 0; i < shape.rank; i++) {
        /* Without axes the batch of one must stay: in the source it is open. */
        const bool is_dropped = n >= 0 ? (drop >> i & 1) != 0 : shape.dims[i] == 1 && i > 0;
        if (!is_dropped) dims[rank++] = shape.dims[i];
    }
    OCTET_TRY(octet_keras_reshape(call, "Squeeze", x, rank, dims, &x));
    return octet_keras_return(call, x);
}

/* Shapes are static here: a constant. */
octet_status octet_keras_function_shape(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_i32s(call, "Shape", shape.dims, shape.rank, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_swapaxes(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t perm[OCTET_MAX_RANK], axes[2];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    OCTET_TRY(octet_keras_operand_axis(call, 1, "axis1", rank, 0, &axes[0]));
    OCTET_TRY(octet_keras_operand_axis(call, 2, "axis2", rank, 0, &axes[1]));
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[axes[0]] = axes[1];
    perm[axes[1]] = axes[0];
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

/* The last two axes, one for the other; of pictures the two before the channels. */
octet_status octet_keras_function_matrix_transpose(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t perm[OCTET_MAX_RANK];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t rank = octet_keras_shape(call, x)->rank;
    const int32_t end = self->variant != NULL ? rank - 1 : rank;
    if (end < 2) return octet_keras_contradict(call, "reads something that is no matrix");
    for (int32_t i = 0; i < rank; i++) perm[i] = i;
    perm[end - 1] = end - 2;
    perm[end - 2] = end - 1;
    OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_moveaxis(octet_keras_call *call, const octet_keras_function *self) {
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
octet_status octet_keras_function_flatten(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    if (shape.rank < 1) return octet_keras_refuse(call, "is given a single number");
    const int32_t dims[2] = {shape.dims[0], octet_shape_product(&shape, 1, shape.rank)};
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 2, dims, &x));
    return octet_keras_return(call, x);
}

octet_status octet_keras_function_ravel(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const int32_t n = (int32_t)octet_shape_elements(octet_keras_shape(call, x));
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, 1, &n, &x));
    return octet_keras_return(call, x);
}

/* How many numbers, or (the row says so) dimensions. */
octet_status octet_keras_function_size(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    const int32_t number = self->variant != NULL ? shape.rank : (int32_t)octet_shape_elements(&shape);
    OCTET_TRY(octet_keras_i32_scalar(call, "Size", number, &x));
    return octet_keras_return(call, x);
}
