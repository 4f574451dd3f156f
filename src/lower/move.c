#include "lower/move.h"
#include "graph/infer/infer.h"
#include "graph/slice.h"
#include "lower/check.h"
#include "lower/copies.h"
#include "lower/families.h"

octet_status octet_move_bind_same(octet_binder *binder, const octet_operator *op, octet_step *step,
                                  const octet_value *input, const octet_value *output) {
    (void)op;
    (void)output;
    octet_copies_params *m;
    const size_t size = octet_type_size(input->type);
    OCTET_TRY(octet_copies_create(binder, 1, &m));
    octet_copy_params *p = octet_copies_add(m, size, 0, 0);
    octet_copy_add_axis(p, (int32_t)octet_shape_elements(&input->shape), (ptrdiff_t)size, (ptrdiff_t)size);
    octet_copies_finish(m, step);
    step->in_place = true;
    return OCTET_OK;
}

static octet_status bind_transpose(octet_binder *binder, const octet_operator *op, octet_step *step,
                                   const octet_value *input, const octet_value *output) {
    int32_t order[OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, OCTET_MAX_RANK, order, &n));
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    const size_t size = octet_type_size(input->type);
    octet_copies_strides(&input->shape, size, in);
    octet_copies_strides(&output->shape, size, out);
    octet_copies_params *m;
    OCTET_TRY(octet_copies_create(binder, 1, &m));
    octet_copy_params *p = octet_copies_add(m, size, 0, 0);
    for (int32_t i = 0; i < n; i++) {
        int32_t axis;
        OCTET_TRY(octet_infer_axis(binder->ctx, op, order[i], n, &axis));
        octet_copy_add_axis(p, output->shape.dims[i], in[axis], out[i]);
    }
    octet_copies_finish(m, step);
    return OCTET_OK;
}

/* SLICE, STRIDED_SLICE. */
static octet_status bind_slice(octet_binder *binder, const octet_operator *op, octet_step *step,
                               const octet_value *input, const octet_value *output) {
    (void)output;
    octet_slice slice;
    OCTET_TRY(octet_slice_resolve(binder->ctx, binder->graph, op, &slice));
    const octet_shape counts = octet_shape_make(slice.rank, slice.count);
    const size_t size = octet_type_size(input->type);
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    octet_copies_strides(&input->shape, size, in);
    octet_copies_strides(&counts, size, out);
    octet_copies_params *m;
    OCTET_TRY(octet_copies_create(binder, 1, &m));
    octet_copy_params *p = octet_copies_add(m, size, 0, 0);
    for (int32_t i = 0; i < slice.rank; i++) {
        p->in_offset += slice.begin[i] * in[i];
        octet_copy_add_axis(p, slice.count[i], slice.count[i] > 1 ? slice.stride[i] * in[i] : 0, out[i]);
    }
    octet_copies_finish(m, step);
    return OCTET_OK;
}

static octet_status bind_reverse(octet_binder *binder, const octet_operator *op, octet_step *step,
                                 const octet_value *input, const octet_value *output) {
    int32_t axes[OCTET_MAX_RANK], n;
    bool reversed[OCTET_MAX_RANK] = {false};
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, OCTET_MAX_RANK, axes, &n));
    for (int32_t i = 0; i < n; i++) {
        int32_t axis;
        OCTET_TRY(octet_infer_axis(binder->ctx, op, axes[i], input->shape.rank, &axis));
        reversed[axis] = true;
    }
    const size_t size = octet_type_size(input->type);
    ptrdiff_t strides[OCTET_MAX_RANK];
    octet_copies_strides(&output->shape, size, strides);
    octet_copies_params *m;
    OCTET_TRY(octet_copies_create(binder, 1, &m));
    octet_copy_params *p = octet_copies_add(m, size, 0, 0);
    for (int32_t i = 0; i < input->shape.rank; i++) {
        const int32_t count = input->shape.dims[i];
        if (reversed[i]) p->in_offset += (count - 1) * strides[i];
        octet_copy_add_axis(p, count, reversed[i] ? -strides[i] : strides[i], strides[i]);
    }
    octet_copies_finish(m, step);
    return OCTET_OK;
}

static octet_status bind_broadcast_to(octet_binder *binder, const octet_operator *op, octet_step *step,
                                      const octet_value *input, const octet_value *output) {
    (void)op;
    const size_t size = octet_type_size(input->type);
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    octet_copies_strides(&input->shape, size, in);
    octet_copies_strides(&output->shape, size, out);
    octet_copies_params *m;
    OCTET_TRY(octet_copies_create(binder, 1, &m));
    octet_copy_params *p = octet_copies_add(m, size, 0, 0);
    const int32_t extra = output->shape.rank - input->shape.rank;
    for (int32_t i = 0; i < output->shape.rank; i++) {
        const bool repeats = i < extra || input->shape.dims[i - extra] == 1;
        octet_copy_add_axis(p, output->shape.dims[i], repeats ? 0 : in[i - extra], out[i]);
    }
    octet_copies_finish(m, step);
    return OCTET_OK;
}

