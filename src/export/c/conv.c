#include <string.h>

#include "export/c/conv_patch.h"
#include "export/c/forms.h"
#include "export/c/scale.h"

/* Positions of the convolution that are computed side by side, so that each weight is read once for all of them: the
 * cells of a pool's window, or neighbours in a row. Tiles [first, last) of a row of the result lie inside the input
 * from left to right; the others are computed cell by cell. */
typedef struct tile {
    int32_t h, w, n_cells;
    bool is_pooled;
    int32_t stride_h, stride_w; /* of tiles, in positions */
    int32_t n, first, last;     /* tiles in a row of the result */
} tile;

/* A run of a filter row that is shorter is not worth a call. */
enum { LEAST_RUN = 8 };

typedef struct conv {
    octet_c_emitter *e;
    const octet_stage *stage;
    const octet_conv_2d_params *p;
    octet_c_weighted w;
    octet_c_name name;
    tile tile;
    int32_t run; /* elements of a filter row */
    bool pads_rows, pads_columns;
} conv;

static tile tile_of(const octet_c_emitter *e, const octet_stage *stage, const octet_conv_2d_params *p) {
    tile t = {.h = 1, .w = p->out_w < 4 ? p->out_w : 4, .stride_h = 1};
    t.stride_w = t.w;
    t.n = p->out_w / t.w;
    if (stage->pool != OCTET_NONE) {
        const octet_pool_2d_params *pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
        t = (tile){.h = pool->filter_h, .w = pool->filter_w, .is_pooled = true};
        t.stride_h = pool->stride_h;
        t.stride_w = pool->stride_w;
        t.n = pool->out_w;
    }
    t.n_cells = t.h * t.w;
    for (t.first = 0; t.first < t.n && t.first * t.stride_w * p->stride_w < p->pad_left;) t.first++;
    for (t.last = t.n; t.last > t.first; t.last--) {
        const int32_t x = ((t.last - 1) * t.stride_w + t.w - 1) * p->stride_w - p->pad_left;
        if (x + p->filter_w <= p->in_w) break;
    }
    return t;
}

bool octet_c_conv_pads_rows(const octet_conv_2d_params *p) {
    return p->pad_top > 0 || (p->out_h - 1) * p->stride_h - p->pad_top + (p->filter_h - 1) * p->dilation_h >= p->in_h;
}
bool octet_c_conv_pads_columns(const octet_conv_2d_params *p) {
    return p->pad_left > 0 || (p->out_w - 1) * p->stride_w - p->pad_left + (p->filter_w - 1) * p->dilation_w >= p->in_w;
}

/* A row of zero points stands for rows outside. */
static void write_zeros(const conv *c) {
    int8_t *zeros;
    const size_t n = (size_t)((c->tile.w - 1) * c->p->stride_w * c->p->in_c + c->run);
    const octet_status status = OCTET_NEW(c->e->ctx, c->e->arena, n, &zeros);
    if (status != OCTET_OK) {
        c->e->functions.status = status;
        return;
    }
    memset(zeros, (int8_t)c->p->q.input_zero_point, n);
    octet_c_table(c->e, c->stage, "zeros", OCTET_INT8, zeros, n);
}

/* "const int8_t *x0 = ...": where row `y`, an expression, of the input begins, or the zero points. */
static void write_row(const conv *c, int32_t index, const char *y, const char *column) {
    octet_c_writer *f = &c->e->functions;
    const octet_c_name row = octet_c_row(c->e, c->stage, 0, octet_c_format(c->e, "y%d", index));
    octet_c_line(f, "const int32_t y%d = %s;", index, y);
    if (c->pads_rows)
        octet_c_line(f, "const int8_t *x%d = y%d < 0 || y%d >= %d ? @%s_zeros : %s + %s;", index, index, index,
                     c->p->in_h, c->name.text, row.text, column);
    else octet_c_line(f, "const int8_t *x%d = %s + %s;", index, row.text, column);
}

