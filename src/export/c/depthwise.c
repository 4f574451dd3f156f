#include "base/format.h"
#include "export/c/forms.h"
#include "export/c/scale.h"
#include "export/c/weighted.h"

/* Taps that are written one by one: more make loops. */
enum { MOST_TAPS = 25 };

typedef struct depthwise {
    octet_c_emitter *e;
    const octet_stage *stage;
    const octet_depthwise_params *p;
    octet_c_weighted w;
    octet_c_name name;
    bool pads_rows;
    int32_t begin, end; /* results of a row whose windows lie inside from left to right */
    const char *x_of_c; /* the input channel of channel c: "c", "c / 2" */
} depthwise;

static int32_t extent(int32_t filter, int32_t dilation) { return (filter - 1) * dilation + 1; }

static void find_inside(depthwise *d) {
    const octet_depthwise_params *p = d->p;
    d->pads_rows =
        p->pad_top > 0 || (p->out_h - 1) * p->stride_h - p->pad_top + extent(p->filter_h, p->dilation_h) > p->in_h;
    while (d->begin < p->out_w && d->begin * p->stride_w < p->pad_left) d->begin++;
    for (d->end = d->begin; d->end < p->out_w; d->end++)
        if (d->end * p->stride_w - p->pad_left + extent(p->filter_w, p->dilation_w) > p->in_w) break;
}

/* Results [begin, end) of a row, tap by tap: a tap outside meets the zero point. */
static void write_some(const depthwise *d) {
    octet_c_writer *f = &d->e->functions;
    const octet_depthwise_params *p = d->p;
    octet_c_line(f, "static void @%s_some(const %s *input, %s *output, int32_t y, int32_t begin, int32_t end) {",
                 d->name.text, d->w.type, d->w.type);
    octet_c_line(f, "int32_t x, c, ky, kx;");
    octet_c_line(f, "for (x = begin; x < end; ++x) {");
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "%s sum = %s;", d->w.sum, octet_c_bias(d->e, &d->w, "c").text);
    octet_c_line(f, "for (ky = 0; ky < %d; ++ky) {", p->filter_h);
    octet_c_line(f, "const int32_t iy = y * %d + ky * %d - %d;", p->stride_h, p->dilation_h, p->pad_top);
    octet_c_line(f, "for (kx = 0; kx < %d; ++kx) {", p->filter_w);
    octet_c_line(f, "const int32_t ix = x * %d + kx * %d - %d;", p->stride_w, p->dilation_w, p->pad_left);
    octet_c_line(f, "const int32_t w = %s[(ky * %d + kx) * %d + c];", d->w.weights, p->filter_w, p->out_c);
    octet_c_line(f, "if (iy < 0 || iy >= %d || ix < 0 || ix >= %d) sum += %d * w;", p->in_h, p->in_w,
                 p->q.input_zero_point);
    octet_c_line(f, "else sum += (%s)[ix * %d + %s] * w;", octet_c_row(d->e, d->stage, 0, "iy").text, p->in_c,
                 d->x_of_c);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_line(f, "output[x * %d + c] = %s;", p->out_c, octet_c_requantized(d->e, &d->w, "sum", "c"));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

/* "x0", "x1", ...: where the window of result x begins in the rows that it meets. */
static void write_rows(const depthwise *d) {
    octet_c_writer *f = &d->e->functions;
    const octet_depthwise_params *p = d->p;
    for (int32_t k = 0; k < p->filter_h; k++) {
        const int32_t at = k * p->dilation_h - p->pad_top;
        const char *y = octet_c_format(d->e, "y * %d %c %d", p->stride_h, at < 0 ? '-' : '+', at < 0 ? -at : at);
        const octet_c_name row = octet_c_row(d->e, d->stage, 0, y);
        const char *column = octet_c_format(d->e, "(x * %d - %d) * %d", p->stride_w, p->pad_left, p->in_c);
        if (d->pads_rows)
            octet_c_line(f, "const %s *x%d = %s < 0 || %s >= %d ? @%s_zeros : %s + %s;", d->w.type, k, y, y, p->in_h,
                         d->name.text, row.text, column);
        else octet_c_line(f, "const %s *x%d = %s + %s;", d->w.type, k, row.text, column);
    }
}

static void write_inside(const depthwise *d) {
    octet_c_writer *f = &d->e->functions;
    const octet_depthwise_params *p = d->p;
    octet_c_line(f, "for (x = %d; x < %d; ++x) {", d->begin, d->end);
    write_rows(d);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "const int8_t *w = %s + c;", d->w.weights);
    octet_c_line(f, "%s sum = %s;", d->w.sum, octet_c_bias(d->e, &d->w, "c").text);
    for (int32_t k = 0; k < p->filter_h * p->filter_w; k++)
        octet_c_line(f, "sum += x%d[%d + %s] * w[%d];", k / p->filter_w, k % p->filter_w * p->dilation_w * p->in_c,
                     d->x_of_c, k * p->out_c);
    octet_c_line(f, "output[x * %d + c] = %s;", p->out_c, octet_c_requantized(d->e, &d->w, "sum", "c"));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
}

void octet_c_emit_depthwise(octet_c_emitter *e, const octet_stage *stage) {
    const octet_depthwise_params *p = octet_step_params_depthwise(&e->steps[stage->step]);
    const octet_c_channels channels = {p->out_c, (size_t)p->filter_h * (size_t)p->filter_w, (size_t)p->out_c, 1};
    depthwise d = {.e = e, .stage = stage, .p = p, .name = octet_c_step_name(e, stage->step)};
    d.w = octet_c_weigh(e, stage, &p->q, channels, true, false);
    d.x_of_c = p->multiplier == 1 ? "c" : octet_c_format(e, "c / %d", p->multiplier);
    if (p->filter_h * p->filter_w <= MOST_TAPS) find_inside(&d);
    if (d.begin < d.end && d.pads_rows)
        octet_c_write_zeros(e, &d.w, (size_t)extent(p->filter_w, p->dilation_w) * (size_t)p->in_c);
    if (d.begin > 0 || d.end < p->out_w) write_some(&d);
    octet_c_open(e, stage);
    if (d.begin < d.end) octet_c_line(&e->functions, "int32_t x, c;");
    if (d.begin > 0) octet_c_line(&e->functions, "@%s_some(input, output, y, 0, %d);", d.name.text, d.begin);
    if (d.begin < d.end) write_inside(&d);
    if (d.end < p->out_w)
        octet_c_line(&e->functions, "@%s_some(input, output, y, %d, %d);", d.name.text, d.end, p->out_w);
    octet_c_end(&e->functions);
}
