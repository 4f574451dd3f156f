#include <string.h>

#include "graph/infer/infer.h"
#include "graph/slice.h"
#include "kernels/ref/batch_space.h"
#include "kernels/ref/copy.h"
#include "kernels/ref/gather.h"
#include "kernels/ref/join_bytes.h"
#include "kernels/ref/mirror_pad.h"
#include "lower/check.h"
#include "lower/families.h"

/* Most of these operators are one or several copies between strided views. The units of a step are the rows of its
 * copies, one copy after the other. */
typedef struct part {
    octet_copy_params copy;
    uint32_t input; /* OCTET_NONE: from move.value */
    uint32_t output;
    uint32_t first_row, n_rows;
} part;

typedef struct move {
    uint32_t n_parts, capacity;
    part *parts;
    unsigned char value[8]; /* one element, what PAD fills with */
} move;

static void run_move(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const move *m = step->params;
    for (uint32_t i = 0; i < m->n_parts; i++) {
        const part *p = &m->parts[i];
        const uint32_t last = p->first_row + p->n_rows;
        if (last <= begin || p->first_row >= end) continue;
        const void *input = p->input == OCTET_NONE ? m->value : octet_step_input(step, frame, p->input);
        octet_copy_ref(&p->copy, input, octet_step_output(step, frame, p->output),
                       begin > p->first_row ? begin - p->first_row : 0, (end < last ? end : last) - p->first_row);
    }
}

static octet_status move_create(octet_binder *binder, uint32_t capacity, move **out) {
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, out));
    (*out)->capacity = capacity;
    return OCTET_NEW(binder->ctx, binder->arena, capacity, &(*out)->parts);
}

/* The next part; its copy is begun. */
static part *move_add(move *m, size_t element_size, uint32_t input, uint32_t output) {
    part *p = &m->parts[m->n_parts++];
    octet_copy_begin(&p->copy, element_size);
    p->input = input;
    p->output = output;
    return p;
}

static void move_finish(move *m, octet_step *step) {
    uint32_t n_rows = 0;
    for (uint32_t i = 0; i < m->n_parts; i++) {
        m->parts[i].first_row = n_rows;
        m->parts[i].n_rows = octet_copy_finish(&m->parts[i].copy);
        n_rows += m->parts[i].n_rows;
    }
    octet_step_set(step, run_move, m, n_rows, "ref");
}

/* Bytes from one index of each axis to the next, for a shape with elements. */
static void strides_of(const octet_shape *shape, size_t element_size, ptrdiff_t *strides) {
    ptrdiff_t stride = (ptrdiff_t)element_size;
    for (int32_t i = shape->rank - 1; i >= 0; i--) {
        strides[i] = stride;
        stride *= shape->dims[i];
    }
}

typedef octet_status binder_of_move(octet_binder *binder, const octet_operator *op, octet_step *step,
                                    const octet_value *input, const octet_value *output);

static octet_status bind_same(octet_binder *binder, const octet_operator *op, octet_step *step,
                              const octet_value *input, const octet_value *output) {
    (void)op;
    (void)output;
    move *m;
    const size_t size = octet_type_size(input->type);
    OCTET_TRY(move_create(binder, 1, &m));
    part *p = move_add(m, size, 0, 0);
    octet_copy_add_axis(&p->copy, (int32_t)octet_shape_elements(&input->shape), (ptrdiff_t)size, (ptrdiff_t)size);
    move_finish(m, step);
    step->in_place = true;
    return OCTET_OK;
}

