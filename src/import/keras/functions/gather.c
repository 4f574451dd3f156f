/* Functions that take from, or put to, places: gather, take_along_axis, gather_nd, boolean_mask, diagonals. */
#include <string.h>

#include "import/keras/emit/gather.h"
#include "import/keras/functions/arguments.h"
#include "import/keras/functions/functions.h"

/* Constant places below zero count from the end, and are inside. */
static octet_status settle(octet_keras_call *call, uint32_t *places, int32_t length) {
    const octet_value v = call->graph->values[*places];
    const size_t n = octet_shape_elements(&v.shape);
    const int32_t *from = v.data;
    int32_t *to = NULL;
    if (from == NULL || v.type != OCTET_INT32) return OCTET_OK;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, n, &to));
    for (size_t i = 0; i < n; i++) {
        to[i] = from[i] < 0 ? from[i] + length : from[i];
        if (to[i] < 0 || to[i] >= length)
            return octet_keras_contradict(call, "place %d is outside of %d cells", from[i], length);
    }
    return octet_graph_add_constant(call->ctx, call->graph, v.name, OCTET_INT32, &v.shape, to, places);
}

/* gather, take, embedding_lookup: whole rows along an axis, at places that are known or computed. */
octet_status octet_keras_function_gather(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, places;
    int32_t axis = 0, batch[1] = {0}, n = 0;
    OCTET_TRY(octet_keras_operand_value(call, 0, "params x reference", &x));
    OCTET_TRY(octet_keras_operand_indices(call, 1, "indices ids", &places));
    if (x == OCTET_NONE || places == OCTET_NONE) return octet_keras_refuse(call, "needs a tensor and places in it");
    OCTET_TRY(octet_keras_operand_i32s(call, -1, "batch_dims", 1, batch, &n));
    if (call->layer->is_operation) OCTET_TRY(octet_keras_operand_flat(call, -1, "axis", 0, &x, &axis));
    else
        OCTET_TRY(octet_keras_operand_axis(call, 3, "axis", octet_keras_shape(call, x)->rank,
                                           batch[0] > 0 ? batch[0] : 0, &axis));
    OCTET_TRY(settle(call, &places, octet_keras_shape(call, x)->dims[axis]));
    OCTET_TRY(octet_keras_gather(call, x, places, axis, n == 1 ? batch[0] : 0, &x));
    return octet_keras_return(call, x);
}

static octet_status widen(octet_keras_call *call, uint32_t x, const int32_t *dims, int32_t rank, uint32_t *out) {
    const octet_shape wanted = octet_shape_make(rank, dims);
    uint32_t inputs[2] = {x, OCTET_NONE};
    *out = x;
    if (octet_shape_equal(octet_keras_shape(call, x), &wanted)) return OCTET_OK;
    OCTET_TRY(octet_keras_i32s(call, "BroadcastTo/shape", dims, rank, &inputs[1]));
    return octet_keras_emit(call, OCTET_OP_BROADCAST_TO, "BroadcastTo", inputs, 2, NULL, out);
}

/* x and the places, both [..] broadcast but for the axis; the axis last, the others
 * as one: [rows,length], [rows,n] -> [rows,n]. */
octet_status octet_keras_function_take_along(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, places;
    int32_t axis = 0, perm[OCTET_MAX_RANK], dims[2][OCTET_MAX_RANK];
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_indices(call, 1, "indices", &places));
    if (places == OCTET_NONE) return octet_keras_refuse(call, "needs a tensor and places in it");
    OCTET_TRY(octet_keras_operand_flat(call, -1, "axis", -1, &x, &axis));
    const octet_shape shapes[2] = {*octet_keras_shape(call, x), *octet_keras_shape(call, places)};
    const int32_t rank = shapes[0].rank;
    if (shapes[1].rank != rank)
        return octet_keras_contradict(call, "its places have %d dimensions for %d", shapes[1].rank, rank);
    OCTET_TRY(settle(call, &places, shapes[0].dims[axis]));
    int64_t rows = 1;
    for (int32_t i = 0; i < rank; i++) {
        const int32_t a = shapes[0].dims[i], b = shapes[1].dims[i];
        dims[0][i] = i == axis ? a : a > b ? a : b;
        dims[1][i] = i == axis ? b : a > b ? a : b;
        if (i != axis && a != b && a != 1 && b != 1)
            return octet_keras_contradict(call, "its places do not fit its tensor");
        if (i != axis && !octet_multiply_i64(rows, dims[0][i], &rows))
            return octet_keras_contradict(call, "is too large");
        perm[i] = i;
    }
    perm[axis] = rank - 1;
    perm[rank - 1] = axis;
    uint32_t *const both[2] = {&x, &places};
    for (int32_t k = 0; k < 2; k++) {
        OCTET_TRY(widen(call, *both[k], dims[k], rank, both[k]));
        if (axis != rank - 1) OCTET_TRY(octet_keras_transpose(call, "transpose", *both[k], perm, both[k]));
        OCTET_TRY(octet_keras_reshape(call, "Reshape", *both[k], 2, (const int32_t[]){(int32_t)rows, dims[k][axis]},
                                      both[k]));
    }
    OCTET_TRY(octet_keras_gather(call, x, places, 1, 1, &x));
    int32_t turned[OCTET_MAX_RANK];
    for (int32_t i = 0; i < rank; i++) turned[i] = dims[1][perm[i]];
    OCTET_TRY(octet_keras_reshape(call, "Reshape_1", x, rank, turned, &x));
    if (axis != rank - 1) OCTET_TRY(octet_keras_transpose(call, "transpose_1", x, perm, &x));
    return octet_keras_return(call, x);
}

