#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/weighted.h"

/* The taps whose element of the result is this one: those at a distance that the stride divides. */
static void open_taps(octet_c_emitter *e, const char *k, const char *out, int32_t filter, int32_t pad, int32_t stride,
                      int32_t in) {
    octet_c_writer *f = &e->functions;
    octet_c_line(f, "for (k%s = 0; k%s < %d; ++k%s) {", k, k, filter, k);
    octet_c_line(f, "const int32_t d%s = %s + %d - k%s, i%s = d%s / %d;", k, out, pad, k, k, k, stride);
    octet_c_line(f, "if (d%s < 0 || d%s %% %d != 0 || i%s >= %d) continue;", k, k, stride, k, in);
}

void octet_c_emit_transpose_conv(octet_c_emitter *e, const octet_stage *stage) {
    const octet_transpose_conv_params *p = octet_step_params_transpose_conv(&e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    const octet_c_weighted w = octet_c_weigh(e, stage, false, OCTET_C_WEIGHTS_AS_THEY_ARE, 0);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t n, y, x, c, ky, kx, i;");
    octet_c_line(f, "for (n = 0; n < %d; ++n) {", p->batches);
    octet_c_line(f, "for (y = 0; y < %d; ++y) {", p->out_h);
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", p->out_w);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "%s sum = %s;", w.sum, octet_c_bias(e, &w, "c").text);
    open_taps(e, "y", "y", p->filter_h, p->pad_top, p->stride_h, p->in_h);
    open_taps(e, "x", "x", p->filter_w, p->pad_left, p->stride_w, p->in_w);
    octet_c_line(f, "{");
    octet_c_line(f, "const %s *in = input + ((n * %d + iy) * %d + ix) * %d;", w.type, p->in_h, p->in_w, p->in_c);
    octet_c_line(f, "const int8_t *w = %s + ((c * %d + ky) * %d + kx) * %d;", w.weights, p->filter_h, p->filter_w,
                 p->in_c);
    octet_c_line(f, "for (i = 0; i < %d; ++i) sum += (in[i]%s) * w[i];", p->in_c, w.less.text);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_line(f, "output[((n * %d + y) * %d + x) * %d + c] = %s;", p->out_h, p->out_w, p->out_c,
                 octet_c_requantized(e, &w, "sum", "c"));
    for (int32_t i = 0; i < 4; i++) octet_c_line(f, "}");
    octet_c_end(f);
}