static octet_status bind_transpose(octet_binder *binder, const octet_operator *op, octet_step *step,
                                   const octet_value *input, const octet_value *output) {
    int32_t order[OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, OCTET_MAX_RANK, order, &n));
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    const size_t size = octet_type_size(input->type);
    strides_of(&input->shape, size, in);
    strides_of(&output->shape, size, out);
    move *m;
    OCTET_TRY(move_create(binder, 1, &m));
    part *p = move_add(m, size, 0, 0);
    for (int32_t i = 0; i < n; i++) {
        int32_t axis;
        OCTET_TRY(octet_infer_axis(binder->ctx, op, order[i], n, &axis));
        octet_copy_add_axis(&p->copy, output->shape.dims[i], in[axis], out[i]);
    }
    move_finish(m, step);
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
    strides_of(&input->shape, size, in);
    strides_of(&counts, size, out);
    move *m;
    OCTET_TRY(move_create(binder, 1, &m));
    part *p = move_add(m, size, 0, 0);
    for (int32_t i = 0; i < slice.rank; i++) {
        p->copy.in_offset += slice.begin[i] * in[i];
        octet_copy_add_axis(&p->copy, slice.count[i], slice.count[i] > 1 ? slice.stride[i] * in[i] : 0, out[i]);
    }
    move_finish(m, step);
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
    strides_of(&output->shape, size, strides);
    move *m;
    OCTET_TRY(move_create(binder, 1, &m));
    part *p = move_add(m, size, 0, 0);
    for (int32_t i = 0; i < input->shape.rank; i++) {
        const int32_t count = input->shape.dims[i];
        if (reversed[i]) p->copy.in_offset += (count - 1) * strides[i];
        octet_copy_add_axis(&p->copy, count, reversed[i] ? -strides[i] : strides[i], strides[i]);
    }
    move_finish(m, step);
    return OCTET_OK;
}

static octet_status bind_broadcast_to(octet_binder *binder, const octet_operator *op, octet_step *step,
                                      const octet_value *input, const octet_value *output) {
    (void)op;
    const size_t size = octet_type_size(input->type);
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    strides_of(&input->shape, size, in);
    strides_of(&output->shape, size, out);
    move *m;
    OCTET_TRY(move_create(binder, 1, &m));
    part *p = move_add(m, size, 0, 0);
    const int32_t extra = output->shape.rank - input->shape.rank;
    for (int32_t i = 0; i < output->shape.rank; i++) {
        const bool repeats = i < extra || input->shape.dims[i - extra] == 1;
        octet_copy_add_axis(&p->copy, output->shape.dims[i], repeats ? 0 : in[i - extra], out[i]);
    }
    move_finish(m, step);
    return OCTET_OK;
}

/* Each axis becomes two: the repetitions, which do not move in the input, and the axis itself. */
static octet_status bind_tile(octet_binder *binder, const octet_operator *op, octet_step *step,
                              const octet_value *input, const octet_value *output) {
    (void)op;
    const size_t size = octet_type_size(input->type);
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    strides_of(&input->shape, size, in);
    strides_of(&output->shape, size, out);
    move *m;
    OCTET_TRY(move_create(binder, 1, &m));
    part *p = move_add(m, size, 0, 0);
    for (int32_t i = 0; i < output->shape.rank; i++) {
        const int32_t count = input->shape.dims[i];
        octet_copy_add_axis(&p->copy, output->shape.dims[i] / count, 0, out[i] * count);
        octet_copy_add_axis(&p->copy, count, in[i], out[i]);
    }
    move_finish(m, step);
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
    strides_of(space, size, on_space);
    strides_of(depth, size, on_depth);
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
    move *m;
    OCTET_TRY(move_create(binder, 1, &m));
    part *p = move_add(m, size, 0, 0);
    for (int32_t i = 0; i < 6; i++) {
        octet_copy_add_axis(&p->copy, axes[i].count, to_depth ? axes[i].space : axes[i].depth,
                            to_depth ? axes[i].depth : axes[i].space);
    }
    move_finish(m, step);
    return OCTET_OK;
}

