#include "graph/infer/check.h"
#include "graph/infer/families.h"
#include "graph/slice.h"

/* Shape rules of the operators that move data. Each takes the input whose
 * data are moved, already known to be present. */
typedef octet_status rule(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                          const octet_value *input, octet_inferred *out);

static octet_status fail_shape(octet_context *ctx, const octet_operator *op, const octet_shape *shape) {
    char text[OCTET_SHAPE_TEXT_SIZE];
    return octet_context_fail(ctx, OCTET_MODEL, "%s: %s does not fit an input of shape %s", op->layer,
                              octet_operator_name(op->code), octet_shape_text(shape, text));
}

static octet_status infer_reshape(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  const octet_value *input, octet_inferred *out) {
    octet_shape shape = {0};
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, OCTET_MAX_RANK, shape.dims, &shape.rank));
    const size_t n_elements = octet_shape_elements(&input->shape);
    /* Old files write a scalar as the shape [0]. */
    if (shape.rank == 1 && shape.dims[0] == 0 && n_elements == 1) shape.rank = 0;
    int32_t open = -1;
    int64_t known = 1;
    for (int32_t i = 0; i < shape.rank; i++) {
        if (shape.dims[i] == -1) {
            OCTET_CHECK(ctx, open < 0, OCTET_MODEL, "%s: the shape of RESHAPE has more than one -1", op->layer);
            open = i;
        } else {
            OCTET_CHECK(ctx, shape.dims[i] >= 0, OCTET_MODEL, "%s: the shape of RESHAPE holds %d", op->layer,
                        shape.dims[i]);
            OCTET_CHECK(ctx, octet_multiply_i64(known, shape.dims[i], &known), OCTET_MODEL,
                        "%s: the shape of RESHAPE is too large", op->layer);
        }
    }
    if (open >= 0) {
        if (known == 0 || n_elements % (size_t)known != 0) return fail_shape(ctx, op, &input->shape);
        shape.dims[open] = (int32_t)(n_elements / (size_t)known);
    } else if ((uint64_t)known != n_elements) {
        return fail_shape(ctx, op, &input->shape);
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_squeeze(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  const octet_value *input, octet_inferred *out) {
    (void)graph;
    bool drop[OCTET_MAX_RANK] = {false};
    const int32_t n = op->options.squeeze.n_dims;
    OCTET_CHECK(ctx, n >= 0 && n <= OCTET_MAX_RANK, OCTET_MODEL, "%s: SQUEEZE of %d axes", op->layer, n);
    for (int32_t i = 0; i < n; i++) {
        int32_t axis;
        OCTET_TRY(octet_infer_axis(ctx, op, op->options.squeeze.dims[i], input->shape.rank, &axis));
        OCTET_CHECK(ctx, input->shape.dims[axis] == 1, OCTET_MODEL, "%s: SQUEEZE of axis %d of size %d", op->layer,
                    axis, input->shape.dims[axis]);
        drop[axis] = true;
    }
    octet_shape shape = {0};
    for (int32_t i = 0; i < input->shape.rank; i++) {
        if (n == 0 ? input->shape.dims[i] != 1 : !drop[i]) shape.dims[shape.rank++] = input->shape.dims[i];
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_expand_dims(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                      const octet_value *input, octet_inferred *out) {
    int32_t axis, n;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, 1, &axis, &n));
    OCTET_CHECK(ctx, n == 1 && input->shape.rank < OCTET_MAX_RANK, OCTET_MODEL, "%s: EXPAND_DIMS of rank %d by %d axes",
                op->layer, input->shape.rank, n);
    OCTET_TRY(octet_infer_axis(ctx, op, axis, input->shape.rank + 1, &axis));
    octet_shape shape = {input->shape.rank + 1, {0}};
    for (int32_t i = 0; i < shape.rank; i++) shape.dims[i] = i == axis ? 1 : input->shape.dims[i - (i > axis)];
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_transpose(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                    const octet_value *input, octet_inferred *out) {
    int32_t order[OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, OCTET_MAX_RANK, order, &n));
    if (n != input->shape.rank) return fail_shape(ctx, op, &input->shape);
    bool seen[OCTET_MAX_RANK] = {false};
    octet_shape shape = {n, {0}};
    for (int32_t i = 0; i < n; i++) {
        int32_t axis;
        OCTET_TRY(octet_infer_axis(ctx, op, order[i], n, &axis));
        OCTET_CHECK(ctx, !seen[axis], OCTET_MODEL, "%s: TRANSPOSE takes axis %d twice", op->layer, axis);
        seen[axis] = true;
        shape.dims[i] = input->shape.dims[axis];
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

/* PAD, PADV2, MIRROR_PAD: cells before and after each axis. */
static octet_status infer_pad(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              const octet_value *input, octet_inferred *out) {
    int32_t pads[2 * OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, 2 * OCTET_MAX_RANK, pads, &n));
    if (n != 2 * input->shape.rank) return fail_shape(ctx, op, &input->shape);
    if (op->code == OCTET_OP_PADV2) {
        OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, 2));
        OCTET_CHECK(ctx, octet_shape_elements(&octet_graph_input(graph, op, 2)->shape) == 1, OCTET_MODEL,
                    "%s: PADV2 takes one value to pad with", op->layer);
    }
    octet_shape shape = input->shape;
    for (int32_t i = 0; i < shape.rank; i++) {
        const int32_t before = pads[2 * i], after = pads[2 * i + 1];
        const int64_t size = (int64_t)before + shape.dims[i] + after;
        const int32_t limit = op->code != OCTET_OP_MIRROR_PAD ? INT32_MAX
                              : shape.dims[i] == 0            ? 0
                                                   : shape.dims[i] - (op->options.mirror_pad.symmetric ? 0 : 1);
        OCTET_CHECK(ctx, before >= 0 && after >= 0 && before <= limit && after <= limit && size <= INT32_MAX,
                    OCTET_MODEL, "%s: %s adds %d and %d to axis %d of size %d", op->layer,
                    octet_operator_name(op->code), before, after, i, shape.dims[i]);
        shape.dims[i] = (int32_t)size;
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_concatenation(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                        const octet_value *input, octet_inferred *out) {
    int32_t axis;
    OCTET_TRY(octet_infer_axis(ctx, op, op->options.concatenation.axis, input->shape.rank, &axis));
    octet_shape shape = input->shape;
    int64_t size = 0;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *other = octet_graph_input(graph, op, i);
        OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, i));
        octet_shape expected = other->shape;
        if (expected.rank != shape.rank) return fail_shape(ctx, op, &other->shape);
        size += other->shape.dims[axis];
        expected.dims[axis] = shape.dims[axis];
        if (!octet_shape_equal(&expected, &shape)) return fail_shape(ctx, op, &other->shape);
    }
    OCTET_CHECK(ctx, size <= INT32_MAX, OCTET_LIMIT, "%s: CONCATENATION to %lld on axis %d", op->layer, (long long)size,
                axis);
    shape.dims[axis] = (int32_t)size;
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_split(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                const octet_value *input, octet_inferred *out) {
    int32_t axis, n;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 0, 1, &axis, &n));
    OCTET_CHECK(ctx, n == 1, OCTET_MODEL, "%s: SPLIT along %d axes", op->layer, n);
    OCTET_TRY(octet_infer_axis(ctx, op, axis, input->shape.rank, &axis));
    const int32_t size = input->shape.dims[axis], parts = (int32_t)op->n_outputs;
    OCTET_CHECK(ctx, size % parts == 0, OCTET_MODEL, "%s: SPLIT of size %d on axis %d into %d equal parts", op->layer,
                size, axis, parts);
    octet_shape shape = input->shape;
    shape.dims[axis] = size / parts;
    for (int32_t i = 0; i < parts; i++) OCTET_TRY(octet_infer_check_result(ctx, op, input->type, &shape, &out[i]));
    return OCTET_OK;
}

