#include "kernels/fast/winograd.h"

#include "kernels/fast/select.h"

enum {
    LANES = OCTET_WINOGRAD_LANES,
    BLOCK = OCTET_WINOGRAD_BLOCK,
    VECTOR = 16,
    MAX_CHANNELS = 1024,
    MIN_CHANNELS = 16,
    MIN_TILES = 4
};
/* Transformed weights (32 bytes per pair of channels) that come from far away must serve several blocks of tiles. */
enum { FEW_TILES = 32, LARGE_WEIGHTS = 4 << 20 };

static bool pools(const octet_window_shape *s) { return s->cell_h > 1 || s->cell_w > 1; }

/* Windows of the pool that are no tiles are left to others. */
static bool has_tiles(const octet_window_shape *s) {
    if (!pools(s)) return s->stride_h == 1 && s->stride_w == 1;
    return s->cell_h == 2 && s->cell_w == 2 && s->cell_step_h == 1 && s->cell_step_w == 1 && s->stride_h == 2 &&
           s->stride_w == 2;
}

static bool pays(const octet_window_shape *s, uint32_t n_outputs) {
    if (s->filter_h != 3 || s->filter_w != 3 || s->dilation_h != 1 || s->dilation_w != 1 || !has_tiles(s)) return false;
    if (s->groups != 1 || s->in_c % 2 || s->in_c < MIN_CHANNELS || s->in_c > MAX_CHANNELS || n_outputs < MIN_CHANNELS)
        return false;
    const int64_t tiles =
        pools(s) ? (int64_t)s->out_h * s->out_w : (int64_t)((s->out_h + 1) / 2) * ((s->out_w + 1) / 2);
    if (tiles < FEW_TILES && (int64_t)s->in_c * n_outputs * 32 > LARGE_WEIGHTS) return false;
    /* At least two thirds of the computed outputs must be wanted. */
    return tiles >= MIN_TILES && (pools(s) || (int64_t)s->out_h * s->out_w * 3 >= tiles * 4 * 2);
}

/* (2G) g (2G)^T with 2G = [2 0 0; 1 1 1; 1 -1 1; 0 0 2]. */
static void transform_filter(const int8_t *g, size_t stride, int16_t out[16]) {
    int32_t rows[4][3];
    for (int x = 0; x < 3; x++) {
        const int32_t a = g[(size_t)x * stride], b = g[(size_t)(3 + x) * stride], c = g[(size_t)(6 + x) * stride];
        rows[0][x] = 2 * a;
        rows[1][x] = a + b + c;
        rows[2][x] = a - b + c;
        rows[3][x] = 2 * c;
    }
    for (int y = 0; y < 4; y++) {
        out[4 * y] = (int16_t)(2 * rows[y][0]);
        out[4 * y + 1] = (int16_t)(rows[y][0] + rows[y][1] + rows[y][2]);
        out[4 * y + 2] = (int16_t)(rows[y][0] - rows[y][1] + rows[y][2]);
        out[4 * y + 3] = (int16_t)(2 * rows[y][2]);
    }
}

static octet_status pack(octet_context *ctx, octet_arena *arena, octet_winograd *w, const octet_requantize *q,
                         const int8_t *weights, const int32_t *bias) {
    const size_t channels = (size_t)w->windows.shape.in_c, lanes = (size_t)w->n_panels * LANES,
                 plane = channels * LANES;
    int16_t *packed;
    int32_t *channel, *sums;
    OCTET_TRY(
        octet_arena_allocate(ctx, arena, lanes * channels * 16 * sizeof *packed, OCTET_ALIGNMENT, (void **)&packed));
    OCTET_TRY(OCTET_NEW(ctx, arena, lanes, &channel));
    OCTET_TRY(octet_arena_allocate(ctx, arena, lanes * sizeof *sums, OCTET_ALIGNMENT, (void **)&sums));
    for (size_t lane = 0; lane < lanes; lane++) {
        channel[lane] = lane < w->n_outputs ? (int32_t)lane : -1;
        if (channel[lane] < 0) continue;
        sums[lane] = bias != NULL ? bias[lane] : 0;
        int16_t *out = packed + lane / LANES * plane * 16;
        for (size_t c = 0; c < channels; c++) {
            int16_t u[16];
            transform_filter(weights + lane * 9 * channels + c, channels, u);
            for (size_t i = 0; i < 16; i++) out[i * plane + (c / 2 * LANES + lane % LANES) * 2 + c % 2] = u[i];
        }
    }
    w->weights = packed;
    return octet_scale_pack(ctx, arena, q, channel, lanes, sums, &w->scale);
}

