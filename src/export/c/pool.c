#include "export/c/forms.h"
#include "export/c/row_sums.h"
#include "export/c/scale.h"

/* Opens the loops over the cells of a window that lie inside: `cell` leads to the channel of the cell. */
static void open_cells(octet_c_emitter *e, const octet_stage *stage, const octet_pool_2d_params *p) {
    octet_c_writer *f = &e->functions;
    octet_c_line(f, "for (ky = 0; ky < %d; ++ky) {", p->filter_h);
    octet_c_line(f, "const int32_t iy = y * %d + ky - %d;", p->stride_h, p->pad_top);
    octet_c_line(f, "if (iy < 0 || iy >= %d) continue;", p->in_h);
    octet_c_line(f, "for (kx = 0; kx < %d; ++kx) {", p->filter_w);
    octet_c_line(f, "const int32_t ix = x * %d + kx - %d;", p->stride_w, p->pad_left);
    octet_c_line(f, "const %s *cell = %s + ix * %d + c;", octet_c_input_type(e, stage),
                 octet_c_row(e, stage, 0, "iy").text, p->channels);
    octet_c_line(f, "if (ix < 0 || ix >= %d) continue;", p->in_w);
}

void octet_c_emit_pool_2d(octet_c_emitter *e, const octet_stage *stage) {
    const octet_step *step = &e->steps[stage->step];
    const octet_pool_2d_params *p = octet_step_params_pool_2d(step);
    octet_c_writer *f = &e->functions;
    const bool is_max = e->graph->operators[step->operator_index].code == OCTET_OP_MAX_POOL_2D;
    int32_t low, high;
    octet_type_limits(e->graph->values[step->inputs[0]].type, &low, &high);
    if (p->filter_h * p->filter_w > UINT16_MAX) octet_c_refuse(e, step, "the sum of a window may leave 32 bits");
    const char *clamp = octet_c_help(e, OCTET_C_CLAMP);
    if (stage->flow == OCTET_FLOW_ADDS) {
        const int32_t n = p->in_h * p->in_w;
        octet_c_write_row_sums(e, stage, p->channels, 0,
                               octet_c_format(e, "%s((sum > 0 ? sum + %d : sum - %d) / %d, %d, %d)", clamp, n / 2,
                                              n / 2, n, p->min, p->max));
        return;
    }
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t x, c, ky, kx;");
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", p->out_w);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->channels);
    if (is_max) octet_c_line(f, "int32_t most = %d;", low);
    else octet_c_line(f, "int32_t sum = 0, n = 0;");
    open_cells(e, stage, p);
    if (is_max) {
        octet_c_line(f, "if (*cell > most) most = *cell;");
    } else {
        octet_c_line(f, "sum += *cell;");
        octet_c_line(f, "++n;");
    }
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_line(f, "output[x * %d + c] = (%s)%s(%s, %d, %d);", p->channels, octet_c_output_type(e, stage), clamp,
                 is_max ? "most" : "(sum > 0 ? sum + n / 2 : sum - n / 2) / n", p->min, p->max);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}
