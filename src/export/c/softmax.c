/* What works along the last axis: SOFTMAX, LOG_SOFTMAX, L2_NORMALIZATION. */
#include "export/c/forms.h"
#include "export/c/scale.h"

/* e^(input[i] - most) in Q0.31. */
static const char *exponential(octet_c_emitter *e, const octet_softmax_params *p) {
    return octet_c_format(e, "%s(%s)", octet_c_help(e, OCTET_C_EXP),
                          octet_c_scaled(e, "input[i] - most", p->multiplier, p->shift));
}

/* The loop over rows, and in it the largest number of a row and the sum of the exponentials; `more` are further
 * variables of a row. Exponentials are computed for the sum and again for the result, and never kept. */
static void open_rows(octet_c_emitter *e, const octet_stage *stage, const octet_softmax_params *p, const char *more) {
    const octet_step *step = &e->steps[stage->step];
    octet_c_writer *f = &e->functions;
    if (p->depth > OCTET_C_MOST_SOFTMAX)
        octet_c_refuse(e, step, "rows of %d numbers, at most %d", p->depth, OCTET_C_MOST_SOFTMAX);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t r, i;");
    octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->depth);
    octet_c_line(f, "int32_t most = -128, %s;", more);
    octet_c_line(f, "uint32_t sum = 0;");
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "if (input[i] > most) most = input[i];");
    octet_c_line(f, "}");
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "if (input[i] - most >= %d) sum += (uint32_t)%s(%s, 12);", p->difference_min,
                 octet_c_help(e, OCTET_C_ROUND_SHIFT), exponential(e, p));
    octet_c_line(f, "}");
}

/* From int8 to int8 or int16. */
void octet_c_emit_softmax(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_softmax_params *p = octet_step_params_softmax(step);
    const bool is_wide = step->kernel == OCTET_KERNEL_softmax_s8_s16;
    const int32_t least = is_wide ? INT16_MIN : INT8_MIN;
    octet_c_writer *f = &e->functions;
    const char *high = octet_c_help(e, OCTET_C_HIGH), *shift = octet_c_help(e, OCTET_C_ROUND_SHIFT),
               *reciprocal = octet_c_help(e, OCTET_C_RECIPROCAL), *clamp = octet_c_help(e, OCTET_C_CLAMP);
    open_rows(e, stage, p, "zeros = 0, factor");
    octet_c_line(f, "while ((sum << zeros) < UINT32_C(2147483648)) ++zeros;");
    octet_c_line(f, "factor = %s((int32_t)((sum << zeros) - UINT32_C(2147483648)));", reciprocal);
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "int32_t result = %d;", least);
    octet_c_line(f, "if (input[i] - most >= %d) result += %s(%s(factor, %s), %s(%d - zeros, 0, 31));",
                 p->difference_min, shift, high, exponential(e, p), clamp, is_wide ? 27 : 35);
    octet_c_line(f, "output[i] = (%s)%s(result, %d, %d);", is_wide ? "int16_t" : "int8_t", clamp, least, -1 - least);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

void octet_c_emit_log_softmax(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_softmax_params *p = octet_step_params_softmax(step);
    octet_c_writer *f = &e->functions;
    const char *floor = "(int32_t)((uint32_t)log - UINT32_C(2147483648))"; /* the least Q5.26, plus the logarithm */
    open_rows(e, stage, p, "log, least");
    octet_c_line(f, "log = %s((int32_t)sum);", octet_c_help(e, OCTET_C_LOG));
    octet_c_line(f, "least = %s;", octet_c_scaled(e, floor, p->reverse_multiplier, p->reverse_shift));
    octet_c_line(f, "if (least < %d) least = %d;", p->difference_min - 1, p->difference_min - 1);
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "int32_t result = -128;");
    octet_c_line(f, "if (input[i] - most > least) {");
    octet_c_line(f, "const int32_t x = (int32_t)((uint32_t)%s - (uint32_t)log);",
                 octet_c_scaled(e, "input[i] - most", p->multiplier, p->shift));
    octet_c_line(f, "result = %s(x, 22) + 127;", octet_c_help(e, OCTET_C_ROUND_SHIFT));
    octet_c_line(f, "}");
    octet_c_line(f, "output[i] = (int8_t)%s(result, -128, 127);", octet_c_help(e, OCTET_C_CLAMP));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

void octet_c_emit_l2_normalization(octet_c_emitter *e, const octet_stage *stage) {
    const octet_l2_normalization_params *p = octet_step_params_l2_normalization(&e->steps[stage->step]);
    const char *x = octet_c_centered(e, "input[i]", p->input_zero_point);
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t r, i;");
    octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->depth);
    octet_c_line(f, "uint32_t sum = 0;");
    octet_c_line(f, "int32_t multiplier, shift;");
    octet_c_line(f, "for (i = 0; i < %d; ++i) sum += (uint32_t)(%s * %s);", p->depth, x, x);
    octet_c_line(f, "multiplier = %s((int32_t)sum, &shift);", octet_c_help(e, OCTET_C_ROOT));
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "const int32_t y = %s(%s%s, multiplier, shift%s);", octet_c_help(e, OCTET_C_SCALE_BY), x,
                 p->scales_first ? " * 128" : "", p->scales_first ? "" : " + 7");
    octet_c_line(f, "output[i] = (int8_t)%s(y, -128, 127);", octet_c_help(e, OCTET_C_CLAMP));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}