/* Single cells or slices, each at a row of the places. */
octet_status octet_keras_function_gather_nd(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t inputs[2];
    int32_t batch[1] = {0}, n = 0;
    OCTET_TRY(octet_keras_operand_value(call, 0, "params", &inputs[0]));
    OCTET_TRY(octet_keras_operand_indices(call, 1, "indices", &inputs[1]));
    if (inputs[0] == OCTET_NONE || inputs[1] == OCTET_NONE)
        return octet_keras_refuse(call, "needs a tensor and places in it");
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "batch_dims", 1, batch, &n));
    const octet_value v = call->graph->values[inputs[1]];
    if (batch[0] == 1 && v.data != NULL && v.shape.rank >= 2 && v.shape.dims[0] == 1) {
        /* One sample: the places of the batch are 0. */
        octet_shape shape = v.shape;
        const int32_t length = shape.dims[shape.rank - 1]++;
        const size_t rows = octet_shape_elements(&v.shape) / (size_t)(length > 0 ? length : 1);
        int32_t *places = NULL;
        OCTET_TRY(OCTET_NEW(call->ctx, call->arena, octet_shape_elements(&shape), &places));
        for (size_t i = 0; i < rows; i++)
            memcpy(places + i * (size_t)(length + 1) + 1, (const int32_t *)v.data + i * (size_t)length,
                   (size_t)length * sizeof *places);
        OCTET_TRY(octet_graph_add_constant(call->ctx, call->graph, v.name, OCTET_INT32, &shape, places, &inputs[1]));
    } else if (batch[0] != 0) {
        return octet_keras_refuse(call, "batch_dims %d is supported for constant places and 1 only", batch[0]);
    }
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_GATHER_ND, "GatherNd", inputs, 2, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* boolean_mask: where a constant vector is true. */
octet_status octet_keras_function_boolean_mask(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x, mask;
    int32_t axis = 0, n = 0, *places = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_axis(call, -1, "axis", octet_keras_shape(call, x)->rank, 0, &axis));
    OCTET_TRY(octet_keras_operand_indices(call, 1, "mask", &mask));
    const int32_t length = octet_keras_shape(call, x)->dims[axis];
    const octet_value *v = mask != OCTET_NONE ? &call->graph->values[mask] : NULL;
    if (v == NULL || v->data == NULL || v->type != OCTET_INT32 || v->shape.rank != 1 || v->shape.dims[0] != length)
        return octet_keras_refuse(
            call, "needs a mask that is one constant vector, as long as its axis; multiply by the mask instead");
    const int32_t *flags = v->data;
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)length, &places));
    for (int32_t i = 0; i < length; i++)
        if (flags[i] != 0) places[n++] = i;
    OCTET_TRY(octet_keras_gather_known(call, x, axis, places, n, &x));
    return octet_keras_return(call, x);
}

/* reverse_sequence of one sample, whose length is known: its first steps the other way round. */
octet_status octet_keras_function_reverse_sequence(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t x;
    int32_t lengths[1] = {0}, n = 0, axis = 0, *places = NULL;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "seq_lengths", 1, lengths, &n));
    OCTET_TRY(octet_keras_operand_axis(call, 2, "seq_axis seq_dim", octet_keras_shape(call, x)->rank, 1, &axis));
    const int32_t length = octet_keras_shape(call, x)->dims[axis];
    if (n != 1 || lengths[0] < 0 || lengths[0] > length)
        return octet_keras_refuse(call, "needs one length, for one sample");
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)length + 1, &places));
    for (int32_t i = 0; i < length; i++) places[i] = i < lengths[0] ? lengths[0] - 1 - i : i;
    OCTET_TRY(octet_keras_gather_known(call, x, axis, places, length, &x));
    return octet_keras_return(call, x);
}

/* diagonal, diag_part and trace of the matrices of the last two axes, or of
 * axis1 and axis2 (Keras 3: 0 and 1 by default). */
