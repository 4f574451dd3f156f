#include "base/format.h"
#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/weighted.h"

/* Taps that are written one by one: more make a loop. */
enum { MOST_TAPS = 25 };

typedef struct depthwise {
    octet_c_emitter *e;
    const octet_stage *stage;
    const octet_depthwise_params *p;
    octet_c_weighted w;
    octet_c_name name;
    bool pads_rows, pads_columns;
    int32_t n_taps;
} depthwise;

static bool reaches_over(int32_t out, int32_t stride, int32_t pad, int32_t filter, int32_t dilation, int32_t in) {
    return pad > 0 || (out - 1) * stride - pad + (filter - 1) * dilation >= in;
}

/* Where the filter's rows lie for row y of the result; 0: outside. */
static void write_rows(const depthwise *d) {
    octet_c_writer *f = &d->e->functions;
    const octet_depthwise_params *p = d->p;
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "const int32_t row = y * %d + k * %d - %d;", p->stride_h, p->dilation_h, p->pad_top);
    const octet_c_name row = octet_c_row(d->e, d->stage, 0, "row");
    if (d->pads_rows) octet_c_line(f, "rows[k] = row < 0 || row >= %d ? 0 : %s;", p->in_h, row.text);
    else octet_c_line(f, "rows[k] = %s;", row.text);
    octet_c_line(f, "}");
}

/* What the taps of result x meet; outside that is a zero point for each channel. */
static void write_taps(const depthwise *d) {
    octet_c_writer *f = &d->e->functions;
    const octet_depthwise_params *p = d->p;
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "for (j = 0; j < %d; ++j) {", p->filter_w);
    octet_c_line(f, "const int32_t column = x * %d + j * %d - %d;", p->stride_w, p->dilation_w, p->pad_left);
    const char *outside = "";
    if (d->pads_rows) outside = "rows[k] == 0";
    if (d->pads_columns)
        outside = octet_c_format(d->e, "%s%scolumn < 0 || column >= %d", outside, d->pads_rows ? " || " : "", p->in_w);
    const char *tap = octet_c_format(d->e, "rows[k] + column * %d", p->in_c);
    if (d->pads_rows || d->pads_columns) tap = octet_c_format(d->e, "%s ? @%s_zeros : %s", outside, d->name.text, tap);
    octet_c_line(f, "taps[k * %d + j] = %s;", p->filter_w, tap);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
}

/* Channels from `first` on, one at a time. */
static void write_channels(const depthwise *d, int32_t first) {
    octet_c_writer *f = &d->e->functions;
    const octet_depthwise_params *p = d->p;
    const char *x_of_c = p->multiplier == 1 ? "c" : octet_c_format(d->e, "c / %d", p->multiplier);
    octet_c_line(f, "for (c = %d; c < %d; ++c) {", first, p->out_c);
    octet_c_line(f, "%s sum = %s;", d->w.sum, octet_c_bias(d->e, &d->w, "c").text);
    if (d->n_taps <= MOST_TAPS) {
        for (int32_t k = 0; k < d->n_taps; k++)
            octet_c_line(f, "sum += taps[%d][%s] * %s[%d + c];", k, x_of_c, d->w.weights, k * p->out_c);
    } else {
        octet_c_line(f, "for (k = 0; k < %d; ++k) sum += taps[k][%s] * %s[k * %d + c];", d->n_taps, x_of_c,
                     d->w.weights, p->out_c);
    }
    octet_c_line(f, "output[x * %d + c] = %s;", p->out_c, octet_c_requantized(d->e, &d->w, "sum", "c"));
    octet_c_line(f, "}");
}

/* Four channels at a time, where the compiler has instructions for that. False for none. */
static bool write_fours(const depthwise *d) {
    octet_c_writer *f = &d->e->functions;
    const octet_depthwise_params *p = d->p;
    const bool is_s8 = d->e->steps[d->stage->step].kernel == OCTET_KERNEL_depthwise_s8;
    const int32_t whole = is_s8 && p->multiplier == 1 ? p->out_c / 4 * 4 : 0;
    if (whole == 0) return false;
    const char *taps4 = octet_c_help(d->e, OCTET_C_TAPS4);
    octet_c_text(f, "#ifndef @FOURS\n");
    write_channels(d, 0);
    octet_c_text(f, "#else\n");
    octet_c_line(f, "for (c = 0; c < %d; c += 4) {", whole);
    octet_c_line(f, "int32_t sums[4];");
    octet_c_use_stack(d->e, 4 * sizeof(int32_t));
    if (!d->w.has_bias) octet_c_line(f, "for (k = 0; k < 4; ++k) sums[k] = 0;");
    const char *bias = d->w.has_bias ? octet_c_format(d->e, "@%s_bias + c", d->name.text) : "sums";
    octet_c_line(f, "%s(taps, %s + c, c, %d, %d, %s, sums);", taps4, d->w.weights, d->n_taps, p->out_c, bias);
    octet_c_line(f, "for (k = 0; k < 4; ++k) output[x * %d + c + k] = %s;", p->out_c,
                 octet_c_requantized(d->e, &d->w, "sums[k]", "c + k"));
    octet_c_line(f, "}");
    if (whole < p->out_c) write_channels(d, whole);
    octet_c_text(f, "#endif\n");
    return true;
}

void octet_c_emit_depthwise(octet_c_emitter *e, const octet_stage *stage) {
    const octet_depthwise_params *p = octet_step_params_depthwise(&e->steps[stage->step]);
    octet_c_writer *f = &e->functions;
    depthwise d = {.e = e, .stage = stage, .p = p, .name = octet_c_step_name(e, stage->step)};
    d.pads_rows = reaches_over(p->out_h, p->stride_h, p->pad_top, p->filter_h, p->dilation_h, p->in_h);
    d.pads_columns = reaches_over(p->out_w, p->stride_w, p->pad_left, p->filter_w, p->dilation_w, p->in_w);
    d.n_taps = p->filter_h * p->filter_w;
    d.w = octet_c_weigh(e, stage, true, OCTET_C_WEIGHTS_AS_THEY_ARE, 0);
    if (d.pads_rows || d.pads_columns) octet_c_write_zeros(e, &d.w, (size_t)p->in_c);
    octet_c_open_apart(e, stage);
    octet_c_line(f, "const %s *rows[%d], *taps[%d];", d.w.type, p->filter_h, d.n_taps + 1);
    octet_c_use_stack(e, (size_t)(p->filter_h + d.n_taps + 1) * OCTET_C_POINTER_BYTES);
    octet_c_line(f, "int32_t x, c, k, j;");
    octet_c_line(f, "taps[%d] = 0;", d.n_taps);
    write_rows(&d);
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", p->out_w);
    write_taps(&d);
    if (!write_fours(&d)) write_channels(&d, 0);
    octet_c_line(f, "}");
    octet_c_end(f);
}