static octet_status infer_split_v(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  const octet_value *input, octet_inferred *out) {
    int32_t axis, n;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 2, 1, &axis, &n));
    OCTET_CHECK(ctx, n == 1, OCTET_MODEL, "%s: SPLIT_V along %d axes", op->layer, n);
    OCTET_TRY(octet_infer_axis(ctx, op, axis, input->shape.rank, &axis));
    int32_t sizes[OCTET_MAX_OPERATOR_INPUTS], open = -1;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, OCTET_MAX_OPERATOR_INPUTS, sizes, &n));
    OCTET_CHECK(ctx, (uint32_t)n == op->n_outputs, OCTET_MODEL, "%s: SPLIT_V with %d sizes for %u outputs", op->layer,
                n, op->n_outputs);
    int64_t left = input->shape.dims[axis];
    for (int32_t i = 0; i < n; i++) {
        OCTET_CHECK(ctx, sizes[i] >= 0 || (sizes[i] == -1 && open < 0), OCTET_MODEL, "%s: SPLIT_V with size %d",
                    op->layer, sizes[i]);
        if (sizes[i] == -1) {
            open = i;
        } else {
            left -= sizes[i];
        }
    }
    OCTET_CHECK(ctx, open >= 0 ? left >= 0 : left == 0, OCTET_MODEL, "%s: the sizes of SPLIT_V do not add up to %d",
                op->layer, input->shape.dims[axis]);
    for (int32_t i = 0; i < n; i++) {
        octet_shape shape = input->shape;
        shape.dims[axis] = i == open ? (int32_t)left : sizes[i];
        OCTET_TRY(octet_infer_check_result(ctx, op, input->type, &shape, &out[i]));
    }
    return OCTET_OK;
}

