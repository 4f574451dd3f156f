#include "kernels/fast/window.h"

#include <string.h>

#include "base/checked.h"
#include "kernels/fast/cpu.h"
#include "kernels/ref/flip.h"

#define SHAPE                                                                                                       \
    .batches = p->batches, .in_h = p->in_h, .in_w = p->in_w, .in_c = p->in_c, .out_h = p->out_h, .out_w = p->out_w, \
    .filter_h = p->filter_h, .filter_w = p->filter_w, .stride_h = p->stride_h, .stride_w = p->stride_w,             \
    .dilation_h = p->dilation_h, .dilation_w = p->dilation_w, .pad_top = p->pad_top, .pad_left = p->pad_left
#define ONE_CELL .cell_h = 1, .cell_w = 1, .cell_step_h = 1, .cell_step_w = 1

octet_window_shape octet_window_shape_of_conv_2d(const octet_conv_2d_params *p) {
    return (octet_window_shape){SHAPE, .groups = p->groups, ONE_CELL};
}

octet_window_shape octet_window_shape_of_pooled(const octet_conv_2d_params *p, const octet_pool_2d_params *pool) {
    octet_window_shape shape = octet_window_shape_of_conv_2d(p);
    shape.out_h = pool->out_h;
    shape.out_w = pool->out_w;
    shape.cell_h = pool->filter_h;
    shape.cell_w = pool->filter_w;
    shape.cell_step_h = p->stride_h;
    shape.cell_step_w = p->stride_w;
    shape.stride_h *= pool->stride_h;
    shape.stride_w *= pool->stride_w;
    return shape;
}

octet_window_shape octet_window_shape_of_depthwise(const octet_depthwise_params *p) {
    return (octet_window_shape){SHAPE, .groups = 1, ONE_CELL};
}

octet_window_shape octet_window_shape_of_fully_connected(const octet_fully_connected_params *p) {
    return (octet_window_shape){.batches = p->rows,
                                .in_h = 1,
                                .in_w = 1,
                                .in_c = p->depth,
                                .out_h = 1,
                                .out_w = 1,
                                .filter_h = 1,
                                .filter_w = 1,
                                .stride_h = 1,
                                .stride_w = 1,
                                .dilation_h = 1,
                                .dilation_w = 1,
                                .groups = 1,
                                ONE_CELL};
}

octet_status octet_windows_make(octet_context *ctx, octet_arena *arena, const octet_window_shape *shape, size_t element,
                                bool in_place, octet_windows *out) {
    *out = (octet_windows){.shape = *shape, .element = element};
    int64_t padded_h = ((int64_t)shape->out_h - 1) * shape->stride_h +
                       ((int64_t)shape->cell_h - 1) * shape->cell_step_h +
                       ((int64_t)shape->filter_h - 1) * shape->dilation_h + 1;
    int64_t padded_w = ((int64_t)shape->out_w - 1) * shape->stride_w +
                       ((int64_t)shape->cell_w - 1) * shape->cell_step_w +
                       ((int64_t)shape->filter_w - 1) * shape->dilation_w + 1;
    out->whole = in_place && !shape->pad_top && !shape->pad_left && padded_h <= shape->in_h && padded_w <= shape->in_w;
    if (out->whole) {
        padded_h = shape->in_h;
        padded_w = shape->in_w;
    }
    size_t rows, pixels, bytes;
    const size_t limit = (size_t)1 << 40;
    OCTET_CHECK(
        ctx,
        padded_h > 0 && padded_w > 0 && padded_h <= INT32_MAX && padded_w <= INT32_MAX &&
            octet_multiply_size((size_t)shape->batches, (size_t)padded_h, &rows) &&
            octet_multiply_size(rows, (size_t)padded_w, &pixels) &&
            octet_multiply_size(pixels, (size_t)shape->in_c * element, &bytes) && bytes < limit && rows < UINT32_MAX,
        OCTET_LIMIT, "a padded input of %lld x %lld positions is too large", (long long)padded_h, (long long)padded_w);
    out->padded_h = (int32_t)padded_h;
    out->padded_w = (int32_t)padded_w;
    out->pixel = (size_t)shape->in_c * element;
    out->row = out->pixel * (size_t)padded_w;
    out->sample = out->row * (size_t)padded_h;
    out->n_positions = (size_t)shape->batches * (size_t)shape->out_h * (size_t)shape->out_w;
    out->prepared_bytes = bytes + OCTET_WINDOW_SLACK;
    const bool runs = shape->dilation_w == 1 && shape->groups == 1; /* a filter row is contiguous */
    const uint32_t per_row = runs ? 1 : (uint32_t)shape->filter_w;
    out->segment_elements = (uint32_t)(shape->in_c / shape->groups) * (runs ? (uint32_t)shape->filter_w : 1);
    out->n_segments = (uint32_t)shape->filter_h * per_row;
    size_t *offsets;
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_segments, &offsets));
    for (uint32_t i = 0; i < out->n_segments; i++) {
        offsets[i] = (size_t)(i / per_row) * (size_t)shape->dilation_h * out->row +
                     (size_t)(i % per_row) * (size_t)shape->dilation_w * out->pixel;
    }
    out->segment_offsets = offsets;
    size_t *cells;
    const uint32_t cell_w = (uint32_t)shape->cell_w;
    out->n_cells = (uint32_t)shape->cell_h * cell_w;
    OCTET_TRY(OCTET_NEW(ctx, arena, out->n_cells, &cells));
    for (uint32_t i = 0; i < out->n_cells; i++)
        cells[i] = (size_t)(i / cell_w) * (size_t)shape->cell_step_h * out->row +
                   (size_t)(i % cell_w) * (size_t)shape->cell_step_w * out->pixel;
    out->cell_offsets = cells;
    if (shape->filter_h == 1 && per_row == 1) return OCTET_OK;
    if (runs && out->row == out->segment_elements * element &&
        shape->dilation_h == 1) { /* windows as wide as the input: one segment */
        out->segment_elements *= out->n_segments;
        out->n_segments = 1;
    }
    return OCTET_OK;
}

