#include "kernels/ref/compare.h"
#include "lower/check.h"
#include "lower/families.h"

typedef struct compare_step {
    octet_broadcast_params walk;
    octet_broadcast_row *row;
    octet_compare_params quantized;
} compare_step;

static void run_compare(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                        uint32_t end) {
    (void)phase;
    const compare_step *c = step->params;
    const void *const in[2] = {octet_step_input(step, frame, 0), octet_step_input(step, frame, 1)};
    octet_broadcast_walk(&c->walk, c->row, &c->quantized, in, octet_step_output(step, frame, 0), begin, end);
}

enum { NOT_PIECE = 8192 }; /* elements per unit of LOGICAL_NOT */

static void run_not(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const size_t *n_elements = step->params;
    const size_t first = (size_t)begin * NOT_PIECE, last = (size_t)end * NOT_PIECE;
    octet_logical_not_ref((const uint8_t *)octet_step_input(step, frame, 0) + first,
                          (uint8_t *)octet_step_output(step, frame, 0) + first,
                          (last < *n_elements ? last : *n_elements) - first);
}

static octet_compare operation_of(octet_operator_code code) {
    if (code == OCTET_OP_EQUAL) return OCTET_COMPARE_EQUAL;
    if (code == OCTET_OP_NOT_EQUAL) return OCTET_COMPARE_NOT_EQUAL;
    if (code == OCTET_OP_LESS) return OCTET_COMPARE_LESS;
    if (code == OCTET_OP_LESS_EQUAL) return OCTET_COMPARE_LESS_EQUAL;
    if (code == OCTET_OP_GREATER) return OCTET_COMPARE_GREATER;
    if (code == OCTET_OP_GREATER_EQUAL) return OCTET_COMPARE_GREATER_EQUAL;
    return code == OCTET_OP_LOGICAL_AND ? OCTET_COMPARE_AND : OCTET_COMPARE_OR;
}

static octet_compare_type type_of(octet_type type) {
    if (type == OCTET_FLOAT32) return OCTET_COMPARE_F32;
    if (type == OCTET_INT32) return OCTET_COMPARE_S32;
    if (type == OCTET_INT64) return OCTET_COMPARE_S64;
    if (type == OCTET_INT16) return OCTET_COMPARE_S16;
    if (type == OCTET_INT8) return OCTET_COMPARE_S8;
    return type == OCTET_BOOL ? OCTET_COMPARE_U8 : OCTET_N_COMPARE_TYPES;
}

static octet_status bind_not(octet_binder *binder, const octet_value *input, octet_step *step) {
    size_t *n_elements;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &n_elements));
    *n_elements = octet_shape_elements(&input->shape);
    octet_step_set(step, run_not, n_elements, (uint32_t)((*n_elements - 1) / NOT_PIECE + 1), "ref");
    step->in_place = true;
    return OCTET_OK;
}

octet_status octet_bind_compare(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *a, *b;
    OCTET_TRY(octet_bind_input(binder, op, 0, &a));
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    if (op->code == OCTET_OP_LOGICAL_NOT) return bind_not(binder, a, step);
    OCTET_TRY(octet_bind_input(binder, op, 1, &b));
    const octet_compare_type type = type_of(a->type);
    if (type == OCTET_N_COMPARE_TYPES) return octet_bind_unsupported(binder, op);
    compare_step *c;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &c));
    c->row = octet_compare_row_ref(operation_of(op->code), type);
    if (!c->row) return octet_bind_unsupported(binder, op);
    if (type == OCTET_COMPARE_S8) {
        float scale[2];
        OCTET_TRY(octet_bind_per_tensor(binder, op, a, &scale[0], &c->quantized.zero_point[0]));
        OCTET_TRY(octet_bind_per_tensor(binder, op, b, &scale[1], &c->quantized.zero_point[1]));
        OCTET_CHECK(binder->ctx, octet_compare_prepare(scale, &c->quantized), OCTET_UNSUPPORTED,
                    "%s: %s: scales %g and %g are too large", op->layer, octet_operator_name(op->code),
                    (double)scale[0], (double)scale[1]);
    }
    const octet_shape *out = &octet_graph_output(binder->graph, op, 0)->shape;
    const octet_broadcast_shape shapes[2] = {{a->shape.rank, a->shape.dims}, {b->shape.rank, b->shape.dims}};
    const uint32_t n_units =
        octet_broadcast_prepare(&c->walk, (octet_broadcast_shape){out->rank, out->dims}, shapes, 2);
    c->walk.element_size[0] = c->walk.element_size[1] = octet_type_size(a->type);
    c->walk.out_size = 1;
    octet_step_set(step, run_compare, c, n_units, "ref");
    return OCTET_OK;
}