static octet_status infer_pack(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                               const octet_value *input, octet_inferred *out) {
    OCTET_CHECK(ctx, input->shape.rank < OCTET_MAX_RANK, OCTET_MODEL, "%s: PACK of rank %d", op->layer,
                input->shape.rank);
    int32_t axis;
    OCTET_TRY(octet_infer_axis(ctx, op, op->options.pack.axis, input->shape.rank + 1, &axis));
    for (uint32_t i = 1; i < op->n_inputs; i++) {
        OCTET_TRY(octet_infer_check_same_type(ctx, graph, op, 0, i));
        const octet_shape *other = &octet_graph_input(graph, op, i)->shape;
        if (!octet_shape_equal(&input->shape, other)) return fail_shape(ctx, op, other);
    }
    octet_shape shape = {input->shape.rank + 1, {0}};
    for (int32_t i = 0; i < shape.rank; i++)
        shape.dims[i] = i == axis ? (int32_t)op->n_inputs : input->shape.dims[i - (i > axis)];
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_unpack(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                 const octet_value *input, octet_inferred *out) {
    (void)graph;
    int32_t axis;
    OCTET_TRY(octet_infer_axis(ctx, op, op->options.pack.axis, input->shape.rank, &axis));
    OCTET_CHECK(ctx, (uint32_t)input->shape.dims[axis] == op->n_outputs, OCTET_MODEL,
                "%s: UNPACK of axis %d of size %d into %u outputs", op->layer, axis, input->shape.dims[axis],
                op->n_outputs);
    octet_shape shape = {input->shape.rank - 1, {0}};
    for (int32_t i = 0; i < shape.rank; i++) shape.dims[i] = input->shape.dims[i + (i >= axis)];
    for (uint32_t i = 0; i < op->n_outputs; i++)
        OCTET_TRY(octet_infer_check_result(ctx, op, input->type, &shape, &out[i]));
    return OCTET_OK;
}

static octet_status infer_slice(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                const octet_value *input, octet_inferred *out) {
    octet_slice slice;
    OCTET_TRY(octet_slice_resolve(ctx, graph, op, &slice));
    return octet_infer_check_result(ctx, op, input->type, &slice.out, out);
}

static octet_status infer_tile(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                               const octet_value *input, octet_inferred *out) {
    int32_t multiples[OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, OCTET_MAX_RANK, multiples, &n));
    if (n != input->shape.rank) return fail_shape(ctx, op, &input->shape);
    octet_shape shape = input->shape;
    for (int32_t i = 0; i < n; i++) {
        const int64_t size = (int64_t)shape.dims[i] * multiples[i];
        OCTET_CHECK(ctx, size >= 0 && size <= INT32_MAX, OCTET_MODEL, "%s: TILE of axis %d of size %d by %d", op->layer,
                    i, shape.dims[i], multiples[i]);
        shape.dims[i] = (int32_t)size;
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status check_indices(octet_context *ctx, const octet_operator *op, const octet_value *indices) {
    OCTET_CHECK(ctx, indices->type == OCTET_INT32 || indices->type == OCTET_INT64 || indices->type == OCTET_INT16,
                OCTET_MODEL, "%s: the indices of %s are %s, they must be integers", op->layer,
                octet_operator_name(op->code), octet_type_name(indices->type));
    return OCTET_OK;
}

/* [data before axis, indices after the batch, data after axis]. */
static octet_status infer_gather(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                 const octet_value *input, octet_inferred *out) {
    const octet_value *indices = octet_graph_input(graph, op, 1);
    OCTET_TRY(check_indices(ctx, op, indices));
    int32_t axis, batch = op->options.gather.batch_dims;
    OCTET_TRY(octet_infer_axis(ctx, op, op->options.gather.axis, input->shape.rank, &axis));
    if (batch < 0) batch += indices->shape.rank;
    OCTET_CHECK(ctx, batch >= 0 && batch <= axis && batch <= indices->shape.rank, OCTET_MODEL,
                "%s: GATHER on axis %d with %d batch axes", op->layer, axis, op->options.gather.batch_dims);
    octet_shape shape = {0};
    OCTET_CHECK(ctx, input->shape.rank - 1 + indices->shape.rank - batch <= OCTET_MAX_RANK, OCTET_LIMIT,
                "%s: GATHER gives a rank above %d", op->layer, OCTET_MAX_RANK);
    for (int32_t i = 0; i < axis; i++) {
        if (i < batch && input->shape.dims[i] != indices->shape.dims[i]) return fail_shape(ctx, op, &input->shape);
        shape.dims[shape.rank++] = input->shape.dims[i];
    }
    for (int32_t i = batch; i < indices->shape.rank; i++) shape.dims[shape.rank++] = indices->shape.dims[i];
    for (int32_t i = axis + 1; i < input->shape.rank; i++) shape.dims[shape.rank++] = input->shape.dims[i];
    OCTET_TRY(octet_infer_check_result(ctx, op, input->type, &shape, out));
    OCTET_CHECK(ctx, input->shape.dims[axis] > 0 || octet_shape_elements(&shape) == 0, OCTET_MODEL,
                "%s: GATHER from an empty axis", op->layer);
    return OCTET_OK;
}

static octet_status infer_gather_nd(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                    const octet_value *input, octet_inferred *out) {
    const octet_value *indices = octet_graph_input(graph, op, 1);
    OCTET_TRY(check_indices(ctx, op, indices));
    const int32_t last = indices->shape.rank - 1;
    OCTET_CHECK(ctx, last >= 0 && indices->shape.dims[last] <= input->shape.rank, OCTET_MODEL,
                "%s: the last axis of the indices of GATHER_ND must have at most %d elements", op->layer,
                input->shape.rank);
    const int32_t depth = indices->shape.dims[last];
    OCTET_CHECK(ctx, last + input->shape.rank - depth <= OCTET_MAX_RANK, OCTET_LIMIT,
                "%s: GATHER_ND gives a rank above %d", op->layer, OCTET_MAX_RANK);
    octet_shape shape = {0};
    for (int32_t i = 0; i < last; i++) shape.dims[shape.rank++] = indices->shape.dims[i];
    for (int32_t i = depth; i < input->shape.rank; i++) shape.dims[shape.rank++] = input->shape.dims[i];
    OCTET_TRY(octet_infer_check_result(ctx, op, input->type, &shape, out));
    OCTET_CHECK(ctx, octet_shape_elements(&input->shape) > 0 || octet_shape_elements(&shape) == 0, OCTET_MODEL,
                "%s: GATHER_ND from an empty input", op->layer);
    return OCTET_OK;
}

static octet_status infer_reverse(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                  const octet_value *input, octet_inferred *out) {
    int32_t axes[OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, OCTET_MAX_RANK, axes, &n));
    for (int32_t i = 0; i < n; i++) OCTET_TRY(octet_infer_axis(ctx, op, axes[i], input->shape.rank, &axes[i]));
    return octet_infer_check_result(ctx, op, input->type, &input->shape, out);
}

static octet_status infer_broadcast_to(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                       const octet_value *input, octet_inferred *out) {
    octet_shape shape = {0}, common;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, OCTET_MAX_RANK, shape.dims, &shape.rank));
    OCTET_TRY(octet_shape_check(ctx, &shape, op->layer));
    OCTET_TRY(octet_infer_check_broadcast(ctx, op, &input->shape, &shape, &common));
    if (!octet_shape_equal(&common, &shape)) return fail_shape(ctx, op, &input->shape);
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

