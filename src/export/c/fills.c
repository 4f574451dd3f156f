/* Values that are made from shapes, scalars and indices: FILL, RANGE, SHAPE, BROADCAST_ARGS, ONE_HOT, CUMSUM. */
#include "export/c/forms.h"
#include "export/c/scale.h"

static const octet_value *result_of(const octet_c_emitter *e, const octet_step *step) {
    return &e->graph->values[step->outputs[0]];
}

static void write_filling(octet_c_emitter *e, const octet_stage *stage, const char *value) {
    const octet_value *result = result_of(e, &e->steps[stage->step]);
    octet_c_open(e, stage);
    octet_c_line(&e->functions, "int32_t i;");
    octet_c_line(&e->functions, "for (i = 0; i < %zu; ++i) output[i] = %s;", octet_shape_elements(&result->shape),
                 value);
    octet_c_end(&e->functions);
}

void octet_c_emit_fill(octet_c_emitter *e, const octet_stage *stage) {
    write_filling(e, stage, octet_c_format(e, "%s[0]", octet_c_operand(e, stage, 0)));
}

/* ZEROS_LIKE. */
void octet_c_emit_fill_constant(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    char number[OCTET_C_NUMBER_SIZE];
    octet_c_number(result_of(e, step)->type, octet_step_params_fill_constant(step)->value, 0, number);
    write_filling(e, stage, number);
}

/* SHAPE: what is known before the run. */
void octet_c_emit_bytes(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_bytes_params *p = octet_step_params_bytes(step);
    const octet_type type = result_of(e, step)->type;
    octet_c_open(e, stage);
    for (size_t i = 0; i < p->n_bytes / octet_type_size(type); i++) {
        char number[OCTET_C_NUMBER_SIZE];
        octet_c_number(type, p->bytes, i, number);
        octet_c_line(&e->functions, "output[%zu] = %s;", i, number);
    }
    octet_c_end(&e->functions);
}

void octet_c_emit_range(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const char *type = octet_c_type(result_of(e, step)->type);
    const char *wide = result_of(e, step)->type == OCTET_INT64 ? "uint64_t" : "uint32_t";
    write_filling(e, stage,
                  octet_c_format(e, "(%s)((%s)%s[0] + (%s)i * (%s)%s[0])", type, wide, octet_c_operand(e, stage, 0),
                                 wide, wide, octet_c_operand(e, stage, 1)));
}

/* Dimension i of a shape that has `less` dimensions fewer than the result; 1 where it has none. */
static const char *dimension(octet_c_emitter *e, const char *name, size_t less) {
    if (less == 0) return octet_c_format(e, "%s[i]", name);
    return octet_c_format(e, "(i < %zu ? 1 : %s[i - %zu])", less, name, less);
}

void octet_c_emit_broadcast_args(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_broadcast_args_params *p = octet_step_params_broadcast_args(step);
    const size_t n = p->n[0] > p->n[1] ? p->n[0] : p->n[1];
    const char *type = octet_c_type(result_of(e, step)->type), *names[2];
    octet_c_writer *f = &e->functions;
    for (uint32_t i = 0; i < 2; i++)
        names[i] = p->n[i] > 0 ? dimension(e, octet_c_operand(e, stage, i), n - p->n[i]) : "1";
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t i;");
    octet_c_line(f, "for (i = 0; i < %zu; ++i) {", n);
    octet_c_line(f, "const %s u = (%s)%s, v = (%s)%s;", type, type, names[0], type, names[1]);
    octet_c_line(f, "output[i] = u == 1 ? v : u;");
    octet_c_line(f, "}");
    octet_c_end(f);
}

void octet_c_emit_one_hot(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_one_hot_params *p = octet_step_params_one_hot(step);
    const char *names[3];
    octet_c_writer *f = &e->functions;
    for (uint32_t i = 0; i < 3; i++) names[i] = octet_c_operand(e, stage, i);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t p, d, i;");
    octet_c_line(f, "for (p = 0; p < %u; ++p) {", step->work.n_units[0] / (uint32_t)p->depth);
    octet_c_line(f, "for (d = 0; d < %d; ++d) {", p->depth);
    octet_c_line(f, "for (i = 0; i < %d; ++i) *output++ = %s[p * %d + i] == d ? %s[0] : %s[0];", p->suffix, names[0],
                 p->suffix, names[1], names[2]);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

void octet_c_emit_cumsum(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_cumsum_params *p = octet_step_params_cumsum(step);
    const octet_type type = result_of(e, step)->type;
    const char *wide = type == OCTET_INT64 ? "uint64_t" : "uint32_t", *input = octet_c_operand(e, stage, 0);
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t o, i, k;");
    octet_c_line(f, "for (o = 0; o < %u; ++o) {", step->work.n_units[0] / (uint32_t)p->inner);
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", p->inner);
    octet_c_line(f, "%s sum = 0;", wide);
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->n);
    octet_c_line(f, "const int32_t at = (o * %d + %s) * %d + i;", p->n,
                 p->reverse ? octet_c_format(e, "%d - k", p->n - 1) : "k", p->inner);
    octet_c_line(f, "const %s next = sum + (%s)%s[at];", wide, wide, input);
    octet_c_line(f, "output[at] = (%s)%s;", octet_c_type(type), p->exclusive ? "sum" : "next");
    octet_c_line(f, "sum = next;");
    for (int32_t i = 0; i < 3; i++) octet_c_line(f, "}");
    octet_c_end(f);
}
