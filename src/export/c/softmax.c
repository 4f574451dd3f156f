#include "export/c/forms.h"
#include "export/c/scale.h"

/* Exponentials are computed twice, for the sum and for the result, and never kept. */
void octet_c_emit_softmax(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_softmax_params *p = octet_step_params_softmax(step);
    octet_c_writer *f = &e->functions;
    int32_t low, high;
    octet_type_limits(e->graph->values[step->outputs[0]].type, &low, &high);
    if (p->depth > OCTET_C_MOST_SOFTMAX)
        octet_c_refuse(e, step, "rows of %d numbers, at most %d", p->depth, OCTET_C_MOST_SOFTMAX);
    const char *multiply = octet_c_help(e, OCTET_C_HIGH), *shift = octet_c_help(e, OCTET_C_ROUND_SHIFT),
               *reciprocal = octet_c_help(e, OCTET_C_RECIPROCAL), *clamp = octet_c_help(e, OCTET_C_CLAMP),
               *power = octet_c_format(e, "%s(%s)", octet_c_help(e, OCTET_C_EXP),
                                       octet_c_scaled(e, "input[i] - most", p->multiplier, p->shift));
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t r, i;");
    octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->depth);
    octet_c_line(f, "int32_t most = -128, zeros = 0, factor;");
    octet_c_line(f, "uint32_t sum = 0;");
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "if (input[i] > most) most = input[i];");
    octet_c_line(f, "}");
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "if (input[i] - most >= %d) sum += (uint32_t)%s(%s, 12);", p->difference_min, shift, power);
    octet_c_line(f, "}");
    octet_c_line(f, "while ((sum << zeros) < UINT32_C(2147483648)) ++zeros;");
    octet_c_line(f, "factor = %s((int32_t)((sum << zeros) - UINT32_C(2147483648)));", reciprocal);
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->depth);
    octet_c_line(f, "int32_t result = %d;", low);
    octet_c_line(f, "if (input[i] - most >= %d) result += %s(%s(factor, %s), %s(%d - zeros, 0, 31));",
                 p->difference_min, shift, multiply, power, clamp, high == INT8_MAX ? 35 : 27);
    octet_c_line(f, "output[i] = (%s)%s(result, %d, %d);", octet_c_output_type(e, stage), clamp, low, high);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}
