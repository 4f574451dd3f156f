#include "kernels/fast/product.h"

#include <string.h>

#include "base/checked.h"
#include "kernels/fast/select.h"
#include "kernels/ref/conv.h"

/* So many blocks of windows, if there are so many tiles, let threads have equal shares. */
enum { BLOCKS_TO_SHARE = 32 };
enum { L1_BYTES = 24 << 10, L2_BYTES = 256 << 10, FETCH_TILES = 3 };
/* Cycles per 4 inputs, 8 outputs and window, as pairs.c estimates them, below which pairs.h is faster than vpmaddwd. */
#define PAIRS_WORTH 1.25
enum { PAIRS_SAMPLES = 8 }; /* panels that are looked at before it is decided */

static size_t windows_of(const octet_window_shape *s) {
    return (size_t)s->batches * (size_t)s->out_h * (size_t)s->out_w * (size_t)s->cell_h * (size_t)s->cell_w;
}

/* Everything but weights and constants. */
static octet_status make(octet_context *ctx, octet_arena *arena, const octet_product_kernel *kernel,
                         const octet_window_shape *shape, uint32_t n_outputs, octet_product *p) {
    *p =
        (octet_product){.kernel = kernel, .n_outputs = n_outputs, .group_outputs = n_outputs / (uint32_t)shape->groups};
    const bool copies = kernel->prepare == octet_windows_prepare_f32 || kernel->prepare == octet_windows_prepare_s8;
    OCTET_TRY(octet_windows_make(ctx, arena, shape, kernel->element, copies, &p->windows));
    p->direct = p->windows.whole && p->windows.segment_elements % kernel->k_group == 0;
    const uint32_t width = kernel->lanes * kernel->vectors;
    p->panels_per_group = (p->group_outputs + width - 1) / width;
    p->n_panels = p->panels_per_group * (uint32_t)shape->groups;
    octet_product_span *spans;
    OCTET_TRY(OCTET_NEW(ctx, arena, p->n_panels, &spans));
    for (uint32_t i = 0; i < p->n_panels; i++) {
        const uint32_t at = i % p->panels_per_group * width, left = p->group_outputs - at;
        spans[i] = (octet_product_span){i / p->panels_per_group * p->group_outputs + at, left < width ? left : width};
    }
    p->spans = spans;
    const uint32_t multiple = kernel->k_multiple > 0 ? kernel->k_multiple : kernel->k_group;
    p->steps = (p->windows.segment_elements + multiple - 1) / multiple * (multiple / kernel->k_group);
    size_t lanes = (size_t)p->windows.n_segments * p->steps * kernel->k_group;
    OCTET_CHECK(ctx,
                octet_multiply_size(lanes, (size_t)width * kernel->weight_bytes, &p->panel_bytes) &&
                    p->panel_bytes < (size_t)1 << 40,
                OCTET_LIMIT, "a window of %zu elements is too large", lanes);
    const size_t window_bytes = lanes * kernel->element;
    const uint32_t tile_positions = kernel->max_rows / p->windows.n_cells;
    p->tiles = (p->windows.n_positions + tile_positions - 1) / tile_positions;
    if (kernel->block != NULL) {
        p->lines = octet_lines_of(&p->windows);
        p->tiles = (p->lines.n_parts + 1) / 2;
    }
    p->tiles_per_block = L1_BYTES / (window_bytes * kernel->max_rows + 1);
    if (p->tiles_per_block < 1) p->tiles_per_block = 1;
    const size_t share = p->tiles / BLOCKS_TO_SHARE + 1, most = share < 8 && kernel->block == NULL ? share : 8;
    if (p->tiles_per_block > most) p->tiles_per_block = most;
    p->n_blocks = (p->tiles + p->tiles_per_block - 1) / p->tiles_per_block;
    /* Large weights are read once if all windows pass each panel; windows that do not stay near must then come again
     * for every panel. */
    const size_t weights = p->panel_bytes * p->n_panels, all_windows = windows_of(shape) * window_bytes;
    const size_t input = all_windows < p->windows.prepared_bytes ? all_windows : p->windows.prepared_bytes;
    p->panel_major = weights > L2_BYTES && (input <= L2_BYTES || p->n_panels * input < p->n_blocks * weights);
    OCTET_CHECK(ctx, p->n_blocks * p->n_panels < UINT32_MAX, OCTET_LIMIT, "a product of %zu positions is too large",
                p->windows.n_positions);
    return OCTET_OK;
}