/* Batch [N,H,W,C] or [N,H,C]; the second input is the block per spatial axis, the third the pads or crops. */
static octet_status infer_batch_space(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                      const octet_value *input, octet_inferred *out) {
    int32_t block[2], edges[4], n, n_edges;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, 2, block, &n));
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 2, 4, edges, &n_edges));
    OCTET_CHECK(ctx,
                (input->shape.rank == 3 || input->shape.rank == 4) && n == input->shape.rank - 2 && n_edges == 2 * n,
                OCTET_MODEL, "%s: %s of rank %d with %d block sizes and %d edges", op->layer,
                octet_operator_name(op->code), input->shape.rank, n, n_edges);
    octet_shape shape = input->shape;
    int64_t batch = shape.dims[0];
    for (int32_t i = 0; i < n; i++) {
        const int64_t before = edges[2 * i], after = edges[2 * i + 1];
        OCTET_CHECK(ctx, block[i] >= 1 && before >= 0 && after >= 0, OCTET_MODEL,
                    "%s: %s with block %d and edges %lld and %lld", op->layer, octet_operator_name(op->code), block[i],
                    (long long)before, (long long)after);
        int64_t size;
        if (op->code == OCTET_OP_SPACE_TO_BATCH_ND) {
            size = shape.dims[1 + i] + before + after;
            if (size % block[i] != 0) return fail_shape(ctx, op, &input->shape);
            size /= block[i];
            OCTET_CHECK(ctx, batch <= INT32_MAX / block[i], OCTET_LIMIT, "%s: the batch is too large", op->layer);
            batch *= block[i];
        } else {
            size = (int64_t)shape.dims[1 + i] * block[i] - before - after;
            if (size < 0 || batch % block[i] != 0) return fail_shape(ctx, op, &input->shape);
            batch /= block[i];
        }
        OCTET_CHECK(ctx, size <= INT32_MAX, OCTET_LIMIT, "%s: axis %d of the output is too large", op->layer, 1 + i);
        shape.dims[1 + i] = (int32_t)size;
    }
    shape.dims[0] = (int32_t)batch;
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

