#include "kernels/ref/prelu.h"
#include "kernels/ref/unary_quantized.h"
#include "lower/check.h"
#include "lower/families.h"

/* OCTET_N_UNARY for any other operator. */
static octet_unary operation_of(const octet_operator *op) {
    static const struct {
        octet_operator_code code;
        octet_unary operation;
    } table[] = {
        {OCTET_OP_ABS, OCTET_UNARY_ABS},
        {OCTET_OP_EXP, OCTET_UNARY_EXP},
        {OCTET_OP_LOG, OCTET_UNARY_LOG},
        {OCTET_OP_SQRT, OCTET_UNARY_SQRT},
        {OCTET_OP_RSQRT, OCTET_UNARY_RSQRT},
        {OCTET_OP_SIN, OCTET_UNARY_SIN},
        {OCTET_OP_COS, OCTET_UNARY_COS},
        {OCTET_OP_NEG, OCTET_UNARY_NEG},
        {OCTET_OP_SQUARE, OCTET_UNARY_SQUARE},
        {OCTET_OP_FLOOR, OCTET_UNARY_FLOOR},
        {OCTET_OP_CEIL, OCTET_UNARY_CEIL},
        {OCTET_OP_ROUND, OCTET_UNARY_ROUND},
        {OCTET_OP_SIGN, OCTET_UNARY_SIGN},
        {OCTET_OP_LOGISTIC, OCTET_UNARY_LOGISTIC},
        {OCTET_OP_TANH, OCTET_UNARY_TANH},
        {OCTET_OP_RELU, OCTET_UNARY_RELU},
        {OCTET_OP_RELU6, OCTET_UNARY_RELU6},
        {OCTET_OP_RELU_N1_TO_1, OCTET_UNARY_RELU_N1_TO_1},
        {OCTET_OP_RELU_0_TO_1, OCTET_UNARY_RELU_0_TO_1},
        {OCTET_OP_LEAKY_RELU, OCTET_UNARY_LEAKY_RELU},
        {OCTET_OP_ELU, OCTET_UNARY_ELU},
        {OCTET_OP_HARD_SWISH, OCTET_UNARY_HARD_SWISH},
    };
    if (op->code == OCTET_OP_GELU)
        return op->options.gelu.approximate ? OCTET_UNARY_GELU_APPROXIMATE : OCTET_UNARY_GELU;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].code == op->code) return table[i].operation;
    }
    return OCTET_N_UNARY;
}

static octet_status fail_scales(octet_binder *binder, const octet_operator *op, float in, float out) {
    return octet_context_fail(binder->ctx, OCTET_UNSUPPORTED, "%s: %s: the scales %g and %g are too far apart",
                              op->layer, octet_operator_name(op->code), (double)in, (double)out);
}

static bool has_s8(octet_unary operation) {
    static const octet_unary known[] = {OCTET_UNARY_ABS,        OCTET_UNARY_EXP,          OCTET_UNARY_LOG,
                                        OCTET_UNARY_SQRT,       OCTET_UNARY_RSQRT,        OCTET_UNARY_NEG,
                                        OCTET_UNARY_LOGISTIC,   OCTET_UNARY_TANH,         OCTET_UNARY_RELU,
                                        OCTET_UNARY_RELU6,      OCTET_UNARY_RELU_N1_TO_1, OCTET_UNARY_LEAKY_RELU,
                                        OCTET_UNARY_ELU,        OCTET_UNARY_GELU,         OCTET_UNARY_GELU_APPROXIMATE,
                                        OCTET_UNARY_HARD_SWISH, OCTET_UNARY_RELU_0_TO_1};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i] == operation) return true;
    return false;
}

static bool has_s16(octet_unary operation) {
    static const octet_unary unknown[] = {OCTET_UNARY_SIN,        OCTET_UNARY_COS,          OCTET_UNARY_SQUARE,
                                          OCTET_UNARY_FLOOR,      OCTET_UNARY_CEIL,         OCTET_UNARY_ROUND,
                                          OCTET_UNARY_SIGN,       OCTET_UNARY_RELU_N1_TO_1, OCTET_UNARY_ELU,
                                          OCTET_UNARY_HARD_SWISH, OCTET_UNARY_RELU_0_TO_1};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        if (unknown[i] == operation) return false;
    return true;
}

static octet_status bind_scales(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                const octet_value *output, const octet_unary_params *u,
                                octet_unary_quantized_params *p) {
    p->operation = u->operation;
    p->alpha = u->alpha;
    OCTET_TRY(octet_bind_per_tensor(binder, op, input, &p->scale_in, &p->zero_in));
    return octet_bind_per_tensor(binder, op, output, &p->scale_out, &p->zero_out);
}

static octet_status bind_s8(octet_binder *binder, const octet_operator *op, const octet_value *input,
                            const octet_value *output, const octet_unary_params *u, octet_step *step) {
    octet_unary_quantized_params q = {0};
    octet_unary_table_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    OCTET_TRY(bind_scales(binder, op, input, output, u, &q));
    if (!has_s8(u->operation)) return octet_bind_unsupported(binder, op);
    p->operation = u->operation;
    p->n_elements = u->n_elements;
    if (!octet_unary_quantized_table_s8(&q, p->table)) return fail_scales(binder, op, q.scale_in, q.scale_out);
    octet_step_set_unary_table(step, OCTET_KERNEL_unary_s8, p, octet_step_pieces(p->n_elements));
    return OCTET_OK;
}

