#include "kernels/ref/fixed_point.h"
#include "lower/activation.h"
#include "lower/check.h"
#include "lower/families.h"

/* By operator, OCTET_N_ARITHMETIC for any other. */
static octet_arithmetic operation_of(const octet_operator *op) {
    if (op->code == OCTET_OP_MAXIMUM) return OCTET_ARITHMETIC_MAXIMUM;
    if (op->code == OCTET_OP_MINIMUM) return OCTET_ARITHMETIC_MINIMUM;
    if (op->code == OCTET_OP_SQUARED_DIFFERENCE) return OCTET_ARITHMETIC_SQUARED_DIFFERENCE;
    if (op->code == OCTET_OP_POW) return OCTET_ARITHMETIC_POW;
    if (op->code == OCTET_OP_FLOOR_DIV) return OCTET_ARITHMETIC_FLOOR_DIV;
    if (op->code == OCTET_OP_FLOOR_MOD) return OCTET_ARITHMETIC_FLOOR_MOD;
    if (op->code == OCTET_OP_ADD) return OCTET_ARITHMETIC_ADD;
    if (op->code == OCTET_OP_SUB) return OCTET_ARITHMETIC_SUB;
    if (op->code == OCTET_OP_MUL) return OCTET_ARITHMETIC_MUL;
    return op->code == OCTET_OP_DIV ? OCTET_ARITHMETIC_DIV : OCTET_N_ARITHMETIC;
}

/* Kernels of numbers as they stand, and of quantized numbers through their scales. */
typedef struct kernels_of_type {
    octet_type type;
    octet_arithmetic_type numbers;
    octet_kernel plain, quantized;
} kernels_of_type;

static const kernels_of_type *kernels_of(octet_type type) {
    static const kernels_of_type kernels[] = {
        {OCTET_FLOAT32, OCTET_ARITHMETIC_F32, OCTET_KERNEL_arithmetic_f32, OCTET_KERNEL_NONE},
        {OCTET_INT32, OCTET_ARITHMETIC_S32, OCTET_KERNEL_arithmetic_s32, OCTET_KERNEL_NONE},
        {OCTET_INT64, OCTET_ARITHMETIC_S64, OCTET_KERNEL_arithmetic_s64, OCTET_KERNEL_NONE},
        {OCTET_INT16, OCTET_ARITHMETIC_S16, OCTET_KERNEL_arithmetic_s16, OCTET_KERNEL_arithmetic_quantized_s16},
        {OCTET_INT8, OCTET_ARITHMETIC_S8, OCTET_KERNEL_arithmetic_s8, OCTET_KERNEL_arithmetic_quantized_s8}};
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++)
        if (kernels[i].type == type) return &kernels[i];
    return NULL;
}

static octet_status prepare_quantized(octet_binder *binder, const octet_operator *op, octet_value *const *operands,
                                      const octet_value *output, const octet_arithmetic_params *bounds,
                                      octet_binary_quantized_params *p) {
    octet_arithmetic_quantized_params *q = &p->q;
    const bool wide = output->type == OCTET_INT16;
    float scale[2], scale_out;
    for (int32_t i = 0; i < 2; i++)
        OCTET_TRY(octet_bind_per_tensor(binder, op, operands[i], &scale[i], &q->zero_point[i]));
    OCTET_TRY(octet_bind_per_tensor(binder, op, output, &scale_out, &q->zero_out));
    OCTET_CHECK(binder->ctx, !wide || (q->zero_point[0] == 0 && q->zero_point[1] == 0 && q->zero_out == 0), OCTET_MODEL,
                "%s: %s: int16 tensors must have zero point 0", op->layer, octet_operator_name(op->code));
    OCTET_CHECK(binder->ctx, octet_arithmetic_quantized_prepare(p->operation, wide ? 16 : 8, scale, scale_out, q),
                OCTET_UNSUPPORTED, "%s: %s: the scales %g, %g and %g are too far apart", op->layer,
                octet_operator_name(op->code), (double)scale[0], (double)scale[1], (double)scale_out);
    int32_t low, high;
    octet_type_limits(output->type, &low, &high);
    octet_fixed_activation_range(bounds->real_min, bounds->real_max, scale_out, q->zero_out, low, high, &q->min,
                                 &q->max);
    return OCTET_OK;
}

static void set_integer_bounds(octet_type type, octet_arithmetic_params *p) {
    const bool narrow = type == OCTET_INT32;
    p->min = p->real_min > -INFINITY ? (int64_t)p->real_min : narrow ? INT32_MIN : INT64_MIN;
    p->max = p->real_max < INFINITY ? (int64_t)p->real_max : narrow ? INT32_MAX : INT64_MAX;
}

/* The walk over the result; returns the number of units. */
static uint32_t prepare_walk(octet_value *const *operands, const octet_value *output, octet_broadcast_params *walk) {
    const octet_broadcast_shape shapes[2] = {{operands[0]->shape.rank, operands[0]->shape.dims},
                                             {operands[1]->shape.rank, operands[1]->shape.dims}};
    const octet_broadcast_shape out = {output->shape.rank, output->shape.dims};
    const uint32_t n_units = octet_broadcast_prepare(walk, out, shapes, 2);
    walk->element_size[0] = walk->element_size[1] = walk->out_size = octet_type_size(output->type);
    return n_units;
}

octet_status octet_bind_arithmetic(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *operands[2];
    for (uint32_t i = 0; i < 2; i++) OCTET_TRY(octet_bind_input(binder, op, i, &operands[i]));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    const kernels_of_type *kernels = kernels_of(output->type);
    const octet_arithmetic operation = operation_of(op);
    if (kernels == NULL || operation == OCTET_N_ARITHMETIC) return octet_bind_unsupported(binder, op);
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    octet_arithmetic_params bounds;
    OCTET_TRY(octet_bind_activation(binder, op, &bounds.real_min, &bounds.real_max));
    set_integer_bounds(output->type, &bounds);
    step->in_place = octet_shape_equal(&operands[0]->shape, &output->shape);
    const bool is_quantized = octet_type_is_quantized(output->type);
    if (octet_arithmetic_row_ref(operation, kernels->numbers) != NULL) {
        const bool picks = operation == OCTET_ARITHMETIC_MAXIMUM || operation == OCTET_ARITHMETIC_MINIMUM;
        for (uint32_t i = 0; i < 2 && is_quantized && picks; i++)
            OCTET_TRY(octet_bind_check_moved(binder, op, operands[i], output));
        octet_binary_params *p;
        OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
        p->operation = operation;
        p->bounds = bounds;
        octet_step_set_arithmetic(step, kernels->plain, p, prepare_walk(operands, output, &p->walk));
        return OCTET_OK;
    }
    if (!is_quantized) return octet_bind_unsupported(binder, op);
    octet_binary_quantized_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    p->operation = operation;
    OCTET_TRY(prepare_quantized(binder, op, operands, output, &bounds, p));
    if (octet_arithmetic_quantized_row_ref(operation, kernels->numbers) == NULL)
        return octet_bind_unsupported(binder, op);
    octet_step_set_arithmetic_quantized(step, kernels->quantized, p, prepare_walk(operands, output, &p->walk));
    return OCTET_OK;
}