static octet_status infer_depth_space(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                      const octet_value *input, octet_inferred *out) {
    (void)graph;
    const int32_t size = op->options.block.size;
    OCTET_CHECK(ctx, input->shape.rank == 4 && size >= 1 && size <= 32768, OCTET_MODEL,
                "%s: %s of rank %d with block %d", op->layer, octet_operator_name(op->code), input->shape.rank, size);
    octet_shape shape = input->shape;
    int64_t h = shape.dims[1], w = shape.dims[2], c = shape.dims[3];
    if (op->code == OCTET_OP_SPACE_TO_DEPTH) {
        if (h % size != 0 || w % size != 0) return fail_shape(ctx, op, &input->shape);
        h /= size;
        w /= size;
        c *= (int64_t)size * size;
    } else {
        if (c % ((int64_t)size * size) != 0) return fail_shape(ctx, op, &input->shape);
        h *= size;
        w *= size;
        c /= (int64_t)size * size;
    }
    OCTET_CHECK(ctx, h <= INT32_MAX && w <= INT32_MAX && c <= INT32_MAX, OCTET_LIMIT, "%s: the output is too large",
                op->layer);
    shape.dims[1] = (int32_t)h;
    shape.dims[2] = (int32_t)w;
    shape.dims[3] = (int32_t)c;
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}

