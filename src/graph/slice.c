#include "graph/slice.h"

#include "graph/infer/infer.h"

static octet_status resolve_plain(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  octet_slice *out) {
    const octet_shape *shape = &octet_graph_input(graph, op, 0)->shape;
    int32_t begin[OCTET_MAX_RANK], size[OCTET_MAX_RANK], n_begin, n_size;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, OCTET_MAX_RANK, begin, &n_begin));
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 2, OCTET_MAX_RANK, size, &n_size));
    OCTET_CHECK(ctx, n_begin == shape->rank && n_size == shape->rank, OCTET_MODEL,
                "%s: SLICE of rank %d with %d first indices and %d sizes", op->layer, shape->rank, n_begin, n_size);
    out->rank = out->out.rank = shape->rank;
    for (int32_t i = 0; i < shape->rank; i++) {
        OCTET_CHECK(
            ctx, begin[i] >= 0 && begin[i] <= shape->dims[i] && size[i] >= -1 && size[i] <= shape->dims[i] - begin[i],
            OCTET_MODEL, "%s: SLICE of %d from %d on axis %d of size %d", op->layer, size[i], begin[i], i,
            shape->dims[i]);
        out->begin[i] = begin[i];
        out->stride[i] = 1;
        out->count[i] = out->out.dims[i] = size[i] == -1 ? shape->dims[i] - begin[i] : size[i];
    }
    return OCTET_OK;
}

/* Negative indices count from the end; then the index is clamped to where
 * a walk in this direction may start or stop. */
static int64_t clamp_index(int64_t index, int64_t size, int64_t stride) {
    if (index < 0) index += size;
    const int64_t low = stride > 0 ? 0 : -1, high = stride > 0 ? size : size - 1;
    return index < low ? low : index > high ? high : index;
}

static octet_status resolve_axis(octet_context *ctx, const octet_operator *op, int32_t bit, int64_t begin, int64_t end,
                                 int64_t stride, int32_t size, int32_t axis, octet_slice *out) {
    OCTET_CHECK(ctx, stride != 0, OCTET_MODEL, "%s: STRIDED_SLICE with stride 0 on axis %d", op->layer, axis);
    const bool shrink = op->options.strided_slice.shrink_axis_mask & bit;
    if (op->options.strided_slice.offset) end += begin;
    if (shrink) {
        const int64_t index = begin < 0 ? begin + size : begin;
        OCTET_CHECK(ctx, index >= 0 && index < size && stride > 0, OCTET_MODEL,
                    "%s: STRIDED_SLICE takes index %lld of axis %d of size %d", op->layer, (long long)begin, axis,
                    size);
        out->begin[axis] = (int32_t)index;
        out->stride[axis] = out->count[axis] = 1;
        return OCTET_OK;
    }
    const int64_t first =
        op->options.strided_slice.begin_mask & bit ? (stride > 0 ? 0 : size - 1) : clamp_index(begin, size, stride);
    const int64_t last =
        op->options.strided_slice.end_mask & bit ? (stride > 0 ? size : -1) : clamp_index(end, size, stride);
    const int64_t span = stride > 0 ? last - first : first - last, step = stride > 0 ? stride : -stride;
    out->begin[axis] = (int32_t)first;
    out->stride[axis] = (int32_t)stride;
    out->count[axis] = span > 0 ? (int32_t)((span + step - 1) / step) : 0;
    out->out.dims[out->out.rank++] = out->count[axis];
    return OCTET_OK;
}

static void take_whole_axis(const octet_shape *shape, int32_t axis, octet_slice *out) {
    out->begin[axis] = 0;
    out->stride[axis] = 1;
    out->count[axis] = out->out.dims[out->out.rank++] = shape->dims[axis];
}

static octet_status resolve_strided(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                    octet_slice *out) {
    const octet_shape *shape = &octet_graph_input(graph, op, 0)->shape;
    enum { CAPACITY = 2 * OCTET_MAX_RANK }; /* the input's axes and new ones */
    int32_t begin[CAPACITY], end[CAPACITY], stride[CAPACITY], n, n_end, n_stride;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, CAPACITY, begin, &n));
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 2, CAPACITY, end, &n_end));
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 3, CAPACITY, stride, &n_stride));
    OCTET_CHECK(ctx, n == n_end && n == n_stride, OCTET_MODEL,
                "%s: STRIDED_SLICE with %d first, %d last indices and %d strides", op->layer, n, n_end, n_stride);
    const int32_t ellipsis_mask = op->options.strided_slice.ellipsis_mask,
                  new_axis_mask = op->options.strided_slice.new_axis_mask;
    int32_t n_taken = 0, n_new = 0, n_ellipses = 0; /* axes named one by one, new axes, ellipses */
    for (int32_t i = 0; i < n; i++) {
        if (ellipsis_mask >> i & 1) {
            n_ellipses++;
        } else if (new_axis_mask >> i & 1) {
            n_new++;
        } else {
            n_taken++;
        }
    }
    OCTET_CHECK(ctx, n_ellipses <= 1 && n_taken <= shape->rank && shape->rank + n_new <= OCTET_MAX_RANK, OCTET_MODEL,
                "%s: STRIDED_SLICE names %d axes, adds %d and has %d ellipses, for an input of rank %d", op->layer,
                n_taken, n_new, n_ellipses, shape->rank);
    int32_t axis = 0;
    for (int32_t i = 0; i < n; i++) {
        if (ellipsis_mask >> i & 1) {
            for (int32_t left = shape->rank - n_taken; left > 0; left--) take_whole_axis(shape, axis++, out);
        } else if (new_axis_mask >> i & 1) {
            out->out.dims[out->out.rank++] = 1;
        } else {
            OCTET_TRY(resolve_axis(ctx, op, 1 << i, begin[i], end[i], stride[i], shape->dims[axis], axis, out));
            axis++;
        }
    }
    while (axis < shape->rank) take_whole_axis(shape, axis++, out);
    return OCTET_OK;
}

octet_status octet_slice_resolve(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                 octet_slice *out) {
    *out = (octet_slice){.rank = octet_graph_input(graph, op, 0)->shape.rank};
    return op->code == OCTET_OP_SLICE ? resolve_plain(ctx, graph, op, out) : resolve_strided(ctx, graph, op, out);
}