octet_status octet_winograd_make(octet_context *ctx, octet_arena *arena, uint32_t cpu, const octet_window_shape *shape,
                                 uint32_t n_outputs, const octet_requantize *q, const int8_t *weights,
                                 const int32_t *bias, octet_winograd **out) {
    *out = NULL;
    const octet_winograd_kernel *kernel = octet_select_winograd(cpu);
    if (kernel == NULL || q->weight_zero_point != 0 || !pays(shape, n_outputs)) return OCTET_OK;
    octet_winograd *w;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &w));
    *w = (octet_winograd){.kernel = kernel,
                          .out_h = shape->out_h,
                          .out_w = shape->out_w,
                          .pools = pools(shape),
                          .n_outputs = n_outputs,
                          .zero_point = q->input_zero_point};
    octet_window_shape even = *shape;
    even.out_h = w->pools ? 2 * even.out_h : even.out_h + even.out_h % 2;
    even.out_w = w->pools ? 2 * even.out_w : even.out_w + even.out_w % 2;
    even.stride_h = even.stride_w = even.cell_h = even.cell_w = 1;
    OCTET_TRY(octet_windows_make(ctx, arena, &even, sizeof(int16_t), false, &w->windows));
    w->tiles_h = (uint32_t)even.out_h / 2;
    w->tiles_w = (uint32_t)even.out_w / 2;
    w->n_tiles = (size_t)shape->batches * w->tiles_h * w->tiles_w;
    w->n_blocks = (w->n_tiles + BLOCK - 1) / BLOCK;
    w->n_panels = (n_outputs + LANES - 1) / LANES;
    w->row_elements = ((size_t)shape->in_c + VECTOR - 1) / VECTOR * VECTOR;
    w->transformed_offset = (w->windows.prepared_bytes + OCTET_ALIGNMENT - 1) / OCTET_ALIGNMENT * OCTET_ALIGNMENT;
    OCTET_CHECK(ctx, w->n_blocks * w->n_panels < UINT32_MAX, OCTET_LIMIT, "a convolution of %zu tiles is too large",
                w->n_tiles);
    OCTET_TRY(pack(ctx, arena, w, q, weights, bias));
    *out = w;
    return OCTET_OK;
}

uint32_t octet_winograd_units(const octet_winograd *w, uint32_t phase) {
    const uint32_t batches = (uint32_t)w->windows.shape.batches;
    if (phase == 0) return batches * (uint32_t)w->windows.padded_h;
    return phase == 1 ? batches * w->tiles_h : (uint32_t)(w->n_panels * w->n_blocks);
}

size_t octet_winograd_shared_bytes(const octet_winograd *w) {
    return w->transformed_offset + 16 * w->n_tiles * w->row_elements * sizeof(int16_t) + OCTET_WINDOW_SLACK;
}

void octet_winograd_run(const octet_winograd *w, uint32_t phase, const int8_t *input, void *shared, int8_t *output,
                        uint32_t begin, uint32_t end) {
    int16_t *planes = (int16_t *)(void *)((uint8_t *)shared + w->transformed_offset);
    if (phase == 0) octet_windows_prepare_s16(&w->windows, input, w->zero_point, shared, begin, end);
    else if (phase == 1) w->kernel->transform(w, shared, planes, begin, end);
    else w->kernel->multiply(w, planes, output, begin, end);
}
