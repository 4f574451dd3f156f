#include "export/c/conv_rows.h"

#include "export/c/conv_patch.h"
#include "export/c/scale.h"

/* Convolutions as dense layers on what a window meets: rows of numbers that lie side by side, of the operand or,
 * outside of it, of zero points. Four channels at a time read each number once. */
enum { MOST_WINDOW = 640 }; /* numbers of a window that are gathered for all channels: twice as many bytes of stack */

typedef struct conv_rows {
    octet_c_emitter *e;
    const octet_stage *stage;
    const octet_conv_2d_params *p;
    const octet_c_weighted *w;
    const octet_pool_2d_params *pool; /* NULL without */
    octet_c_name name;
    int32_t n_cells, cells_w;       /* of a pool's window */
    int32_t run, n_weights, n_runs; /* numbers of a filter row, of a window; pieces of a window */
    bool pads_rows, pads_columns, gathers;
} conv_rows;

bool octet_c_conv_has_rows(const octet_c_emitter *e, const octet_stage *stage) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    return p->groups == 1 && p->dilation_w == 1 && p->out_c % 4 == 0 && p->filter_w * p->in_c % 4 == 0 &&
           (p->in_c % 4 == 0 || !octet_c_conv_pads_columns(p));
}

static conv_rows rows_of(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    conv_rows c = {.e = e, .stage = stage, .p = p, .w = w, .name = octet_c_step_name(e, stage->step), .n_cells = 1};
    if (stage->pool != OCTET_NONE) {
        c.pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
        c.n_cells = c.pool->filter_h * c.pool->filter_w, c.cells_w = c.pool->filter_w;
    }
    c.run = p->filter_w * p->in_c;
    c.n_weights = p->filter_h * c.run;
    c.pads_rows = octet_c_conv_pads_rows(p);
    c.pads_columns = octet_c_conv_pads_columns(p);
    c.gathers = c.pool == NULL && c.n_weights <= MOST_WINDOW;
    c.n_runs = c.pads_columns ? 3 * p->filter_h : p->filter_h;
    return c;
}

/* "x * 2 + i % 2": where a cell's row or column lies in the convolution's result. */
static const char *place(const conv_rows *c, bool is_row) {
    const char *name = is_row ? "y" : "x", *sign = is_row ? "/" : "%";
    if (c->pool == NULL) return name;
    const int32_t stride = is_row ? c->pool->stride_h : c->pool->stride_w;
    return octet_c_format(c->e, "(%s * %d + i %s %d)", name, stride, sign, c->cells_w);
}

/* The pieces of the filter row that meets `row`: zero points, what lies inside, zero points. */
static void write_pieces(const conv_rows *c) {
    octet_c_writer *f = &c->e->functions;
    const octet_c_name row = octet_c_row(c->e, c->stage, 0, "row");
    const char *outside = "", *at = c->n_cells > 1 ? octet_c_format(c->e, "i * %d + k", c->n_runs) : "k";
    if (c->pads_rows) outside = octet_c_format(c->e, "row < 0 || row >= %d ? @%s_zeros : ", c->p->in_h, c->name.text);
    if (!c->pads_columns) {
        octet_c_line(f, "rows[%s] = %s%s + column * %d;", at, outside, row.text, c->p->in_c);
        return;
    }
    octet_c_line(f, "rows[n] = @%s_zeros;", c->name.text);
    octet_c_line(f, "sizes[n] = left;");
    octet_c_line(f, "n += left > 0;");
    octet_c_line(f, "rows[n] = %s%s + column * %d + left;", outside, row.text, c->p->in_c);
    octet_c_line(f, "sizes[n++] = %d - left - right;", c->run);
    octet_c_line(f, "rows[n] = @%s_zeros;", c->name.text);
    octet_c_line(f, "sizes[n] = right;");
    octet_c_line(f, "n += right > 0;");
}

