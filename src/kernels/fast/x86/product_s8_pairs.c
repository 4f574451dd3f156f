/* int8 products with AVX2's vpmaddubsw over lists of steps (pairs.h): 7 windows by 8 outputs at a time. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/product_pool.h"

#if OCTET_FAST_X86

enum { LANES = OCTET_PAIRS_LANES, STEP = OCTET_PAIRS_STEP_BYTES, MAX_ROWS = 7 };

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i four(const uint8_t *x) {
    int32_t bytes;
    __builtin_memcpy(&bytes, x, 4);
    return _mm256_set1_epi32(bytes);
}

/* Rows in fours: their 8 bytes each side by side in one vector. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void finish(const octet_product *p, int kind, size_t lane, const __m256i *sum,
                                                const int rows, uint32_t width, int8_t *out) {
    const octet_scale scale = p->scale;
    const octet_scale_lanes lanes = octet_scale_lanes_avx2(&scale, kind, lane);
    const size_t pixel = p->n_outputs;
    OCTET_UNROLL
    for (int i = 0; i < rows; i += 4) {
        const int b = i + 1 < rows ? i + 1 : i, c = i + 2 < rows ? i + 2 : i, d = i + 3 < rows ? i + 3 : c;
        const __m256i ab = octet_scale_words_of_avx2(&scale, kind, &lanes, &lanes, sum[i], sum[b]);
        const __m256i cd = i + 2 < rows ? octet_scale_words_of_avx2(&scale, kind, &lanes, &lanes, sum[c], sum[d]) : ab;
        __m256i bytes = octet_scale_clamp_avx2(&scale, _mm256_packs_epi16(ab, cd));
        bytes = _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
        __m128i half = _mm256_castsi256_si128(bytes);
        OCTET_UNROLL
        for (int k = 0; k < 4; k++) {
            const int j = i + k;
            if (j >= rows) continue;
            if (k == 2) half = _mm256_extracti128_si256(bytes, 1);
            octet_store_bytes_avx2(out + (size_t)j * pixel, k % 2 ? _mm_srli_si128(half, 8) : half, width);
        }
    }
}
#define FINISH(kind)                                                    \
    if (width == LANES) finish(p, kind, lane, total, rows, LANES, out); \
    else finish(p, kind, lane, total, rows, width, out)

/* Products of two neighbouring inputs in 16 bits. turned: by sizes of weights, of the inputs after the mask. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i multiply(const uint8_t *x, __m256i weights, __m256i mask,
                                                     const bool turned) {
    if (turned) return _mm256_maddubs_epi16(weights, _mm256_xor_si256(four(x), mask));
    return _mm256_maddubs_epi16(four(x), weights);
}

/* What is left to do of a panel's steps. */
typedef struct cursor {
    const int8_t *weights;
    const uint32_t *offsets;
} cursor;

/* Adds the steps of one list to the sums; rows and turned are constants at every call. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 cursor add_list(octet_pairs_list list, cursor at, const uint8_t *const *x,
                                                    __m256i *sum, const int rows, const bool turned) {
    const int size = turned ? 2 * STEP : STEP;
    const __m256i ones = _mm256_set1_epi16(1);
    const int8_t *w = at.weights;
    const uint32_t *offset = at.offsets, *end = offset + 2 * (size_t)list.n_pairs;
    for (; offset < end; offset += 2, w += 2 * size) {
        const size_t first = offset[0], second = offset[1];
        const __m256i a = octet_load_256(w), b = octet_load_256(w + size);
        const __m256i mask_a = octet_load_256(w + size - STEP), mask_b = octet_load_256(w + 2 * size - STEP);
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) {
            const __m256i words =
                _mm256_add_epi16(multiply(x[i] + first, a, mask_a, turned), multiply(x[i] + second, b, mask_b, turned));
            sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(words, ones));
        }
    }
    for (end += list.n_singles; offset < end; offset++, w += size) {
        const size_t first = offset[0];
        const __m256i a = octet_load_256(w), mask = octet_load_256(w + size - STEP);
        OCTET_UNROLL
        for (int i = 0; i < rows; i++)
            sum[i] = _mm256_add_epi32(sum[i], _mm256_madd_epi16(multiply(x[i] + first, a, mask, turned), ones));
    }
    return (cursor){w, offset};
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                              void *out, const int rows) {
    const size_t lane = (size_t)panel * LANES;
    const octet_pairs_panel *pairs = &p->pairs[panel];
    const uint8_t *x[MAX_ROWS];
    __m256i sum[MAX_ROWS];
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        sum[i] = octet_load_256(p->scale.bias + lane);
        x[i] = row[i];
    }
    const cursor middle = add_list(pairs->plain, (cursor){pairs->weights, pairs->offsets}, x, sum, rows, false);
    (void)add_list(pairs->turned, middle, x, sum, rows, true);
    if (p->windows.n_cells > 1) {
        __m256i cells[MAX_ROWS];
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) cells[i] = sum[i];
        octet_product_pool_avx2(p, panel, lane, cells, rows, 1, out);
        return;
    }
    __m256i total[MAX_ROWS]; /* sum itself is never addressed */
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) total[i] = sum[i];
    const uint32_t width = octet_product_width(p, panel);
    OCTET_SCALE_SWITCH(&p->scale, FINISH)
}

#define TILE(n) \
    case n: tile(p, panel, rows, out, n); break;

static OCTET_TARGET_FAST_AVX2 void tile_any(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                            uint32_t n_rows, void *out) {
    switch (n_rows) {
        TILE(1)
        TILE(2)
        TILE(3)
        TILE(4)
        TILE(5)
        TILE(6)
    default: tile(p, panel, rows, out, 7);
    }
}

const octet_product_kernel octet_product_s8_avx2_pairs = {.name = "avx2 pairs",
                                                          .tile = tile_any,
                                                          .prepare = octet_windows_prepare_u8,
                                                          .element = 1,
                                                          .k_group = 4,
                                                          .weight_bytes = 1,
                                                          .lanes = LANES,
                                                          .vectors = 1,
                                                          .max_rows = MAX_ROWS,
                                                          .pools = true,
                                                          .input_offset = 128};

#endif
