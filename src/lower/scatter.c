#include <string.h>

#include "kernels/ref/scatter.h"
#include "lower/check.h"
#include "lower/families.h"

static octet_status bind_one_hot(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *indices = octet_graph_input(binder->graph, op, 0),
                      *output = octet_graph_output(binder->graph, op, 0);
    octet_one_hot_params *p;
    const int32_t rank = indices->shape.rank, axis = op->options.one_hot.axis < 0 ? rank : op->options.one_hot.axis;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_one_hot_params){.depth = output->shape.dims[axis],
                                .suffix = octet_shape_product(&indices->shape, axis, rank),
                                .index_size = (int32_t)octet_type_size(indices->type),
                                .element_size = octet_type_size(output->type)};
    OCTET_TRY(octet_bind_operands(binder, op, (const uint32_t[]){0, 2, 3}, 3, step));
    octet_step_set_one_hot(step, OCTET_KERNEL_one_hot, p,
                           (uint32_t)(octet_shape_product(&indices->shape, 0, axis) * p->depth));
    return OCTET_OK;
}

static octet_status bind_scatter_nd(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *indices = octet_graph_input(binder->graph, op, 0),
                      *output = octet_graph_output(binder->graph, op, 0);
    static const struct {
        octet_type type;
        octet_kernel kernel;
    } kernels[] = {{OCTET_FLOAT32, OCTET_KERNEL_scatter_f32},
                   {OCTET_INT8, OCTET_KERNEL_scatter_s8},
                   {OCTET_UINT8, OCTET_KERNEL_scatter_u8},
                   {OCTET_INT32, OCTET_KERNEL_scatter_s32},
                   {OCTET_INT64, OCTET_KERNEL_scatter_s64}};
    octet_kernel kernel = OCTET_KERNEL_NONE;
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (kernels[i].type == output->type) kernel = kernels[i].kernel;
    if (kernel == OCTET_KERNEL_NONE) return octet_bind_unsupported(binder, op);
    const int32_t outer = indices->shape.rank - 1;
    octet_scatter_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_scatter_params){.n_updates = octet_shape_product(&indices->shape, 0, outer),
                                .depth = indices->shape.dims[outer],
                                .index_size = (int32_t)octet_type_size(indices->type),
                                .n_elements = octet_shape_elements(&output->shape)};
    memcpy(p->axis, output->shape.dims, (size_t)p->depth * sizeof *p->axis);
    p->slice = (size_t)octet_shape_product(&output->shape, p->depth, output->shape.rank);
    octet_step_set_scatter(step, kernel, p, 1);
    return OCTET_OK;
}

static octet_status bind_update_slice(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *operand = octet_graph_input(binder->graph, op, 0),
                      *update = octet_graph_input(binder->graph, op, 1);
    octet_update_slice_params *p;
    OCTET_TRY(octet_bind_check_moved(binder, op, operand, octet_graph_output(binder->graph, op, 0)));
    OCTET_TRY(octet_bind_check_moved(binder, op, update, octet_graph_output(binder->graph, op, 0)));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    *p = (octet_update_slice_params){.rank = operand->shape.rank,
                                     .element_size = octet_type_size(operand->type),
                                     .index_size =
                                         (int32_t)octet_type_size(octet_graph_input(binder->graph, op, 2)->type)};
    memcpy(p->dims, operand->shape.dims, sizeof p->dims);
    memcpy(p->update_dims, update->shape.dims, sizeof p->update_dims);
    octet_step_set_update_slice(step, OCTET_KERNEL_update_slice, p, 1);
    return OCTET_OK;
}

octet_status octet_bind_scatter(octet_binder *binder, const octet_operator *op, octet_step *step) {
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    if (op->code == OCTET_OP_ONE_HOT) return bind_one_hot(binder, op, step);
    if (op->code == OCTET_OP_SCATTER_ND) return bind_scatter_nd(binder, op, step);
    if (op->code == OCTET_OP_DYNAMIC_UPDATE_SLICE) return bind_update_slice(binder, op, step);
    return octet_bind_unsupported(binder, op);
}
