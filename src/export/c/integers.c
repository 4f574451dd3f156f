/* Operators on numbers as they stand: integers without scales, comparisons, logic, choices, casts. */
#include <inttypes.h>

#include "export/c/elements.h"
#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

static octet_type operand_type(const octet_c_emitter *e, const octet_step *step, uint32_t i) {
    return e->graph->values[step->inputs[i]].type;
}

static octet_type result_type(const octet_c_emitter *e, const octet_step *step) {
    return e->graph->values[step->outputs[0]].type;
}

/* The type in which sums wrap. */
static const char *wrapping(octet_type type) { return type == OCTET_INT64 ? "uint64_t" : "uint32_t"; }

/* The type in which numbers are compared and divided. */
static const char *working(octet_type type) {
    return type == OCTET_INT64 || type == OCTET_FLOAT32 ? octet_c_type(type) : "int32_t";
}

static const char *word(octet_c_emitter *e, int64_t number) {
    char text[OCTET_C_NUMBER_SIZE];
    octet_c_number(number == (int32_t)number ? OCTET_INT32 : OCTET_INT64,
                   number == (int32_t)number ? (const void *)&(int32_t){(int32_t)number} : &number, 0, text);
    return octet_c_format(e, "%s", text);
}

/* Opens loops over a result in which u and v are the elements of the two operands. */
static octet_c_walk open_pair(octet_c_emitter *e, const octet_stage *stage, const octet_broadcast_params *walk) {
    const octet_step *step = &e->steps[stage->step];
    const char *a = octet_c_operand(e, stage, 0), *b = octet_c_operand(e, stage, 1);
    octet_c_open(e, stage);
    const octet_c_walk at = octet_c_open_walk(e, walk);
    octet_c_line(&e->functions, "const %s u = %s[%s], v = %s[%s];", working(operand_type(e, step, 0)), a,
                 at.operands[0], b, at.operands[1]);
    return at;
}

static void close_pair(octet_c_emitter *e, const octet_broadcast_params *walk) {
    octet_c_close_walk(e, walk);
    octet_c_end(&e->functions);
}

/* ---- ADD, MAXIMUM, FLOOR_DIV, ... ---- */

/* As kernels/ref/arithmetic.c divides: 0 for a zero divisor, wrapping for the least number by -1. */
static const char *quotient(octet_c_emitter *e, octet_type type, const char *correction) {
    return octet_c_format(e, "v == 0 ? 0 : v == -1 ? (%s)(0u - (%s)u) : u / v%s", working(type), wrapping(type),
                          correction);
}

static void write_power(octet_c_emitter *e) {
    octet_c_writer *f = &e->functions;
    octet_c_line(f, "uint32_t power = 1u, base = (uint32_t)u;");
    octet_c_line(f, "int32_t left;");
    octet_c_line(f, "for (left = v; left > 0; left >>= 1) {");
    octet_c_line(f, "if ((left & 1) != 0) power *= base;");
    octet_c_line(f, "base *= base;");
    octet_c_line(f, "}");
}

static const char *combination(octet_c_emitter *e, octet_arithmetic operation, octet_type type) {
    octet_c_writer *f = &e->functions;
    const char *w = wrapping(type), *t = working(type);
    switch (operation) {
    case OCTET_ARITHMETIC_ADD: return octet_c_format(e, "(%s)((%s)u + (%s)v)", t, w, w);
    case OCTET_ARITHMETIC_SUB: return octet_c_format(e, "(%s)((%s)u - (%s)v)", t, w, w);
    case OCTET_ARITHMETIC_MUL: return octet_c_format(e, "(%s)((%s)u * (%s)v)", t, w, w);
    case OCTET_ARITHMETIC_MAXIMUM: return "u > v ? u : v";
    case OCTET_ARITHMETIC_MINIMUM: return "u < v ? u : v";
    case OCTET_ARITHMETIC_DIV: return quotient(e, type, "");
    case OCTET_ARITHMETIC_SQUARED_DIFFERENCE:
        octet_c_line(f, "const %s d = (%s)u - (%s)v;", w, w, w);
        return octet_c_format(e, "(%s)(d * d)", t);
    case OCTET_ARITHMETIC_POW:
        write_power(e);
        return "v >= 0 ? (int32_t)power : u == 1 ? 1 : u == -1 ? ((v & 1) != 0 ? -1 : 1) : 0";
    case OCTET_ARITHMETIC_FLOOR_DIV:
    case OCTET_ARITHMETIC_FLOOR_MOD:
        octet_c_line(f, "const %s rest = v == 0 || v == -1 ? 0 : u %% v;", t);
        octet_c_line(f, "const int32_t down = rest != 0 && (rest < 0) != (v < 0) ? 1 : 0;");
        return operation == OCTET_ARITHMETIC_FLOOR_DIV ? quotient(e, type, " - down") : "down != 0 ? rest + v : rest";
    case OCTET_N_ARITHMETIC: break;
    }
    return "0";
}

