#include "kernels/ref/compare.h"
#include "lower/check.h"
#include "lower/families.h"

/* OCTET_N_COMPARE for any other operator. */
static octet_comparison operation_of(octet_operator_code code) {
    if (code == OCTET_OP_EQUAL) return OCTET_COMPARE_EQUAL;
    if (code == OCTET_OP_NOT_EQUAL) return OCTET_COMPARE_NOT_EQUAL;
    if (code == OCTET_OP_LESS) return OCTET_COMPARE_LESS;
    if (code == OCTET_OP_LESS_EQUAL) return OCTET_COMPARE_LESS_EQUAL;
    if (code == OCTET_OP_GREATER) return OCTET_COMPARE_GREATER;
    if (code == OCTET_OP_GREATER_EQUAL) return OCTET_COMPARE_GREATER_EQUAL;
    if (code == OCTET_OP_LOGICAL_AND) return OCTET_COMPARE_AND;
    return code == OCTET_OP_LOGICAL_OR ? OCTET_COMPARE_OR : OCTET_N_COMPARE;
}

typedef struct kernel_of_type {
    octet_type type;
    octet_compare_type numbers;
    octet_kernel kernel;
} kernel_of_type;

static const kernel_of_type *kernel_of(octet_type type) {
    static const kernel_of_type kernels[] = {{OCTET_FLOAT32, OCTET_COMPARE_F32, OCTET_KERNEL_compare_f32},
                                             {OCTET_INT32, OCTET_COMPARE_S32, OCTET_KERNEL_compare_s32},
                                             {OCTET_INT64, OCTET_COMPARE_S64, OCTET_KERNEL_compare_s64},
                                             {OCTET_INT16, OCTET_COMPARE_S16, OCTET_KERNEL_compare_s16},
                                             {OCTET_INT8, OCTET_COMPARE_S8, OCTET_KERNEL_compare_s8},
                                             {OCTET_BOOL, OCTET_COMPARE_U8, OCTET_KERNEL_compare_u8}};
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (kernels[i].type == type) return &kernels[i];
    return NULL;
}

static octet_status bind_not(octet_binder *binder, const octet_value *input, octet_step *step) {
    octet_elements_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->n_elements = octet_shape_elements(&input->shape);
    octet_step_set_elements(step, OCTET_KERNEL_logical_not, p, octet_step_pieces(p->n_elements));
    step->in_place = true;
    return OCTET_OK;
}

octet_status octet_bind_compare(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *a, *b;
    OCTET_TRY(octet_bind_input(binder, op, 0, &a));
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    if (op->code == OCTET_OP_LOGICAL_NOT) return bind_not(binder, a, step);
    OCTET_TRY(octet_bind_input(binder, op, 1, &b));
    const kernel_of_type *kernel = kernel_of(a->type);
    const octet_comparison operation = operation_of(op->code);
    if (kernel == NULL || operation == OCTET_N_COMPARE || octet_compare_row_ref(operation, kernel->numbers) == NULL)
        return octet_bind_unsupported(binder, op);
    octet_comparison_params *c;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &c));
    c->operation = operation;
    if (kernel->numbers == OCTET_COMPARE_S8) {
        float scale[2];
        OCTET_TRY(octet_bind_per_tensor(binder, op, a, &scale[0], &c->q.zero_point[0]));
        OCTET_TRY(octet_bind_per_tensor(binder, op, b, &scale[1], &c->q.zero_point[1]));
        OCTET_CHECK(binder->ctx, octet_compare_prepare(scale, &c->q), OCTET_UNSUPPORTED,
                    "%s: %s: scales %g and %g are too large", op->layer, octet_operator_name(op->code),
                    (double)scale[0], (double)scale[1]);
    }
    const octet_shape *out = &octet_graph_output(binder->graph, op, 0)->shape;
    const octet_broadcast_shape shapes[2] = {{a->shape.rank, a->shape.dims}, {b->shape.rank, b->shape.dims}};
    const uint32_t n_units =
        octet_broadcast_prepare(&c->walk, (octet_broadcast_shape){out->rank, out->dims}, shapes, 2);
    c->walk.element_size[0] = c->walk.element_size[1] = octet_type_size(a->type);
    c->walk.out_size = 1;
    octet_step_set_compare(step, kernel->kernel, c, n_units);
    return OCTET_OK;
}
