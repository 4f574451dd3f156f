#include "export/c/conv_wide.h"

#include "export/c/scale.h"

bool octet_c_conv_has_wide(const octet_conv_2d_params *p) {
    return p->groups == 1 && p->dilation_w == 1 && p->dilation_h == 1;
}

/* Which elements of a filter row, [first, end), lie inside at column x. */
static void write_inside(octet_c_emitter *e, const octet_conv_2d_params *p) {
    octet_c_writer *f = &e->functions;
    const int32_t run = p->filter_w * p->in_c, last = (p->in_w - p->filter_w) * p->in_c;
    const bool pads = p->pad_left > 0 || (p->out_w - 1) * p->stride_w - p->pad_left + p->filter_w > p->in_w;
    octet_c_line(f, "const int32_t column = x * %d - %d;", p->stride_w * p->in_c, p->pad_left * p->in_c);
    octet_c_line(f, "const int32_t first = %s;", pads ? "column < 0 ? -column : 0" : "0");
    octet_c_line(f, "const int32_t end = %s;",
                 pads ? octet_c_format(e, "column > %d ? %d - column : %d", last, p->in_w * p->in_c, run)
                      : octet_c_format(e, "%d", run));
}

/* "@conv_2d_0_sums(input, y, x, c, s)": n channels from c on, at position y, x. */
static void write_sums(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w, int32_t n) {
    octet_c_writer *f = &e->functions;
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    const int32_t run = p->filter_w * p->in_c;
    octet_c_line(f, "static void @%s_sums(const int16_t *input, int32_t y, int32_t x, int32_t c, %s *s) {",
                 octet_c_step_name(e, stage->step).text, w->sum);
    write_inside(e, p);
    for (int32_t i = 0; i < n; i++)
        octet_c_line(f, "%s s%d = %s;", w->sum, i, octet_c_bias(e, w, octet_c_format(e, "c + %d", i)).text);
    octet_c_line(f, "int32_t k, i;");
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "const int32_t row = y * %d + k - %d;", p->stride_h, p->pad_top);
    octet_c_line(f, "const int8_t *w = %s + (c * %d + k) * %d;", w->weights, p->filter_h, run);
    octet_c_line(f, "const int16_t *in;");
    octet_c_line(f, "if (row < 0 || row >= %d) continue;", p->in_h);
    octet_c_line(f, "in = %s + column;", octet_c_row(e, stage, 0, "row").text);
    octet_c_line(f, "for (i = first; i < end; ++i) {");
    octet_c_line(f, "const int32_t v = in[i];");
    for (int32_t i = 0; i < n; i++) octet_c_line(f, "s%d += v * w[i + %d];", i, i * p->filter_h * run);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    for (int32_t i = 0; i < n; i++) octet_c_line(f, "s[%d] = s%d;", i, i);
    octet_c_end(f);
}

/* Sums m[0], m[1], ...: those of a position, or the largest over a pool's window. */
static void write_largest(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w, int32_t n) {
    octet_c_writer *f = &e->functions;
    const octet_c_name name = octet_c_step_name(e, stage->step);
    octet_c_line(f, "%s m[%d];", w->sum, n);
    if (stage->pool == OCTET_NONE) {
        octet_c_line(f, "@%s_sums(input, y, x, c, m);", name.text);
        return;
    }
    const octet_pool_2d_params *pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
    octet_c_line(f, "%s s[%d];", w->sum, n);
    octet_c_line(f, "int32_t k;");
    octet_c_line(f, "@%s_sums(input, y * %d, x * %d, c, m);", name.text, pool->stride_h, pool->stride_w);
    octet_c_line(f, "for (k = 1; k < %d; ++k) {", pool->filter_h * pool->filter_w);
    octet_c_line(f, "@%s_sums(input, y * %d + k / %d, x * %d + k %% %d, c, s);", name.text, pool->stride_h,
                 pool->filter_w, pool->stride_w, pool->filter_w);
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", n);
    octet_c_line(f, "if (s[i] > m[i]) m[i] = s[i];");
    octet_c_line(f, "}");
    octet_c_line(f, "}");
}

void octet_c_emit_conv_wide(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w) {
    octet_c_writer *f = &e->functions;
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    const int32_t n = octet_c_side_by_side(w, p->out_c);
    octet_c_use_stack(e, 2 * (size_t)n * sizeof(int64_t));
    write_sums(e, stage, w, n);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t x, c, i;");
    octet_c_line(f, "for (x = 0; x < %zu; ++x) {", octet_c_row_elements(e, stage) / (size_t)p->out_c);
    octet_c_line(f, "for (c = 0; c < %d; c += %d) {", p->out_c, n);
    write_largest(e, stage, w, n);
    octet_c_line(f, "for (i = 0; i < %d; ++i) output[x * %d + c + i] = %s;", n, p->out_c,
                 octet_c_requantized(e, w, "m[i]", "c + i"));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}