/* Packed order: panel, segment, step, vector, lane, element of the group. */
static void pack_panel(const octet_product *p, uint32_t panel, const void *weights, size_t size, int16_t zero_point,
                       uint8_t *out) {
    const octet_product_kernel *kernel = p->kernel;
    const size_t run = p->windows.segment_elements, group = kernel->k_group;
    const size_t first = octet_product_first(p, panel), n = octet_product_width(p, panel);
    const size_t lanes = (n + kernel->lanes - 1) / kernel->lanes * kernel->lanes; /* absent vectors take no place */
    for (size_t lane = 0; lane < n; lane++) {
        const uint8_t *source = (const uint8_t *)weights + (first + lane) * run * p->windows.n_segments * size;
        uint8_t *place = out + lane * group * kernel->weight_bytes;
        for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
            for (size_t k = 0; k < p->steps * group; k += group, place += lanes * group * kernel->weight_bytes) {
                if (k >= run) continue;
                const size_t count = run - k < group ? run - k : group;
                if (size == kernel->weight_bytes) {
                    memcpy(place, source, count * size);
                } else {
                    for (size_t i = 0; i < count; i++) {
                        const int16_t wide = (int16_t)((int8_t)source[i] - zero_point);
                        memcpy(place + i * sizeof wide, &wide, sizeof wide);
                    }
                }
                source += count * size;
            }
        }
    }
}

static void pack(const octet_product *p, const void *weights, size_t size, int16_t zero_point, uint8_t *out) {
    for (uint32_t panel = 0; panel < p->n_panels; panel++)
        pack_panel(p, panel, weights, size, zero_point, out + panel * p->panel_bytes);
}

/* Bias with the zero-point correction: sum w * (x - z) = sum w * (x + 128) - (128 + z) * sum w, modulo 2^32. */
static octet_status constants(octet_context *ctx, octet_arena *arena, octet_product *p, const octet_requantize *q,
                              const int8_t *weights, const int32_t *bias) {
    const octet_product_kernel *kernel = p->kernel;
    const size_t width = (size_t)kernel->lanes * kernel->vectors, lanes = (p->n_panels * width + 15) / 16 * 16;
    const size_t depth = (size_t)p->windows.segment_elements * p->windows.n_segments;
    int32_t *channel, *folded;
    OCTET_TRY(OCTET_NEW(ctx, arena, lanes, &channel));
    OCTET_TRY(octet_arena_allocate(ctx, arena, lanes * sizeof *folded, OCTET_ALIGNMENT, (void **)&folded));
    for (size_t i = 0; i < lanes; i++) channel[i] = -1;
    for (uint32_t panel = 0; panel < p->n_panels; panel++) {
        const uint32_t first = octet_product_first(p, panel), n = octet_product_width(p, panel);
        for (uint32_t lane = 0; lane < n; lane++) {
            const size_t c = first + lane;
            uint32_t sum = bias != NULL ? (uint32_t)bias[c] : 0;
            if (kernel->input_offset != OCTET_PRODUCT_NO_OFFSET) {
                int64_t total = 0;
                for (size_t k = 0; k < depth; k++) total += weights[c * depth + k];
                sum -= (uint32_t)total * (uint32_t)(kernel->input_offset + q->input_zero_point);
            }
            if (p->pairs != NULL) sum += (uint32_t)p->pairs[panel].correction[lane];
            channel[panel * width + lane] = (int32_t)c;
            folded[panel * width + lane] = (int32_t)sum;
        }
    }
    return octet_scale_pack(ctx, arena, q, channel, lanes, folded, &p->scale);
}

/* Lists of steps of panels `distance` apart, into `arena`; adds to *cost. offsets, steps: those of a panel, room. */
static octet_status pack_pairs(octet_context *ctx, octet_arena *arena, const octet_product *p, const int8_t *weights,
                               uint32_t distance, const uint32_t *offsets, uint8_t *steps, octet_pairs_panel *panels,
                               double *cost) {
    for (uint32_t panel = 0; panel < p->n_panels; panel += distance) {
        memset(steps, 0, p->panel_bytes); /* a panel may have fewer lanes than the one before */
        pack_panel(p, panel, weights, 1, 0, steps);
        OCTET_TRY(octet_pairs_pack(ctx, arena, (const int8_t *)steps, offsets, p->windows.n_segments * p->steps,
                                   &panels[panel], cost));
    }
    return OCTET_OK;
}

