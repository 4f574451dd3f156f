#include "export/c/elements.h"

#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/walk.h"

void octet_c_open_elements(octet_c_emitter *e, const octet_stage *stage, const char **operands) {
    const octet_step *step = &e->steps[stage->step];
    octet_c_writer *f = &e->functions;
    const bool by_rows = stage->flow == OCTET_FLOW_ROWS;
    for (uint32_t i = 0; i < step->n_inputs; i++) operands[i] = octet_c_operand(e, stage, i);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t i;");
    for (uint32_t i = 0; by_rows && i < step->n_inputs; i++) {
        const octet_c_name row = octet_c_row(e, stage, i, "y");
        operands[i] = octet_c_format(e, "x%u", i);
        octet_c_line(f, "const %s *x%u = %s;", octet_c_type(e->graph->values[step->inputs[i]].type), i, row.text);
    }
    octet_c_line(f, "for (i = 0; i < %zu; ++i) {",
                 by_rows ? octet_c_row_elements(e, stage)
                         : octet_shape_elements(&e->graph->values[step->outputs[0]].shape));
}

void octet_c_close_elements(octet_c_emitter *e) {
    octet_c_line(&e->functions, "}");
    octet_c_end(&e->functions);
}

/* A function of one int8: its 256 results. */
void octet_c_emit_table(octet_c_emitter *e, const octet_stage *stage) {
    const octet_unary_table_params *p = octet_step_params_unary_table(&e->steps[stage->step]);
    const char *x;
    octet_c_table(e, stage, "table", OCTET_INT8, p->table, OCTET_UNARY_TABLE_S8);
    octet_c_open_elements(e, stage, &x);
    octet_c_line(&e->functions, "output[i] = @%s_table[%s[i] + 128];", octet_c_step_name(e, stage->step).text, x);
    octet_c_close_elements(e);
}

/* One scale on both sides: codes that differ by a number. */
static bool is_shift(const octet_quantize_params *p) { return p->multiplier == 1 << 30 && p->shift == 1; }

/* From one scale to another. */
void octet_c_emit_requantize(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_quantize_params *p = octet_step_params_quantize(step);
    const octet_type type = e->graph->values[step->outputs[0]].type;
    const char *x;
    int32_t low, high;
    octet_type_limits(type, &low, &high);
    octet_c_open_elements(e, stage, &x);
    x = octet_c_centered(e, octet_c_format(e, "%s[i]", x), p->input_zero_point);
    if (!is_shift(p)) x = octet_c_scaled(e, x, p->multiplier, p->shift);
    octet_c_line(
        &e->functions, "output[i] = (%s)%s;", octet_c_type(type),
        octet_c_clamped(e, x, p->shift > 1 || (p->shift == 1 && !is_shift(p)), p->output_zero_point, low, high));
    octet_c_close_elements(e);
}

/* The result of two operands u and v, of which the zero points are taken off, before the zero point is added. */
static const char *combined(octet_c_emitter *e, octet_arithmetic operation,
                            const octet_arithmetic_quantized_params *q) {
    if (operation == OCTET_ARITHMETIC_DIV)
        return octet_c_format(e, "%s(u, v, %d, %d)", octet_c_help(e, OCTET_C_QUOTIENT), q->multiplier_out,
                              q->shift_out);
    const char *x = octet_c_format(e, "u * %d", 1 << q->left_shift),
               *y = octet_c_format(e, "v * %d", 1 << q->left_shift);
    if (operation == OCTET_ARITHMETIC_MUL) return octet_c_scaled(e, "u * v", q->multiplier_out, q->shift_out);
    x = octet_c_scaled(e, x, q->multiplier[0], q->shift[0]);
    y = octet_c_scaled(e, y, q->multiplier[1], q->shift[1]);
    if (operation == OCTET_ARITHMETIC_SQUARED_DIFFERENCE) {
        octet_c_line(&e->functions, "const uint32_t d = (uint32_t)(%s - %s);", x, y);
        return octet_c_scaled(e, "(int32_t)(d * d)", q->multiplier_out, q->shift_out);
    }
    return octet_c_scaled(e, octet_c_format(e, "%s %c %s", x, operation == OCTET_ARITHMETIC_ADD ? '+' : '-', y),
                          q->multiplier_out, q->shift_out);
}

