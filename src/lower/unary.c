#include "kernels/ref/prelu.h"
#include "kernels/ref/unary_quantized.h"
#include "lower/check.h"
#include "lower/families.h"

enum { PIECE = 4096 }; /* elements per unit */

typedef struct unary_step {
    octet_unary operation;
    octet_unary_f32 *f32;
    float alpha;
    size_t n_elements;
    int8_t table[OCTET_UNARY_TABLE_S8];
    octet_unary_quantized_params s16;
} unary_step;

/* Elements [first, first + count) of units [begin, end). */
static size_t first_element(uint32_t begin) { return (size_t)begin * PIECE; }
static size_t n_between(const unary_step *u, uint32_t begin, uint32_t end) {
    const size_t last = (size_t)end * PIECE;
    return (last < u->n_elements ? last : u->n_elements) - first_element(begin);
}

#define RUN(name, type, statement)                                                                                     \
    static void name(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) { \
        (void)phase;                                                                                                   \
        const unary_step *u = step->params;                                                                            \
        const type *in = (const type *)octet_step_input(step, frame, 0) + first_element(begin);                        \
        type *out = (type *)octet_step_output(step, frame, 0) + first_element(begin);                                  \
        const size_t n = n_between(u, begin, end);                                                                     \
        statement;                                                                                                     \
    }

RUN(run_f32, float, u->f32(in, out, n, u->alpha))
RUN(run_s32, int32_t, octet_unary_s32_ref(u->operation, in, out, n))
RUN(run_s64, int64_t, octet_unary_s64_ref(u->operation, in, out, n))
RUN(run_s8, int8_t, octet_unary_table_s8_ref(u->table, in, out, n))
RUN(run_s16, int16_t, octet_unary_s16_ref(&u->s16, in, out, n))

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

static octet_status bind_prelu(octet_binder *binder, const octet_operator *op, octet_step *step);

static octet_status bind_quantized(octet_binder *binder, const octet_operator *op, const octet_value *input,
                                   const octet_value *output, unary_step *u, octet_step *step, uint32_t n_units) {
    if (output->type != OCTET_INT8 && output->type != OCTET_INT16) return octet_bind_unsupported(binder, op);
    octet_unary_quantized_params *p = &u->s16;
    p->operation = u->operation;
    p->alpha = u->alpha;
    OCTET_TRY(octet_bind_per_tensor(binder, op, input, &p->scale_in, &p->zero_in));
    OCTET_TRY(octet_bind_per_tensor(binder, op, output, &p->scale_out, &p->zero_out));
    if (output->type == OCTET_INT8) {
        static const octet_unary has_s8[] = {
            OCTET_UNARY_ABS,        OCTET_UNARY_EXP,          OCTET_UNARY_LOG,
            OCTET_UNARY_SQRT,       OCTET_UNARY_RSQRT,        OCTET_UNARY_NEG,
            OCTET_UNARY_LOGISTIC,   OCTET_UNARY_TANH,         OCTET_UNARY_RELU,
            OCTET_UNARY_RELU6,      OCTET_UNARY_RELU_N1_TO_1, OCTET_UNARY_LEAKY_RELU,
            OCTET_UNARY_ELU,        OCTET_UNARY_GELU,         OCTET_UNARY_GELU_APPROXIMATE,
            OCTET_UNARY_HARD_SWISH, OCTET_UNARY_RELU_0_TO_1};
        bool known = false;
        for (size_t i = 0; i < sizeof has_s8 / sizeof has_s8[0]; i++) known = known || has_s8[i] == u->operation;
        if (!known) return octet_bind_unsupported(binder, op);
        if (!octet_unary_quantized_table_s8(p, u->table)) return fail_scales(binder, op, p->scale_in, p->scale_out);
        octet_step_set(step, run_s8, u, n_units, "ref");
        return OCTET_OK;
    }
    OCTET_CHECK(binder->ctx, p->zero_in == 0 && p->zero_out == 0, OCTET_MODEL,
                "%s: %s: int16 tensors must have zero point 0", op->layer, octet_operator_name(op->code));
    static const octet_unary no_s16[] = {OCTET_UNARY_SIN,        OCTET_UNARY_COS,          OCTET_UNARY_SQUARE,
                                         OCTET_UNARY_FLOOR,      OCTET_UNARY_CEIL,         OCTET_UNARY_ROUND,
                                         OCTET_UNARY_SIGN,       OCTET_UNARY_RELU_N1_TO_1, OCTET_UNARY_ELU,
                                         OCTET_UNARY_HARD_SWISH, OCTET_UNARY_RELU_0_TO_1};
    for (size_t i = 0; i < sizeof no_s16 / sizeof no_s16[0]; i++) {
        if (no_s16[i] == u->operation) return octet_bind_unsupported(binder, op);
    }
    if (!octet_unary_quantized_prepare_s16(p)) return fail_scales(binder, op, p->scale_in, p->scale_out);
    octet_step_set(step, run_s16, u, n_units, "ref");
    return OCTET_OK;
}