/* Packs into lists of steps (pairs.h) when that takes less time than the kernel that was chosen; *done says so. */
static octet_status try_pairs(octet_context *ctx, octet_arena *arena, const octet_product_kernel *kernel,
                              const octet_window_shape *shape, uint32_t n_outputs, const int8_t *weights,
                              octet_product *p, bool *done) {
    *done = false;
    octet_product q;
    octet_arena temporary = {0};
    OCTET_TRY(make(ctx, arena, kernel, shape, n_outputs, &q));
    const uint32_t n_steps = q.windows.n_segments * q.steps,
                   distance = (q.n_panels + PAIRS_SAMPLES - 1) / PAIRS_SAMPLES;
    if (q.windows.sample * (size_t)shape->batches > UINT32_MAX) return OCTET_OK; /* offsets have 32 bits */
    uint32_t *offsets;
    octet_pairs_panel *panels;
    uint8_t *steps;
    double cost = 0, ignored = 0;
    octet_status status = OCTET_NEW(ctx, &temporary, n_steps, &offsets);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, &temporary, q.panel_bytes, &steps);
    if (status == OCTET_OK) status = OCTET_NEW(ctx, arena, q.n_panels, &panels);
    for (uint32_t i = 0; status == OCTET_OK && i < n_steps; i++)
        offsets[i] = (uint32_t)(q.windows.segment_offsets[i / q.steps] + i % q.steps * q.kernel->k_group);
    if (status == OCTET_OK) status = pack_pairs(ctx, &temporary, &q, weights, distance, offsets, steps, panels, &cost);
    const uint32_t n_samples = (q.n_panels + distance - 1) / distance;
    if (status == OCTET_OK && cost < PAIRS_WORTH * n_steps * n_samples) {
        *done = true;
        *p = q;
        p->pairs = panels;
        status = pack_pairs(ctx, arena, &q, weights, 1, offsets, steps, panels, &ignored);
    }
    octet_arena_free(ctx, &temporary);
    return status;
}

/* Cycles of two parts of lines by a panel, as measured on a Sapphire Rapids: tiles take 32 per part and step, whatever
 * the rows and however little of a step a segment fills, while 64 sums are requantized in 17; AVX-512 VNNI adds 128
 * products in one and requantizes one after the other. */
static bool lines_pay(const octet_product *p) {
    if (p->kernel->max_steps > 0)
        return p->windows.n_segments * p->steps <= p->kernel->max_steps && p->lines.n_parts > 1;
    const double n_parts = p->lines.n_parts > 1 ? 2 : 1, n_rows = n_parts * p->lines.part;
    const double n_vectors = p->group_outputs > 16 ? 2 : 1, n_segments = p->windows.n_segments;
    const double steps = n_segments * p->steps * p->kernel->k_group / 64;
    const double scale = n_rows * 2 * 4.25, add = 32 * n_parts * steps;
    const double other = n_rows * n_vectors * (n_segments * ((p->windows.segment_elements + 3) / 4) * 0.55 + 5);
    return 150 + (add > scale ? add : scale) < other;
}

/* All windows of all positions as positions of their own. */
static octet_window_shape without_cells(const octet_window_shape *s) {
    octet_window_shape single = *s;
    if (s->cell_h * s->cell_w == 1) return single;
    single.out_h *= s->cell_h;
    single.out_w *= s->cell_w;
    single.stride_h = s->cell_step_h;
    single.stride_w = s->cell_step_w;
    single.cell_h = single.cell_w = 1;
    return single;
}

