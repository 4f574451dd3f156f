/* Kernels of int16 that are not those of int8 with other numbers. */
#include "export/c/elements.h"
#include "export/c/forms.h"
#include "export/c/scale.h"

/* "@lookup16(x, @exp_2_table)". */
static const char *looked_up(octet_c_emitter *e, const octet_stage *stage, const char *x, const char *table) {
    return octet_c_format(e, "%s(%s, @%s_%s)", octet_c_help(e, OCTET_C_TABLE16), x,
                          octet_c_step_name(e, stage->step).text, table);
}

/* Powers are kept where the results will be. */
void octet_c_emit_softmax_wide(octet_c_emitter *e, const octet_stage *stage) {
    const octet_softmax_params *p = octet_step_params_softmax(&e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    if (p->depth > UINT16_MAX) octet_c_refuse(e, &e->steps[stage->step], "rows of %d numbers", p->depth);
    const char *clamp = octet_c_help(e, OCTET_C_CLAMP),
               *scaled = octet_c_scaled(e, "(input[i] - most)", p->multiplier, p->shift);
    octet_c_table(e, stage, "powers", OCTET_INT16, p->exp_table, OCTET_TABLE16_SIZE);
    octet_c_table(e, stage, "reciprocals", OCTET_INT16, p->reciprocal_table, OCTET_TABLE16_SIZE);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t r, i;");
    octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->depth);
    octet_c_line(f, "int32_t most = -32768, zeros = 1, factor;");
    octet_c_line(f, "uint32_t sum = 0;");
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "if (input[i] > most) most = input[i];");
    octet_c_line(f, "}");
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "const int32_t x = %s((int32_t)((uint32_t)%s + 32767u), -32768, 32767);", clamp, scaled);
    octet_c_line(f, "const int32_t power = %s;", looked_up(e, stage, "x", "powers"));
    octet_c_line(f, "output[i] = (int16_t)power;");
    octet_c_line(f, "sum += (uint32_t)power;"); /* of output[i], gcc -Wconversion warns in spite of the cast */
    octet_c_line(f, "}");
    octet_c_remark(f, "sum = 2^(31 - zeros) * (1 + x); x in 65536 steps, centered");
    octet_c_line(f, "while (zeros < 30 && (sum << zeros) < UINT32_C(2147483648)) ++zeros;");
    octet_c_line(f, "factor = (int32_t)(((sum << (zeros - 1)) + 8192u) >> 14) - 98304;");
    octet_c_line(f, "factor = %s;",
                 looked_up(e, stage, octet_c_format(e, "%s(factor, -32768, 32767)", clamp), "reciprocals"));
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "const int32_t half = (int32_t)1 << (30 - zeros);");
    octet_c_line(f, "output[i] = (int16_t)%s((output[i] * factor + half) >> (31 - zeros), 0, 32767);", clamp);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

/* LOGISTIC and TANH from the same 256 points of a sigmoid, unsigned. */
static void write_sigmoid(octet_c_emitter *e, const octet_stage *stage, const octet_unary_quantized_params *p,
                          const char *x) {
    octet_c_writer *f = &e->functions;
    const bool is_tanh = p->operation == OCTET_UNARY_TANH;
    const int32_t bits = is_tanh ? 8 : 9;
    const octet_c_name name = octet_c_step_name(e, stage->step);
    octet_c_line(f, "const int32_t x = (int32_t)(((int64_t)%s[i] * %d + %d) >> %d);", x, p->multiplier,
                 p->shift > 0 ? 1 << (p->shift - 1) : 0, p->shift);
    octet_c_line(f, "const uint32_t distance = (uint32_t)(x < 0 ? -x : x), piece = distance >> %d;", bits);
    octet_c_line(f, "uint32_t y = %uu;", is_tanh ? 0xFFFFu << 8 : 0x7FFFu << 10);
    octet_c_line(f, "if (piece < 255) {");
    octet_c_line(f, "const uint32_t low = (uint16_t)@%s_table[piece], high = (uint16_t)@%s_table[piece + 1];",
                 name.text, name.text);
    octet_c_line(f, "y = (low << %d) + (distance & %du) * (high - low);", bits, (1 << bits) - 1);
    octet_c_line(f, "}");
    if (is_tanh) octet_c_line(f, "output[i] = (int16_t)((x >= 0 ? (int32_t)y - 8388480 : 8388735 - (int32_t)y) >> 8);");
    else octet_c_line(f, "output[i] = (int16_t)((x >= 0 ? y + 512u : 33554432u - y + 511u) >> 10);");
}

static void emit_sigmoid(octet_c_emitter *e, const octet_stage *stage, const octet_unary_quantized_params *p) {
    enum { POINTS = 256 };
    const char *x;
    octet_c_table(e, stage, "table", OCTET_INT16, p->table, POINTS);
    octet_c_open_elements(e, stage, &x);
    write_sigmoid(e, stage, p, x);
    octet_c_close_elements(e);
}

/* RELU and kin, LEAKY_RELU, ABS: one multiplier above 0, one below. */
static const char *scaled(octet_c_emitter *e, const octet_unary_quantized_params *p, const char *x) {
    const char *above = octet_c_scaled(e, "x", p->multiplier, p->shift),
               *below = octet_c_scaled(e, "x", p->multiplier_negative, p->shift_negative);
    octet_c_line(&e->functions, "const int32_t x = %s;",
                 octet_c_centered(e, octet_c_format(e, "%s[i]", x), p->zero_in));
    if (p->negative_slope) below = octet_c_format(e, "(int32_t)(0u - (uint32_t)%s)", below);
    return octet_c_clamped(e, octet_c_format(e, "(x >= 0 ? %s : %s)", above, below),
                           p->shift > 0 || p->shift_negative > 0, p->zero_out, p->min, p->max);
}

void octet_c_emit_unary_wide(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_unary_quantized_params *p = &octet_step_params_unary_s16(step)->q;
    const bool is_sigmoid = p->operation == OCTET_UNARY_LOGISTIC || p->operation == OCTET_UNARY_TANH,
               is_scaled = p->operation == OCTET_UNARY_ABS || p->operation == OCTET_UNARY_RELU ||
                           p->operation == OCTET_UNARY_RELU6 || p->operation == OCTET_UNARY_LEAKY_RELU,
               is_negative = p->operation == OCTET_UNARY_NEG;
    const char *x;
    if (p->operation == OCTET_UNARY_SQRT) octet_c_refuse(e, step, "the root of int16 is computed in float");
    if (is_sigmoid) {
        emit_sigmoid(e, stage, p);
        return;
    }
    if (!is_scaled && !is_negative) octet_c_table(e, stage, "table", OCTET_INT16, p->table, OCTET_TABLE16_SIZE);
    octet_c_open_elements(e, stage, &x);
    const char *element = octet_c_format(e, "%s[i]", x);
    octet_c_line(&e->functions, "output[i] = (int16_t)%s;",
                 is_scaled     ? scaled(e, p, x)
                 : is_negative ? octet_c_format(e, "(uint16_t)(0u - (uint32_t)%s)", element)
                               : looked_up(e, stage, element, "table"));
    octet_c_close_elements(e);
}
