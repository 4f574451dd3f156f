#include "export/c/row_sums.h"

void octet_c_write_row_sums(octet_c_emitter *e, const octet_stage *stage, int32_t n_channels, int32_t first,
                            const char *result) {
    octet_c_writer *f = &e->functions;
    const char *type = octet_c_output_type(e, stage);
    const octet_c_name name = octet_c_step_name(e, stage->step);
    const octet_operator *op = &e->graph->operators[e->steps[stage->step].operator_index];
    octet_c_remark(f, "%s %s: adds the rows of its operand as they come", octet_operator_name(op->code), op->layer);
    octet_c_line(f, "static void @%s_begin(int32_t *sums) {", name.text);
    octet_c_line(f, "int32_t c;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) sums[c] = %d;", n_channels, first);
    octet_c_end(f);
    octet_c_line(f, "static void @%s_add(const %s *input, int32_t *sums, int32_t y) {", name.text, type);
    octet_c_line(f, "int32_t x, c;");
    octet_c_line(f, "(void)y;");
    octet_c_line(f, "for (x = 0; x < %zu; x += %d) {",
                 stage->rows.in_bytes / octet_type_size(e->graph->values[e->steps[stage->step].inputs[0]].type),
                 n_channels);
    octet_c_line(f, "for (c = 0; c < %d; ++c) sums[c] += input[x + c];", n_channels);
    octet_c_line(f, "}");
    octet_c_end(f);
    octet_c_line(f, "static void @%s_end(const int32_t *sums, %s *output) {", name.text, type);
    octet_c_line(f, "int32_t c;");
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", n_channels);
    octet_c_line(f, "const int32_t sum = sums[c];");
    octet_c_line(f, "output[c] = (%s)%s;", type, result);
    octet_c_line(f, "}");
    octet_c_end(f);
}
