/* Numbers as they stand, comparisons, quotients: one element of each operand. */
#include <inttypes.h>

#include "explain/explainer.h"
#include "kernels/ref/fixed_function.h"

/* ---- DIV ---- */

static int32_t derive_zero_divisor(octet_derivation *d, int32_t x) {
    const int32_t end = x == 0 ? 0 : x > 0 ? INT32_MAX / 2 : INT32_MIN / 2;
    octet_derive_integer(d, "quotient", end, "the divisor is 0: the end of the range on the side of the dividend");
    return end;
}

int32_t octet_derive_quotient(octet_derivation *d, int32_t x, int32_t y, int32_t multiplier, int32_t shift) {
    if (y == 0) return derive_zero_divisor(d, x);
    if (y < 0) {
        x = -x;
        y = -y;
        octet_derive_integer(d, "a_turned", x, "with the other sign, so that the divisor is positive");
        octet_derive_integer(d, "b_turned", y, "with the other sign");
    }
    const int32_t zeros = octet_fixed_leading_zeros((uint32_t)y);
    const int32_t inverse = octet_fixed_reciprocal((int32_t)(((uint32_t)y << zeros) - (UINT32_C(1) << 31)));
    octet_derive_integer(
        d, "reciprocal", inverse,
        "of b * 2^%" PRId32 ", which lies in [2^31, 2^32), by three steps of Newton's method; 2^31 is 1", zeros);
    const int32_t headroom =
        x == 0 ? 31 : octet_fixed_leading_zeros(x < 0 ? 2 * (uint32_t)-x - 1 : (uint32_t)x) - (x > 0);
    const int32_t shifted = octet_fixed_wrap_left(x, headroom);
    octet_derive_integer(d, "a_shifted", shifted, "%" PRId32 " * 2^%" PRId32 ": all its free bits are used", x,
                         headroom);
    const int32_t quotient = octet_fixed_high_multiply(shifted, inverse);
    octet_derive_integer(d, "quotient", quotient, "a_shifted * reciprocal / 2^31, to the nearest, halves upwards");
    octet_derive_integer(d, "multiplier", multiplier,
                         "together with 2^(%" PRId32 " - 31): scale of a / (scale of b * %s", shift,
                         "scale of the result)");
    const int32_t scaled = octet_fixed_high_multiply(quotient, multiplier);
    octet_derive_integer(d, "high_multiply", scaled, "quotient * multiplier / 2^31, to the nearest, halves upwards");
    const int32_t total = shift - (31 - zeros) - headroom;
    const int32_t result = total > 0     ? octet_fixed_saturating_left(scaled, total) / 2
                           : total < -31 ? 0
                                         : octet_fixed_round_shift(scaled, -total);
    octet_derive_integer(d, "rounding_shift", result,
                         "%" PRId32 " * 2^%" PRId32 ", to the nearest, halves away from 0: the shift less both others",
                         scaled, total);
    return result;
}

/* ---- Comparisons, logic ---- */

static const char *const signs[OCTET_N_COMPARE] = {
    [OCTET_COMPARE_EQUAL] = "==",      [OCTET_COMPARE_NOT_EQUAL] = "!=", [OCTET_COMPARE_LESS] = "<",
    [OCTET_COMPARE_LESS_EQUAL] = "<=", [OCTET_COMPARE_GREATER] = ">",    [OCTET_COMPARE_GREATER_EQUAL] = ">=",
    [OCTET_COMPARE_AND] = "and",       [OCTET_COMPARE_OR] = "or"};

static bool holds(octet_comparison operation, int64_t a, int64_t b) {
    switch (operation) {
    case OCTET_COMPARE_EQUAL: return a == b;
    case OCTET_COMPARE_NOT_EQUAL: return a != b;
    case OCTET_COMPARE_LESS: return a < b;
    case OCTET_COMPARE_LESS_EQUAL: return a <= b;
    case OCTET_COMPARE_GREATER: return a > b;
    case OCTET_COMPARE_GREATER_EQUAL: return a >= b;
    case OCTET_COMPARE_AND: return a != 0 && b != 0;
    case OCTET_COMPARE_OR: return a != 0 || b != 0;
    case OCTET_N_COMPARE: break;
    }
    return false;
}

void octet_explain_compare(const octet_explainer *e) {
    const octet_comparison_params *p = octet_step_params_compare(e->step);
    octet_derivation *d = e->d;
    int64_t code[2];
    double real[2];
    if (octet_explainer_refuse_float(e, octet_explainer_operand(e, 0))) return;
    octet_explainer_take_pair(e, &p->walk, code, real);
    for (int32_t i = 0; i < 2 && e->step->kernel == OCTET_KERNEL_compare_s8; i++) {
        const int32_t centered = (int32_t)code[i] - p->q.zero_point[i];
        octet_derive_integer(d, i == 0 ? "a_centered" : "b_centered", centered, "%s - zero point %" PRId32,
                             i == 0 ? "a" : "b", p->q.zero_point[i]);
        octet_derive_integer(d, i == 0 ? "a_shifted" : "b_shifted", centered * 256, "%" PRId32 " * 2^8", centered);
        code[i] = octet_derive_scaled(d, centered * 256, p->q.multiplier[i], p->q.shift[i]);
    }
    octet_derive_integer(d, "compared", holds(p->operation, code[0], code[1]), "%" PRId64 " %s %" PRId64 ": %s",
                         code[0], signs[p->operation], code[1],
                         holds(p->operation, code[0], code[1]) ? "true" : "false");
}

