#include "kernels/fast/strips.h"

#include <string.h>

#include "kernels/fast/select.h"

enum { GROUP = OCTET_STRIPS_CHANNELS, STRIDE = 2, MOST_CELLS = 2, MOST_PAIRS = 15, BLOCK = 32, OTHER_LANES = 8 };

static bool fits(const octet_window_shape *s) {
    return s->in_c == 1 && s->groups == 1 && s->dilation_h == 1 && s->dilation_w == 1 && s->stride_w == STRIDE &&
           s->cell_h <= MOST_CELLS && s->cell_w <= MOST_CELLS && s->cell_h * s->cell_w > 1 &&
           s->filter_w <= 2 * OCTET_STRIPS_PAIRS;
}

/* Small windows keep a product (product.h) waiting, so that a third more multiplications than it needs are still
 * faster: with AVX2 3x3x1 to 32 outputs, pooled to 13x13, takes 6.7 us instead of 8.4. */
static bool pays(const octet_window_shape *s, uint32_t n_outputs, uint32_t lanes) {
    const uint64_t columns = (uint64_t)s->out_w, outputs = n_outputs;
    const uint64_t own = (columns + lanes - 1) / lanes * lanes * ((outputs + GROUP - 1) / GROUP * GROUP),
                   others = columns * ((outputs + OTHER_LANES - 1) / OTHER_LANES * OTHER_LANES);
    return s->filter_h * ((s->filter_w + 1) / 2) <= MOST_PAIRS && 3 * own <= 4 * others;
}

/* The last pair of an odd filter row multiplies one column by 0; absent outputs are 0. */
static octet_status pack(octet_context *ctx, octet_arena *arena, octet_strips *c, const octet_requantize *q,
                         const int8_t *weights, const int32_t *bias) {
    const size_t h = (size_t)c->windows.shape.filter_h, w = (size_t)c->windows.shape.filter_w,
                 n = ((size_t)c->n_outputs + GROUP - 1) / GROUP * GROUP, lanes = c->kernel->lanes;
    int16_t *packed;
    int32_t *channel, *sums;
    OCTET_TRY(
        octet_arena_allocate(ctx, arena, n * h * c->pairs * 2 * sizeof *packed, OCTET_ALIGNMENT, (void **)&packed));
    OCTET_TRY(OCTET_NEW(ctx, arena, n * lanes, &channel));
    OCTET_TRY(octet_arena_allocate(ctx, arena, n * lanes * sizeof *sums, OCTET_ALIGNMENT, (void **)&sums));
    for (size_t o = 0; o < n; o++) {
        for (size_t i = 0; i < lanes; i++) {
            channel[o * lanes + i] = o < c->n_outputs ? (int32_t)o : -1;
            sums[o * lanes + i] = o < c->n_outputs && bias != NULL ? bias[o] : 0;
        }
        for (size_t i = 0; i < h * w && o < c->n_outputs; i++)
            packed[(o * h + i / w) * c->pairs * 2 + i % w] = (int16_t)(weights[o * h * w + i] - q->weight_zero_point);
    }
    c->weights = packed;
    return octet_scale_pack(ctx, arena, q, channel, n * lanes, sums, &c->scale);
}

octet_status octet_strips_make(octet_context *ctx, octet_arena *arena, uint32_t cpu, const octet_window_shape *shape,
                               uint32_t n_outputs, const octet_requantize *q, const int8_t *weights,
                               const int32_t *bias, octet_strips **out) {
    *out = NULL;
    const octet_strips_kernel *kernel = octet_select_strips(cpu);
    if (kernel == NULL || !fits(shape) || !pays(shape, n_outputs, kernel->lanes)) return OCTET_OK;
    octet_strips *c;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &c));
    *c = (octet_strips){.kernel = kernel,
                        .n_outputs = n_outputs,
                        .pairs = (uint32_t)(shape->filter_w + 1) / 2,
                        .zero_point = q->input_zero_point};
    OCTET_TRY(octet_windows_make(ctx, arena, shape, sizeof(int16_t), false, &c->windows));
    OCTET_TRY(pack(ctx, arena, c, q, weights, bias));
    *out = c;
    return OCTET_OK;
}

uint32_t octet_strips_units(const octet_strips *c, uint32_t phase) {
    const octet_window_shape *s = &c->windows.shape;
    return (uint32_t)s->batches * (uint32_t)(phase == 0 ? c->windows.padded_h : s->out_h);
}

size_t octet_strips_shared_bytes(const octet_strips *c) { return c->windows.prepared_bytes; }

/* Of n columns, `left` outputs that are side by side. */
static void store(const int8_t *bytes, size_t n, size_t left, size_t pixel, int8_t *out) {
    if (left >= GROUP)
        for (size_t i = 0; i < n; i++) memcpy(out + i * pixel, bytes + i * GROUP, GROUP);
    else
        for (size_t i = 0; i < n; i++) memcpy(out + i * pixel, bytes + i * GROUP, left);
}

static void run_row(const octet_strips *c, const int16_t *input, int8_t *output) {
    int32_t sums[BLOCK * OCTET_STRIPS_LANES];
    int8_t bytes[BLOCK * OCTET_STRIPS_LANES];
    const size_t n_outputs = c->n_outputs, n_columns = (size_t)c->windows.shape.out_w, lanes = c->kernel->lanes;
    for (size_t column = 0; column < n_columns; column += lanes) {
        const size_t n = n_columns - column < lanes ? n_columns - column : lanes;
        for (size_t first = 0; first < n_outputs; first += BLOCK) {
            const size_t count = n_outputs - first < BLOCK ? n_outputs - first : BLOCK,
                         end = first + (count + GROUP - 1) / GROUP * GROUP;
            c->kernel->sums(c, input + STRIDE * column, first, end, sums);
            c->kernel->bytes(c, first, end, sums, bytes);
            for (size_t o = 0; o < count; o += GROUP)
                store(bytes + o * lanes, n, count - o, n_outputs, output + column * n_outputs + first + o);
        }
    }
}

void octet_strips_run(const octet_strips *c, uint32_t phase, const int8_t *input, void *shared, int8_t *output,
                      uint32_t begin, uint32_t end) {
    if (phase == 0) {
        octet_windows_prepare_s16(&c->windows, input, c->zero_point, shared, begin, end);
        return;
    }
    const size_t out_w = (size_t)c->windows.shape.out_w;
    for (uint32_t unit = begin; unit < end; unit++) {
        const octet_windows_cursor at = octet_windows_seek(&c->windows, shared, unit * out_w);
        run_row(c, (const int16_t *)(const void *)at.row, output + unit * out_w * c->n_outputs);
    }
}