/* CONCATENATION and PACK write, SPLIT, SPLIT_V and UNPACK read one slab of the whole after the other. */
static octet_status bind_slabs(octet_binder *binder, const octet_operator *op, octet_step *step,
                               const octet_value *whole, int32_t axis, bool joins) {
    const uint32_t n = joins ? op->n_inputs : op->n_outputs;
    const size_t size = octet_type_size(whole->type);
    move *m;
    OCTET_TRY(move_create(binder, n, &m));
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
        part *p = move_add(m, size, joins ? i : (op->code == OCTET_OP_SPLIT ? 1 : 0), joins ? 0 : i);
        *(joins ? &p->copy.out_offset : &p->copy.in_offset) = offset;
        octet_copy_add_axis(&p->copy, outer, joins ? slab : stride, joins ? stride : slab);
        octet_copy_add_axis(&p->copy, (int32_t)(slab / (ptrdiff_t)size), (ptrdiff_t)size, (ptrdiff_t)size);
        offset += slab;
    }
    move_finish(m, step);
    return OCTET_OK;
}

static void run_join_bytes(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                           uint32_t end) {
    (void)phase;
    const octet_join_bytes_params *p = step->params;
    size_t at = 0;
    for (uint32_t i = 0; i < p->n_parts; at += p->parts[i++].run)
        octet_join_bytes_ref(p, i, at, octet_step_input(step, frame, i), octet_step_output(step, frame, 0), begin, end);
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
    octet_step_set(step, run_join_bytes, p, (uint32_t)octet_shape_product(&output->shape, 0, axis), "ref");
    return OCTET_OK;
}

static octet_status bind_concatenation(octet_binder *binder, const octet_operator *op, octet_step *step,
                                       const octet_value *input, const octet_value *output) {
    OCTET_CHECK(binder->ctx, op->options.concatenation.activation == OCTET_ACTIVATION_NONE, OCTET_UNSUPPORTED,
                "%s: CONCATENATION with fused activation %s", op->layer,
                octet_activation_name(op->options.concatenation.activation));
    int32_t axis;
    OCTET_TRY(octet_infer_axis(binder->ctx, op, op->options.concatenation.axis, input->shape.rank, &axis));
    if (output->type == OCTET_UINT8 && output->quantization.n > 0)
        return bind_join_bytes(binder, op, step, output, axis);
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        OCTET_TRY(octet_bind_check_moved(binder, op, octet_graph_input(binder->graph, op, i), output));
    }
    return bind_slabs(binder, op, step, output, axis, true);
}

static octet_status bind_pack(octet_binder *binder, const octet_operator *op, octet_step *step,
                              const octet_value *input, const octet_value *output) {
    (void)input;
    for (uint32_t i = 0; i < op->n_inputs; i++) {
        OCTET_TRY(octet_bind_check_moved(binder, op, octet_graph_input(binder->graph, op, i), output));
    }
    int32_t axis;
    OCTET_TRY(octet_infer_axis(binder->ctx, op, op->options.pack.axis, output->shape.rank, &axis));
    return bind_slabs(binder, op, step, output, axis, true);
}

static octet_status bind_unpack(octet_binder *binder, const octet_operator *op, octet_step *step,
                                const octet_value *input, const octet_value *output) {
    (void)output;
    int32_t axis;
    OCTET_TRY(octet_infer_axis(binder->ctx, op, op->options.pack.axis, input->shape.rank, &axis));
    return bind_slabs(binder, op, step, input, axis, false);
}

static octet_status bind_split(octet_binder *binder, const octet_operator *op, octet_step *step,
                               const octet_value *input, const octet_value *output) {
    (void)output;
    int32_t axis, n;
    OCTET_TRY(
        octet_infer_constant_i32(binder->ctx, binder->graph, op, op->code == OCTET_OP_SPLIT ? 0 : 2, 1, &axis, &n));
    OCTET_TRY(octet_infer_axis(binder->ctx, op, axis, input->shape.rank, &axis));
    return bind_slabs(binder, op, step, input, axis, false);
}