/* Adds a filter row to all sums of a tile. */
static void write_filter_row(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const int32_t step = c->p->stride_w * c->p->in_c, w = c->tile.w;
    int32_t i = 0;
    if (c->run < LEAST_RUN) {
        octet_c_line(f, "for (i = 0; i < %d; ++i) {", c->run);
        for (; i < c->tile.n_cells; i++) octet_c_line(f, "s[%d] += x%d[i + %d] * w[i];", i, i / w, i % w * step);
        octet_c_line(f, "}");
        return;
    }
    for (; i + 4 <= c->tile.n_cells; i += 4)
        octet_c_line(f, "%s(w, x%d + %d, x%d + %d, x%d + %d, x%d + %d, %d, s + %d);", octet_c_help(c->e, OCTET_C_DOT4),
                     i / w, i % w * step, (i + 1) / w, (i + 1) % w * step, (i + 2) / w, (i + 2) % w * step, (i + 3) / w,
                     (i + 3) % w * step, c->run, i);
    for (; i < c->tile.n_cells; i++)
        octet_c_line(f, "s[%d] += %s(w, x%d + %d, %d);", i, octet_c_help(c->e, OCTET_C_DOT), i / w, i % w * step,
                     c->run);
}

/* Sums s[0], s[1], ... of the cells of a tile become results. */
static void write_results(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const octet_conv_2d_params *p = c->p;
    const char *result = octet_c_requantized(c->e, &c->w, c->tile.is_pooled ? "s[0]" : "s[i]", "c");
    if (c->tile.is_pooled) {
        octet_c_line(f, "for (i = 1; i < %d; ++i) {", c->tile.n_cells);
        octet_c_line(f, "if (s[i] > s[0]) s[0] = s[i];");
        octet_c_line(f, "}");
        octet_c_line(f, "output[x * %d + c] = %s;", p->out_c, result);
    } else {
        octet_c_line(f, "for (i = 0; i < %d; ++i) output[(x * %d + i) * %d + c] = %s;", c->tile.n_cells, c->tile.w,
                     p->out_c, result);
    }
}

/* The sum of one position by runs of a filter row: zero points, what lies inside, zero points. */
static void write_edge_sum(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const octet_conv_2d_params *p = c->p;
    const char *dot = octet_c_help(c->e, OCTET_C_DOT);
    octet_c_line(f, "static int32_t @%s_sum(const int8_t *input, int32_t y, int32_t x, int32_t c) {", c->name.text);
    octet_c_line(f, "int32_t sum = %s, k;", octet_c_bias(c->e, &c->w, "c").text);
    octet_c_line(f, "const int32_t column = x * %d - %d;", p->stride_w, p->pad_left);
    if (c->pads_columns) {
        octet_c_line(f, "const int32_t left = column < 0 ? -column * %d : 0;", p->in_c);
        octet_c_line(f, "const int32_t right = column > %d ? (column - %d) * %d : 0;", p->in_w - p->filter_w,
                     p->in_w - p->filter_w, p->in_c);
    }
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "const int8_t *w = %s + (c * %d + k) * %d;", c->w.weights, p->filter_h, c->run);
    octet_c_line(f, "const int32_t row = y * %d + k - %d;", p->stride_h, p->pad_top);
    if (c->pads_rows) {
        octet_c_line(f, "if (row < 0 || row >= %d) {", p->in_h);
        octet_c_line(f, "sum += %s(w, @%s_zeros, %d);", dot, c->name.text, c->run);
        octet_c_line(f, "continue;");
        octet_c_line(f, "}");
    }
    const octet_c_name row = octet_c_row(c->e, c->stage, 0, "row");
    if (c->pads_columns) {
        octet_c_line(f, "sum += %s(w, @%s_zeros, left);", dot, c->name.text);
        octet_c_line(f, "sum += %s(w + left, %s + column * %d + left, %d - left - right);", dot, row.text, p->in_c,
                     c->run);
        octet_c_line(f, "sum += %s(w + %d - right, @%s_zeros, right);", dot, c->run, c->name.text);
    } else {
        octet_c_line(f, "sum += %s(w, %s + column * %d, %d);", dot, row.text, p->in_c, c->run);
    }
    octet_c_line(f, "}");
    octet_c_line(f, "return sum;");
    octet_c_end(f);
}

