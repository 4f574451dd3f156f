#include "kernels/ref/gather.h"
#include "graph/infer/infer.h"
#include "lower/move.h"

octet_status octet_move_bind_gather(octet_binder *binder, const octet_operator *op, octet_step *step,
                                    const octet_value *input, const octet_value *output) {
    const octet_value *indices = octet_graph_input(binder->graph, op, 1);
    int32_t axis, batch = op->options.gather.batch_dims;
    OCTET_TRY(octet_infer_axis(binder->ctx, op, op->options.gather.axis, input->shape.rank, &axis));
    if (batch < 0) batch += indices->shape.rank;
    octet_gather_params *params;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &params));
    params->batches = octet_shape_product(&input->shape, 0, batch);
    params->outer = octet_shape_product(&input->shape, batch, axis);
    params->axis = input->shape.dims[axis];
    params->n_indices = octet_shape_product(&indices->shape, batch, indices->shape.rank);
    params->index_size = (int32_t)octet_type_size(indices->type);
    params->row_bytes =
        (size_t)octet_shape_product(&input->shape, axis + 1, input->shape.rank) * octet_type_size(input->type);
    const size_t n_rows = octet_value_bytes(output) / params->row_bytes;
    octet_step_set_gather(step, OCTET_KERNEL_gather, params, (uint32_t)n_rows);
    return OCTET_OK;
}

octet_status octet_move_bind_gather_nd(octet_binder *binder, const octet_operator *op, octet_step *step,
                                       const octet_value *input, const octet_value *output) {
    const octet_value *indices = octet_graph_input(binder->graph, op, 1);
    octet_gather_nd_params *params;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &params));
    params->depth = indices->shape.dims[indices->shape.rank - 1];
    for (int32_t i = 0; i < params->depth; i++) params->axis[i] = input->shape.dims[i];
    params->index_size = (int32_t)octet_type_size(indices->type);
    params->row_bytes =
        (size_t)octet_shape_product(&input->shape, params->depth, input->shape.rank) * octet_type_size(input->type);
    const size_t n_rows = octet_value_bytes(output) / params->row_bytes;
    octet_step_set_gather_nd(step, OCTET_KERNEL_gather_nd, params, (uint32_t)n_rows);
    return OCTET_OK;
}