static void write_combination(octet_c_emitter *e, const octet_binary_quantized_params *p, const char *type,
                              const char *a, const char *b, const char *output) {
    octet_c_writer *f = &e->functions;
    octet_c_line(f, "const int32_t u = %s;", octet_c_centered(e, a, p->q.zero_point[0]));
    octet_c_line(f, "const int32_t v = %s;", octet_c_centered(e, b, p->q.zero_point[1]));
    const char *result = combined(e, p->operation, &p->q);
    octet_c_line(f, "%s = (%s)%s;", output, type,
                 octet_c_clamped(e, result, p->q.shift_out > 0 || p->operation == OCTET_ARITHMETIC_DIV, p->q.zero_out,
                                 p->q.min, p->q.max));
}

/* ADD, SUB, MUL, DIV, SQUARED_DIFFERENCE. */
void octet_c_emit_arithmetic(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_binary_quantized_params *p = octet_step_params_arithmetic_quantized(step);
    const char *operands[2];
    if (stage->flow == OCTET_FLOW_ROWS) {
        octet_c_open_elements(e, stage, operands);
        write_combination(e, p, octet_c_output_type(e, stage), octet_c_format(e, "%s[i]", operands[0]),
                          octet_c_format(e, "%s[i]", operands[1]), "output[i]");
        octet_c_close_elements(e);
        return;
    }
    for (uint32_t i = 0; i < 2; i++) operands[i] = octet_c_operand(e, stage, i);
    octet_c_open(e, stage);
    const octet_c_walk walk = octet_c_open_walk(e, &p->walk);
    write_combination(e, p, octet_c_output_type(e, stage), octet_c_format(e, "%s[%s]", operands[0], walk.operands[0]),
                      octet_c_format(e, "%s[%s]", operands[1], walk.operands[1]),
                      octet_c_format(e, "output[%s]", walk.result));
    octet_c_close_walk(e, &p->walk);
    octet_c_end(&e->functions);
}

void octet_c_emit_prelu(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_prelu_walk_params *p = octet_step_params_prelu(step);
    int32_t low, high;
    octet_type_limits(e->graph->values[step->outputs[0]].type, &low, &high);
    octet_c_writer *f = &e->functions;
    const char *a = octet_c_operand(e, stage, 0), *b = octet_c_operand(e, stage, 1);
    octet_c_open(e, stage);
    const octet_c_walk walk = octet_c_open_walk(e, &p->walk);
    octet_c_line(f, "const int32_t u = %s;",
                 octet_c_centered(e, octet_c_format(e, "%s[%s]", a, walk.operands[0]), p->q.zero_in));
    octet_c_line(f, "const int32_t slope = %s;",
                 octet_c_centered(e, octet_c_format(e, "%s[%s]", b, walk.operands[1]), p->q.zero_slope));
    octet_c_line(f, "const int32_t v = u >= 0 ? %s : %s;", octet_c_scaled(e, "u", p->q.multiplier, p->q.shift),
                 octet_c_scaled(e, "u * slope", p->q.multiplier_negative, p->q.shift_negative));
    octet_c_line(f, "output[%s] = (%s)%s;", walk.result, octet_c_output_type(e, stage),
                 octet_c_clamped(e, "v", p->q.shift > 0 || p->q.shift_negative > 0, p->q.zero_out, low, high));
    octet_c_close_walk(e, &p->walk);
    octet_c_end(f);
}

/* ---- Real numbers at inputs and outputs ---- */

/* float32 to a quantized type: what is no number becomes the least code. */
void octet_c_emit_quantize(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_quantize_params *p = octet_step_params_quantize(step);
    const octet_type type = e->graph->values[step->outputs[0]].type;
    const char *x;
    int32_t low, high;
    octet_type_limits(type, &low, &high);
    octet_c_open_elements(e, stage, &x);
    octet_c_line(&e->functions, "float q = %s[i] / %.9ef;", x, (double)p->scale);
    octet_c_line(&e->functions, "q = q > %d.0f ? q < %d.0f ? q : %d.0f : %d.0f;", low - p->output_zero_point,
                 high - p->output_zero_point, high - p->output_zero_point, low - p->output_zero_point);
    octet_c_line(&e->functions, "output[i] = (%s)((int32_t)(q + (q < 0.0f ? -0.49999997f : 0.49999997f)) + %d);",
                 octet_c_type(type), p->output_zero_point);
    octet_c_close_elements(e);
}

void octet_c_emit_dequantize(octet_c_emitter *e, const octet_stage *stage) {
    const octet_quantize_params *p = octet_step_params_quantize(&e->steps[stage->step]);
    const char *x;
    octet_c_open_elements(e, stage, &x);
    octet_c_line(&e->functions, "output[i] = %.9ef * (float)%s;", (double)p->scale,
                 octet_c_centered(e, octet_c_format(e, "%s[i]", x), p->input_zero_point));
    octet_c_close_elements(e);
}
