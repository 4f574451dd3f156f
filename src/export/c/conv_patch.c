#include "export/c/conv_patch.h"

#include <string.h>

#include "export/c/scale.h"

/* Numbers of a patch, and of one of neighbours; pairs of products of a window, or of all, and copies, that are written
 * one by one: more make a loop. */
enum { MOST_NUMBERS = 240, MOST_BESIDE = 120, MOST_UNROLLED = 8, MOST_PAIRS = 24, MOST_COPIES = 48 };

typedef struct patch {
    octet_c_emitter *e;
    const octet_stage *stage;
    const octet_conv_2d_params *p;
    const octet_c_weighted *w;
    const octet_pool_2d_params *pool; /* NULL without */
    int32_t h, w_cells, n_cells;      /* cells of a tile: a pool's window, or neighbours in a row */
    int32_t step_h, step_w;           /* of tiles, in positions */
    int32_t n_tiles, size;            /* in a row of the result; numbers of a cell, an even number */
} patch;

static int32_t window_size(const octet_conv_2d_params *p) { return (p->filter_h * p->filter_w * p->filter_c + 1) & ~1; }

static patch patch_of(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    patch a = {.e = e, .stage = stage, .p = p, .w = w, .size = window_size(p), .h = 1, .w_cells = 1, .step_h = 1};
    if (stage->pool != OCTET_NONE) {
        a.pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
        a.h = a.pool->filter_h, a.w_cells = a.pool->filter_w;
        a.step_h = a.pool->stride_h, a.step_w = a.pool->stride_w, a.n_tiles = a.pool->out_w;
    } else {
        for (int32_t n = 2; n <= 5; n++)
            if (p->out_w % n == 0 && n * a.size <= MOST_BESIDE) a.w_cells = n;
        a.step_w = a.w_cells, a.n_tiles = p->out_w / a.w_cells;
    }
    a.n_cells = a.h * a.w_cells;
    return a;
}

bool octet_c_conv_has_patch(const octet_c_emitter *e, const octet_stage *stage) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    int32_t n_cells = 1;
    if (stage->pool != OCTET_NONE) {
        const octet_pool_2d_params *pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
        n_cells = pool->filter_h * pool->filter_w;
    }
    const bool is_short = p->filter_w * p->filter_c < 12 || window_size(p) <= 2 * MOST_UNROLLED;
    return p->groups == 1 && is_short && n_cells <= 9 && n_cells * window_size(p) <= MOST_NUMBERS;
}

/* Weights as int16, a zero behind an odd number of them. */
static void write_weights(const patch *a) {
    const int32_t n = a->p->filter_h * a->p->filter_w * a->p->filter_c;
    const octet_step *step = &a->e->steps[a->stage->step];
    const int8_t *weights = a->e->graph->values[step->inputs[1]].data;
    int16_t *wide;
    const octet_status status = OCTET_NEW(a->e->ctx, a->e->arena, (size_t)a->p->out_c * (size_t)a->size, &wide);
    if (status != OCTET_OK) {
        a->e->functions.status = status;
        return;
    }
    for (int32_t c = 0; c < a->p->out_c; c++)
        for (int32_t i = 0; i < n; i++) wide[c * a->size + i] = weights[c * n + i];
    octet_c_table(a->e, a->stage, "pairs", OCTET_INT16, wide, (size_t)a->p->out_c * (size_t)a->size);
}

/* One by one: a compiler then loads once what windows share. */
static void write_copies(const patch *a) {
    octet_c_writer *f = &a->e->functions;
    const octet_conv_2d_params *p = a->p;
    const int32_t run = p->filter_w * p->filter_c, step = p->stride_w * p->in_c;
    const int32_t n_rows = (a->h - 1) * p->stride_h + p->filter_h;
    for (int32_t i = 0; i < n_rows; i++)
        octet_c_line(
            f, "const int8_t *x%d = %s + x * %d;", i,
            octet_c_row(a->e, a->stage, 0, octet_c_format(a->e, "y * %d + %d", a->step_h * p->stride_h, i)).text,
            a->step_w * step);
    for (int32_t i = 0; i < a->n_cells; i++)
        for (int32_t k = 0; k < p->filter_h; k++)
            for (int32_t j = 0; j < run; j++)
                octet_c_line(f, "patch[%d] = x%d[%d];", i * a->size + k * run + j, i / a->w_cells * p->stride_h + k,
                             i % a->w_cells * step + j);
}

static bool is_padded(const octet_conv_2d_params *p) {
    return octet_c_conv_pads_rows(p) || octet_c_conv_pads_columns(p);
}

