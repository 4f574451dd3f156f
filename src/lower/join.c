#include "graph/infer/infer.h"
#include "kernels/ref/join_bytes.h"
#include "lower/check.h"
#include "lower/copies.h"
#include "lower/move.h"

/* CONCATENATION and PACK write, SPLIT, SPLIT_V and UNPACK read one slab of the whole after the other. */
static octet_status bind_slabs(octet_binder *binder, const octet_operator *op, octet_step *step,
                               const octet_value *whole, int32_t axis, bool joins) {
    const uint32_t n = joins ? op->n_inputs : op->n_outputs;
    const size_t size = octet_type_size(whole->type);
    octet_copies_params *m;
    OCTET_TRY(octet_copies_create(binder, n, &m));
    const bool stacked = op->code == OCTET_OP_PACK || op->code == OCTET_OP_UNPACK; /* parts lack the axis */
    const size_t whole_elements = octet_shape_elements(&whole->shape);
    ptrdiff_t offset = 0;
    for (uint32_t i = 0; i < n; i++) {
        const octet_value *value =
            joins ? octet_graph_input(binder->graph, op, i) : octet_graph_output(binder->graph, op, i);
        if (octet_shape_elements(&value->shape) == 0 || whole_elements == 0) continue;
        const int32_t outer = octet_shape_product(&whole->shape, 0, axis);
        const ptrdiff_t inner = (ptrdiff_t)size * octet_shape_product(&whole->shape, axis + 1, whole->shape.rank);
        const ptrdiff_t slab = inner * (stacked ? 1 : value->shape.dims[axis]),
                        stride = inner * whole->shape.dims[axis];
        octet_copy_params *p = octet_copies_add(m, size, joins ? i : 0, joins ? 0 : i);
        *(joins ? &p->out_offset : &p->in_offset) = offset;
        octet_copy_add_axis(p, outer, joins ? slab : stride, joins ? stride : slab);
        octet_copy_add_axis(p, (int32_t)(slab / (ptrdiff_t)size), (ptrdiff_t)size, (ptrdiff_t)size);
        offset += slab;
    }
    octet_copies_finish(m, step);
    return OCTET_OK;
}

/* uint8 operands may have scales of their own. */
static octet_status bind_join_bytes(octet_binder *binder, const octet_operator *op, octet_step *step,
                                    const octet_value *output, int32_t axis) {
    octet_join_bytes_params *p;
    octet_join_bytes_part *parts;
    float scale, output_scale;
    int32_t zero_point, output_zero_point;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, op->n_inputs, &parts));
    *p = (octet_join_bytes_params){.n_parts = op->n_inputs, .parts = parts};
    OCTET_TRY(octet_bind_per_tensor(binder, op, output, &output_scale, &output_zero_point));
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        const octet_value *input = octet_graph_input(binder->graph, op, i);
        OCTET_TRY(octet_bind_per_tensor(binder, op, input, &scale, &zero_point));
        octet_join_bytes_prepare(&parts[i], scale, zero_point, output_scale, output_zero_point);
        parts[i].run = (size_t)octet_shape_product(&input->shape, axis, input->shape.rank);
        p->run += parts[i].run;
    }
    octet_step_set_join_bytes(step, OCTET_KERNEL_join_bytes, p, (uint32_t)octet_shape_product(&output->shape, 0, axis));
    return OCTET_OK;
}

octet_status octet_move_bind_concatenation(octet_binder *binder, const octet_operator *op, octet_step *step,
                                           const octet_value *input, const octet_value *output) {
    OCTET_CHECK(binder->ctx, octet_operator_activation(op) == OCTET_ACTIVATION_NONE, OCTET_UNSUPPORTED,
                "%s: CONCATENATION with fused activation %s", op->layer,
                octet_activation_name(octet_operator_activation(op)));
    int32_t axis;
    OCTET_TRY(octet_infer_axis(binder->ctx, op, op->options.concatenation.axis, input->shape.rank, &axis));
    if (output->type == OCTET_UINT8 && output->quantization.n > 0)
        return bind_join_bytes(binder, op, step, output, axis);
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        OCTET_TRY(octet_bind_check_moved(binder, op, octet_graph_input(binder->graph, op, i), output));
    }
    return bind_slabs(binder, op, step, output, axis, true);
}

octet_status octet_move_bind_pack(octet_binder *binder, const octet_operator *op, octet_step *step,
                                  const octet_value *input, const octet_value *output) {
    (void)input;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        OCTET_TRY(octet_bind_check_moved(binder, op, octet_graph_input(binder->graph, op, i), output));
    }
    int32_t axis;
    OCTET_TRY(octet_infer_axis(binder->ctx, op, op->options.pack.axis, output->shape.rank, &axis));
    return bind_slabs(binder, op, step, output, axis, true);
}

octet_status octet_move_bind_unpack(octet_binder *binder, const octet_operator *op, octet_step *step,
                                    const octet_value *input, const octet_value *output) {
    (void)output;
    int32_t axis;
    OCTET_TRY(octet_infer_axis(binder->ctx, op, op->options.pack.axis, input->shape.rank, &axis));
    return bind_slabs(binder, op, step, input, axis, false);
}

octet_status octet_move_bind_split(octet_binder *binder, const octet_operator *op, octet_step *step,
                                   const octet_value *input, const octet_value *output) {
    (void)output;
    int32_t axis, n;
    OCTET_TRY(
        octet_infer_constant_i32(binder->ctx, binder->graph, op, op->code == OCTET_OP_SPLIT ? 0 : 2, 1, &axis, &n));
    OCTET_TRY(octet_infer_axis(binder->ctx, op, axis, input->shape.rank, &axis));
    if (op->code == OCTET_OP_SPLIT) OCTET_TRY(octet_bind_operands(binder, op, (const uint32_t[]){1}, 1, step));
    return bind_slabs(binder, op, step, input, axis, false);
}