octet_status octet_product_make_s8(octet_context *ctx, octet_arena *arena, uint32_t cpu,
                                   const octet_window_shape *shape, uint32_t n_outputs, const octet_requantize *q,
                                   const int8_t *weights, const int32_t *bias, octet_product **out) {
    *out = NULL;
    const octet_product_kernel *pairs,
        *kernel = octet_select_product_s8(cpu, q->weight_zero_point != 0, n_outputs / (uint32_t)shape->groups,
                                          windows_of(shape), &pairs);
    const uint32_t n_cells = (uint32_t)shape->cell_h * (uint32_t)shape->cell_w;
    if (kernel == NULL || (n_cells > 1 && (!kernel->pools || n_cells > kernel->max_rows))) return OCTET_OK;
    octet_product *p;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &p));
    const octet_product_kernel *lines = octet_select_product_lines(cpu, q->weight_zero_point != 0);
    bool paired = false, lined = false;
    if (lines != NULL && (n_cells == 1 || lines->max_steps == 0)) {
        const octet_window_shape single = without_cells(shape);
        OCTET_TRY(make(ctx, arena, lines, &single, n_outputs, p));
        lined = lines_pay(p);
    }
    if (lined && n_cells > 1) return OCTET_OK; /* faster, though the pool comes after */
    if (!lined && pairs != NULL) OCTET_TRY(try_pairs(ctx, arena, pairs, shape, n_outputs, weights, p, &paired));
    if (!lined && !paired) OCTET_TRY(make(ctx, arena, kernel, shape, n_outputs, p));
    p->zero_point = q->input_zero_point;
    if (!paired) {
        uint8_t *packed;
        OCTET_TRY(octet_arena_allocate(ctx, arena, p->panel_bytes * p->n_panels, OCTET_ALIGNMENT, (void **)&packed));
        pack(p, weights, 1, (int16_t)q->weight_zero_point, packed);
        p->weights = packed;
    }
    OCTET_TRY(constants(ctx, arena, p, q, weights, bias));
    *out = p;
    return OCTET_OK;
}

octet_status octet_product_make_f32(octet_context *ctx, octet_arena *arena, uint32_t cpu,
                                    const octet_window_shape *shape, uint32_t n_outputs, float real_min, float real_max,
                                    const float *weights, const float *bias, octet_product **out) {
    *out = NULL;
    const octet_product_kernel *kernel =
        octet_select_product_f32(cpu, n_outputs / (uint32_t)shape->groups, windows_of(shape));
    if (kernel == NULL) return OCTET_OK;
    octet_product *p;
    OCTET_TRY(OCTET_NEW(ctx, arena, 1, &p));
    OCTET_TRY(make(ctx, arena, kernel, shape, n_outputs, p));
    const size_t depth = (size_t)p->windows.segment_elements * p->windows.n_segments;
    /* The reference leaves taps out, tiles multiply them by 0. */
    if (!p->direct && !octet_conv_zeros_are_neutral(weights, depth * n_outputs, bias, n_outputs)) return OCTET_OK;
    p->real_min = real_min;
    p->real_max = real_max;
    uint8_t *packed;
    OCTET_TRY(octet_arena_allocate(ctx, arena, p->panel_bytes * p->n_panels, OCTET_ALIGNMENT, (void **)&packed));
    pack(p, weights, sizeof(float), 0, packed);
    p->weights = packed;
    const uint32_t width = kernel->lanes * kernel->vectors;
    float *padded;
    OCTET_TRY(octet_arena_allocate(ctx, arena, (size_t)p->n_panels * width * sizeof *padded, OCTET_ALIGNMENT,
                                   (void **)&padded));
    for (uint32_t panel = 0; bias != NULL && panel < p->n_panels; panel++) {
        memcpy(padded + panel * width, bias + octet_product_first(p, panel),
               octet_product_width(p, panel) * sizeof *padded);
    }
    p->bias = padded;
    *out = p;
    return OCTET_OK;
}

uint32_t octet_product_prepare_units(const octet_product *p) {
    return p->direct ? 0 : (uint32_t)p->windows.shape.batches * (uint32_t)p->windows.padded_h;
}
uint32_t octet_product_units(const octet_product *p) { return (uint32_t)(p->n_blocks * p->n_panels); }
size_t octet_product_shared_bytes(const octet_product *p) { return p->direct ? 0 : p->windows.prepared_bytes; }

void octet_product_prepare(const octet_product *p, const void *input, void *shared, uint32_t begin, uint32_t end) {
    p->kernel->prepare(&p->windows, input, p->zero_point, shared, begin, end);
}

/* Weights that do not fit the second-level cache come from far away. While tile `tile` is computed, its share of the
 * next panel is fetched: by the kernel if it does that, which finds where behind the rows. */