/* One element of the value that stands for 0 (or, in PADV2, of the given constant). */
static octet_status pad_value(octet_binder *binder, const octet_operator *op, const octet_value *output,
                              unsigned char *element) {
    memset(element, 0, 8);
    if (op->code == OCTET_OP_PADV2) {
        const octet_value *value = octet_graph_input(binder->graph, op, 2);
        OCTET_TRY(octet_bind_check_moved(binder, op, value, output));
        OCTET_CHECK(binder->ctx, value->data, OCTET_UNSUPPORTED,
                    "%s: PADV2 with a computed value; it must be a constant", op->layer);
        memcpy(element, value->data, octet_type_size(value->type));
    } else if (octet_type_is_quantized(output->type) && output->quantization.n == 1) {
        const int32_t zero_point = output->quantization.zero_point[0];
        if (output->type == OCTET_INT16) {
            const int16_t narrow = (int16_t)zero_point;
            memcpy(element, &narrow, sizeof narrow);
        } else {
            element[0] = (unsigned char)zero_point;
        }
    }
    return OCTET_OK;
}

/* The interior, and for every padded side of every axis one box of the value: inside the interior on the axes before,
 * over all of the output on the axes behind. */
static octet_status bind_pad(octet_binder *binder, const octet_operator *op, octet_step *step, const octet_value *input,
                             const octet_value *output) {
    OCTET_TRY(octet_bind_check_moved(binder, op, input, output));
    int32_t pads[2 * OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, 2 * OCTET_MAX_RANK, pads, &n));
    const octet_shape *in_shape = &input->shape, *out_shape = &output->shape;
    const size_t size = octet_type_size(input->type);
    ptrdiff_t in[OCTET_MAX_RANK], out[OCTET_MAX_RANK];
    strides_of(in_shape, size, in);
    strides_of(out_shape, size, out);
    move *m;
    OCTET_TRY(move_create(binder, 1 + 2 * (uint32_t)in_shape->rank, &m));
    OCTET_TRY(pad_value(binder, op, output, m->value));
    part *interior = move_add(m, size, 0, 0);
    for (int32_t i = 0; i < in_shape->rank; i++) {
        interior->copy.out_offset += pads[2 * i] * out[i];
        octet_copy_add_axis(&interior->copy, in_shape->dims[i], in[i], out[i]);
    }
    for (int32_t side = 0; side < 2 * in_shape->rank; side++) {
        const int32_t axis = side / 2;
        if (pads[side] == 0) continue;
        part *p = move_add(m, size, OCTET_NONE, 0);
        if (side % 2) p->copy.out_offset += (pads[side - 1] + in_shape->dims[axis]) * out[axis];
        for (int32_t i = 0; i < in_shape->rank; i++) {
            if (i < axis) p->copy.out_offset += pads[2 * i] * out[i];
            const int32_t count = i < axis ? in_shape->dims[i] : i == axis ? pads[side] : out_shape->dims[i];
            octet_copy_add_axis(&p->copy, count, 0, out[i]);
        }
    }
    move_finish(m, step);
    return OCTET_OK;
}

static void run_mirror_pad(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                           uint32_t end) {
    (void)phase;
    octet_mirror_pad_ref(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), begin, end);
}

static octet_status bind_mirror_pad(octet_binder *binder, const octet_operator *op, octet_step *step,
                                    const octet_value *input, const octet_value *output) {
    int32_t pads[2 * OCTET_MAX_RANK], n;
    OCTET_TRY(octet_infer_constant_i32(binder->ctx, binder->graph, op, 1, 2 * OCTET_MAX_RANK, pads, &n));
    octet_mirror_pad_params *params;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &params));
    *params = (octet_mirror_pad_params){.rank = input->shape.rank,
                                        .edge = op->options.mirror_pad.symmetric ? 0 : 1,
                                        .element_size = (int32_t)octet_type_size(input->type)};
    if (params->rank == 0) return bind_same(binder, op, step, input, output);
    for (int32_t i = 0; i < params->rank; i++) {
        params->in_dims[i] = input->shape.dims[i];
        params->out_dims[i] = output->shape.dims[i];
        params->before[i] = pads[2 * i];
    }
    octet_step_set(step, run_mirror_pad, params, (uint32_t)octet_shape_product(&output->shape, 0, params->rank - 1),
                   "ref");
    return OCTET_OK;
}

static void run_gather(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    octet_gather_ref(step->params, octet_step_input(step, frame, 0), octet_step_input(step, frame, 1),
                     octet_step_output(step, frame, 0), begin, end);
}

