#include "export/c/conv_patch.h"
#include "export/c/conv_rows.h"
#include "export/c/conv_wide.h"
#include "export/c/forms.h"
#include "export/c/scale.h"

/* Positions of the convolution that are computed side by side, so that each weight is read once for all of them: the
 * cells of a pool's window, or neighbours in a row. Tiles cover results [begin, end) of a row, `step` at a time: those
 * whose windows lie inside the input from left to right. The others are computed singly, four channels at a time. */
typedef struct tile {
    int32_t h, w, n_cells;
    bool is_pooled;
    int32_t stride_h, stride_w; /* of results, in positions */
    int32_t begin, end, step;
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
    tile t = {.h = 1, .w = 4, .stride_h = 1, .stride_w = 1, .step = 4};
    int32_t n = p->out_w;
    if (stage->pool != OCTET_NONE) {
        const octet_pool_2d_params *pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
        t = (tile){.h = pool->filter_h, .w = pool->filter_w, .is_pooled = true, .step = 1};
        t.stride_h = pool->stride_h;
        t.stride_w = pool->stride_w;
        n = pool->out_w;
    }
    t.n_cells = t.h * t.w;
    while (t.begin < n && t.begin * t.stride_w * p->stride_w < p->pad_left) t.begin++;
    for (t.end = t.begin; t.end + t.step <= n; t.end += t.step) {
        const int32_t last = (t.end * t.stride_w + t.w - 1) * p->stride_w - p->pad_left;
        if (last + p->filter_w > p->in_w) break;
    }
    return t;
}

bool octet_c_conv_pads_rows(const octet_conv_2d_params *p) {
    return p->pad_top > 0 || (p->out_h - 1) * p->stride_h - p->pad_top + (p->filter_h - 1) * p->dilation_h >= p->in_h;
}
bool octet_c_conv_pads_columns(const octet_conv_2d_params *p) {
    return p->pad_left > 0 || (p->out_w - 1) * p->stride_w - p->pad_left + (p->filter_w - 1) * p->dilation_w >= p->in_w;
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
        octet_c_line(f, "for (i = 0; i < %d; ++i) output[(x + i) * %d + c] = %s;", c->tile.n_cells, p->out_c, result);
    }
}

/* What a run of a filter row adds: to the sum of one channel, or to those of four, whose weights lie `stride` apart. */
static void write_run(const conv *c, bool is_four, const char *x, const char *offset, const char *n) {
    octet_c_writer *f = &c->e->functions;
    const int32_t stride = c->p->filter_h * c->run;
    if (!is_four) octet_c_line(f, "sum += %s(w%s, %s, %s);", octet_c_help(c->e, OCTET_C_DOT), offset, x, n);
    else
        octet_c_line(f, "%s(%s, w%s, w%s + %d, w%s + %d, w%s + %d, %s, sums);", octet_c_help(c->e, OCTET_C_DOT4), x,
                     offset, offset, stride, offset, 2 * stride, offset, 3 * stride, n);
}

/* The filter rows of one position against zero points, what lies inside, zero points. */
static void write_runs(const conv *c, bool is_four) {
    octet_c_writer *f = &c->e->functions;
    const octet_conv_2d_params *p = c->p;
    const char *zeros = octet_c_format(c->e, "@%s_zeros", c->name.text), *run = octet_c_format(c->e, "%d", c->run);
    /* Padding as wide as the filter, which a PAD gives: some windows meet no element. */
    const bool may_miss = p->pad_left >= p->filter_w || (p->out_w - 1) * p->stride_w - p->pad_left >= p->in_w;
    octet_c_line(f, "const int32_t column = x * %d - %d;", p->stride_w, p->pad_left);
    if (c->pads_columns) {
        octet_c_line(f, "const int32_t left = column < 0 ? -column * %d : 0;", p->in_c);
        octet_c_line(f, "const int32_t right = column > %d ? (column - %d) * %d : 0;", p->in_w - p->filter_w,
                     p->in_w - p->filter_w, p->in_c);
    }
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "const int8_t *w = %s + (c * %d + k) * %d;", c->w.weights, p->filter_h, c->run);
    octet_c_line(f, "const int32_t row = y * %d + k - %d;", p->stride_h, p->pad_top);
    if (c->pads_rows || may_miss) {
        const char *miss = octet_c_format(c->e, "column <= %d || column >= %d", -p->filter_w, p->in_w);
        const char *outside = octet_c_format(c->e, "row < 0 || row >= %d", p->in_h);
        if (!c->pads_rows) outside = miss;
        else if (may_miss) outside = octet_c_format(c->e, "%s || %s", outside, miss);
        octet_c_line(f, "if (%s) {", outside);
        write_run(c, is_four, zeros, "", run);
        octet_c_line(f, "continue;");
        octet_c_line(f, "}");
    }
    const octet_c_name row = octet_c_row(c->e, c->stage, 0, "row");
    const char *inside = octet_c_format(c->e, "%s + column * %d", row.text, p->in_c);
    if (c->pads_columns) {
        octet_c_line(f, "if (left > 0) {");
        write_run(c, is_four, zeros, "", "left");
        octet_c_line(f, "}");
        write_run(c, is_four, octet_c_format(c->e, "%s + left", inside), " + left",
                  octet_c_format(c->e, "%s - left - right", run));
        octet_c_line(f, "if (right > 0) {");
        write_run(c, is_four, zeros, octet_c_format(c->e, " + %s - right", run), "right");
        octet_c_line(f, "}");
    } else {
        write_run(c, is_four, inside, "", run);
    }
    octet_c_line(f, "}");
}