static void fetch_ahead(const octet_product *p, uint32_t next, size_t tile, const uint8_t **ahead) {
    const uint8_t *weights = p->weights + next * p->panel_bytes;
    size_t size = p->panel_bytes;
    if (p->pairs != NULL) {
        weights = (const uint8_t *)p->pairs[next].weights;
        size = octet_pairs_bytes(&p->pairs[next]);
    }
    const size_t share = (size / p->tiles / 64 + 1) * 64, begin = tile * share,
                 end = begin + share < size ? begin + share : size;
    if (p->kernel->fetches) {
        ahead[0] = weights + (begin < end ? begin : end);
        ahead[1] = weights + end;
    } else {
        for (size_t i = begin; i < end; i += 64) __builtin_prefetch(weights + i, 0, 2);
    }
}

/* Panels [first, last) of tiles [first_tile, last_tile): the addresses of a tile's windows serve all of them. */
static void run_tiles(const octet_product *p, const uint8_t *prepared, uint8_t *output, size_t first_tile,
                      size_t last_tile, uint32_t first, uint32_t last) {
    const size_t out_element = p->kernel->element == sizeof(float) ? sizeof(float) : 1;
    const size_t group_bytes = (size_t)(p->windows.shape.in_c / p->windows.shape.groups) * p->kernel->element;
    const size_t n_rows = p->windows.n_positions / p->tiles,
                 n_longer = p->windows.n_positions % p->tiles; /* by one: the first tiles */
    const size_t position = first_tile * n_rows + (first_tile < n_longer ? first_tile : n_longer);
    while (first < last) {
        const uint32_t group = first / p->panels_per_group, group_end = (group + 1) * p->panels_per_group;
        const uint32_t end = last < group_end ? last : group_end;
        octet_windows_cursor cursor = octet_windows_seek(&p->windows, prepared + group * group_bytes, position);
        uint8_t *out = output + position * p->n_outputs * out_element;
        for (size_t tile = first_tile; tile < last_tile; tile++) {
            const uint32_t n = (uint32_t)n_rows + (tile < n_longer);
            const uint8_t *rows[OCTET_PRODUCT_MAX_ROWS + 2];
            const uint32_t n_windows = n * p->windows.n_cells;
            octet_windows_next(&p->windows, &cursor, n, rows);
            rows[n_windows] = rows[n_windows + 1] = NULL;
            if (p->panel_major && p->tiles >= FETCH_TILES && first + 1 < p->n_panels)
                fetch_ahead(p, first + 1, tile, rows + n_windows);
            for (uint32_t panel = first; panel < end; panel++) {
                p->kernel->tile(p, panel, rows, n_windows, out + octet_product_first(p, panel) * out_element);
            }
            out += n * p->n_outputs * out_element;
        }
        first = end;
    }
}

void octet_product_run(const octet_product *p, const void *input, const void *shared, void *output, uint32_t begin,
                       uint32_t end) {
    const uint8_t *prepared = p->direct ? input : shared;
    octet_product_block *const run = p->kernel->block != NULL ? p->kernel->block : run_tiles;
    if (p->kernel->enter != NULL) p->kernel->enter(p);
    const size_t inner = p->panel_major ? p->n_blocks : p->n_panels;
    for (size_t unit = begin; unit < end;) {
        const size_t outer = unit / inner, first = unit % inner,
                     n = inner - first < end - unit ? inner - first : end - unit;
        const size_t block = p->panel_major ? first : outer, panel = p->panel_major ? outer : first;
        const size_t tile = block * p->tiles_per_block;
        if (p->kernel->block == NULL && !p->panel_major && panel == 0 && end - unit >= inner) { /* whole blocks */
            const size_t n_blocks = (end - unit) / inner, last = tile + n_blocks * p->tiles_per_block;
            run_tiles(p, prepared, output, tile, last < p->tiles ? last : p->tiles, 0, p->n_panels);
            unit += n_blocks * inner;
            continue;
        }
        const size_t stop = tile + (p->panel_major ? n : 1) * p->tiles_per_block;
        run(p, prepared, output, tile, stop < p->tiles ? stop : p->tiles, (uint32_t)panel,
            (uint32_t)panel + (p->panel_major ? 1 : (uint32_t)n));
        unit += n;
    }
    if (p->kernel->leave != NULL) p->kernel->leave();
}
