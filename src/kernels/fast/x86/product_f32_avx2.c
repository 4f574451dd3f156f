/* float32 products with AVX2 and FMA: one output per lane, k ascending. */
#include "kernels/fast/cpu.h"
#include "kernels/fast/x86/kernels.h"

#if OCTET_FAST_X86
#include <immintrin.h>

enum {
    VECTORS = 2,
    LANES = 8,
    MAX_ROWS = 6,
    NARROW_ROWS = 8,
    THREE_ROWS = 4,
    ONE_VECTORS = 8,
    MOST_SUMS = 12,
    UNROLLED = 8 /* steps */
};

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i first_lanes(uint32_t n) {
    const __m256i order = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int32_t)n), order);
}

/* Element k of every window. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void step(__m256 *sum, const float *w, const float *const *x, size_t k,
                                              const int rows, const int vectors) {
    __m256 weight[ONE_VECTORS];
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) weight[v] = _mm256_loadu_ps(w + v * LANES);
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        const __m256 value = _mm256_broadcast_ss(x[i] + k);
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i * vectors + v] = _mm256_fmadd_ps(value, weight[v], sum[i * vectors + v]);
    }
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                              float *out, const int rows, const int vectors) {
    __m256 sum[MOST_SUMS];
    const float *bias = p->bias + (size_t)panel * LANES * p->kernel->vectors;
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[i * vectors + v] = _mm256_loadu_ps(bias + v * LANES);
    }
    const float *w = (const float *)(const void *)(p->weights + panel * p->panel_bytes);
    const size_t steps = p->steps;
    const uint8_t *ahead = row[rows], *const ahead_end = row[rows + 1];
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const float *x[NARROW_ROWS];
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
    const __m256 min = _mm256_set1_ps(p->real_min), max = _mm256_set1_ps(p->real_max);
    const size_t next = p->n_outputs;
    const uint32_t n_last =
        octet_product_width(p, panel) - (uint32_t)((vectors - 1) * LANES); /* lanes of the last vector */
    const __m256i mask = first_lanes(n_last);
    OCTET_UNROLL
    for (int i = 0; i < rows; i++, out += next) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) {
            const __m256 r =
                _mm256_min_ps(max, _mm256_max_ps(min, sum[i * vectors + v])); /* in this order NaN stays NaN */
            if (v + 1 < vectors || n_last == LANES) _mm256_storeu_ps(out + v * LANES, r);
            else _mm256_maskstore_ps(out + v * LANES, mask, r);
        }
    }
}

/* One or two vectors. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void tile_rows(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                                   float *out, const int n) {
    if (octet_product_width(p, panel) <= LANES) tile(p, panel, rows, out, n, 1);
    else tile(p, panel, rows, out, n, 2);
}

static OCTET_TARGET_FAST_AVX2 void tile_any(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                            uint32_t n_rows, void *out) {
    switch (n_rows) {
    case 1: tile_rows(p, panel, rows, out, 1); break;
    case 2: tile_rows(p, panel, rows, out, 2); break;
    case 3: tile_rows(p, panel, rows, out, 3); break;
    case 4: tile_rows(p, panel, rows, out, 4); break;
    case 5: tile_rows(p, panel, rows, out, 5); break;
    default: tile_rows(p, panel, rows, out, MAX_ROWS);
    }
}

/* At most 8 outputs: more windows, or too few sums are in flight. */
static OCTET_TARGET_FAST_AVX2 void tile_narrow(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                               uint32_t n_rows, void *out) {
    switch (n_rows) {
    case 1: tile(p, panel, rows, out, 1, 1); break;
    case 2: tile(p, panel, rows, out, 2, 1); break;
    case 3: tile(p, panel, rows, out, 3, 1); break;
    case 4: tile(p, panel, rows, out, 4, 1); break;
    case 5: tile(p, panel, rows, out, 5, 1); break;
    case 6: tile(p, panel, rows, out, 6, 1); break;
    case 7: tile(p, panel, rows, out, 7, 1); break;
    default: tile(p, panel, rows, out, NARROW_ROWS, 1);
    }
}

/* Multiples of 24 outputs. */
static OCTET_TARGET_FAST_AVX2 void tile_three(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                              uint32_t n_rows, void *out) {
    if (n_rows == 1) tile(p, panel, rows, out, 1, 3);
    else if (n_rows == 2) tile(p, panel, rows, out, 2, 3);
    else if (n_rows == 3) tile(p, panel, rows, out, 3, 3);
    else tile(p, panel, rows, out, THREE_ROWS, 3);
}

/* One window: 64 outputs, or the latency of FMA would be the limit. */
#define ONE(n) \
    case n: tile(p, panel, rows, out, 1, n); break;
static OCTET_TARGET_FAST_AVX2 void tile_one(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                            uint32_t n_rows, void *out) {
    (void)n_rows;
    switch ((octet_product_width(p, panel) + LANES - 1) / LANES) {
        ONE(1)
        ONE(2)
        ONE(3)
        ONE(4)
        ONE(5)
        ONE(6)
        ONE(7)
    default: tile(p, panel, rows, out, 1, ONE_VECTORS);
    }
}

const octet_product_kernel octet_product_f32_avx2 = {.name = "avx2",
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

const octet_product_kernel octet_product_f32_avx2_narrow = {.name = "avx2",
                                                            .tile = tile_narrow,
                                                            .prepare = octet_windows_prepare_f32,
                                                            .element = 4,
                                                            .k_group = 1,
                                                            .weight_bytes = 4,
                                                            .lanes = LANES,
                                                            .vectors = 1,
                                                            .max_rows = NARROW_ROWS,
                                                            .input_offset = OCTET_PRODUCT_NO_OFFSET};
const octet_product_kernel octet_product_f32_avx2_three = {.name = "avx2",
                                                           .tile = tile_three,
                                                           .prepare = octet_windows_prepare_f32,
                                                           .element = 4,
                                                           .k_group = 1,
                                                           .weight_bytes = 4,
                                                           .lanes = LANES,
                                                           .vectors = 3,
                                                           .max_rows = THREE_ROWS,
                                                           .input_offset = OCTET_PRODUCT_NO_OFFSET};
const octet_product_kernel octet_product_f32_avx2_vector = {.name = "avx2 vector",
                                                            .tile = tile_one,
                                                            .prepare = octet_windows_prepare_f32,
                                                            .element = 4,
                                                            .k_group = 1,
                                                            .weight_bytes = 4,
                                                            .lanes = LANES,
                                                            .vectors = ONE_VECTORS,
                                                            .max_rows = 1,
                                                            .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