/* The sum of one position, tap by tap: taps outside the input add nothing. */
static void write_tap_sum(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const octet_conv_2d_params *p = c->p;
    octet_c_line(f, "static int32_t @%s_sum(const int8_t *input, int32_t y, int32_t x, int32_t c) {", c->name.text);
    octet_c_line(f, "int32_t sum = %s, ky, kx, i;", octet_c_bias(c->e, &c->w, "c").text);
    octet_c_line(f, "for (ky = 0; ky < %d; ++ky) {", p->filter_h);
    octet_c_line(f, "const int32_t iy = y * %d + ky * %d - %d;", p->stride_h, p->dilation_h, p->pad_top);
    octet_c_line(f, "if (iy < 0 || iy >= %d) continue;", p->in_h);
    octet_c_line(f, "for (kx = 0; kx < %d; ++kx) {", p->filter_w);
    octet_c_line(f, "const int32_t ix = x * %d + kx * %d - %d;", p->stride_w, p->dilation_w, p->pad_left);
    octet_c_line(f, "const int8_t *w = %s + ((c * %d + ky) * %d + kx) * %d;", c->w.weights, p->filter_h, p->filter_w,
                 p->filter_c);
    octet_c_line(f, "const int8_t *in = %s + ix * %d;", octet_c_row(c->e, c->stage, 0, "iy").text, p->in_c);
    octet_c_line(f, "if (ix < 0 || ix >= %d) continue;", p->in_w);
    if (p->groups > 1) octet_c_line(f, "in += c / %d * %d;", p->out_c / p->groups, p->filter_c);
    octet_c_line(f, "for (i = 0; i < %d; ++i) sum += (in[i]%s) * w[i];", p->filter_c, c->w.less.text);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_line(f, "return sum;");
    octet_c_end(f);
}

/* Results [begin, end) of a row, each sum by a call. */
static void write_single_results(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const tile t = c->tile;
    const int32_t n = t.is_pooled ? t.n_cells : 1;
    octet_c_line(f,
                 "static void @%s_some(const int8_t *input, int8_t *output, int32_t y, int32_t begin, int32_t end) {",
                 c->name.text);
    octet_c_line(f, "int32_t x, c;");
    octet_c_line(f, "for (x = begin; x < end; ++x) {");
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", c->p->out_c);
    octet_c_line(f, "%s = @%s_sum(input, y%s, x%s, c);", n == 1 ? "const int32_t sum" : "int32_t sum", c->name.text,
                 t.is_pooled ? octet_c_format(c->e, " * %d", t.stride_h) : "",
                 t.is_pooled ? octet_c_format(c->e, " * %d", t.stride_w) : "");
    for (int32_t i = 1; i < n; i++) {
        octet_c_line(f, "const int32_t s%d = @%s_sum(input, y * %d + %d, x * %d + %d, c);", i, c->name.text, t.stride_h,
                     i / t.w, t.stride_w, i % t.w);
    }
    for (int32_t i = 1; i < n; i++) octet_c_line(f, "if (s%d > sum) sum = s%d;", i, i);
    octet_c_line(f, "output[x * %d + c] = %s;", c->p->out_c, octet_c_requantized(c->e, &c->w, "sum", "c"));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

/* The loops over whole tiles. */
static void write_tiles(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const octet_conv_2d_params *p = c->p;
    const char *column = octet_c_format(c->e, "x * %d", c->tile.stride_w * p->stride_w * p->in_c);
    if (p->pad_left > 0) column = octet_c_format(c->e, "%s - %d", column, p->pad_left * p->in_c);
    octet_c_line(f, "for (x = %d; x < %d; ++x) {", c->tile.first, c->tile.last);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "int32_t s[%d];", c->tile.n_cells);
    octet_c_line(f, "for (i = 0; i < %d; ++i) s[i] = %s;", c->tile.n_cells, octet_c_bias(c->e, &c->w, "c").text);
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "const int8_t *w = %s + (c * %d + k) * %d;", c->w.weights, p->filter_h, c->run);
    for (int32_t i = 0; i < c->tile.h; i++)
        write_row(
            c, i,
            octet_c_format(c->e, "y * %d + k %c %d", c->tile.stride_h * p->stride_h,
                           i * p->stride_h < p->pad_top ? '-' : '+',
                           i * p->stride_h < p->pad_top ? p->pad_top - i * p->stride_h : i * p->stride_h - p->pad_top),
            column);
    write_filter_row(c);
    octet_c_line(f, "}");
    write_results(c);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
}