octet_status octet_infer_move(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              octet_inferred *out) {
    static const struct {
        octet_operator_code code;
        uint32_t min_inputs, max_inputs, data; /* data: the input that is moved */
        bool many_outputs;
        rule *rule;
    } rules[] = {
        {OCTET_OP_BATCH_TO_SPACE_ND, 3, 3, 0, false, infer_batch_space},
        {OCTET_OP_BROADCAST_TO, 2, 2, 0, false, infer_broadcast_to},
        {OCTET_OP_CONCATENATION, 1, OCTET_MAX_OPERATOR_INPUTS, 0, false, infer_concatenation},
        {OCTET_OP_DEPTH_TO_SPACE, 1, 1, 0, false, infer_depth_space},
        {OCTET_OP_EXPAND_DIMS, 2, 2, 0, false, infer_expand_dims},
        {OCTET_OP_GATHER, 2, 2, 0, false, infer_gather},
        {OCTET_OP_GATHER_ND, 2, 2, 0, false, infer_gather_nd},
        {OCTET_OP_MIRROR_PAD, 2, 2, 0, false, infer_pad},
        {OCTET_OP_PACK, 1, OCTET_MAX_OPERATOR_INPUTS, 0, false, infer_pack},
        {OCTET_OP_PAD, 2, 2, 0, false, infer_pad},
        {OCTET_OP_PADV2, 3, 3, 0, false, infer_pad},
        {OCTET_OP_RESHAPE, 2, 2, 0, false, infer_reshape},
        {OCTET_OP_REVERSE_V2, 2, 2, 0, false, infer_reverse},
        {OCTET_OP_SLICE, 3, 3, 0, false, infer_slice},
        {OCTET_OP_SPACE_TO_BATCH_ND, 3, 3, 0, false, infer_batch_space},
        {OCTET_OP_SPACE_TO_DEPTH, 1, 1, 0, false, infer_depth_space},
        {OCTET_OP_SPLIT, 2, 2, 1, true, infer_split},
        {OCTET_OP_SPLIT_V, 3, 3, 0, true, infer_split_v},
        {OCTET_OP_SQUEEZE, 1, 1, 0, false, infer_squeeze},
        {OCTET_OP_STRIDED_SLICE, 4, 4, 0, false, infer_slice},
        {OCTET_OP_TILE, 2, 2, 0, false, infer_tile},
        {OCTET_OP_TRANSPOSE, 2, 2, 0, false, infer_transpose},
        {OCTET_OP_UNPACK, 1, 1, 0, true, infer_unpack},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].code != op->code) continue;
        OCTET_CHECK(ctx, op->n_inputs >= 1 && op->n_outputs >= 1, OCTET_MODEL, "%s: %s without inputs or outputs",
                    op->layer, octet_operator_name(op->code));
        /* CONCATENATION and PACK: however many there are, each must be present. */
        const bool many_inputs = rules[i].max_inputs == OCTET_MAX_OPERATOR_INPUTS;
        OCTET_TRY(octet_infer_check_arity(ctx, graph, op, many_inputs ? op->n_inputs : rules[i].min_inputs,
                                          many_inputs ? op->n_inputs : rules[i].max_inputs,
                                          rules[i].many_outputs ? op->n_outputs : 1));
        return rules[i].rule(ctx, graph, op, octet_graph_input(graph, op, rules[i].data), out);
    }
    return octet_infer_unknown(ctx, op);
}
