#include "base/format.h"
#include "export/c/forms.h"
#include "export/c/weighted.h"
#include "kernels/ref/fixed_point.h"

/* Positions of the convolution that a loop computes side by side, so that each weight is read once for all of them:
 * the cells of a pool's window, or neighbours in a row. */
typedef struct tile {
    int32_t h, w;
    bool is_pooled;
    int32_t stride_h, stride_w; /* of tiles, in positions */
    int32_t n;                  /* tiles in a row of the result */
} tile;

static bool is_padded(const octet_conv_2d_params *p) {
    const int32_t h = (p->filter_h - 1) * p->dilation_h + 1, w = (p->filter_w - 1) * p->dilation_w + 1;
    return p->pad_top > 0 || p->pad_left > 0 || (p->out_h - 1) * p->stride_h + h > p->in_h ||
           (p->out_w - 1) * p->stride_w + w > p->in_w;
}

static tile tile_of(const octet_c_emitter *e, const octet_stage *stage, const octet_conv_2d_params *p) {
    if (stage->pool == OCTET_NONE) {
        const int32_t w = p->out_w % 4 == 0 ? 4 : p->out_w % 3 == 0 ? 3 : p->out_w % 2 == 0 ? 2 : 1;
        return (tile){.h = 1, .w = w, .stride_h = 1, .stride_w = w, .n = p->out_w / w};
    }
    const octet_pool_2d_params *pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
    return (tile){pool->filter_h, pool->filter_w, true, pool->stride_h, pool->stride_w, pool->out_w};
}

/* The loop over a filter row, in which every position of the tile adds to a sum of its own: s0, s1, ... */
static void write_taps(octet_c_emitter *e, const octet_stage *stage, const octet_conv_2d_params *p, tile t,
                       const octet_c_weighted *w) {
    octet_c_writer *f = &e->functions;
    const int32_t run = p->filter_w * p->in_c, step = p->stride_w * p->in_c;
    octet_c_line(f, "for (k = 0; k < %d; ++k) {", p->filter_h);
    octet_c_line(f, "const int8_t *w = %s + (c * %d + k) * %d;", w->weights, p->filter_h, run);
    for (int32_t i = 0; i < t.h; i++) {
        char row[64];
        octet_format(row, sizeof row, "y * %d + %d + k", t.stride_h * p->stride_h, i * p->stride_h);
        octet_c_line(f, "const int8_t *x%d = %s + x * %d;", i, octet_c_row(e, stage, 0, row).text, t.stride_w * step);
    }
    octet_c_line(f, "for (i = 0; i < %d; ++i) {", run);
    for (int32_t i = 0; i < t.h * t.w; i++) octet_c_line(f, "s%d += x%d[i + %d] * w[i];", i, i / t.w, i % t.w * step);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
}

static void write_tile_results(octet_c_emitter *e, const octet_conv_2d_params *p, tile t, const octet_c_weighted *w) {
    octet_c_writer *f = &e->functions;
    for (int32_t i = 1; i < t.h * t.w && t.is_pooled; i++) octet_c_line(f, "if (s%d > s0) s0 = s%d;", i, i);
    for (int32_t i = 0; i < t.w && (i == 0 || !t.is_pooled); i++) {
        octet_c_name sum;
        octet_format(sum.text, sizeof sum.text, "s%d", i);
        octet_c_line(f, "output[(x * %d + %d) * %d + c] = %s;", t.is_pooled ? 1 : t.w, i, p->out_c,
                     octet_c_requantized(e, w, sum.text, "c"));
    }
}

