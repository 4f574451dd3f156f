#include "graph/infer/check.h"
#include "graph/infer/families.h"

octet_status octet_infer_resize(octet_context *ctx, const octet_graph *graph, const octet_operator *op,
                                octet_inferred *out) {
    OCTET_TRY(octet_infer_check_arity(ctx, graph, op, 2, 2, 1));
    const octet_value *input = octet_graph_input(graph, op, 0);
    const char *name = octet_operator_name(op->code);
    OCTET_CHECK(ctx, input->shape.rank == 4, OCTET_MODEL, "%s: %s of rank %d, it takes [N,H,W,C]", op->layer, name,
                input->shape.rank);
    int32_t size[2], n;
    OCTET_TRY(octet_infer_constant_i32(ctx, graph, op, 1, 2, size, &n));
    OCTET_CHECK(ctx, n == 2 && size[0] > 0 && size[1] > 0, OCTET_MODEL,
                "%s: %s to %d sizes, it takes a positive height and width", op->layer, name, n);
    OCTET_CHECK(ctx, input->shape.dims[1] > 0 && input->shape.dims[2] > 0, OCTET_MODEL, "%s: %s of an empty picture",
                op->layer, name);
    OCTET_CHECK(ctx, !(op->options.resize.align_corners && op->options.resize.half_pixel_centers), OCTET_MODEL,
                "%s: %s with both align_corners and half_pixel_centers", op->layer, name);
    octet_shape shape = input->shape;
    shape.dims[1] = size[0];
    shape.dims[2] = size[1];
    return octet_infer_check_result(ctx, op, input->type, &shape, out);
}
