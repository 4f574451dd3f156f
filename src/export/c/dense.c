#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/weighted.h"

static octet_c_weighted weigh(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    const octet_c_channels channels = {p->out_c, (size_t)p->depth, 1, (size_t)p->depth};
    return octet_c_weigh(e, stage, &p->q, channels, true, false);
}

/* Four outputs at a time, which read each element of the operand once for all of them. `columns`: of the weights. */
static void write_outputs(octet_c_emitter *e, const octet_fully_connected_params *p, const octet_c_weighted *w,
                          const char *columns, size_t n, const char *begin, const char *end) {
    octet_c_writer *f = &e->functions;
    const int32_t whole = p->out_c / 4 * 4;
    if (whole > 0) {
        octet_c_line(f, "for (c = 0; c < %d; c += 4) {", whole);
        octet_c_line(f, "const int8_t *w = %s + c * %d%s;", w->weights, p->depth, columns);
        if (begin != NULL) octet_c_line(f, "for (i = 0; i < 4; ++i) sums[i] = %s;", begin);
        octet_c_line(f, "%s(input, w, w + %d, w + %d, w + %d, %zu, sums%s);", octet_c_help(e, OCTET_C_DOT4), p->depth,
                     2 * p->depth, 3 * p->depth, n, begin == NULL ? " + c" : "");
        if (end != NULL) octet_c_line(f, "for (i = 0; i < 4; ++i) output[c + i] = %s;", end);
        octet_c_line(f, "}");
    }
    if (whole == p->out_c) return;
    octet_c_line(f, "for (c = %d; c < %d; ++c) {", whole, p->out_c);
    const char *dot = octet_c_format(e, "%s(input, %s + c * %d%s, %zu)", octet_c_help(e, OCTET_C_DOT), w->weights,
                                     p->depth, columns, n);
    if (begin == NULL) {
        octet_c_line(f, "sums[c] += %s;", dot);
    } else {
        octet_c_line(f, "const int32_t sum = %s + %s;", octet_c_bias(e, w, "c").text, dot);
        octet_c_line(f, "output[c] = %s;", octet_c_requantized(e, w, "sum", "c"));
    }
    octet_c_line(f, "}");
}

static void write_whole(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = weigh(e, stage, p);
    const bool has_rows = p->rows > 1, has_four = p->out_c >= 4;
    octet_c_open(e, stage);
    if (has_four) octet_c_line(f, "int32_t sums[4], i;");
    octet_c_use_stack(e, 4 * sizeof(int32_t));
    octet_c_line(f, "int32_t %sc;", has_rows ? "r, " : "");
    if (has_rows) octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->out_c);
    const octet_c_name bias = octet_c_bias(e, &w, "c + i");
    write_outputs(e, p, &w, "", (size_t)p->depth, bias.text, octet_c_requantized(e, &w, "sums[i]", "c + i"));
    if (has_rows) octet_c_line(f, "}");
    octet_c_end(f);
}

/* int16: one output after the other. */
static void write_wide(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = weigh(e, stage, p);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t r, c, i;");
    octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->out_c);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "const int8_t *w = %s + c * %d;", w.weights, p->depth);
    octet_c_line(f, "%s sum = %s;", w.sum, octet_c_bias(e, &w, "c").text);
    octet_c_line(f, "for (i = 0; i < %d; ++i) sum += input[i] * w[i];", p->depth);
    octet_c_line(f, "output[c] = %s;", octet_c_requantized(e, &w, "sum", "c"));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

/* The operand comes row by row: row y meets columns [y * row, (y + 1) * row) of the weights. */
static void write_adds(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = weigh(e, stage, p);
    const octet_c_name name = octet_c_step_name(e, stage->step);
    octet_c_remark(f, "%s: adds the rows of its operand as they come", e->graph->operators[stage->step].layer);
    octet_c_line(f, "static void @%s_begin(int32_t *sums) {", name.text);
    octet_c_line(f, "int32_t c;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) sums[c] = %s;", p->out_c, octet_c_bias(e, &w, "c").text);
    octet_c_end(f);
    octet_c_line(f, "static void @%s_add(const int8_t *input, int32_t *sums, int32_t y) {", name.text);
    octet_c_line(f, "int32_t c;");
    write_outputs(e, p, &w, octet_c_format(e, " + y * %zu", stage->rows.in_bytes), stage->rows.in_bytes, NULL, NULL);
    octet_c_end(f);
    octet_c_line(f, "static void @%s_end(const int32_t *sums, int8_t *output) {", name.text);
    octet_c_line(f, "int32_t c;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) output[c] = %s;", p->out_c, octet_c_requantized(e, &w, "sums[c]", "c"));
    octet_c_end(f);
}

void octet_c_emit_fully_connected(octet_c_emitter *e, const octet_stage *stage) {
    const octet_fully_connected_params *p = octet_step_params_fully_connected(&e->steps[stage->step]);
    if (e->steps[stage->step].kernel != OCTET_KERNEL_fully_connected_s8) write_wide(e, stage, p);
    else if (stage->flow == OCTET_FLOW_ADDS) write_adds(e, stage, p);
    else write_whole(e, stage, p);
}
