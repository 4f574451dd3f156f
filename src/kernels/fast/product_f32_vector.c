/* float32 products of one window with AVX2 and FMA: 64 outputs at a time, or the latency of FMA would be the limit; k ascending. */
#include "kernels/fast/cpu.h"
#include "kernels/fast/product.h"

#if OCTET_FAST_X86
#include <immintrin.h>

enum { LANES = 8, VECTORS = 8 };

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i first_lanes(uint32_t n) {
    const __m256i order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)n), order);
}

/* vectors is a constant at every call: sums live in registers. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void multiply(const octet_product *p, uint32_t panel, const uint8_t *row, float *out,
                                                  const int vectors) {
    const float *w = (const float *)(const void *)(p->weights + panel * p->panel_bytes);
    const float *bias = p->bias + (size_t)panel * LANES * VECTORS;
    const size_t steps = p->steps;
    __m256 sum[VECTORS];
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) sum[v] = _mm256_loadu_ps(bias + v * LANES);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const float *x = (const float *)(const void *)(row + p->windows.segment_offsets[segment]);
        for (size_t k = 0; k < steps; k++, w += vectors * LANES) {
            const __m256 value = _mm256_broadcast_ss(x + k);
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) sum[v] = _mm256_fmadd_ps(value, _mm256_loadu_ps(w + v * LANES), sum[v]);
        }
    }
    const __m256 min = _mm256_set1_ps(p->real_min), max = _mm256_set1_ps(p->real_max);
    const uint32_t n_last = octet_product_width(p, panel) - (uint32_t)((vectors - 1) * LANES); /* lanes of the last vector */
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) {
        const __m256 r = _mm256_min_ps(max, _mm256_max_ps(min, sum[v])); /* in this order NaN stays NaN */
        if (v + 1 < vectors || n_last == LANES) _mm256_storeu_ps(out + v * LANES, r);
        else _mm256_maskstore_ps(out + v * LANES, first_lanes(n_last), r);
    }
}

#define TILE(n)                              \
    case n:                                  \
        multiply(p, panel, rows[0], out, n); \
        break;

static OCTET_TARGET_FAST_AVX2 void tile_one(const octet_product *p, uint32_t panel, const uint8_t *const *rows, uint32_t n_rows,
                                            void *out) {
    (void)n_rows;
    switch ((octet_product_width(p, panel) + LANES - 1) / LANES) {
        TILE(1)
        TILE(2)
        TILE(3)
        TILE(4)
        TILE(5)
        TILE(6)
        TILE(7)
    default:
        multiply(p, panel, rows[0], out, VECTORS);
    }
}

const octet_product_kernel octet_product_f32_avx2_vector = {.name = "avx2 vector", .tile = tile_one, .prepare = octet_windows_prepare_f32,
    .element = 4, .k_group = 1, .weight_bytes = 4, .lanes = LANES, .vectors = VECTORS, .max_rows = 1,
    .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
