#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_pool(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                              octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 1, 1, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    OCTET_CHECK(ctx, input->shape.rank == 4 && octet_shape_elements(&input->shape) > 0, OCTET_MODEL,
                "%s: %s of rank %d, it takes [N,H,W,C] and not an empty one", op->layer, octet_operator_name(op->code),
                input->shape.rank);
    octet_shape shape = input->shape;
    const int32_t filters[] = {op->options.pool_2d.filter_h, op->options.pool_2d.filter_w};
    const int32_t strides[] = {op->options.pool_2d.stride_h, op->options.pool_2d.stride_w};
    for (int i = 0; i < 2; i++) {
        OCTET_TRY(octet_infer_check_window(ctx, op, op->options.pool_2d.padding, shape.dims[1 + i], filters[i],
                                           strides[i], 1, &shape.dims[1 + i]));
    }
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}