octet_status octet_bind_unary(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    if (octet_bind_check_empty(binder, op, step)) return OCTET_OK;
    if (op->code == OCTET_OP_PRELU) return bind_prelu(binder, op, step);
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    unary_step *u;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &u));
    u->operation = operation_of(op);
    u->n_elements = octet_shape_elements(&output->shape);
    if (op->code == OCTET_OP_LEAKY_RELU) u->alpha = op->options.leaky_relu.alpha;
    const uint32_t n_units = (uint32_t)((u->n_elements - 1) / PIECE + 1);
    step->in_place = true;
    if (input->type == OCTET_FLOAT32) {
        u->f32 = (binder->float_order == OCTET_FLOAT_ORDER_PLAIN ? octet_unary_f32_plain
                                                                 : octet_unary_f32_ref)(u->operation);
        octet_step_set(step, run_f32, u, n_units, "ref");
        return OCTET_OK;
    }
    if (input->type == OCTET_INT32 && octet_unary_s32_ref(u->operation, NULL, NULL, 0)) {
        octet_step_set(step, run_s32, u, n_units, "ref");
        return OCTET_OK;
    }
    if (input->type == OCTET_INT64 && octet_unary_s64_ref(u->operation, NULL, NULL, 0)) {
        octet_step_set(step, run_s64, u, n_units, "ref");
        return OCTET_OK;
    }
    return bind_quantized(binder, op, input, output, u, step, n_units);
}

typedef struct prelu_step {
    octet_broadcast_params walk;
    octet_broadcast_row *row;
    octet_prelu_params params;
} prelu_step;

static void run_prelu(const octet_step *step, const octet_frame *frame, uint32_t phase, uint32_t begin, uint32_t end) {
    (void)phase;
    const prelu_step *p = step->params;
    const void *const in[2] = {octet_step_input(step, frame, 0), octet_step_input(step, frame, 1)};
    octet_broadcast_walk(&p->walk, p->row, &p->params, in, octet_step_output(step, frame, 0), begin, end);
}

static octet_status bind_prelu(octet_binder *binder, const octet_operator *op, octet_step *step) {
    octet_value *input, *slope;
    OCTET_TRY(octet_bind_input(binder, op, 0, &input));
    OCTET_TRY(octet_bind_input(binder, op, 1, &slope));
    const octet_value *output = octet_graph_output(binder->graph, op, 0);
    prelu_step *p;
    OCTET_TRY(OCTET_NEW(binder->ctx, binder->arena, 1, &p));
    if (input->type == OCTET_FLOAT32) {
        p->row = octet_prelu_f32_ref;
    } else if (slope->type == OCTET_INT8) {
        float scale_in, scale_slope, scale_out;
        OCTET_TRY(octet_bind_per_tensor(binder, op, input, &scale_in, &p->params.zero_in));
        OCTET_TRY(octet_bind_per_tensor(binder, op, slope, &scale_slope, &p->params.zero_slope));
        OCTET_TRY(octet_bind_per_tensor(binder, op, output, &scale_out, &p->params.zero_out));
        OCTET_CHECK(binder->ctx, input->type == OCTET_INT8 || (p->params.zero_in == 0 && p->params.zero_out == 0),
                    OCTET_MODEL, "%s: PRELU: int16 tensors must have zero point 0", op->layer);
        if (!octet_prelu_prepare(scale_in, scale_slope, scale_out, &p->params))
            return fail_scales(binder, op, scale_in, scale_out);
        p->row = input->type == OCTET_INT8 ? octet_prelu_s8_ref : octet_prelu_s16_ref;
    } else {
        return octet_bind_unsupported(binder, op);
    }
    const octet_broadcast_shape shapes[2] = {{input->shape.rank, input->shape.dims},
                                             {slope->shape.rank, slope->shape.dims}};
    const uint32_t n_units =
        octet_broadcast_prepare(&p->walk, (octet_broadcast_shape){output->shape.rank, output->shape.dims}, shapes, 2);
    p->walk.element_size[0] = p->walk.out_size = octet_type_size(input->type);
    p->walk.element_size[1] = octet_type_size(slope->type);
    octet_step_set(step, run_prelu, p, n_units, "ref");
    step->in_place = octet_shape_equal(&input->shape, &output->shape);
    return OCTET_OK;
}