/* Copies the windows of a tile; what lies outside is the zero point. */
static void write_gather(const patch *a) {
    octet_c_writer *f = &a->e->functions;
    const octet_conv_2d_params *p = a->p;
    const int32_t run = p->filter_w * p->filter_c;
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", a->n_cells);
    octet_c_line(f, "const int32_t column = (x * %d + i %% %d) * %d - %d;", a->step_w, a->w_cells, p->stride_w,
                 p->pad_left);
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "const int32_t row = (y * %d + i / %d) * %d + k%s - %d;", a->step_h, a->w_cells, p->stride_h,
                 p->dilation_h > 1 ? octet_c_format(a->e, " * %d", p->dilation_h) : "", p->pad_top);
    octet_c_line(f, "int16_t *to = patch + i * %d + k * %d;", a->size, run);
    const char *from = octet_c_format(a->e, "%s + column * %d", octet_c_row(a->e, a->stage, 0, "row").text, p->in_c);
    const bool has_edges = is_padded(p) || p->dilation_w > 1;
    if (has_edges && p->dilation_w == 1)
        octet_c_line(f, "if (row >= 0 && row < %d && column >= 0 && column <= %d) {", p->in_h, p->in_w - p->filter_w);
    if (!has_edges || p->dilation_w == 1) {
        octet_c_line(f, "const int8_t *from = %s;", from);
        octet_c_line(f, "for (j = 0; j < %d; ++j) to[j] = from[j];", run);
    }
    if (has_edges) {
        if (p->dilation_w == 1) octet_c_line(f, "continue;");
        if (p->dilation_w == 1) octet_c_line(f, "}");
        octet_c_line(f, "for (j = 0; j < %d; ++j) {", run);
        octet_c_line(f, "const int32_t at = column + j / %d * %d;", p->filter_c, p->dilation_w);
        octet_c_line(f, "to[j] = %d;", p->q.input_zero_point);
        octet_c_line(f, "if (row >= 0 && row < %d && at >= 0 && at < %d) to[j] = (%s)[at * %d + j %% %d];", p->in_h,
                     p->in_w, octet_c_row(a->e, a->stage, 0, "row").text, p->in_c, p->filter_c);
        octet_c_line(f, "}");
    }
    octet_c_line(f, "}");
    octet_c_line(f, "}");
}

static bool is_unrolled(const patch *a) {
    return a->size / 2 <= MOST_UNROLLED || a->n_cells * a->size / 2 <= MOST_PAIRS;
}

static void write_sums(const patch *a) {
    octet_c_writer *f = &a->e->functions;
    const char *mac = octet_c_help(a->e, OCTET_C_MAC2);
    const bool unrolls = is_unrolled(a);
    for (int32_t i = 0; i < a->n_cells; i++)
        octet_c_line(f, "int32_t s%d = %s;", i, i == 0 ? octet_c_bias(a->e, a->w, "c").text : "s0");
    if (!unrolls) octet_c_line(f, "for (j = 0; j < %d; j += 2) {", a->size);
    for (int32_t j = 0; j < (unrolls ? a->size : 2); j += 2)
        for (int32_t i = 0; i < a->n_cells; i++)
            octet_c_line(f, "%s(s%d, patch + %d%s, w + %s);", mac, i, i * a->size + (unrolls ? j : 0),
                         unrolls ? "" : " + j", unrolls ? octet_c_format(a->e, "%d", j) : "j");
    if (!unrolls) octet_c_line(f, "}");
}

void octet_c_emit_conv_patch(octet_c_emitter *e, const octet_stage *stage, const octet_c_weighted *w) {
    const patch a = patch_of(e, stage, w);
    octet_c_writer *f = &e->functions;
    write_weights(&a);
    octet_c_open(e, stage);
    const int32_t n = a.p->filter_h * a.p->filter_w * a.p->filter_c;
    const bool has_copies =
        !is_padded(a.p) && a.p->dilation_w == 1 && a.p->dilation_h == 1 && a.n_cells * n <= MOST_COPIES;
    octet_c_line(f, "int16_t patch[%d];", a.n_cells * a.size);
    octet_c_use_stack(e, (size_t)(a.n_cells * a.size) * sizeof(int16_t));
    octet_c_line(f, "int32_t x, c%s%s;", has_copies ? "" : ", k, i", has_copies && is_unrolled(&a) ? "" : ", j");
    for (int32_t i = 0; i < a.n_cells && n % 2 != 0; i++) octet_c_line(f, "patch[%d] = 0;", (i + 1) * a.size - 1);
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", a.n_tiles);
    if (has_copies) write_copies(&a);
    else write_gather(&a);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", a.p->out_c);
    octet_c_line(f, "const int16_t *w = @%s_pairs + c * %d;", octet_c_step_name(e, stage->step).text, a.size);
    write_sums(&a);
    for (int32_t i = 1; i < a.n_cells && a.pool != NULL; i++) octet_c_line(f, "if (s%d > s0) s0 = s%d;", i, i);
    for (int32_t i = 0; i < (a.pool != NULL ? 1 : a.n_cells); i++)
        octet_c_line(f, "output[x * %d + %d + c] = %s;", (a.pool != NULL ? 1 : a.w_cells) * a.p->out_c, i * a.p->out_c,
                     octet_c_requantized(e, w, octet_c_format(e, "s%d", i), "c"));
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}
