/* Operators that pick indices along an axis, as SLICEs, one for each run of indices, and a CONCATENATION. */
#include "graph/constant.h"
#include "graph/slice.h"
#include "target/fit.h"

enum { MOST_PIECES = 64 };

static octet_status put_slice(const octet_put *put, uint32_t value, int32_t axis, int32_t first, int32_t n,
                              uint32_t *out) {
    octet_shape shape = put->graph->values[value].shape;
    int32_t begin[OCTET_MAX_RANK] = {0};
    uint32_t inputs[3] = {value, OCTET_NONE, OCTET_NONE};
    begin[axis] = first;
    shape.dims[axis] = n;
    OCTET_TRY(octet_graph_add_i32(put->ctx, put->graph, "begin", begin, shape.rank, &inputs[1]));
    OCTET_TRY(octet_graph_add_i32(put->ctx, put->graph, "size", shape.dims, shape.rank, &inputs[2]));
    return octet_put_operator(put, OCTET_OP_SLICE, inputs, 3, NULL, shape, out);
}

/* The source's index for each index of the result along an axis. */
typedef struct picks {
    int32_t axis, n;
    int32_t *indices;
} picks;

static uint32_t count_runs(const picks *p) {
    uint32_t n = p->n > 0;
    for (int32_t i = 1; i < p->n; i++) n += p->indices[i] != p->indices[i - 1] + 1;
    return n;
}

static octet_status put_picks(const octet_put *put, const picks *p, uint32_t value, uint32_t *out) {
    uint32_t pieces[MOST_PIECES], n = 0;
    const bool one = count_runs(p) == 1;
    for (int32_t i = 0, end; i < p->n; i = end) {
        for (end = i + 1; end < p->n && p->indices[end] == p->indices[end - 1] + 1;) end++;
        pieces[n] = one ? *out : OCTET_NONE;
        OCTET_TRY(put_slice(put, value, p->axis, p->indices[i], end - i, &pieces[n++]));
    }
    if (!one) return octet_put_concatenation(put, pieces, n, p->axis, out);
    *out = pieces[0];
    return OCTET_OK;
}

static octet_status new_picks(octet_context *ctx, octet_arena *scratch, int32_t axis, int32_t n, picks *out) {
    *out = (picks){.axis = axis, .n = n};
    return OCTET_NEW(ctx, scratch, n > 0 ? (size_t)n : 1, &out->indices);
}

/* Picks of each axis in turn; *n is 0 where the operator has none that are known. */
static octet_status find_picks(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                               const octet_operator *op, picks list[OCTET_MAX_RANK], uint32_t *n) {
    const octet_shape *from = &octet_graph_input(graph, op, 0)->shape, *to = &octet_graph_output(graph, op, 0)->shape;
    int32_t numbers[2 * OCTET_MAX_RANK], n_numbers;
    *n = 0;
    if (op->code == OCTET_OP_GATHER) {
        const octet_value *indices = octet_graph_input(graph, op, 1);
        const int32_t axis = octet_axis_from_start(op->options.gather.axis, from->rank);
        if (op->options.gather.batch_dims != 0 || indices->shape.rank != 1) return OCTET_OK;
        OCTET_TRY(new_picks(ctx, scratch, axis, indices->shape.dims[0], &list[0]));
        if (octet_constant_read_i32(indices, list[0].n, list[0].indices, &n_numbers)) *n = 1;
        return OCTET_OK;
    }
    if (!octet_constant_read_i32(octet_graph_input(graph, op, 1), 2 * OCTET_MAX_RANK, numbers, &n_numbers))
        return OCTET_OK;
    if (op->code == OCTET_OP_REVERSE_V2) {
        for (int32_t a = 0; a < n_numbers; a++) {
            const int32_t axis = octet_axis_from_start(numbers[a], from->rank), size = from->dims[axis];
            OCTET_TRY(new_picks(ctx, scratch, axis, size, &list[*n]));
            for (int32_t i = 0; i < size; i++) list[*n].indices[i] = size - 1 - i;
            ++*n;
        }
        return OCTET_OK;
    }
    for (int32_t axis = 0; axis < from->rank; axis++) { /* MIRROR_PAD */
        const int32_t size = from->dims[axis], edge = op->options.mirror_pad.symmetric ? 1 : 0;
        if (to->dims[axis] == size) continue;
        OCTET_TRY(new_picks(ctx, scratch, axis, to->dims[axis], &list[*n]));
        for (int32_t i = 0; i < to->dims[axis]; i++) {
            const int32_t at = i - numbers[2 * axis];
            list[*n].indices[i] = at < 0 ? -at - edge : at < size ? at : 2 * (size - 1) - at + edge;
        }
        ++*n;
    }
    return OCTET_OK;
}

