#include "export/c/forms.h"
#include "export/c/weighted.h"

static octet_c_weighted weigh(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    const octet_c_channels channels = {p->out_c, (size_t)p->depth, 1, (size_t)p->depth};
    return octet_c_weigh(e, stage, &p->q, channels, true);
}

static void write_whole(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = weigh(e, stage, p);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t %sc, i;", p->rows > 1 ? "r, " : "");
    if (p->rows > 1)
        octet_c_line(f, "for (r = 0; r < %d; ++r, input += %d, output += %d) {", p->rows, p->depth, p->out_c);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "const int8_t *w = %s + c * %d;", w.weights, p->depth);
    octet_c_line(f, "int32_t sum = %s;", octet_c_bias(e, &w, "c").text);
    octet_c_line(f, "for (i = 0; i < %d; ++i) sum += input[i] * w[i];", p->depth);
    octet_c_line(f, "output[c] = %s;", octet_c_requantized(e, &w, "sum", "c"));
    octet_c_line(f, "}");
    if (p->rows > 1) octet_c_line(f, "}");
    octet_c_end(f);
}

/* The operand comes row by row: row y meets columns [y * row, (y + 1) * row) of the weights. */
static void write_adds(octet_c_emitter *e, const octet_stage *stage, const octet_fully_connected_params *p) {
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = weigh(e, stage, p);
    const octet_c_name name = octet_c_step_name(e, stage->step);
    const size_t row = stage->rows.in_bytes;
    octet_c_remark(f, "%s: adds the rows of its operand as they come", e->graph->operators[stage->step].layer);
    octet_c_line(f, "static void @%s_begin(int32_t *sums) {", name.text);
    octet_c_line(f, "int32_t c;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) sums[c] = %s;", p->out_c, octet_c_bias(e, &w, "c").text);
    octet_c_end(f);
    octet_c_line(f, "static void @%s_add(const int8_t *input, int32_t *sums, int32_t y) {", name.text);
    octet_c_line(f, "int32_t c, i;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "const int8_t *w = %s + c * %d + y * %zu;", w.weights, p->depth, row);
    octet_c_line(f, "int32_t sum = sums[c];");
    octet_c_line(f, "for (i = 0; i < %zu; ++i) sum += input[i] * w[i];", row);
    octet_c_line(f, "sums[c] = sum;");
    octet_c_line(f, "}");
    octet_c_end(f);
    octet_c_line(f, "static void @%s_end(const int32_t *sums, int8_t *output) {", name.text);
    octet_c_line(f, "int32_t c;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) output[c] = %s;", p->out_c, octet_c_requantized(e, &w, "sums[c]", "c"));
    octet_c_end(f);
}

void octet_c_emit_fully_connected(octet_c_emitter *e, const octet_stage *stage) {
    const octet_fully_connected_params *p = octet_step_params_fully_connected(&e->steps[stage->step]);
    if (stage->flow == OCTET_FLOW_ADDS) write_adds(e, stage, p);
    else write_whole(e, stage, p);
}
