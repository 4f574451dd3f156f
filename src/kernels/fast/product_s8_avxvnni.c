/* int8 products with AVX-VNNI: as product_s8_vnni.c in vectors of 8. */
#include "kernels/fast/product.h"
#include "kernels/fast/scale_avx2.h"

#if OCTET_FAST_X86

enum { VECTORS = 2, LANES = 8, MAX_ROWS = 6 };

/* Set to build this file with the EVEX encoding of the same instruction, for machines with AVX-512 VNNI only (tests). */
#ifdef OCTET_AVX_VNNI_AS_EVEX
#undef OCTET_TARGET_FAST_AVX_VNNI
#define OCTET_TARGET_FAST_AVX_VNNI __attribute__((target("avx2,fma,avx512vl,avx512vnni")))
#define DOT(sum, x, w) _mm256_dpbusd_epi32(sum, x, w)
#else
#define DOT(sum, x, w) _mm256_dpbusd_avx_epi32(sum, x, w)
#endif

OCTET_INLINE OCTET_TARGET_FAST_AVX_VNNI void finish(const octet_product *p, int kind, size_t lane, const __m256i *sum, int rows, int vectors,
                                                    uint32_t width, int8_t *out) {
    for (int i = 0; i < rows; i++) {
        const __m256i a = octet_scale_avx2(&p->scale, kind, lane, sum[i * vectors]);
        const __m256i b = vectors > 1 ? octet_scale_avx2(&p->scale, kind, lane + LANES, sum[i * vectors + 1]) : a;
        octet_store_bytes_avx2(out + (size_t)i * p->n_outputs, octet_narrow_avx2(a, b), width);
    }
}

/* rows and vectors are constants at every call: sums live in registers. */
OCTET_INLINE OCTET_TARGET_FAST_AVX_VNNI void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row, void *out, const int rows,
                                                  const int vectors) {
    const size_t lane = (size_t)panel * LANES * VECTORS;
    __m256i sum[MAX_ROWS * VECTORS];
    for (int i = 0; i < rows; i++) {
        for (int v = 0; v < vectors; v++) sum[i * vectors + v] = octet_load_256(p->scale.bias + lane + (size_t)(v * LANES));
    }
    const uint8_t *w = p->weights + panel * p->panel_bytes;
    const size_t steps = p->steps, step_bytes = (size_t)(vectors * 32);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x[MAX_ROWS];
        for (int i = 0; i < rows; i++) x[i] = row[i] + p->windows.segment_offsets[segment];
        for (size_t k = 0; k < steps; k++, w += step_bytes) {
            __m256i weight[VECTORS];
            for (int v = 0; v < vectors; v++) weight[v] = octet_load_256(w + v * 32);
            for (int i = 0; i < rows; i++) {
                int32_t four;
                __builtin_memcpy(&four, x[i] + 4 * k, 4);
                for (int v = 0; v < vectors; v++) sum[i * vectors + v] = DOT(sum[i * vectors + v], _mm256_set1_epi32(four), weight[v]);
            }
        }
    }
    const uint32_t width = octet_product_width(p, panel);
    switch (octet_scale_kind(&p->scale)) {
    case OCTET_SCALE_FOLDED:
        finish(p, OCTET_SCALE_FOLDED, lane, sum, rows, vectors, width, out);
        break;
    case OCTET_SCALE_GENERAL:
        finish(p, OCTET_SCALE_GENERAL, lane, sum, rows, vectors, width, out);
        break;
    default:
        finish(p, OCTET_SCALE_REAL, lane, sum, rows, vectors, width, out);
    }
}

#define TILE(n)                                              \
    case n:                                                  \
        if (two) tile(p, panel, rows, out, n, 2);            \
        else tile(p, panel, rows, out, n, 1);                \
        break;

static OCTET_TARGET_FAST_AVX_VNNI void tile_any(const octet_product *p, uint32_t panel, const uint8_t *const *rows, uint32_t n_rows, void *out) {
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

const octet_product_kernel octet_product_s8_avx_vnni = {.name = "avxvnni", .tile = tile_any, .prepare = octet_windows_prepare_u8, .element = 1,
    .k_group = 4, .weight_bytes = 1, .lanes = LANES, .vectors = VECTORS, .max_rows = MAX_ROWS, .input_offset = 128};

#endif