/* What the windows of result x meet. */
static void write_windows(const conv_rows *c) {
    octet_c_writer *f = &c->e->functions;
    const octet_conv_2d_params *p = c->p;
    if (c->n_cells > 1) octet_c_line(f, "for (i = 0; i < %d; ++i) {", c->n_cells);
    octet_c_line(f, "const int32_t column = %s * %d - %d;", place(c, false), p->stride_w, p->pad_left);
    if (c->pads_columns) {
        const int32_t last = p->in_w - p->filter_w;
        octet_c_line(f, "const int32_t left = column < 0 ? -column * %d : 0;", p->in_c);
        octet_c_line(f, "const int32_t right = column > %d ? (column - %d) * %d : 0;", last, last, p->in_c);
        octet_c_line(f, "int32_t n = %s;", c->n_cells > 1 ? octet_c_format(c->e, "i * %d", c->n_runs) : "0");
    }
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "const int32_t row = %s * %d + k * %d - %d;", place(c, true), p->stride_h, p->dilation_h,
                 p->pad_top);
    write_pieces(c);
    octet_c_line(f, "}");
    if (c->n_cells > 1) octet_c_line(f, "}");
}

/* Channels of result x, four at a time. */
static void write_channels(const conv_rows *c) {
    octet_c_writer *f = &c->e->functions;
    if (c->gathers) octet_c_line(f, "%s(rows, sizes, %d, window);", octet_c_help(c->e, OCTET_C_GATHER), c->n_weights);
    octet_c_line(f, "for (c = 0; c < %d; c += 4) {", c->p->out_c);
    octet_c_line(f, "int32_t sums[%d];", 4 * c->n_cells);
    if (c->gathers)
        octet_c_line(f, "%s(window, %d, %s + c * %d, %d, @%s_bias + c, sums);", octet_c_help(c->e, OCTET_C_FOUR),
                     c->n_weights, c->w->weights, c->n_weights, c->n_weights, c->name.text);
    for (int32_t i = 0; i < c->n_cells && !c->gathers; i++) {
        const char *rows4 = octet_c_help(c->e, OCTET_C_ROWS4);
        const char *rows = i > 0 ? octet_c_format(c->e, "rows + %d", i * c->n_runs) : "rows";
        const char *sizes = i > 0 && c->pads_columns ? octet_c_format(c->e, "sizes + %d", i * c->n_runs) : "sizes";
        const char *sums = i > 0 ? octet_c_format(c->e, "sums + %d", 4 * i) : "sums";
        octet_c_line(f, "%s(%s, %s, %d, %s + c * %d, %d, @%s_bias + c, %s);", rows4, rows, sizes, c->n_weights,
                     c->w->weights, c->n_weights, c->n_weights, c->name.text, sums);
    }
    if (c->n_cells > 1) {
        octet_c_line(f, "for (k = 4; k < %d; ++k) {", 4 * c->n_cells);
        octet_c_line(f, "if (sums[k] > sums[k %% 4]) sums[k %% 4] = sums[k];");
        octet_c_line(f, "}");
    }
    octet_c_line(f, "for (k = 0; k < 4; ++k) output[x * %d + c + k] = %s;", c->p->out_c,
                 octet_c_requantized(c->e, c->w, "sums[k]", "c + k"));
    octet_c_line(f, "}");
}

void octet_c_emit_conv_rows(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w) {
    const conv_rows c = rows_of(e, stage, w);
    octet_c_writer *f = &e->functions;
    const int32_t n_rows = c.n_cells * c.n_runs + (c.pads_columns ? 1 : 0),
                  n_sizes = c.pads_columns ? n_rows : c.n_runs;
    if (c.pads_rows || c.pads_columns) octet_c_write_zeros(e, w, (size_t)c.run);
    if (c.gathers) octet_c_open_apart(e, stage);
    else octet_c_open(e, stage);
    if (c.gathers) octet_c_line(f, "int32_t window[%d];", c.n_weights / 2);
    if (c.gathers) octet_c_use_stack(e, 2 * (size_t)c.n_weights);
    octet_c_use_stack(e, (size_t)n_rows * OCTET_C_POINTER_BYTES + (size_t)(n_sizes + 4 * c.n_cells) * sizeof(int32_t));
    octet_c_line(f, "const int8_t *rows[%d];", n_rows);
    octet_c_line(f, "int32_t sizes[%d], x, c, k%s;", n_sizes, c.n_cells > 1 ? ", i" : "");
    if (!c.pads_columns) octet_c_line(f, "for (k = 0; k < %d; ++k) sizes[k] = %d;", n_sizes, c.run);
    octet_c_line(f, "for (x = 0; x < %zu; ++x) {", octet_c_row_elements(e, stage) / (size_t)c.p->out_c);
    write_windows(&c);
    write_channels(&c);
    octet_c_line(f, "}");
    octet_c_end(f);
}