/* ---- One number without scales ---- */

static int64_t take_one(const octet_explainer *e) {
    const octet_value *input = octet_explainer_operand(e, 0);
    const int64_t code = octet_explain_code(input->type, octet_explainer_data(e, 0), e->element);
    octet_explainer_list_operands(e, 0);
    octet_derivation_expect_terms(e->d, 1, input->type == OCTET_FLOAT32 ? NULL : "input", NULL, NULL);
    octet_derivation_add_term(e->d, e->element, SIZE_MAX, code, 0, 0);
    return code;
}

/* LOGICAL_NOT. Its parameters are those of other kernels on elements too. */
void octet_explain_elements(const octet_explainer *e) {
    if (e->step->kernel == OCTET_KERNEL_dequantize_f16) {
        octet_derivation_refuse(e->d, "its kernel turns float16 into float32, which is exact");
        return;
    }
    octet_derive_integer(e->d, "negated", take_one(e) == 0, "1 where the input is 0");
}

void octet_explain_cast(const octet_explainer *e) {
    const octet_cast_params *p = octet_step_params_cast(e->step);
    const octet_value *output = octet_explainer_result(e);
    const char *from = octet_type_name(octet_explainer_operand(e, 0)->type), *to = octet_type_name(output->type);
    int64_t made = 0;
    if (p->from == OCTET_CAST_F16 || p->to == OCTET_CAST_F16) {
        octet_derivation_refuse(e->d, "its kernel computes with float16");
        return;
    }
    take_one(e);
    octet_cast_ref(p->from, p->to, (const char *)octet_explainer_data(e, 0) + e->element * p->from_size, &made, 1);
    if (p->to == OCTET_CAST_F32)
        octet_derive_real(e->d, "cast", octet_explain_real(output, &made, 0, 0), "%s as %s, without scales", from, to);
    else
        octet_derive_integer(e->d, "cast", octet_explain_code(output->type, &made, 0), "%s as %s, without scales", from,
                             to);
}

/* Of int32 and int64. */
void octet_explain_unary_integers(const octet_explainer *e) {
    const octet_unary_params *p = octet_step_params_unary(e->step);
    const octet_type type = octet_explainer_result(e)->type;
    int64_t wide = take_one(e), made = 0;
    const int32_t narrow = (int32_t)wide;
    if (type == OCTET_INT32) octet_unary_s32_ref(p->operation, &narrow, (int32_t *)(void *)&made, 1);
    else octet_unary_s64_ref(p->operation, &wide, &made, 1);
    octet_derive_integer(e->d, "result", octet_explain_code(type, &made, 0), "%s of the number as it stands",
                         octet_operator_name(e->op->code));
}

/* ADD, FLOOR_DIV and the others of numbers as they stand. */
void octet_explain_arithmetic_integers(const octet_explainer *e) {
    const octet_binary_params *p = octet_step_params_arithmetic(e->step);
    static const octet_arithmetic_type types[OCTET_N_TYPES] = {[OCTET_FLOAT32] = OCTET_ARITHMETIC_F32,
                                                               [OCTET_INT32] = OCTET_ARITHMETIC_S32,
                                                               [OCTET_INT64] = OCTET_ARITHMETIC_S64,
                                                               [OCTET_INT16] = OCTET_ARITHMETIC_S16,
                                                               [OCTET_INT8] = OCTET_ARITHMETIC_S8};
    const octet_type type = octet_explainer_result(e)->type;
    static const int32_t step[2] = {1, 1};
    int64_t code[2], made = 0;
    double real[2];
    const void *in[2];
    if (octet_explainer_refuse_float(e, octet_explainer_operand(e, 0))) return;
    octet_explainer_take_pair(e, &p->walk, code, real);
    for (uint32_t i = 0; i < 2; i++)
        in[i] = (const char *)octet_explainer_data(e, i) + e->d->terms[0].element[i] * octet_type_size(type);
    octet_arithmetic_row_ref(p->operation, types[type])(&p->bounds, in, step, &made, 1);
    octet_derive_integer(e->d, "result", octet_explain_code(type, &made, 0),
                         "%s of %" PRId64 " and %" PRId64 " as they stand, wrapping, and a fused activation",
                         octet_operator_name(e->op->code), code[0], code[1]);
}
