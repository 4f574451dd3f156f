/* int8 products with AVX-512 VNNI: vpdpbusd adds four products of unsigned activations (value + 128) and signed weights
 * without saturation. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/product_pool.h"

#if OCTET_FAST_X86

enum { VECTORS = 4, LANES = 16, MAX_ROWS = 6, STEPS = 4 };

#define FINISH(kind) \
    octet_scale_store_avx512(&p->scale, kind, lane, total, rows, vectors, width, (int8_t *)out, p->n_outputs)

OCTET_INLINE OCTET_TARGET_FAST_VNNI __m512i four(const uint8_t *x) {
    int32_t bytes;
    __builtin_memcpy(&bytes, x, 4);
    return _mm512_set1_epi32(bytes);
}

/* The products of one step, at byte `at` of each row. */
OCTET_INLINE OCTET_TARGET_FAST_VNNI void add(__m512i *sum, const uint8_t *const *x, size_t at, const uint8_t *w,
                                             const int rows, const int vectors) {
    __m512i weight[VECTORS];
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) weight[v] = _mm512_loadu_si512(w + v * 64);
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        const __m512i bytes = four(x[i] + at);
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i * vectors + v] = _mm512_dpbusd_epi32(sum[i * vectors + v], bytes, weight[v]);
    }
}

/* rows and vectors are constants at every call: sums live in registers. Few
 * rows take two sums each, to cover the latency. */
OCTET_INLINE OCTET_TARGET_FAST_VNNI void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                              void *out, const int rows, const int vectors) {
    const size_t lane = (size_t)panel * LANES * VECTORS;
    const int parts = rows * vectors <= 2 ? 4 : rows * vectors <= 4 ? 2 : 1;
    __m512i sum[MAX_ROWS * VECTORS], more[3][4];
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) {
            sum[i * vectors + v] = _mm512_loadu_si512(p->scale.bias + lane + (size_t)(v * LANES));
            OCTET_UNROLL
            for (int part = 1; part < parts; part++) more[part - 1][i * vectors + v] = _mm512_setzero_si512();
        }
    }
    const uint8_t *w = p->weights + panel * p->panel_bytes;
    const size_t steps = p->steps, step_bytes = (size_t)(vectors * 64);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x[MAX_ROWS];
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) x[i] = row[i] + p->windows.segment_offsets[segment];
        size_t k = 0;
        for (; parts > 1 && k + (size_t)parts <= steps; k += (size_t)parts) {
            OCTET_UNROLL
            for (int part = 0; part < parts; part++, w += step_bytes) {
                OCTET_UNROLL
                for (int i = 0; i < rows; i++) {
                    const __m512i bytes = four(x[i] + 4 * (k + (size_t)part));
                    OCTET_UNROLL
                    for (int v = 0; v < vectors; v++) {
                        __m512i *to = part == 0 ? &sum[i * vectors + v] : &more[part - 1][i * vectors + v];
                        *to = _mm512_dpbusd_epi32(*to, bytes, _mm512_loadu_si512(w + v * 64));
                    }
                }
            }
        }
        for (; parts == 1 && k + STEPS <= steps; k += STEPS, w += STEPS * step_bytes) {
            OCTET_UNROLL
            for (int step = 0; step < STEPS; step++)
                add(sum, x, 4 * (k + (size_t)step), w + (size_t)step * step_bytes, rows, vectors);
        }
        for (; k < steps; k++, w += step_bytes) add(sum, x, 4 * k, w, rows, vectors);
    }
    OCTET_UNROLL
    for (int part = 1; part < parts; part++) {
        OCTET_UNROLL
        for (int i = 0; i < rows * vectors; i++) sum[i] = _mm512_add_epi32(sum[i], more[part - 1][i]);
    }
    if (p->windows.n_cells > 1) {
        __m512i cells[MAX_ROWS * VECTORS];
        OCTET_UNROLL
        for (int i = 0; i < rows * vectors; i++) cells[i] = sum[i];
        octet_product_pool_avx512(p, panel, lane, cells, rows, vectors, out);
        return;
    }
    __m512i total[MAX_ROWS * VECTORS]; /* sum itself is never addressed */
    OCTET_UNROLL
    for (int i = 0; i < rows * vectors; i++) total[i] = sum[i];
    const uint32_t width = octet_product_width(p, panel);
    OCTET_SCALE_SWITCH(&p->scale, FINISH)
}

#define TILE(n) \
    case n: tile(p, panel, rows, out, n, vectors); break;

OCTET_INLINE OCTET_TARGET_FAST_VNNI void tile_any(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                                  uint32_t n_rows, void *out, const int vectors) {
    switch (n_rows) {
        TILE(1)
        TILE(2)
        TILE(3)
        TILE(4)
        TILE(5)
    default: tile(p, panel, rows, out, 6, vectors);
    }
}

static OCTET_TARGET_FAST_VNNI void tile_wide(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                             uint32_t n_rows, void *out) {
    switch ((octet_product_width(p, panel) + LANES - 1) / LANES) {
    case 1: tile_any(p, panel, rows, n_rows, out, 1); break;
    case 2: tile_any(p, panel, rows, n_rows, out, 2); break;
    case 3: tile_any(p, panel, rows, n_rows, out, 3); break;
    default: tile_any(p, panel, rows, n_rows, out, 4);
    }
}

const octet_product_kernel octet_product_s8_vnni = {.name = "avx512vnni",
                                                    .tile = tile_wide,
                                                    .prepare = octet_windows_prepare_u8,
                                                    .element = 1,
                                                    .k_group = 4,
                                                    .weight_bytes = 1,
                                                    .lanes = LANES,
                                                    .vectors = VECTORS,
                                                    .max_rows = MAX_ROWS,
                                                    .pools = true,
                                                    .input_offset = 128};

#endif
