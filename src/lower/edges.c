#include <string.h>

#include "graph/infer/infer.h"
#include "kernels/ref/batch_space.h"
#include "kernels/ref/mirror_pad.h"
#include "lower/check.h"
#include "lower/copies.h"
#include "lower/move.h"

/* One element of the value that stands for 0 (or, in PADV2, of the given constant). */
static octet_status pad_value(octet_binder *binder, const octet_operator *op, const octet_value *output,
                              unsigned char *element) {
    if (op->code == OCTET_OP_PADV2) {
        const octet_value *value = octet_graph_input(binder->graph, op, 2);
        OCTET_TRY(octet_bind_check_moved(binder, op, value, output));
        OCTET_CHECK(binder->ctx, value->data, OCTET_UNSUPPORTED,
                    "%s: PADV2 with a computed value; it must be a constant", op->layer);
        memcpy(element, value->data, octet_type_size(value->type));
    } else {
        octet_bind_zero_element(output, element);
    }
    return OCTET_OK;
}

/* The interior, and for every padded side of every axis one box of the value: inside the interior on the axes before,
 * over all of the output on the axes behind. */
octet_status octet_move_bind_pad(octet_binder *binder, const octet_operator *op, octet_step *step,
                                 const octet_value *input, const octet_value *output) {
    OCTET_TRY(octet_bind_check_moved(binder, op, input, output));
    int32_t pads[2 * OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, 2 * OCTET_MAX_RANK, pads, &n));
    const octet_shape *in_shape = &input->shape, *out_shape = &output->shape;
    const size_t size = octet_type_size(input->type);
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    octet_copies_strides(in_shape, size, in);
    octet_copies_strides(out_shape, size, out);
    octet_copies_params *m;
    OCTET_TRY(octet_copies_create(binder, 1 + 2 * (uint32_t)in_shape->rank, &m));
    OCTET_TRY(pad_value(binder, op, output, m->value));
    octet_copy_params *interior = octet_copies_add(m, size, 0, 0);
    for (int32_t i = 0; i < in_shape->rank; i++) {
        interior->out_offset += pads[2 * i] * out[i];
        octet_copy_add_axis(interior, in_shape->dims[i], in[i], out[i]);
    }
    for (int32_t side = 0; side < 2 * in_shape->rank; side++) {
        const int32_t axis = side / 2;
        if (pads[side] == 0) continue;
        octet_copy_params *p = octet_copies_add(m, size, OCTET_NONE, 0);
        if (side % 2) p->out_offset += (pads[side - 1] + in_shape->dims[axis]) * out[axis];
        for (int32_t i = 0; i < in_shape->rank; i++) {
            if (i < axis) p->out_offset += pads[2 * i] * out[i];
            const int32_t count = i < axis ? in_shape->dims[i] : i == axis ? pads[side] : out_shape->dims[i];
            octet_copy_add_axis(p, count, 0, out[i]);
        }
    }
    octet_copies_finish(m, step);
    return OCTET_OK;
}

octet_status octet_move_bind_mirror_pad(octet_binder *binder, const octet_operator *op, octet_step *step,
                                        const octet_value *input, const octet_value *output) {
    int32_t pads[2 * OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, 2 * OCTET_MAX_RANK, pads, &n));
    octet_mirror_pad_params *params;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &params));
    *params = (octet_mirror_pad_params){.rank = input->shape.rank,
                                        .edge = op->options.mirror_pad.symmetric ? 0 : 1,
                                        .element_size = (int32_t)octet_type_size(input->type)};
    if (params->rank == 0) return octet_move_bind_same(binder, op, step, input, output);
    for (int32_t i = 0; i < params->rank; i++) {
        params->in_dims[i] = input->shape.dims[i];
        params->out_dims[i] = output->shape.dims[i];
        params->before[i] = pads[2 * i];
    }
    octet_step_set_mirror_pad(step, OCTET_KERNEL_mirror_pad, params,
                              (uint32_t)octet_shape_product(&output->shape, 0, params->rank - 1));
    return OCTET_OK;
}

octet_status octet_move_bind_batch_space(octet_binder *binder, const octet_operator *op, octet_step *step,
                                         const octet_value *input, const octet_value *output) {
    const bool to_batch = op->code == OCTET_OP_SPACE_TO_BATCH_ND;
    const octet_shape *space = to_batch ? &input->shape : &output->shape,
                      *batch = to_batch ? &output->shape : &input->shape;
    int32_t block[2] = {1, 1}, edges[4] = {0}, n, n_edges;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, 2, block, &n));
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 2, 4, edges, &n_edges));
    const bool flat = space->rank == 3; /* [N,H,C] */
    octet_batch_space_params *params;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &params));
    *params = (octet_batch_space_params){.batches = space->dims[0],
                                         .space_h = space->dims[1],
                                         .space_w = flat ? 1 : space->dims[2],
                                         .batch_h = batch->dims[1],
                                         .batch_w = flat ? 1 : batch->dims[2],
                                         .block_h = block[0],
                                         .block_w = block[1],
                                         .top = edges[0],
                                         .left = edges[2],
                                         .element_size = octet_type_size(input->type)};
    params->cell_bytes = (size_t)space->dims[space->rank - 1] * params->element_size;
    OCTET_TRY(pad_value(binder, op, output, params->pad));
    const uint32_t n_units = to_batch ? (uint32_t)batch->dims[0] * (uint32_t)params->batch_h
                                      : (uint32_t)params->batches * (uint32_t)params->space_h;
    octet_step_set_batch_space(step, to_batch ? OCTET_KERNEL_space_to_batch : OCTET_KERNEL_batch_to_space, params,
                               n_units);
    return OCTET_OK;
}