static octet_status bind_s16(octet_binder *binder, const octet_operator *op, const octet_value *input,
                             const octet_value *output, const octet_unary_params *u, octet_step *step) {
    octet_unary_s16_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    OCTET_TRY(bind_scales(binder, op, input, output, u, &p->q));
    OCTET_CHECK(binder->ctx, p->q.zero_in == 0 && p->q.zero_out == 0, OCTET_MODEL,
                "%s: %s: int16 tensors must have zero point 0", op->layer, octet_operator_name(op->code));
    if (!has_s16(u->operation)) return octet_bind_unsupported(binder, op);
    p->n_elements = u->n_elements;
    if (!octet_unary_quantized_prepare_s16(&p->q)) return fail_scales(binder, op, p->q.scale_in, p->q.scale_out);
    octet_step_set_unary_s16(step, OCTET_KERNEL_unary_s16, p, octet_step_pieces(p->n_elements));
    return OCTET_OK;
}

/* The kernel of numbers as they stand; OCTET_KERNEL_NONE where there is none. */
static octet_kernel plain_kernel_of(const octet_binder *binder, octet_unary operation, octet_type type) {
    if (type == OCTET_FLOAT32)
        return binder->options.float_order == OCTET_FLOAT_ORDER_PLAIN ? OCTET_KERNEL_unary_f32_plain
                                                                      : OCTET_KERNEL_unary_f32;
    if (type == OCTET_INT32 && octet_unary_s32_ref(operation, NULL, NULL, 0)) return OCTET_KERNEL_unary_s32;
    if (type == OCTET_INT64 && octet_unary_s64_ref(operation, NULL, NULL, 0)) return OCTET_KERNEL_unary_s64;
    return OCTET_KERNEL_NONE;
}

static octet_status bind_prelu(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input, *slope;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    OCTET_TRY(octet_bind_input(binder, op, 1, &slope));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_kernel kernel = OCTET_KERNEL_prelu_f32;
    octet_prelu_walk_params *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    if (input->type != OCTET_FLOAT32) {
        if (slope->type != OCTET_INT8) return octet_bind_unsupported(binder, op);
        float scale_in, scale_slope, scale_out;
        OCTET_TRY(octet_bind_per_tensor(binder, op, input, &scale_in, &p->q.zero_in));
        OCTET_TRY(octet_bind_per_tensor(binder, op, slope, &scale_slope, &p->q.zero_slope));
        OCTET_TRY(octet_bind_per_tensor(binder, op, output, &scale_out, &p->q.zero_out));
        OCTET_CHECK(binder->ctx, input->type == OCTET_INT8 || (p->q.zero_in == 0 && p->q.zero_out == 0), OCTET_MODEL,
                    "%s: PRELU: int16 tensors must have zero point 0", op->layer);
        if (!octet_prelu_prepare(scale_in, scale_slope, scale_out, &p->q))
            return fail_scales(binder, op, scale_in, scale_out);
        kernel = input->type == OCTET_INT8 ? OCTET_KERNEL_prelu_s8 : OCTET_KERNEL_prelu_s16;
    }
    const octet_broadcast_shape shapes[2] = {{input->shape.rank, input->shape.dims},
                                             {slope->shape.rank, slope->shape.dims}};
    const uint32_t n_units =
        octet_broadcast_prepare(&p->walk, (octet_broadcast_shape){output->shape.rank, output->shape.dims}, shapes, 2);
    p->walk.element_size[0] = p->walk.out_size = octet_type_size(input->type);
    p->walk.element_size[1] = octet_type_size(slope->type);
    octet_step_set_prelu(step, kernel, p, n_units);
    step->in_place = octet_shape_equal(&input->shape, &output->shape);
    return OCTET_OK;
}

octet_status octet_bind_unary(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    if (op->code == OCTET_OP_PRELU) return bind_prelu(binder, op, step);
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    octet_unary_params *u;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &u));
    u->operation = operation_of(op);
    if (u->operation == OCTET_N_UNARY) return octet_bind_unsupported(binder, op);
    u->n_elements = octet_shape_elements(&output->shape);
    if (op->code == OCTET_OP_LEAKY_RELU) u->alpha = op->options.leaky_relu.alpha;
    step->in_place = true;
    const octet_kernel kernel = plain_kernel_of(binder, u->operation, input->type);
    if (kernel != OCTET_KERNEL_NONE) {
        octet_step_set_unary(step, kernel, u, octet_step_pieces(u->n_elements));
        return OCTET_OK;
    }
    if (output->type == OCTET_INT8) return bind_s8(binder, op, input, output, u, step);
    if (output->type == OCTET_INT16) return bind_s16(binder, op, input, output, u, step);
    return octet_bind_unsupported(binder, op);
}
