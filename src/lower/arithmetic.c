#include "kernels/fast/rows.h"
#include "kernels/ref/arithmetic_quantized.h"
#include "kernels/ref/fixed_point.h"
#include "lower/activation.h"
#include "lower/check.h"
#include "lower/families.h"

typedef struct arithmetic_step {
    octet_broadcast_params walk;
    octet_broadcast_row *row;
    octet_arithmetic_params plain;
    octet_arithmetic_quantized_params quantized;
    const void *params; /* of row */
    const char *variant;
} arithmetic_step;

static void run_arithmetic(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin,
                           uint32_t end) {
    (void)phase;
    const arithmetic_step *a = step->params;
    const void *const in[2] = {octet_step_input(step, frame, 0), octet_step_input(step, frame, 1)};
    octet_broadcast_walk(&a->walk, a->row, a->params, in, octet_step_output(step, frame, 0), begin, end);
}

/* By operator; the activation is of those that fuse one. */
static octet_arithmetic operation_of(const octet_operator *op, octet_activation *activation) {
    *activation = OCTET_ACTIVATION_NONE;
    if (op->code == OCTET_OP_MAXIMUM) return OCTET_ARITHMETIC_MAXIMUM;
    if (op->code == OCTET_OP_MINIMUM) return OCTET_ARITHMETIC_MINIMUM;
    if (op->code == OCTET_OP_SQUARED_DIFFERENCE) return OCTET_ARITHMETIC_SQUARED_DIFFERENCE;
    if (op->code == OCTET_OP_POW) return OCTET_ARITHMETIC_POW;
    if (op->code == OCTET_OP_FLOOR_DIV) return OCTET_ARITHMETIC_FLOOR_DIV;
    if (op->code == OCTET_OP_FLOOR_MOD) return OCTET_ARITHMETIC_FLOOR_MOD;
    *activation = op->options.arithmetic.activation;
    if (op->code == OCTET_OP_ADD) return OCTET_ARITHMETIC_ADD;
    if (op->code == OCTET_OP_SUB) return OCTET_ARITHMETIC_SUB;
    if (op->code == OCTET_OP_MUL) return OCTET_ARITHMETIC_MUL;
    return OCTET_ARITHMETIC_DIV;
}

static octet_arithmetic_type type_of(octet_type type) {
    if (type == OCTET_FLOAT32) return OCTET_ARITHMETIC_F32;
    if (type == OCTET_INT32) return OCTET_ARITHMETIC_S32;
    if (type == OCTET_INT64) return OCTET_ARITHMETIC_S64;
    if (type == OCTET_INT16) return OCTET_ARITHMETIC_S16;
    if (type == OCTET_INT8) return OCTET_ARITHMETIC_S8;
    return OCTET_N_ARITHMETIC_TYPES;
}

static octet_status prepare_quantized(octet_binder *binder, const octet_operator *op, octet_arithmetic operation,
                                      const octet_value *const *operands, const octet_value *output,
                                      arithmetic_step *a) {
    octet_arithmetic_quantized_params *q = &a->quantized;
    const bool wide = output->type == OCTET_INT16;
    float scale[2], scale_out;
    for (int32_t i = 0; i < 2; i++)
        OCTET_TRY(octet_bind_per_tensor(binder, op, operands[i], &scale[i], &q->zero_point[i]));
    OCTET_TRY(octet_bind_per_tensor(binder, op, output, &scale_out, &q->zero_out));
    OCTET_CHECK(binder->ctx, !wide || (q->zero_point[0] == 0 && q->zero_point[1] == 0 && q->zero_out == 0), OCTET_MODEL,
                "%s: %s: int16 tensors must have zero point 0", op->layer, octet_operator_name(op->code));
    OCTET_CHECK(binder->ctx, octet_arithmetic_quantized_prepare(operation, wide ? 16 : 8, scale, scale_out, q),
                OCTET_UNSUPPORTED, "%s: %s: the scales %g, %g and %g are too far apart", op->layer,
                octet_operator_name(op->code), (double)scale[0], (double)scale[1], (double)scale_out);
    octet_fixed_activation_range(a->plain.real_min, a->plain.real_max, scale_out, q->zero_out,
                                 wide ? INT16_MIN : INT8_MIN, wide ? INT16_MAX : INT8_MAX, &q->min, &q->max);
    a->row = octet_arithmetic_quantized_row_ref(operation, wide ? OCTET_ARITHMETIC_S16 : OCTET_ARITHMETIC_S8);
    a->params = q;
    if (wide || binder->cpu == 0) return OCTET_OK;
    octet_broadcast_row *row;
    octet_rows_s8 *fast;
    OCTET_TRY(octet_rows_make_s8(binder->ctx, binder->arena, binder->cpu, operation, q,
                                 octet_shape_elements(&output->shape), &row, &fast));
    if (!row) return OCTET_OK;
    a->row = row;
    a->params = fast;
    a->variant = "avx2";
    return OCTET_OK;
}

static void set_integer_bounds(octet_type type, octet_arithmetic_params *p) {
    const bool narrow = type == OCTET_INT32;
    p->min = p->real_min > -INFINITY ? (int64_t)p->real_min : narrow ? INT32_MIN : INT64_MIN;
    p->max = p->real_max < INFINITY ? (int64_t)p->real_max : narrow ? INT32_MAX : INT64_MAX;
}

octet_status octet_bind_arithmetic(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *operands[2];
    for (uint32_t i = 0; i < 2; i++) OCTET_TRY(octet_bind_input(binder, op, i, &operands[i]));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    const octet_arithmetic_type type = type_of(output->type);
    if (type == OCTET_N_ARITHMETIC_TYPES) return octet_bind_unsupported(binder, op);
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    octet_activation activation;
    const octet_arithmetic operation = operation_of(op, &activation);
    arithmetic_step *a;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &a));
    OCTET_TRY(octet_bind_activation(binder, op, activation, &a->plain.real_min, &a->plain.real_max));
    set_integer_bounds(output->type, &a->plain);
    a->params = &a->plain;
    a->variant = "ref";
    a->row = octet_arithmetic_row_ref(operation, type);
    if (octet_type_is_quantized(output->type)) {
        if (!a->row) {
            OCTET_TRY(prepare_quantized(binder, op, operation, (const octet_value *const *)operands, output, a));
        } else if (operation == OCTET_ARITHMETIC_MAXIMUM || operation == OCTET_ARITHMETIC_MINIMUM) {
            for (uint32_t i = 0; i < 2; i++) OCTET_TRY(octet_bind_check_moved(binder, op, operands[i], output));
        }
    }
    if (!a->row) return octet_bind_unsupported(binder, op);
    const octet_broadcast_shape shapes[2] = {{operands[0]->shape.rank, operands[0]->shape.dims},
                                             {operands[1]->shape.rank, operands[1]->shape.dims}};
    const uint32_t n_units =
        octet_broadcast_prepare(&a->walk, (octet_broadcast_shape){output->shape.rank, output->shape.dims}, shapes, 2);
    a->walk.element_size[0] = a->walk.element_size[1] = a->walk.out_size = octet_type_size(output->type);
    octet_step_set(step, run_arithmetic, a, n_units, a->variant);
    step->in_place = octet_shape_equal(&operands[0]->shape, &output->shape);
    return OCTET_OK;
}