static octet_status put_all(octet_context *ctx, octet_graph *graph, uint32_t k, const picks *list, uint32_t n) {
    const octet_operator op = graph->operators[k];
    const octet_put put = {ctx, graph, op.layer, op.outputs[0]};
    uint32_t value = op.inputs[0];
    octet_graph_remove_operator(graph, k);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t next = i + 1 == n ? op.outputs[0] : OCTET_NONE;
        OCTET_TRY(put_picks(&put, &list[i], value, &next));
        value = next;
    }
    return OCTET_OK;
}

octet_status octet_fit_pieces(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    octet_arena scratch = {0};
    picks list[OCTET_MAX_RANK];
    uint32_t n;
    octet_status status = find_picks(ctx, &scratch, graph, &graph->operators[k], list, &n);
    bool few = n > 0;
    for (uint32_t i = 0; status == OCTET_OK && i < n; i++) {
        const uint32_t runs = count_runs(&list[i]);
        few = few && runs > 0 && runs <= MOST_PIECES;
    }
    if (status == OCTET_OK && few) status = put_all(ctx, graph, k, list, n);
    octet_arena_free(ctx, &scratch);
    return status;
}

octet_status octet_fit_split(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    const octet_operator op = graph->operators[k];
    const uint32_t source = op.inputs[0];
    const octet_shape *from = &graph->values[source].shape;
    int32_t axis, n = 1;
    if (op.code == OCTET_OP_UNPACK) axis = op.options.pack.axis;
    else if (!octet_constant_read_i32(octet_graph_input(graph, &op, 2), 1, &axis, &n)) return OCTET_OK;
    axis = octet_axis_from_start(axis, from->rank);
    octet_graph_remove_operator(graph, k);
    for (uint32_t i = 0, at = 0; i < op.n_outputs; i++) {
        const octet_put put = {ctx, graph, op.layer, op.outputs[i]};
        const octet_shape shape = graph->values[op.outputs[i]].shape;
        uint32_t slice = op.code == OCTET_OP_UNPACK ? OCTET_NONE : op.outputs[i], result = op.outputs[i];
        const int32_t size = op.code == OCTET_OP_UNPACK ? 1 : shape.dims[axis];
        OCTET_TRY(put_slice(&put, source, axis, (int32_t)at, size, &slice));
        if (op.code == OCTET_OP_UNPACK) OCTET_TRY(octet_put_reshape(&put, slice, shape, &result));
        at += (uint32_t)size;
    }
    return OCTET_OK;
}

bool octet_fit_is_short_slice(const octet_graph *graph, const octet_operator *op) {
    if (op->code != OCTET_OP_STRIDED_SLICE) return false;
    const size_t n = octet_shape_elements(&octet_graph_input(graph, op, 1)->shape);
    const int32_t rank = octet_graph_input(graph, op, 0)->shape.rank;
    return n < (size_t)rank || op->options.strided_slice.ellipsis_mask != 0 ||
           op->options.strided_slice.new_axis_mask != 0;
}

octet_status octet_fit_short_slice(octet_context *ctx, const octet_target *target, octet_graph *graph, uint32_t k) {
    (void)target;
    const octet_operator op = graph->operators[k];
    octet_slice slice;
    int32_t end[OCTET_MAX_RANK];
    if (!octet_fit_is_short_slice(graph, &op)) return OCTET_OK;
    OCTET_TRY(octet_slice_resolve(ctx, graph, &op, &slice));
    octet_options options = {0};
    octet_shape counts = {.rank = slice.rank};
    for (int32_t a = 0; a < slice.rank; a++) {
        counts.dims[a] = slice.count[a];
        end[a] = slice.begin[a] + slice.count[a] * slice.stride[a];
        /* A last index below 0 would count from the end. */
        if (end[a] < 0) options.strided_slice.end_mask |= 1 << a;
    }
    const octet_put put = {ctx, graph, op.layer, op.outputs[0]};
    uint32_t inputs[4] = {op.inputs[0], OCTET_NONE, OCTET_NONE, OCTET_NONE}, result = op.outputs[0];
    const bool is_reshaped = !octet_shape_equal(&counts, &graph->values[result].shape);
    uint32_t taken = is_reshaped ? OCTET_NONE : result;
    octet_graph_remove_operator(graph, k);
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "begin", slice.begin, slice.rank, &inputs[1]));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "end", end, slice.rank, &inputs[2]));
    OCTET_TRY(octet_graph_add_i32(ctx, graph, "strides", slice.stride, slice.rank, &inputs[3]));
    OCTET_TRY(octet_put_operator(&put, OCTET_OP_STRIDED_SLICE, inputs, 4, &options, counts, &taken));
    return is_reshaped ? octet_put_reshape(&put, taken, graph->values[result].shape, &result) : OCTET_OK;
}