/* Runs of filter rows against runs of input: without groups and dilation. */
static void write_by_tiles(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const int32_t scale = c->tile.is_pooled ? 1 : c->tile.w; /* results of a tile */
    const int32_t n = c->tile.is_pooled ? c->tile.n : c->p->out_w;
    const bool has_tiles = c->tile.first<c->tile.last, has_rest = c->tile.first> 0 || c->tile.last * scale < n;
    if (c->pads_rows || c->pads_columns) write_zeros(c);
    if (has_rest) write_edge_sum(c);
    if (has_rest) write_single_results(c);
    octet_c_open(c->e, c->stage);
    if (has_tiles) octet_c_line(f, "int32_t x, c, k, i;");
    if (c->tile.first > 0 && has_tiles)
        octet_c_line(f, "@%s_some(input, output, y, 0, %d);", c->name.text, c->tile.first * scale);
    if (has_tiles) write_tiles(c);
    if (!has_tiles) octet_c_line(f, "@%s_some(input, output, y, 0, %d);", c->name.text, n);
    else if (c->tile.last * scale < n)
        octet_c_line(f, "@%s_some(input, output, y, %d, %d);", c->name.text, c->tile.last * scale, n);
    octet_c_end(f);
}

static void write_by_taps(const conv *c) {
    write_tap_sum(c);
    write_single_results(c);
    octet_c_open(c->e, c->stage);
    octet_c_line(&c->e->functions, "@%s_some(input, output, y, 0, %d);", c->name.text,
                 c->tile.is_pooled ? c->tile.n : c->p->out_w);
    octet_c_end(&c->e->functions);
}

void octet_c_emit_conv_2d(octet_c_emitter *e, const octet_stage *stage) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    const size_t n_weights = (size_t)p->filter_h * (size_t)p->filter_w * (size_t)p->filter_c;
    conv c = {.e = e,
              .stage = stage,
              .p = p,
              .name = octet_c_step_name(e, stage->step),
              .tile = tile_of(e, stage, p),
              .run = p->filter_w * p->in_c,
              .pads_rows = octet_c_conv_pads_rows(p),
              .pads_columns = octet_c_conv_pads_columns(p)};
    const bool has_runs = p->groups == 1 && p->dilation_w == 1 && p->dilation_h == 1 && p->filter_w <= p->in_w;
    const bool has_patch = octet_c_conv_has_patch(e, stage);
    const bool is_folded = has_patch || has_runs || !(c.pads_rows || c.pads_columns);
    c.w = octet_c_weigh(e, stage, &p->q, (octet_c_channels){p->out_c, n_weights, 1, n_weights}, is_folded, has_patch);
    if (has_patch) octet_c_emit_conv_patch(e, stage, &c.w);
    else if (has_runs) write_by_tiles(&c);
    else write_by_taps(&c);
}