static void write_run_sums(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    if (c->p->out_c >= 4) {
        octet_c_line(f, "static void @%s_four(const int8_t *input, int32_t y, int32_t x, int32_t c, int32_t *sums) {",
                     c->name.text);
        octet_c_line(f, "int32_t k;");
        write_runs(c, true);
        octet_c_end(f);
    }
    if (c->p->out_c % 4 != 0) {
        octet_c_line(f, "static int32_t @%s_sum(const int8_t *input, int32_t y, int32_t x, int32_t c) {", c->name.text);
        octet_c_line(f, "int32_t sum = %s, k;", octet_c_bias(c->e, &c->w, "c").text);
        write_runs(c, false);
        octet_c_line(f, "return sum;");
        octet_c_end(f);
    }
}

/* The sum of one position, tap by tap: taps outside the input add nothing. */
static void write_tap_sum(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const octet_conv_2d_params *p = c->p;
    octet_c_line(f, "static %s @%s_sum(const %s *input, int32_t y, int32_t x, int32_t c) {", c->w.sum, c->name.text,
                 c->w.type);
    octet_c_line(f, "%s sum = %s;", c->w.sum, octet_c_bias(c->e, &c->w, "c").text);
    octet_c_line(f, "int32_t ky, kx, i;");
    octet_c_line(f, "for (ky = 0; ky < %d; ++ky) {", p->filter_h);
    octet_c_line(f, "const int32_t iy = y * %d + ky * %d - %d;", p->stride_h, p->dilation_h, p->pad_top);
    octet_c_line(f, "if (iy < 0 || iy >= %d) continue;", p->in_h);
    octet_c_line(f, "for (kx = 0; kx < %d; ++kx) {", p->filter_w);
    octet_c_line(f, "const int32_t ix = x * %d + kx * %d - %d;", p->stride_w, p->dilation_w, p->pad_left);
    octet_c_line(f, "const int8_t *w = %s + ((c * %d + ky) * %d + kx) * %d;", c->w.weights, p->filter_h, p->filter_w,
                 p->filter_c);
    octet_c_line(f, "const %s *in = %s + ix * %d;", c->w.type, octet_c_row(c->e, c->stage, 0, "iy").text, p->in_c);
    octet_c_line(f, "if (ix < 0 || ix >= %d) continue;", p->in_w);
    if (p->groups > 1) octet_c_line(f, "in += c / %d * %d;", p->out_c / p->groups, p->filter_c);
    octet_c_line(f, "for (i = 0; i < %d; ++i) sum += (in[i]%s) * w[i];", p->filter_c, c->w.less.text);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_line(f, "return sum;");
    octet_c_end(f);
}

/* Where cell i of result x lies: "y * 2 + 1, x * 2". */
static const char *cell_place(const conv *c, int32_t i) {
    const tile *t = &c->tile;
    if (!t->is_pooled) return "y, x";
    return octet_c_format(c->e, "y * %d + %d, x * %d + %d", t->stride_h, i / t->w, t->stride_w, i % t->w);
}

/* Channels [0, n) of result x, four at a time. */
static void write_four_results(const conv *c, int32_t n, int32_t n_cells) {
    octet_c_writer *f = &c->e->functions;
    octet_c_line(f, "for (c = 0; c < %d; c += 4) {", n);
    octet_c_line(f, "int32_t sums[%d], i;", 4 * n_cells);
    octet_c_use_stack(c->e, (size_t)n_cells * 4 * sizeof(int32_t));
    octet_c_line(f, "for (i = 0; i < %d; ++i) sums[i] = %s;", 4 * n_cells,
                 octet_c_bias(c->e, &c->w, n_cells > 1 ? "c + i % 4" : "c + i").text);
    for (int32_t i = 0; i < n_cells; i++)
        octet_c_line(f, "@%s_four(input, %s, c, sums + %d);", c->name.text, cell_place(c, i), 4 * i);
    if (n_cells > 1) {
        octet_c_line(f, "for (i = 4; i < %d; ++i) {", 4 * n_cells);
        octet_c_line(f, "if (sums[i] > sums[i %% 4]) sums[i %% 4] = sums[i];");
        octet_c_line(f, "}");
    }
    octet_c_line(f, "for (i = 0; i < 4; ++i) output[x * %d + c + i] = %s;", c->p->out_c,
                 octet_c_requantized(c->e, &c->w, "sums[i]", "c + i"));
    octet_c_line(f, "}");
}

