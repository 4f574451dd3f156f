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
/* Blocks of few tiles and channels stay in the first-level cache when the weights of all panels come from the second
 * for each of them. A plane ends with a gap, so that planes do not meet in the same lines of the cache. */
enum { NEAR_CHANNELS = 64, NEAR_WEIGHTS = 192 << 10, NEAR_BLOCK = 10, GAP = 32 };

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
        const int8_t *filter = weights + lane * 9 * channels;
        uint32_t sum = bias != NULL ? (uint32_t)bias[lane] : 0;
        for (size_t i = 0; i < 9 * channels; i++) sum -= (uint32_t)(filter[i] * q->input_zero_point);
        sums[lane] = (int32_t)sum;
        int16_t *out = packed + lane / LANES * plane * 16;
        for (size_t c = 0; c < channels; c++) {
            int16_t u[16];
            transform_filter(filter + c, channels, u);
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
    OCTET_TRY(octet_windows_make(ctx, arena, &even, 1, false, &w->windows));
    w->tiles_h = (uint32_t)even.out_h / 2;
    w->tiles_w = (uint32_t)even.out_w / 2;
    w->n_tiles = (size_t)shape->batches * w->tiles_h * w->tiles_w;
    w->n_panels = (n_outputs + LANES - 1) / LANES;
    w->near = shape->in_c <= NEAR_CHANNELS && (size_t)shape->in_c * w->n_panels * LANES * 32 <= NEAR_WEIGHTS;
    const size_t block = w->near ? NEAR_BLOCK : BLOCK;
    w->n_blocks = (w->n_tiles + block - 1) / block;
    w->row_elements = ((size_t)shape->in_c + VECTOR - 1) / VECTOR * VECTOR;
    w->plane_elements = block * w->row_elements + GAP;
    w->transformed_offset = (w->windows.prepared_bytes + OCTET_ALIGNMENT - 1) / OCTET_ALIGNMENT * OCTET_ALIGNMENT;
    OCTET_CHECK(ctx, w->n_blocks * w->n_panels < UINT32_MAX, OCTET_LIMIT, "a convolution of %zu tiles is too large",
                w->n_tiles);
    OCTET_TRY(pack(ctx, arena, w, q, weights, bias));
    *out = w;
    return OCTET_OK;
}

uint32_t octet_winograd_phases(const octet_winograd *w) { return w->near ? 2 : 3; }

uint32_t octet_winograd_units(const octet_winograd *w, uint32_t phase) {
    if (phase == 0) return (uint32_t)w->windows.shape.batches * (uint32_t)w->windows.padded_h;
    return w->near || phase == 1 ? (uint32_t)w->n_blocks : (uint32_t)(w->n_panels * w->n_blocks);
}

size_t octet_winograd_shared_bytes(const octet_winograd *w) {
    if (w->near) return w->windows.prepared_bytes;
    return w->transformed_offset + 16 * w->n_blocks * w->plane_elements * sizeof(int16_t);
}

/* Tile `block` begins with. */
static size_t first_tile(const octet_winograd *w, size_t block) { return block * w->n_tiles / w->n_blocks; }

static void run_near(const octet_winograd *w, const int8_t *padded, int8_t *output, uint32_t begin, uint32_t end) {
    _Alignas(OCTET_ALIGNMENT) int16_t planes[16 * (NEAR_BLOCK * NEAR_CHANNELS + GAP)];
    for (size_t block = begin; block < end; block++) {
        const size_t first = first_tile(w, block), n = first_tile(w, block + 1) - first;
        w->kernel->transform(w, padded, planes, first, n);
        for (size_t panel = 0; panel < w->n_panels; panel++) w->kernel->multiply(w, planes, output, panel, first, n);
    }
}

void octet_winograd_run(const octet_winograd *w, uint32_t phase, const int8_t *input, void *shared, int8_t *output,
                        uint32_t begin, uint32_t end) {
    if (phase == 0) {
        octet_windows_prepare_s8(&w->windows, input, w->zero_point, shared, begin, end);
        return;
    }
    if (w->near) {
        run_near(w, shared, output, begin, end);
        return;
    }
    int16_t *all = (int16_t *)(void *)((uint8_t *)shared + w->transformed_offset);
    for (size_t unit = begin; unit < end; unit++) {
        const size_t block = unit % w->n_blocks, first = first_tile(w, block), n = first_tile(w, block + 1) - first;
        int16_t *planes = all + 16 * block * w->plane_elements;
        if (phase == 1) w->kernel->transform(w, shared, planes, first, n);
        else w->kernel->multiply(w, planes, output, unit / w->n_blocks, first, n);
    }
}