/* Every window lies inside, its rows are whole. */
static void write_inside(octet_c_emitter *e, const octet_stage *stage, const octet_conv_2d_params *p, tile t,
                         const octet_c_weighted *w) {
    octet_c_writer *f = &e->functions;
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t x, c, k, i;");
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", t.n);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    octet_c_line(f, "int32_t s0 = %s;", octet_c_bias(e, w, "c").text);
    for (int32_t i = 1; i < t.h * t.w; i++) octet_c_line(f, "int32_t s%d = s0;", i);
    write_taps(e, stage, p, t, w);
    write_tile_results(e, p, t, w);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

/* The sum of one position: taps outside the input add nothing. */
static void write_sum(octet_c_emitter *e, const octet_stage *stage, const octet_conv_2d_params *p,
                      const octet_c_weighted *w) {
    octet_c_writer *f = &e->functions;
    const bool has_groups = p->groups > 1;
    octet_c_line(f, "static int32_t @%s_sum(const int8_t *input, int32_t y, int32_t x, int32_t c) {",
                 octet_c_step_name(e, stage->step).text);
    octet_c_line(f, "int32_t sum = %s, ky, kx, i;", octet_c_bias(e, w, "c").text);
    octet_c_line(f, "for (ky = 0; ky < %d; ++ky) {", p->filter_h);
    octet_c_line(f, "const int32_t iy = y * %d + ky * %d - %d;", p->stride_h, p->dilation_h, p->pad_top);
    octet_c_line(f, "if (iy < 0 || iy >= %d) continue;", p->in_h);
    octet_c_line(f, "for (kx = 0; kx < %d; ++kx) {", p->filter_w);
    octet_c_line(f, "const int32_t ix = x * %d + kx * %d - %d;", p->stride_w, p->dilation_w, p->pad_left);
    octet_c_line(f, "const int8_t *w = %s + ((c * %d + ky) * %d + kx) * %d;", w->weights, p->filter_h, p->filter_w,
                 p->filter_c);
    octet_c_line(f, "const int8_t *in = %s + ix * %d;", octet_c_row(e, stage, 0, "iy").text, p->in_c);
    octet_c_line(f, "if (ix < 0 || ix >= %d) continue;", p->in_w);
    if (has_groups) octet_c_line(f, "in += c / %d * %d;", p->out_c / p->groups, p->filter_c);
    octet_c_line(f, "for (i = 0; i < %d; ++i) sum += (in[i]%s) * w[i];", p->filter_c, w->less.text);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_line(f, "return sum;");
    octet_c_end(f);
}

static void write_anywhere(octet_c_emitter *e, const octet_stage *stage, const octet_conv_2d_params *p, tile t,
                           const octet_c_weighted *w) {
    octet_c_writer *f = &e->functions;
    const octet_c_name name = octet_c_step_name(e, stage->step);
    if (!t.is_pooled) t = (tile){1, 1, false, 1, 1, p->out_w};
    write_sum(e, stage, p, w);
    octet_c_open(e, stage);
    octet_c_line(f, "int32_t x, c;");
    octet_c_line(f, "for (x = 0; x < %d; ++x) {", t.n);
    octet_c_line(f, "for (c = 0; c < %d; ++c) {", p->out_c);
    for (int32_t i = 0; i < t.h * t.w; i++)
        octet_c_line(f, "%s s%d = @%s_sum(input, y * %d + %d, x * %d + %d, c);", i == 0 ? "int32_t" : "const int32_t",
                     i, name.text, t.stride_h, i / t.w, t.stride_w, i % t.w);
    write_tile_results(e, p, (tile){t.h, t.w, t.is_pooled, 1, 1, t.n}, w);
    octet_c_line(f, "}");
    octet_c_line(f, "}");
    octet_c_end(f);
}

void octet_c_emit_conv_2d(octet_c_emitter *e, const octet_stage *stage) {
    const octet_conv_2d_params *p = octet_step_params_conv_2d(&e->steps[stage->step]);
    const size_t n_weights = (size_t)p->filter_h * (size_t)p->filter_w * (size_t)p->filter_c;
    const bool is_inside = !is_padded(p);
    const tile t = tile_of(e, stage, p);
    octet_c_weighted w =
        octet_c_weigh(e, stage, &p->q, (octet_c_channels){p->out_c, n_weights, 1, n_weights}, is_inside);
    if (stage->pool != OCTET_NONE) {
        const octet_pool_2d_params *pool = octet_step_params_pool_2d(&e->steps[stage->pool]);
        w.min = octet_clamp_s32(w.min, pool->min, pool->max);
        w.max = octet_clamp_s32(w.max, pool->min, pool->max);
    }
    if (is_inside && p->groups == 1 && p->dilation_w == 1 && p->dilation_h == 1 && t.h * t.w <= 9)
        write_inside(e, stage, p, t, &w);
    else write_anywhere(e, stage, p, t, &w);
}