/* Each axis becomes two: the repetitions, which do not move in the input, and the axis itself. */
static octet_status bind_tile(octet_binder *binder, const octet_operator *op, octet_step *step,
                              const octet_value *input, const octet_value *output) {
    (void)op;
    const size_t size = octet_type_size(input->type);
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    octet_copies_strides(&input->shape, size, in);
    octet_copies_strides(&output->shape, size, out);
    octet_copies_params *m;
    OCTET_TRY(octet_copies_create(binder, 1, &m));
    octet_copy_params *p = octet_copies_add(m, size, 0, 0);
    for (int32_t i = 0; i < output->shape.rank; i++) {
        const int32_t count = input->shape.dims[i];
        octet_copy_add_axis(p, output->shape.dims[i] / count, 0, out[i] * count);
        octet_copy_add_axis(p, count, in[i], out[i]);
    }
    octet_copies_finish(m, step);
    return OCTET_OK;
}

/* [N,h,b,w,b,C] <-> [N,h,w,b,b,C]. */
static octet_status bind_depth_space(octet_binder *binder, const octet_operator *op, octet_step *step,
                                     const octet_value *input, const octet_value *output) {
    const bool to_depth = op->code == OCTET_OP_SPACE_TO_DEPTH;
    const octet_shape *space = to_depth ? &input->shape : &output->shape,
                      *depth = to_depth ? &output->shape : &input->shape;
    const int32_t block = op->options.block.size;
    const size_t size = octet_type_size(input->type);
    ptrdiff_t on_space[OCTET_MAX_RANK], on_depth[OCTET_MAX_RANK];
    octet_copies_strides(space, size, on_space);
    octet_copies_strides(depth, size, on_depth);
    const ptrdiff_t cell = on_space[2]; /* C elements */
    const struct {
        int32_t count;
        ptrdiff_t space, depth;
    } axes[6] = {
        {depth->dims[0], on_space[0], on_depth[0]},
        {depth->dims[1], block * on_space[1], on_depth[1]},
        {depth->dims[2], block * on_space[2], on_depth[2]},
        {block, on_space[1], block * cell},
        {block, on_space[2], cell},
        {space->dims[3], on_space[3], on_depth[3]},
    };
    octet_copies_params *m;
    OCTET_TRY(octet_copies_create(binder, 1, &m));
    octet_copy_params *p = octet_copies_add(m, size, 0, 0);
    for (int32_t i = 0; i < 6; i++) {
        octet_copy_add_axis(p, axes[i].count, to_depth ? axes[i].space : axes[i].depth,
                            to_depth ? axes[i].depth : axes[i].space);
    }
    octet_copies_finish(m, step);
    return OCTET_OK;
}

octet_status octet_bind_move(octet_binder *binder, const octet_operator *op, octet_step *step) {
    static const struct {
        octet_operator_code code;
        octet_move_function *bind;
    } table[] = {
        {OCTET_OP_BATCH_TO_SPACE_ND, octet_move_bind_batch_space},
        {OCTET_OP_BROADCAST_TO, bind_broadcast_to},
        {OCTET_OP_CONCATENATION, octet_move_bind_concatenation},
        {OCTET_OP_DEPTH_TO_SPACE, bind_depth_space},
        {OCTET_OP_EXPAND_DIMS, octet_move_bind_same},
        {OCTET_OP_GATHER, octet_move_bind_gather},
        {OCTET_OP_GATHER_ND, octet_move_bind_gather_nd},
        {OCTET_OP_MIRROR_PAD, octet_move_bind_mirror_pad},
        {OCTET_OP_PACK, octet_move_bind_pack},
        {OCTET_OP_PAD, octet_move_bind_pad},
        {OCTET_OP_PADV2, octet_move_bind_pad},
        {OCTET_OP_RESHAPE, octet_move_bind_same},
        {OCTET_OP_REVERSE_V2, bind_reverse},
        {OCTET_OP_SLICE, bind_slice},
        {OCTET_OP_SPACE_TO_BATCH_ND, octet_move_bind_batch_space},
        {OCTET_OP_SPACE_TO_DEPTH, bind_depth_space},
        {OCTET_OP_SPLIT, octet_move_bind_split},
        {OCTET_OP_SPLIT_V, octet_move_bind_split},
        {OCTET_OP_SQUEEZE, octet_move_bind_same},
        {OCTET_OP_STRIDED_SLICE, bind_slice},
        {OCTET_OP_TILE, bind_tile},
        {OCTET_OP_TRANSPOSE, bind_transpose},
        {OCTET_OP_UNPACK, octet_move_bind_unpack},
    };
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, op->code == OCTET_OP_SPLIT ? 1 : 0, &input));
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].code == op->code)
            return table[i].bind(binder, op, step, input, octet_graph_output(binder->graph, op, 0));
    }
    return octet_bind_unsupported(binder, op);
}
