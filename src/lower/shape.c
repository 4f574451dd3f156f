#include <string.h>

#include "kernels/ref/shape_values.h"
#include "lower/check.h"
#include "lower/families.h"

enum { PIECE = 8192 }; /* elements per unit of FILL and ZEROS_LIKE */

typedef struct shape_step {
    size_t n_elements, element_size;
    size_t n[2];           /* BROADCAST_ARGS: lengths of the operands */
    unsigned char zero[8]; /* ZEROS_LIKE: one element */
    bool fills_input;      /* FILL: with input 1 */
    int32_t dims[OCTET_MAX_RANK];
    int64_t long_dims[OCTET_MAX_RANK]; /* SHAPE */
    octet_type type;
} shape_step;

static void run_fill(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const shape_step *s = step->params;
    const size_t first = (size_t)begin * PIECE, last = (size_t)end * PIECE;
    octet_fill_ref(s->fills_input ? octet_step_input(step, frame, 1) : s->zero, s->element_size,
                   (char *)octet_step_output(step, frame, 0) + first * s->element_size,
                   (last < s->n_elements ? last : s->n_elements) - first);
}

static void run_shape(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    (void)begin;
    (void)end;
    const shape_step *s = step->params;
    memcpy(octet_step_output(step, frame, 0), s->element_size == 8 ? (const void *)s->long_dims : s->dims,
           s->n_elements * s->element_size);
}

static void run_range(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    (void)begin;
    (void)end;
    const shape_step *s = step->params;
    const void *start = octet_step_input(step, frame, 0), *delta = octet_step_input(step, frame, 2);
    void *out = octet_step_output(step, frame, 0);
    if (s->type == OCTET_FLOAT32) {
        octet_range_f32_ref(*(const float *)start, *(const float *)delta, out, s->n_elements);
    } else if (s->type == OCTET_INT32) {
        octet_range_s32_ref(*(const int32_t *)start, *(const int32_t *)delta, out, s->n_elements);
    } else {
        octet_range_s64_ref(*(const int64_t *)start, *(const int64_t *)delta, out, s->n_elements);
    }
}

static void run_broadcast_args(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                               uint32_t end) {
    (void)phase;
    (void)begin;
    (void)end;
    const shape_step *s = step->params;
    octet_broadcast_args_ref(octet_step_input(step, frame, 0), s->n[0], octet_step_input(step, frame, 1), s->n[1],
                             octet_step_output(step, frame, 0), s->element_size);
}

/* The element that stands for 0: the zero point, repeated in every byte position that the type has. */
static void set_zero(const octet_value *output, unsigned char *zero) {
    if (!octet_type_is_quantized(output->type) || output->quantization.n != 1) return;
    const int32_t zero_point = output->quantization.zero_point[0];
    if (output->type == OCTET_INT16) {
        const int16_t narrow = (int16_t)zero_point;
        memcpy(zero, &narrow, sizeof narrow);
    } else {
        zero[0] = (unsigned char)zero_point;
    }
}

octet_status octet_bind_shape(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *first, *second = NULL;
    OCTET_TRY(octet_bind_input(binder, op, 0, &first));
    if (op->code == OCTET_OP_FILL || op->code == OCTET_OP_BROADCAST_ARGS)
        OCTET_TRY(octet_bind_input(binder, op, 1, &second));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    shape_step *s;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &s));
    s->n_elements = octet_shape_elements(&output->shape);
    s->element_size = octet_type_size(output->type);
    s->type = output->type;
    const uint32_t n_pieces = (uint32_t)((s->n_elements - 1) / PIECE + 1);
    if (op->code == OCTET_OP_FILL) {
        OCTET_TRY(octet_bind_check_moved(binder, op, second, output));
        s->fills_input = true;
        octet_step_set(step, run_fill, s, n_pieces, "ref");
    } else if (op->code == OCTET_OP_ZEROS_LIKE) {
        set_zero(output, s->zero);
        octet_step_set(step, run_fill, s, n_pieces, "ref");
    } else if (op->code == OCTET_OP_SHAPE) {
        for (int32_t i = 0; i < first->shape.rank; i++) s->long_dims[i] = s->dims[i] = first->shape.dims[i];
        octet_step_set(step, run_shape, s, 1, "ref");
    } else if (op->code == OCTET_OP_RANGE) {
        octet_step_set(step, run_range, s, 1, "ref");
    } else {
        s->n[0] = octet_shape_elements(&first->shape);
        s->n[1] = octet_shape_elements(&second->shape);
        octet_step_set(step, run_broadcast_args, s, 1, "ref");
    }
    return OCTET_OK;
}
