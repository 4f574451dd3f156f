#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_pool(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    const char *name = octet_operator_name(op->code);
    OCTET_CHECK(ctx, input->shape.rank == 4 && octet_shape_elements(&input->shape) > 0, OCTET_MODEL,
                "%s: %s of rank %d, it takes [N,H,W,C] and not an empty one", op->layer, name, input->shape.rank);
    octet_shape shape = input->shape;
    const int32_t filters[] = {op->options.pool_2d.filter_h, op->options.pool_2d.filter_w};
    const int32_t strides[] = {op->options.pool_2d.stride_h, op->options.pool_2d.stride_w};
    for (int i = 0; i < 2; i++) {
        OCTET_CHECK(ctx, filters[i] >= 1 && strides[i] >= 1, OCTET_MODEL,
                    "%s: %s with window %d and stride %d, both must be at least 1", op->layer, name, filters[i],
                    strides[i]);
        OCTET_CHECK(ctx, filters[i] < INT32_MAX / 4 && strides[i] < INT32_MAX / 4 && shape.dims[1 + i] < INT32_MAX / 4,
                    OCTET_LIMIT, "%s: %s with window %d and stride %d over %d cells is too large", op->layer, name,
                    filters[i], strides[i], shape.dims[1 + i]);
        const int32_t size =
            octet_window(op->options.pool_2d.padding, shape.dims[1 + i], filters[i], strides[i], 1).out;
        OCTET_CHECK(ctx, size > 0, OCTET_MODEL, "%s: %s with window %d does not fit into %d cells without padding",
                    op->layer, name, filters[i], shape.dims[1 + i]);
        shape.dims[1 + i] = size;
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}
