#include "export/c/forms.h"
#include "export/c/weighted.h"

static bool is_padded(const octet_depthwise_params *p) {
    const int32_t h = (p->filter_h - 1) * p->dilation_h + 1, w = (p->filter_w - 1) * p->dilation_w + 1;
    return p->pad_top > 0 || p->pad_left > 0 || (p->out_h - 1) * p->stride_h + h > p->in_h ||
           (p->out_w - 1) * p->stride_w + w > p->in_w;
}

static void write_taps(octet_c_emitter *e, const octet_stage *stage, const octet_depthwise_params *p, bool padded,
                       const octet_c_weighted *w) {
    octet_c_writer *f = &e->functions;
    octet_c_line(f, "for (ky = 0; ky < %d; ++ky) {", p->filter_h);
    octet_c_line(f, "const int32_t iy = y * %d + ky * %d - %d;", p->stride_h, p->dilation_h, p->pad_top);
    if (padded) octet_c_line(f, "if (iy < 0 || iy >= %d) continue;", p->in_h);
    octet_c_line(f, "for (kx = 0; kx < %d; ++kx) {", p->filter_w);
    octet_c_line(f, "const int32_t ix = x * %d + kx * %d - %d;", p->stride_w, p->dilation_w, p->pad_left);
    if (padded) octet_c_line(f, "if (ix < 0 || ix >= %d) continue;", p->in_w);
    octet_c_line(f, "sum += ((%s)[ix * %d + c%s]%s) * %s[(ky * %d + kx) * %d + c];",
                 octet_c_row(e, stage, 0, "iy").text, p->in_c, p->multiplier > 1 ? " / multiplier" : "", w->less.text,
                 w->weights, p->filter_w, p->out_c);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
}

void octet_c_emit_depthwise(octet_c_emitter *e, const octet_stage *stage) {
    const octet_depthwise_params *p = octet_step_params_depthwise(&e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    const bool padded = is_padded(p);
    const octet_c_channels channels = {p->out_c, (size_t)p->filter_h * (size_t)p->filter_w, (size_t)p->out_c, 1};
    const octet_c_weighted w = octet_c_weigh(e, stage, &p->q, channels, !padded, false);
    octet_c_open(e, stage);
    if (p->multiplier > 1) octet_c_line(f, "const int32_t multiplier = %d;", p->multiplier);
    octet_c_line(f, "int32_t x, c, ky, kx;");
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", p->out_w);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "int32_t sum = %s;", octet_c_bias(e, &w, "c").text);
    write_taps(e, stage, p, padded, &w);
    octet_c_line(f, "output[x * %d + c] = %s;", p->out_c, octet_c_requantized(e, &w, "sum", "c"));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}