/* Channels [first, out_c) of result x, each sum by a call. */
static void write_channel_results(const conv *c, int32_t first, int32_t n_cells) {
    octet_c_writer *f = &c->e->functions;
    octet_c_line(f, "for (c = %d; c < %d; ++c) {", first, c->p->out_c);
    for (int32_t i = 0; i < n_cells; i++)
        octet_c_line(f, "%s%s s%d = @%s_sum(input, %s, c);", i > 0 || n_cells == 1 ? "const " : "", c->w.sum, i,
                     c->name.text, cell_place(c, i));
    for (int32_t i = 1; i < n_cells; i++) octet_c_line(f, "if (s%d > s0) s0 = s%d;", i, i);
    octet_c_line(f, "output[x * %d + c] = %s;", c->p->out_c, octet_c_requantized(c->e, &c->w, "s0", "c"));
    octet_c_line(f, "}");
}

/* Results [begin, end) of a row, one by one. */
static void write_single_results(const conv *c, bool has_four) {
    octet_c_writer *f = &c->e->functions;
    const int32_t n_cells = c->tile.is_pooled ? c->tile.n_cells : 1, whole = has_four ? c->p->out_c / 4 * 4 : 0;
    octet_c_line(f, "static void @%s_some(const %s *input, %s *output, int32_t y, int32_t begin, int32_t end) {",
                 c->name.text, c->w.type, c->w.type);
    octet_c_line(f, "int32_t x, c;");
    octet_c_line(f, "for (x = begin; x < end; ++x) {");
    if (whole > 0) write_four_results(c, whole, n_cells);
    if (whole < c->p->out_c) write_channel_results(c, whole, n_cells);
    octet_c_line(f, "}");
    octet_c_end(f);
}

/* The loops over whole tiles. */
static void write_tiles(const conv *c) {
    octet_c_writer *f = &c->e->functions;
    const octet_conv_2d_params *p = c->p;
    const char *column = octet_c_format(c->e, "x * %d", c->tile.stride_w * p->stride_w * p->in_c);
    if (p->pad_left > 0) column = octet_c_format(c->e, "%s - %d", column, p->pad_left * p->in_c);
    octet_c_line(f, "for (x = %d; x < %d; x += %d) {", c->tile.begin, c->tile.end, c->tile.step);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "int32_t s[%d];", c->tile.n_cells);
    octet_c_use_stack(c->e, (size_t)c->tile.n_cells * sizeof(int32_t));
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
    const tile *t = &c->tile;
    const int32_t n = (int32_t)(octet_c_row_elements(c->e, c->stage) / (size_t)c->p->out_c);
    const bool has_tiles = t->begin < t->end;
    if (c->pads_rows || c->pads_columns)
        octet_c_write_zeros(c->e, &c->w, (size_t)((t->w - 1) * c->p->stride_w * c->p->in_c + c->run));
    if (t->begin > 0 || t->end < n) {
        write_run_sums(c);
        write_single_results(c, true);
    }
    octet_c_open(c->e, c->stage);
    if (has_tiles) octet_c_line(f, "int32_t x, c, k, i;");
    if (t->begin > 0) octet_c_line(f, "@%s_some(input, output, y, 0, %d);", c->name.text, t->begin);
    if (has_tiles) write_tiles(c);
    if (t->end < n) octet_c_line(f, "@%s_some(input, output, y, %d, %d);", c->name.text, t->end, n);
    octet_c_end(f);
}

static void write_by_taps(const conv *c) {
    write_tap_sum(c);
    write_single_results(c, false);
    octet_c_open(c->e, c->stage);
    octet_c_line(&c->e->functions, "@%s_some(input, output, y, 0, %zu);", c->name.text,
                 octet_c_row_elements(c->e, c->stage) / (size_t)c->p->out_c);
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
    const bool is_s8 = e->steps[stage->step].kernel == OCTET_KERNEL_conv_2d_s8;
    const bool has_runs = is_s8 && p->groups == 1 && p->dilation_w == 1 && p->dilation_h == 1 && p->filter_w <= p->in_w;
    const bool has_patch = is_s8 && octet_c_conv_has_patch(e, stage);
    const bool has_rows = is_s8 && !has_patch && octet_c_conv_has_rows(e, stage);
    const bool is_folded = has_patch || has_rows || has_runs || !(c.pads_rows || c.pads_columns);
    const octet_c_weights_order order = has_patch  ? OCTET_C_WEIGHTS_ABSENT
                                        : has_rows ? OCTET_C_WEIGHTS_PAIRED
                                                   : OCTET_C_WEIGHTS_AS_THEY_ARE;
    c.w = octet_c_weigh(e, stage, is_folded, order, n_weights);
    if (has_patch) octet_c_emit_conv_patch(e, stage, &c.w);
    else if (!is_s8 && octet_c_conv_has_wide(p)) octet_c_emit_conv_wide(e, stage, &c.w);
    else if (c.w.is_paired) octet_c_emit_conv_rows(e, stage, &c.w);
    else if (has_runs) write_by_tiles(&c);
    else write_by_taps(&c);
}