/* A fused activation. */
static bool is_bounded(octet_arithmetic operation, octet_type type, const octet_arithmetic_params *p) {
    const bool has_room = operation == OCTET_ARITHMETIC_ADD || operation == OCTET_ARITHMETIC_SUB ||
                          operation == OCTET_ARITHMETIC_MUL || operation == OCTET_ARITHMETIC_DIV;
    const bool is_wide = type == OCTET_INT64;
    return has_room && (p->min > (is_wide ? INT64_MIN : INT32_MIN) || p->max < (is_wide ? INT64_MAX : INT32_MAX));
}

void octet_c_emit_arithmetic_integers(octet_c_emitter *e, const octet_stage *stage) {
    const octet_binary_params *p = octet_step_params_arithmetic(&e->steps[stage->step]);
    const octet_type type = result_type(e, &e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    const octet_c_walk at = open_pair(e, stage, &p->walk);
    octet_c_line(f, "const %s result = %s;", working(type), combination(e, p->operation, type));
    if (is_bounded(p->operation, type, &p->bounds))
        octet_c_line(f, "output[%s] = result < %s ? %s : result > %s ? %s : result;", at.result, word(e, p->bounds.min),
                     word(e, p->bounds.min), word(e, p->bounds.max), word(e, p->bounds.max));
    else octet_c_line(f, "output[%s] = (%s)result;", at.result, octet_c_type(type));
    close_pair(e, &p->walk);
}

/* ABS, NEG, SQUARE, SIGN. */
void octet_c_emit_unary_integers(octet_c_emitter *e, const octet_stage *stage) {
    const octet_unary operation = octet_step_params_unary(&e->steps[stage->step])->operation;
    const octet_type type = result_type(e, &e->steps[stage->step]);
    const char *x, *t = octet_c_type(type), *w = wrapping(type);
    octet_c_open_elements(e, stage, &x);
    octet_c_line(&e->functions, "const %s u = %s[i];", t, x);
    if (operation == OCTET_UNARY_ABS) octet_c_line(&e->functions, "output[i] = u < 0 ? (%s)(0u - (%s)u) : u;", t, w);
    else if (operation == OCTET_UNARY_NEG) octet_c_line(&e->functions, "output[i] = (%s)(0u - (%s)u);", t, w);
    else if (operation == OCTET_UNARY_SQUARE) octet_c_line(&e->functions, "output[i] = (%s)((%s)u * (%s)u);", t, w, w);
    else octet_c_line(&e->functions, "output[i] = (u > 0) - (u < 0);");
    octet_c_close_elements(e);
}

/* ---- Comparisons and logic ---- */

static const char *comparison_sign(octet_comparison operation) {
    static const char *const signs[OCTET_N_COMPARE] = {
        [OCTET_COMPARE_EQUAL] = "==",      [OCTET_COMPARE_NOT_EQUAL] = "!=", [OCTET_COMPARE_LESS] = "<",
        [OCTET_COMPARE_LESS_EQUAL] = "<=", [OCTET_COMPARE_GREATER] = ">",    [OCTET_COMPARE_GREATER_EQUAL] = ">=",
        [OCTET_COMPARE_AND] = "&&",        [OCTET_COMPARE_OR] = "||"};
    return signs[operation];
}

/* int8 through scales: both operands with 8 more bits. */
static const char *compared(octet_c_emitter *e, const octet_compare_params *q, int32_t i, const char *x) {
    const char *shifted = octet_c_format(e, "%s * 256", octet_c_centered(e, x, q->zero_point[i]));
    return octet_c_scaled(e, shifted, q->multiplier[i], q->shift[i]);
}

void octet_c_emit_compare(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_comparison_params *p = octet_step_params_compare(step);
    const octet_c_walk at = open_pair(e, stage, &p->walk);
    const bool has_scales = step->kernel == OCTET_KERNEL_compare_s8;
    octet_c_line(&e->functions, "output[%s] = %s %s %s;", at.result, has_scales ? compared(e, &p->q, 0, "u") : "u",
                 comparison_sign(p->operation), has_scales ? compared(e, &p->q, 1, "v") : "v");
    close_pair(e, &p->walk);
}

void octet_c_emit_logical_not(octet_c_emitter *e, const octet_stage *stage) {
    const char *x;
    octet_c_open_elements(e, stage, &x);
    octet_c_line(&e->functions, "output[i] = %s[i] == 0;", x);
    octet_c_close_elements(e);
}

void octet_c_emit_select(octet_c_emitter *e, const octet_stage *stage) {
    const octet_broadcast_params *p = octet_step_params_select(&e->steps[stage->step]);
    const char *names[3];
    for (uint32_t i = 0; i < 3; i++) names[i] = octet_c_operand(e, stage, i);
    octet_c_open(e, stage);
    const octet_c_walk at = octet_c_open_walk(e, p);
    octet_c_line(&e->functions, "output[%s] = %s[%s] != 0 ? %s[%s] : %s[%s];", at.result, names[0], at.operands[0],
                 names[1], at.operands[1], names[2], at.operands[2]);
    octet_c_close_walk(e, p);
    octet_c_end(&e->functions);
}

/* ---- CAST ---- */

/* A real number is cut, and clamped to the type; what is no number becomes the greatest. */
static const char *cut(octet_c_emitter *e, octet_type type, const char *x) {
    int32_t low, high;
    const char *t = octet_c_type(type);
    if (type == OCTET_INT64)
        return octet_c_format(e,
                              "%s <= -9223372036854775808.0f ? (-INT64_C(9223372036854775807) - 1) : %s < "
                              "9223372036854775808.0f ? (int64_t)%s : INT64_C(9223372036854775807)",
                              x, x, x);
    if (type == OCTET_INT32)
        return octet_c_format(e,
                              "%s <= -2147483648.0f ? (-2147483647 - 1) : %s < 2147483648.0f ? (int32_t)%s : "
                              "2147483647",
                              x, x, x);
    octet_type_limits(type, &low, &high);
    return octet_c_format(e, "(%s)(%s <= %d.0f ? %d : %s < %d.0f ? (int32_t)%s : %d)", t, x, low, low, x, high, x,
                          high);
}

void octet_c_emit_cast(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_type from = operand_type(e, step, 0), to = result_type(e, step);
    const char *x;
    if (from == OCTET_FLOAT16 || to == OCTET_FLOAT16) octet_c_refuse(e, step, "it computes with float16");
    octet_c_open_elements(e, stage, &x);
    x = octet_c_format(e, from == OCTET_BOOL ? "(%s[i] != 0)" : "%s[i]", x);
    if (to == OCTET_BOOL) x = octet_c_format(e, "%s != 0", x);
    else if (from == OCTET_FLOAT32 && to != OCTET_FLOAT32) x = cut(e, to, x);
    else x = octet_c_format(e, "(%s)%s", octet_c_type(to), x);
    octet_c_line(&e->functions, "output[i] = %s;", x);
    octet_c_close_elements(e);
}
