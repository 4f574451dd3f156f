#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

/* A function of one int8: its 256 results. */
void octet_c_emit_table(octet_c_emitter *e, const octet_stage *stage) {
    const octet_unary_table_params *p = octet_step_params_unary_table(&e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    octet_c_table(e, stage, "table", OCTET_INT8, p->table, OCTET_UNARY_TABLE_S8);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t i;");
    octet_c_line(f, "for (i = 0; i < %zu; ++i) output[i] = @%s_table[input[i] + 128];", p->n_elements,
                 octet_c_step_name(e, stage->step).text);
    octet_c_end(f);
}

/* From one scale to another. */
void octet_c_emit_requantize(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_quantize_params *p = octet_step_params_quantize(step);
    const octet_value *output = &e->graph->values[step->outputs[0]];
    octet_c_writer *f = &e->functions;
    int32_t low, high;
    octet_type_limits(output->type, &low, &high);
    const char *scaled =
        octet_c_scaled(e, octet_c_centered(e, "input[i]", p->input_zero_point), p->multiplier, p->shift);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t i;");
    octet_c_line(f, "for (i = 0; i < %zu; ++i) output[i] = (%s)%s;", octet_shape_elements(&output->shape),
                 octet_c_type(output->type), octet_c_clamped(e, scaled, p->shift > 0, p->output_zero_point, low, high));
    octet_c_end(f);
}

/* The result of two operands x and y, of which the zero points are taken off, before the zero point is added. */
static const char *combined(octet_c_emitter *e, octet_arithmetic operation,
                            const octet_arithmetic_quantized_params *q) {
    const char *x = octet_c_format(e, "x * %d", 1 << q->left_shift),
               *y = octet_c_format(e, "y * %d", 1 << q->left_shift);
    if (operation == OCTET_ARITHMETIC_MUL) return octet_c_scaled(e, "x * y", q->multiplier_out, q->shift_out);
    x = octet_c_scaled(e, x, q->multiplier[0], q->shift[0]);
    y = octet_c_scaled(e, y, q->multiplier[1], q->shift[1]);
    if (operation == OCTET_ARITHMETIC_SQUARED_DIFFERENCE) {
        octet_c_line(&e->functions, "const uint32_t d = (uint32_t)(%s - %s);", x, y);
        return octet_c_scaled(e, "(int32_t)(d * d)", q->multiplier_out, q->shift_out);
    }
    return octet_c_scaled(e, octet_c_format(e, "%s %c %s", x, operation == OCTET_ARITHMETIC_ADD ? '+' : '-', y),
                          q->multiplier_out, q->shift_out);
}

/* ADD, SUB, MUL, SQUARED_DIFFERENCE. */
void octet_c_emit_arithmetic(octet_c_emitter *e, const octet_stage *stage) {
    const octet_binary_quantized_params *p = octet_step_params_arithmetic_quantized(&e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    if (p->operation == OCTET_ARITHMETIC_DIV) octet_c_refuse(e, &e->steps[stage->step], "no form of it is there");
    const char *a = octet_c_operand(e, stage, 0), *b = octet_c_operand(e, stage, 1);
    octet_c_open(e, stage);
    const octet_c_walk walk = octet_c_open_walk(e, &p->walk);
    octet_c_line(f, "const int32_t x = %s;",
                 octet_c_centered(e, octet_c_format(e, "%s[%s]", a, walk.operands[0]), p->q.zero_point[0]));
    octet_c_line(f, "const int32_t y = %s;",
                 octet_c_centered(e, octet_c_format(e, "%s[%s]", b, walk.operands[1]), p->q.zero_point[1]));
    const char *result = combined(e, p->operation, &p->q);
    octet_c_line(f, "output[%s] = (int8_t)%s;", walk.result,
                 octet_c_clamped(e, result, p->q.shift_out > 0, p->q.zero_out, p->q.min, p->q.max));
    octet_c_close_walk(e, &p->walk);
    octet_c_end(f);
}