octet_windows_cursor octet_windows_seek(const octet_windows *w, const void *prepared, size_t position) {
    const octet_window_shape *s = &w->shape;
    const size_t out_w = (size_t)s->out_w, out_h = (size_t)s->out_h;
    octet_windows_cursor c = {.x = position % out_w, .y = position / out_w % out_h};
    c.sample = (const uint8_t *)prepared + position / out_w / out_h * w->sample;
    c.row = c.sample + c.y * (size_t)s->stride_h * w->row;
    return c;
}

void octet_windows_next(const octet_windows *w, octet_windows_cursor *c, uint32_t n, const uint8_t **rows) {
    const octet_window_shape *s = &w->shape;
    const size_t step = (size_t)s->stride_w * w->pixel;
    while (n > 0) {
        const size_t left = (size_t)s->out_w - c->x; /* in this row */
        const uint32_t count = left < n ? (uint32_t)left : n;
        const uint8_t *first = c->row + c->x * step;
        for (uint32_t i = 0; i < count; i++, first += step) {
            *rows++ = first; /* the first cell has offset 0 */
            for (uint32_t k = 1; k < w->n_cells; k++) *rows++ = first + w->cell_offsets[k];
        }
        n -= count;
        c->x += count;
        if (c->x < (size_t)s->out_w) return;
        c->x = 0;
        if (++c->y < (size_t)s->out_h) {
            c->row += (size_t)s->stride_h * w->row;
        } else {
            c->y = 0;
            c->row = c->sample += w->sample;
        }
    }
}

/* The part of padded row `unit` that comes from the input: columns [left, left
 * + n) from *source; n = 0 for a padding row. */
typedef struct span {
    const uint8_t *source;
    size_t left, n, right; /* elements: padding, input, padding */
} span;

static span span_of(const octet_windows *w, const void *input, size_t input_element, uint32_t unit) {
    const octet_window_shape *s = &w->shape;
    const int32_t y = (int32_t)(unit % (uint32_t)w->padded_h) - s->pad_top;
    const size_t c = (size_t)s->in_c, all = (size_t)w->padded_w * c;
    if (y < 0 || y >= s->in_h) return (span){NULL, all, 0, 0};
    const int32_t left = s->pad_left < w->padded_w ? s->pad_left : w->padded_w;
    const int32_t room = w->padded_w - left, n = s->in_w < room ? s->in_w : room;
    const size_t row = (size_t)(unit / (uint32_t)w->padded_h) * (size_t)s->in_h + (size_t)y;
    const uint8_t *source = (const uint8_t *)input + row * (size_t)s->in_w * c * input_element;
    return (span){source, (size_t)left * c, (size_t)n * c, all - (size_t)(left + n) * c};
}

void octet_windows_prepare_u8(const octet_windows *w, const void *input, int32_t zero_point, void *prepared,
                              uint32_t begin, uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const span s = span_of(w, input, 1, unit);
        uint8_t *out = (uint8_t *)prepared + unit * w->row;
        memset(out, zero_point + 128, s.left);
        if (s.n > 0) octet_flip_signs(s.source, out + s.left, s.n);
        memset(out + s.left + s.n, zero_point + 128, s.right);
    }
}

void octet_windows_prepare_s8(const octet_windows *w, const void *input, int32_t zero_point, void *prepared,
                              uint32_t begin, uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const span s = span_of(w, input, 1, unit);
        uint8_t *out = (uint8_t *)prepared + unit * w->row;
        memset(out, zero_point, s.left);
        if (s.n > 0) memcpy(out + s.left, s.source, s.n);
        memset(out + s.left + s.n, zero_point, s.right);
    }
}

#if OCTET_FAST_X86
OCTET_TARGET_FAST_AVX2
#endif
static void widen(const int8_t *in, size_t n, int16_t zero_point, int16_t *out) {
    for (size_t i = 0; i < n; i++) out[i] = (int16_t)(in[i] - zero_point);
}

void octet_windows_prepare_s16(const octet_windows *w, const void *input, int32_t zero_point, void *prepared,
                               uint32_t begin, uint32_t end) {
    for (uint32_t unit = begin; unit < end; unit++) {
        const span s = span_of(w, input, 1, unit);
        int16_t *out = (int16_t *)(void *)((uint8_t *)prepared + unit * w->row);
        memset(out, 0, s.left * sizeof *out);
        if (s.n > 0) widen((const int8_t *)s.source, s.n, (int16_t)zero_point, out + s.left);
        memset(out + s.left + s.n, 0, s.right * sizeof *out);
    }
}

void octet_windows_prepare_f32(const octet_windows *w, const void *input, int32_t zero_point, void *prepared,
                               uint32_t begin, uint32_t end) {
    (void)zero_point;
    for (uint32_t unit = begin; unit < end; unit++) {
        const span s = span_of(w, input, sizeof(float), unit);
        uint8_t *out = (uint8_t *)prepared + unit * w->row;
        memset(out, 0, s.left * sizeof(float));
        if (s.n > 0) memcpy(out + s.left * sizeof(float), s.source, s.n * sizeof(float));
        memset(out + (s.left + s.n) * sizeof(float), 0, s.right * sizeof(float));
    }
}