octet_status octet_keras_function_diagonal(octet_keras_call *call, const octet_keras_function *self) {
    uint32_t x;
    int32_t axes[2], offset[1] = {0}, n = 0, perm[OCTET_MAX_RANK], dims[OCTET_MAX_RANK], places[1024], kept = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    const octet_shape shape = *octet_keras_shape(call, x);
    const bool is_3 = call->layer->is_operation;
    if (shape.rank < 2) return octet_keras_contradict(call, "reads something that is no matrix");
    OCTET_TRY(octet_keras_operand_axis(call, -1, "axis1", shape.rank, is_3 ? 0 : -2, &axes[0]));
    OCTET_TRY(octet_keras_operand_axis(call, -1, "axis2", shape.rank, is_3 ? 1 : -1, &axes[1]));
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "offset k", 1, offset, &n));
    for (int32_t i = 0; i < shape.rank; i++) {
        if (i != axes[0] && i != axes[1]) perm[kept++] = i;
    }
    if (kept != shape.rank - 2) return octet_keras_contradict(call, "names one axis twice");
    perm[kept] = axes[0];
    perm[kept + 1] = axes[1];
    bool moves = false;
    for (int32_t i = 0; i < shape.rank; i++) {
        moves = moves || perm[i] != i;
        dims[i] = shape.dims[perm[i]];
    }
    const int32_t rows = dims[kept], columns = dims[kept + 1], first = n == 1 ? offset[0] : 0;
    if (moves) OCTET_TRY(octet_keras_transpose(call, "transpose", x, perm, &x));
    int64_t cells = 0;
    if (!octet_multiply_i64(rows, columns, &cells) || cells > INT32_MAX)
        return octet_keras_contradict(call, "is too large");
    dims[kept] = (int32_t)cells;
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, kept + 1, dims, &x));
    n = 0;
    for (int64_t i = first < 0 ? -(int64_t)first : 0; i < rows && i + first < columns; i++) {
        if (n == 1024) return octet_keras_refuse(call, "is supported for up to 1024 cells");
        places[n++] = (int32_t)(i * columns + i + first);
    }
    OCTET_TRY(octet_keras_gather_known(call, x, kept, places, n, &x));
    if (self->variant != NULL) OCTET_TRY(octet_keras_reduce(call, OCTET_OP_SUM, "Sum", x, &kept, 1, false, false, &x));
    return octet_keras_return(call, x);
}

/* Numbers added at places of zeros. */
octet_status octet_keras_function_scatter_nd(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    uint32_t inputs[3];
    int32_t dims[OCTET_MAX_RANK], n = 0;
    OCTET_TRY(octet_keras_operand_indices(call, 0, "indices", &inputs[0]));
    OCTET_TRY(octet_keras_operand_value(call, 1, "updates values", &inputs[1]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "shape", OCTET_MAX_RANK, dims, &n));
    if (inputs[0] == OCTET_NONE || inputs[1] == OCTET_NONE || n < 1)
        return octet_keras_refuse(call, "needs places, numbers and a shape");
    OCTET_TRY(octet_keras_i32s(call, "ScatterNd/shape", dims, n, &inputs[2]));
    OCTET_TRY(octet_keras_emit(call, OCTET_OP_SCATTER_ND, "ScatterNd", inputs, 3, NULL, &inputs[0]));
    return octet_keras_return(call, inputs[0]);
}

/* signal.frame: pieces of the last axis, each `frame_step` after the other, whole ones only: [.., pieces, length]. */
octet_status octet_keras_function_frame(octet_keras_call *call, const octet_keras_function *self) {
    (void)self;
    enum { MOST = 1 << 20 };
    uint32_t x;
    int32_t length[1] = {0}, step[1] = {0}, n[2], *places = NULL, axis = 0;
    OCTET_TRY(octet_keras_operand_x(call, &x));
    octet_shape shape = *octet_keras_shape(call, x);
    OCTET_TRY(octet_keras_operand_i32s(call, 1, "frame_length sequence_length", 1, length, &n[0]));
    OCTET_TRY(octet_keras_operand_i32s(call, 2, "frame_step sequence_stride", 1, step, &n[1]));
    OCTET_TRY(octet_keras_operand_axis(call, -1, "axis", shape.rank, -1, &axis));
    const int32_t samples = shape.dims[axis];
    if (n[0] != 1 || n[1] != 1 || length[0] < 1 || length[0] > samples || step[0] < 1 || axis != shape.rank - 1 ||
        shape.rank >= OCTET_MAX_RANK)
        return octet_keras_refuse(call,
                                  "is supported along the last axis, with a length that it has and a positive step");
    const int32_t pieces = (samples - length[0]) / step[0] + 1;
    if ((int64_t)pieces * length[0] > MOST) return octet_keras_refuse(call, "gives more than %d numbers", MOST);
    OCTET_TRY(OCTET_NEW(call->ctx, call->arena, (size_t)pieces * (size_t)length[0], &places));
    for (int32_t i = 0; i < pieces; i++)
        for (int32_t j = 0; j < length[0]; j++) places[i * length[0] + j] = i * step[0] + j;
    OCTET_TRY(octet_keras_gather_known(call, x, axis, places, pieces * length[0], &x));
    shape.dims[axis] = pieces;
    shape.dims[shape.rank++] = length[0];
    OCTET_TRY(octet_keras_reshape(call, "Reshape", x, shape.rank, shape.dims, &x));
    return octet_keras_return(call, x);
}