static octet_status bind_gather(octet_binder *binder, const octet_operator *op, octet_step *step,
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
    const size_t n_rows = octet_shape_elements(&output->shape) * octet_type_size(output->type) / params->row_bytes;
    octet_step_set(step, run_gather, params, (uint32_t)n_rows, "ref");
    return OCTET_OK;
}

static void run_gather_nd(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                          uint32_t end) {
    (void)phase;
    octet_gather_nd_ref(step->params, octet_step_input(step, frame, 0), octet_step_input(step, frame, 1),
                        octet_step_output(step, frame, 0), begin, end);
}

static octet_status bind_gather_nd(octet_binder *binder, const octet_operator *op, octet_step *step,
                                   const octet_value *input, const octet_value *output) {
    const octet_value *indices = octet_graph_input(binder->graph, op, 1);
    octet_gather_nd_params *params;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &params));
    params->depth = indices->shape.dims[indices->shape.rank - 1];
    for (int32_t i = 0; i < params->depth; i++) params->axis[i] = input->shape.dims[i];
    params->index_size = (int32_t)octet_type_size(indices->type);
    params->row_bytes =
        (size_t)octet_shape_product(&input->shape, params->depth, input->shape.rank) * octet_type_size(input->type);
    const size_t n_rows = octet_shape_elements(&output->shape) * octet_type_size(output->type) / params->row_bytes;
    octet_step_set(step, run_gather_nd, params, (uint32_t)n_rows, "ref");
    return OCTET_OK;
}

static void run_space_to_batch(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                               uint32_t end) {
    (void)phase;
    octet_space_to_batch_ref(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), begin,
                             end);
}

static void run_batch_to_space(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                               uint32_t end) {
    (void)phase;
    octet_batch_to_space_ref(step->params, octet_step_input(step, frame, 0), octet_step_output(step, frame, 0), begin,
                             end);
}

static octet_status bind_batch_space(octet_binder *binder, const octet_operator *op, octet_step *step,
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
    if (to_batch) {
        octet_step_set(step, run_space_to_batch, params, (uint32_t)batch->dims[0] * (uint32_t)params->batch_h, "ref");
    } else {
        octet_step_set(step, run_batch_to_space, params, (uint32_t)params->batches * (uint32_t)params->space_h, "ref");
    }
    return OCTET_OK;
}

octet_status octet_bind_move(octet_binder *binder, const octet_operator *op, octet_step *step) {
    static const struct {
        octet_operator_code code;
        binder_of_move *bind;
    } table[] = {
        {OCTET_OP_BATCH_TO_SPACE_ND, bind_batch_space},
        {OCTET_OP_BROADCAST_TO, bind_broadcast_to},
        {OCTET_OP_CONCATENATION, bind_concatenation},
        {OCTET_OP_DEPTH_TO_SPACE, bind_depth_space},
        {OCTET_OP_EXPAND_DIMS, bind_same},
        {OCTET_OP_GATHER, bind_gather},
        {OCTET_OP_GATHER_ND, bind_gather_nd},
        {OCTET_OP_MIRROR_PAD, bind_mirror_pad},
        {OCTET_OP_PACK, bind_pack},
        {OCTET_OP_PAD, bind_pad},
        {OCTET_OP_PADV2, bind_pad},
        {OCTET_OP_RESHAPE, bind_same},
        {OCTET_OP_REVERSE_V2, bind_reverse},
        {OCTET_OP_SLICE, bind_slice},
        {OCTET_OP_SPACE_TO_BATCH_ND, bind_batch_space},
        {OCTET_OP_SPACE_TO_DEPTH, bind_depth_space},
        {OCTET_OP_SPLIT, bind_split},
        {OCTET_OP_SPLIT_V, bind_split},
        {OCTET_OP_SQUEEZE, bind_same},
        {OCTET_OP_STRIDED_SLICE, bind_slice},
        {OCTET_OP_TILE, bind_tile},
        {OCTET_OP_TRANSPOSE, bind_transpose},
        {OCTET_OP_UNPACK, bind_unpack},
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
