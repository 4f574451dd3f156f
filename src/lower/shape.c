#include <string.h>

#include "lower/check.h"
#include "lower/families.h"

/* FILL with its operand, ZEROS_LIKE with a constant. */
static octet_status bind_fill(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_fill_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->n_elements = octet_shape_elements(&output->shape);
    p->element_size = octet_type_size(output->type);
    if (op->code == OCTET_OP_ZEROS_LIKE) {
        octet_bind_zero_element(output, p->value);
        octet_step_set_fill_constant(step, OCTET_KERNEL_fill_constant, p, octet_step_pieces(p->n_elements));
        return OCTET_OK;
    }
    OCTET_TRY(octet_bind_check_moved(binder, op, octet_graph_input(binder->graph, op, 1), output));
    OCTET_TRY(octet_bind_operands(binder, op, (const uint32_t[]){1}, 1, step));
    octet_step_set_fill(step, OCTET_KERNEL_fill, p, octet_step_pieces(p->n_elements));
    return OCTET_OK;
}

static octet_status bind_shape_of(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_shape *shape = &octet_graph_input(binder->graph, op, 0)->shape;
    octet_bytes_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    const size_t size = octet_type_size(octet_graph_output(binder->graph, op, 0)->type);
    for (int32_t i = 0; i < shape->rank; i++) {
        const int64_t wide = shape->dims[i];
        memcpy(p->bytes + p->n_bytes, size == sizeof wide ? (const void *)&wide : &shape->dims[i], size);
        p->n_bytes += size;
    }
    octet_step_set_bytes(step, OCTET_KERNEL_bytes, p, 1);
    return OCTET_OK;
}

static octet_status bind_range(octet_binder *binder, const octet_operator *op, octet_step *step) {
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_elements_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->n_elements = octet_shape_elements(&output->shape);
    OCTET_TRY(octet_bind_operands(binder, op, (const uint32_t[]){0, 2}, 2, step));
    const octet_kernel kernel = output->type == OCTET_FLOAT32 ? OCTET_KERNEL_range_f32
                                : output->type == OCTET_INT32 ? OCTET_KERNEL_range_s32
                                                              : OCTET_KERNEL_range_s64;
    octet_step_set_range(step, kernel, p, 1);
    return OCTET_OK;
}

static octet_status bind_broadcast_args(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_broadcast_args_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    for (uint32_t i = 0; i < 2; i++) p->n[i] = octet_shape_elements(&octet_graph_input(binder->graph, op, i)->shape);
    p->element_size = octet_type_size(octet_graph_output(binder->graph, op, 0)->type);
    octet_step_set_broadcast_args(step, OCTET_KERNEL_broadcast_args, p, 1);
    return OCTET_OK;
}

octet_status octet_bind_shape(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    if (op->code == OCTET_OP_FILL || op->code == OCTET_OP_BROADCAST_ARGS)
        OCTET_TRY(octet_bind_input(binder, op, 1, &input));
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    if (op->code == OCTET_OP_SHAPE) return bind_shape_of(binder, op, step);
    if (op->code == OCTET_OP_RANGE) return bind_range(binder, op, step);
    if (op->code == OCTET_OP_BROADCAST_ARGS) return bind_broadcast_args(binder, op, step);
    if (op->code == OCTET_OP_FILL || op->code == OCTET_OP_ZEROS_LIKE) return bind_fill(binder, op, step);
    return octet_bind_unsupported(binder, op);
}
