/* int8 products with AVX-VNNI: as product_s8_vnni.c in vectors of 8. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/product_pool.h"

#if OCTET_FAST_X86

enum { VECTORS = 2, LANES = 8, MAX_ROWS = 6 };

/* Set to build this file with the EVEX encoding of the same instruction,
 * for machines with AVX-512 VNNI only (tests). */
#ifdef OCTET_AVX_VNNI_AS_EVEX
#undef OCTET_TARGET_FAST_AVX_VNNI
#define OCTET_TARGET_FAST_AVX_VNNI __attribute__((target("avx2,fma,avx512vl,avx512vnni")))
#define DOT(sum, x, w) _mm256_dpbusd_epi32(sum, x, w)
#else
#define DOT(sum, x, w) _mm256_dpbusd_avx_epi32(sum, x, w)
#endif

OCTET_INLINE OCTET_TARGET_FAST_AVX_VNNI void finish(const octet_product *p, int kind, size_t lane, const __m256i *sum,
                                                    int rows, int vectors, int8_t *out, uint32_t width) {
    OCTET_UNROLL
    for (int i = 0; i < rows; i++, out += p->n_outputs) {
        octet_store_bytes_avx2(
            out, octet_scale_avx2(&p->scale, kind, lane, sum[i * vectors], sum[i * vectors + vectors - 1]), width);
    }
}
#define FINISH(kind) finish(p, kind, lane, total, rows, vectors, out, width)

/* rows and vectors are constants at every call: sums live in registers. */
OCTET_INLINE OCTET_TARGET_FAST_AVX_VNNI void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                                  void *out, const int rows, const int vectors) {
    const size_t lane = (size_t)panel * LANES * VECTORS;
    __m256i sum[MAX_ROWS * VECTORS];
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i * vectors + v] = octet_load_256(p->scale.bias + lane + (size_t)(v * LANES));
    }
    const uint8_t *w = p->weights + panel * p->panel_bytes;
    const size_t steps = p->steps, step_bytes = (size_t)(vectors * 32);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x[MAX_ROWS];
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) x[i] = row[i] + p->windows.segment_offsets[segment];
        for (size_t k = 0; k < steps; k++, w += step_bytes) {
            __m256i weight[VECTORS];
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) weight[v] = octet_load_256(w + v * 32);
            OCTET_UNROLL
            for (int i = 0; i < rows; i++) {
                int32_t four;
                __builtin_memcpy(&four, x[i] + 4 * k, 4);
                OCTET_UNROLL
                for (int v = 0; v < vectors; v++)
                    sum[i * vectors + v] = DOT(sum[i * vectors + v], _mm256_set1_epi32(four), weight[v]);
            }
        }
    }
    if (p->windows.n_cells > 1) {
        __m256i cells[MAX_ROWS * VECTORS];
        OCTET_UNROLL
        for (int i = 0; i < rows * vectors; i++) cells[i] = sum[i];
        octet_product_pool_avx2(p, panel, lane, cells, rows, vectors, out);
        return;
    }
    __m256i total[MAX_ROWS * VECTORS]; /* sum itself is never addressed */
    OCTET_UNROLL
    for (int i = 0; i < rows * vectors; i++) total[i] = sum[i];
    const uint32_t width = octet_product_width(p, panel);
    OCTET_SCALE_SWITCH(&p->scale, FINISH)
}

#define TILE(n)                                   \
    case n:                                       \
        if (two) tile(p, panel, rows, out, n, 2); \
        else tile(p, panel, rows, out, n, 1);     \
        break;

static OCTET_TARGET_FAST_AVX_VNNI void tile_any(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                                uint32_t n_rows, void *out) {
    const bool two = octet_product_width(p, panel) > LANES;
    switch (n_rows) {
        TILE(1)
        TILE(2)
        TILE(3)
        TILE(4)
        TILE(5)
    default:
        if (two) tile(p, panel, rows, out, 6, 2);
        else tile(p, panel, rows, out, 6, 1);
    }
}

const octet_product_kernel octet_product_s8_avx_vnni = {.name = "avxvnni",
                                                        .tile = tile_any,
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
