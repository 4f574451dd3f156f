/* float32 products with AVX-512: one output per lane, k ascending; the same bytes as every other kernel. */
#include "kernels/fast/cpu.h"
#include "kernels/fast/x86/kernels.h"

#if OCTET_FAST_X86
#include <immintrin.h>

enum { VECTORS = 2, LANES = 16, MAX_ROWS = 8, UNROLLED = 4 /* steps */ };

/* Element k of every window. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 void step(__m512 *sum, const float *w, const float *const *x, size_t k,
                                                const int rows, const int vectors) {
    __m512 weight[VECTORS];
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) weight[v] = _mm512_loadu_ps(w + v * LANES);
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        const __m512 value = _mm512_set1_ps(x[i][k]);
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i * vectors + v] = _mm512_fmadd_ps(value, weight[v], sum[i * vectors + v]);
    }
}

OCTET_INLINE OCTET_TARGET_FAST_AVX512 void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                                float *out, const int rows, const int vectors) {
    __m512 sum[MAX_ROWS * VECTORS];
    const float *bias = p->bias + (size_t)panel * LANES * VECTORS;
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[i * vectors + v] = _mm512_loadu_ps(bias + v * LANES);
    }
    const float *w = (const float *)(const void *)(p->weights + panel * p->panel_bytes);
    const size_t steps = p->steps;
    const uint8_t *ahead = row[rows], *const ahead_end = row[rows + 1];
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const float *x[MAX_ROWS];
        OCTET_UNROLL
        for (int i = 0; i < rows; i++)
            x[i] = (const float *)(const void *)(row[i] + p->windows.segment_offsets[segment]);
        size_t k = 0;
        for (; k + UNROLLED <= steps; k += UNROLLED) {
            if (ahead < ahead_end) {
                _mm_prefetch((const char *)ahead, _MM_HINT_T1);
                ahead += 64;
            }
            OCTET_UNROLL
            for (size_t j = 0; j < UNROLLED; j++, w += vectors * LANES) step(sum, w, x, k + j, rows, vectors);
        }
        for (; k < steps; k++, w += vectors * LANES) step(sum, w, x, k, rows, vectors);
    }
    for (; ahead < ahead_end; ahead += 64) _mm_prefetch((const char *)ahead, _MM_HINT_T1);
    const uint32_t width = octet_product_width(p, panel);
    const __m512 min = _mm512_set1_ps(p->real_min), max = _mm512_set1_ps(p->real_max);
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) {
        const uint32_t left = width - (uint32_t)(v * LANES);
        const __mmask16 mask = left >= LANES ? 0xFFFF : (__mmask16)((1u << left) - 1);
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) {
            const __m512 r =
                _mm512_min_ps(max, _mm512_max_ps(min, sum[i * vectors + v])); /* in this order NaN stays NaN */
            _mm512_mask_storeu_ps(out + (size_t)i * p->n_outputs + v * LANES, mask, r);
        }
    }
}

#define TILE(n)                                   \
    case n:                                       \
        if (two) tile(p, panel, rows, out, n, 2); \
        else tile(p, panel, rows, out, n, 1);     \
        break;

static OCTET_TARGET_FAST_AVX512 void tile_any(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                              uint32_t n_rows, void *out) {
    const bool two = octet_product_width(p, panel) > LANES;
    switch (n_rows) {
        TILE(1)
        TILE(2)
        TILE(3)
        TILE(4)
        TILE(5)
        TILE(6)
        TILE(7)
    default:
        if (two) tile(p, panel, rows, out, 8, 2);
        else tile(p, panel, rows, out, 8, 1);
    }
}

const octet_product_kernel octet_product_f32_avx512 = {.name = "avx512",
                                                       .tile = tile_any,
                                                       .prepare = octet_windows_prepare_f32,
                                                       .element = 4,
                                                       .k_group = 1,
                                                       .weight_bytes = 4,
                                                       .lanes = LANES,
                                                       .vectors = VECTORS,
                                                       .max_rows = MAX_ROWS,
                                                       .fetches = true,
                                                       .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
