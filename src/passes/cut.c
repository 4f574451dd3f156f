#include "passes/cut.h"

#include "graph/constant.h"
#include "graph/slice.h"

/* GATHER of one row, as a slice. */
static bool read_gather(const octet_graph *graph, const octet_operator *op, octet_slice *out) {
    const octet_shape *in = &octet_graph_input(graph, op, 0)->shape;
    const int32_t axis = octet_axis_from_start(op->options.gather.axis, in->rank);
    int32_t index, n;
    if (op->options.gather.batch_dims != 0 ||
        !octet_constant_read_i32(octet_graph_input(graph, op, 1), 1, &index, &n) || n != 1)
        return false;
    if (axis < 0 || axis >= in->rank || index < 0 || index >= in->dims[axis]) return false;
    *out = (octet_slice){.rank = in->rank};
    for (int32_t d = 0; d < in->rank; d++) {
        out->stride[d] = 1;
        out->count[d] = in->dims[d];
    }
    out->begin[axis] = index;
    out->count[axis] = 1;
    return true;
}

octet_status octet_cut_read(octet_context *ctx, const octet_graph *graph, const octet_operator *op, octet_cut *out,
                            bool *is_cut) {
    octet_slice s;
    *is_cut = false;
    if (op->code == OCTET_OP_GATHER) {
        if (!read_gather(graph, op, &s)) return OCTET_OK;
    } else if (op->code == OCTET_OP_SLICE || op->code == OCTET_OP_STRIDED_SLICE) {
        OCTET_TRY(octet_slice_resolve(ctx, graph, op, &s));
    } else {
        return OCTET_OK;
    }
    const octet_shape *in = &octet_graph_input(graph, op, 0)->shape, *result = &octet_graph_output(graph, op, 0)->shape;
    *out = (octet_cut){.from = op->inputs[0], .axis = -1};
    octet_shape with = {.rank = in->rank}, without = {.rank = 0};
    for (int32_t d = 0; d < in->rank; d++) {
        with.dims[d] = s.count[d];
        if (s.stride[d] != 1) return OCTET_OK;
        if (s.count[d] == in->dims[d]) {
            without.dims[without.rank++] = in->dims[d];
            continue;
        }
        if (out->axis >= 0) return OCTET_OK;
        out->axis = d;
        out->begin = s.begin[d];
        out->count = s.count[d];
    }
    out->drops_axis = out->axis >= 0 && out->count == 1 && octet_shape_equal(result, &without);
    *is_cut = out->axis < 0 || out->drops_axis || octet_shape_equal(result, &with);
    return OCTET_OK;
}
