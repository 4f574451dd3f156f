/* int8 products on AMX tiles: four tiles of sums, of 16 windows by 16 outputs each, take 64 of k per step. Vectors
 * requantize the sums of one place while tiles add up those of the next: the two are units of their own. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx512.h"
#include "kernels/fast/x86/tile_amx.h"

#if defined(OCTET_FAST_AMX)

enum { PARTS = 2, VECTORS = 2, LANES = OCTET_TILE_LANES, WIDTH = VECTORS * LANES, ROWS = PARTS * OCTET_LINES_PART };

/* Sums that wait for requantization: rows of WIDTH. */
typedef struct waiting {
    const int32_t *row; /* the next */
    uint32_t n_rows;
    size_t lane;
    uint32_t width;
    int8_t *out;
} waiting;

/* Weights of the next panel, which come from far away: some lines per step. */
typedef struct ahead {
    const uint8_t *at, *end;
    size_t step_bytes;
} ahead;

OCTET_INLINE void fetch(ahead *f) {
    if (f->at == NULL) return;
    const uint8_t *end = f->at + f->step_bytes;
    for (; f->at < end && f->at < f->end; f->at += 64) __builtin_prefetch(f->at, 0, 2);
}

/* Requantizes the next n pairs of rows. */
#ifndef OCTET_AMX_MODEL
OCTET_INLINE OCTET_TARGET_FAST_AMX void finish(const octet_product *p, int kind, waiting *w, uint32_t n) {
    const octet_scale *s = &p->scale;
    const octet_scale_lanes_512 low = octet_scale_lanes_avx512(s, kind, w->lane),
                                high = octet_scale_lanes_avx512(s, kind, w->lane + LANES);
    const __mmask32 mask = octet_mask_32(w->width);
    const size_t pitch = p->n_outputs;
    const int32_t *row = w->row;
    int8_t *out = w->out;
    uint32_t n_rows = w->n_rows;
    for (; n > 0 && n_rows > 0; n--) {
        const int32_t *second = n_rows > 1 ? row + WIDTH : row;
        const __m512i a = octet_scale_words_avx512(s, kind, &low, octet_sums_in_memory(row), &high,
                                                   octet_sums_in_memory(row + LANES));
        const __m512i b = octet_scale_words_avx512(s, kind, &low, octet_sums_in_memory(second), &high,
                                                   octet_sums_in_memory(second + LANES));
        const __m512i bytes = octet_scale_bytes_avx512(s, a, b);
        _mm256_mask_storeu_epi8(out, mask, _mm512_castsi512_si256(bytes));
        if (n_rows == 1) {
            n_rows = 0;
            break;
        }
        _mm256_mask_storeu_epi8(out + pitch, mask, _mm512_extracti64x4_epi64(bytes, 1));
        row += 2 * WIDTH;
        out += 2 * pitch;
        n_rows -= 2;
    }
    w->row = row;
    w->out = out;
    w->n_rows = n_rows;
}
#else
OCTET_INLINE OCTET_TARGET_FAST_AMX void finish(const octet_product *p, int kind, waiting *w, uint32_t n) {
    for (uint32_t i = 0; i < 2 * n && w->n_rows > 0; i++, w->n_rows--, w->row += WIDTH, w->out += p->n_outputs) {
        for (uint32_t lane = 0; lane < w->width; lane += 16) {
            const __m128i bytes = octet_scale_avx2(&p->scale, kind, w->lane + lane, octet_load_256(w->row + lane),
                                                   octet_load_256(w->row + lane + 8));
            octet_store_bytes_avx2(w->out + lane, bytes, w->width - lane);
        }
    }
}
#endif

/* The sums of `parts` parts of lines by `vectors` vectors of a panel; meanwhile those that wait are requantized. */
OCTET_INLINE OCTET_TARGET_FAST_AMX void multiply(const octet_product *p, uint32_t panel, const octet_lines_part *part,
                                                 int kind, const int parts, const int vectors, waiting *w,
                                                 int32_t *sums, ahead *next) {
    const int32_t *bias = p->scale.bias + (size_t)panel * WIDTH;
    OCTET_TILE_LOAD(0, bias, 0);
    if (parts > 1) OCTET_TILE_LOAD(2, bias, 0);
    if (vectors > 1) OCTET_TILE_LOAD(1, bias + LANES, 0);
    if (parts > 1 && vectors > 1) OCTET_TILE_LOAD(3, bias + LANES, 0);
    const size_t weight_row = (size_t)vectors * OCTET_TILE_ROW_BYTES, stride = p->lines.stride;
    const uint32_t steps = p->steps * p->kernel->k_group / OCTET_TILE_DEPTH, all_steps = steps * p->windows.n_segments;
    const uint32_t pairs_per_step = ((w->n_rows + 1) / 2 + all_steps - 1) / all_steps;
    const uint8_t *weights = p->weights + panel * p->panel_bytes;
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *a = part[0].window + p->windows.segment_offsets[segment],
                      *b = part[parts - 1].window + p->windows.segment_offsets[segment];
        for (uint32_t k = 0; k < steps; k++) {
            OCTET_TILE_LOAD(6, weights, weight_row);
            OCTET_TILE_LOAD(4, a, stride);
            OCTET_TILE_DOT(0, 4, 6);
            if (parts > 1) {
                OCTET_TILE_LOAD(5, b, stride);
                OCTET_TILE_DOT(2, 5, 6);
            }
            if (vectors > 1) {
                OCTET_TILE_LOAD(7, weights + OCTET_TILE_ROW_BYTES, weight_row);
                OCTET_TILE_DOT(1, 4, 7);
                if (parts > 1) OCTET_TILE_DOT(3, 5, 7);
            }
            fetch(next);
            if (w->n_rows > 0) finish(p, kind, w, pairs_per_step);
            a += OCTET_TILE_DEPTH;
            b += OCTET_TILE_DEPTH;
            weights += OCTET_TILE_ROWS * weight_row;
        }
    }
    /* What the second part shares with the first has the same sums. */
    int32_t *second = sums + (p->lines.part - part[parts - 1].skip) * WIDTH;
    const size_t row = WIDTH * sizeof *sums;
    OCTET_TILE_STORE(0, sums, row);
    if (vectors > 1) OCTET_TILE_STORE(1, sums + LANES, row);
    if (parts > 1) OCTET_TILE_STORE(2, second, row);
    if (parts > 1 && vectors > 1) OCTET_TILE_STORE(3, second + LANES, row);
}

/* The share of a tile of a panel, for products that go through panels one by one. */
static ahead ahead_of(const octet_product *p, uint32_t panel, size_t tile) {
    if (!p->panel_major || panel >= p->n_panels) return (ahead){.at = NULL, .end = NULL};
    const uint32_t steps = p->windows.n_segments * p->steps * p->kernel->k_group / OCTET_TILE_DEPTH;
    const size_t share = (p->panel_bytes / p->tiles / 64 + 1) * 64;
    const uint8_t *weights = p->weights + panel * p->panel_bytes, *at = weights + tile * share;
    const uint8_t *end = weights + p->panel_bytes;
    return (ahead){at, at + share < end ? at + share : end, (share / steps / 64 + 1) * 64};
}

OCTET_INLINE OCTET_TARGET_FAST_AMX void block_of(const octet_product *p, const uint8_t *prepared, int8_t *output,
                                                 size_t first_tile, size_t end_tile, uint32_t first, uint32_t end,
                                                 int kind) {
    _Alignas(64) int32_t sums[2][ROWS * WIDTH + LANES];
    waiting w[2] = {{.n_rows = 0}, {.n_rows = 0}};
    int turn = 0;
    while (first < end) {
        const uint32_t group = first / p->panels_per_group, behind = (group + 1) * p->panels_per_group;
        const uint8_t *input = prepared + group * (size_t)(p->windows.shape.in_c / p->windows.shape.groups);
        const uint32_t stop = end < behind ? end : behind;
        octet_lines_cursor cursor = octet_lines_seek(&p->lines, &p->windows, input, PARTS * first_tile);
        for (size_t tile = first_tile; tile < end_tile; tile++) {
            octet_lines_part part[PARTS];
            const bool two = PARTS * tile + 1 < p->lines.n_parts;
            part[0] = octet_lines_next(&p->lines, &p->windows, input, &cursor);
            part[1] = two ? octet_lines_next(&p->lines, &p->windows, input, &cursor) : part[0];
            const uint32_t n_rows = (two ? 2 * p->lines.part - part[1].skip : p->lines.part) - part[0].skip;
            int8_t *out = output + (part[0].position + part[0].skip) * p->n_outputs;
            ahead next = ahead_of(p, first + 1, tile);
            for (uint32_t panel = first; panel < stop; panel++) {
                const bool wide = octet_product_width(p, panel) > LANES;
                if (two && wide) multiply(p, panel, part, kind, 2, 2, &w[turn], sums[turn], &next);
                else if (two) multiply(p, panel, part, kind, 2, 1, &w[turn], sums[turn], &next);
                else if (wide) multiply(p, panel, part, kind, 1, 2, &w[turn], sums[turn], &next);
                else multiply(p, panel, part, kind, 1, 1, &w[turn], sums[turn], &next);
                w[turn] = (waiting){.row = sums[turn] + part[0].skip * WIDTH,
                                    .n_rows = n_rows,
                                    .lane = (size_t)panel * WIDTH,
                                    .width = octet_product_width(p, panel),
                                    .out = out + octet_product_first(p, panel)};
                turn = 1 - turn;
            }
        }
        first = stop;
    }
    for (int i = 0; i < 2; i++) finish(p, kind, &w[i], ROWS);
}

#define BLOCK(kind) block_of(p, prepared, (int8_t *)output, first_tile, end_tile, first, end, kind)
static OCTET_TARGET_FAST_AMX void block(const octet_product *p, const uint8_t *prepared, uint8_t *output,
                                        size_t first_tile, size_t end_tile, uint32_t first, uint32_t end) {
    OCTET_SCALE_SWITCH(&p->scale, BLOCK)
}

static OCTET_TARGET_FAST_AMX void enter(const octet_product *p) {
    octet_tile_shapes shapes = {.palette = 1};
    for (uint32_t i = 0; i < OCTET_TILES; i++) {
        shapes.n_rows[i] = i < 6 ? (uint8_t)p->lines.part : OCTET_TILE_DEPTH / 4;
        shapes.row_bytes[i] = OCTET_TILE_ROW_BYTES;
    }
    OCTET_TILE_CONFIGURE(&shapes);
}

static OCTET_TARGET_FAST_AMX void leave(void) { OCTET_TILE_RELEASE(); }

const octet_product_kernel octet_product_s8_amx = {.name = "amx",
                                                   .block = block,
                                                   .enter = enter,
                                                   .leave = leave,
                                                   .prepare = octet_windows_prepare_s8,
                                                   .element = 1,
                                                   .k_group = 4,
                                                   .k_multiple = OCTET_TILE_DEPTH,
                                                   .weight_bytes = 1,
                                                   .lanes = LANES,
                                                   .vectors = VECTORS,
                                                   .max_rows = ROWS,
                                                   .input_offset = 0};

#endif
