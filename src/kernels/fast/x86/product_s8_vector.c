/* int8 products of one window with AVX2: every weight is read once, so weights stay 8 bits wide; 4 inputs serve 64
 * outputs at a time.
 *
 * vpmaddubsw wants one unsigned operand: |x|, at most 128. The other is w for x >= 0 and ~w = -w - 1 for x < 0, so
 *     x * w = |x| * (x < 0 ? ~w : w) + (x < 0 ? |x| : 0)
 * where the last term is the same for all outputs and added once. No pair of products leaves 16 bits, whatever the
 * weights: 2 * 128 * 127 < 2^15 and 2 * 128 * -128 = -2^15. */
#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

/* AHEAD: weights that come from memory are asked for this many bytes before they are used; the processor by itself
 * stops at every page. */
enum { LANES = 8, VECTORS = 8, GROUP = 4, AHEAD = 2048 };

/* The sum of |x| over negative x of n bytes, n a multiple of 4, in all lanes. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i negative_part(__m256i x) {
    const __m256i zero = _mm256_setzero_si256();
    return _mm256_sad_epu8(_mm256_and_si256(_mm256_abs_epi8(x), _mm256_cmpgt_epi8(zero, x)), zero);
}
static OCTET_TARGET_FAST_AVX2 __m128i sum_negatives(const uint8_t *x, size_t n) {
    __m256i sum = _mm256_setzero_si256();
    size_t i = 0;
    for (; i + 32 <= n; i += 32) sum = _mm256_add_epi32(sum, negative_part(octet_load_256(x + i)));
    for (; i < n; i += GROUP) {
        int32_t four;
        __builtin_memcpy(&four, x + i, 4);
        sum = _mm256_add_epi32(sum, negative_part(_mm256_zextsi128_si256(_mm_cvtsi32_si128(four))));
    }
    const __m128i half = _mm_add_epi32(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
    return _mm_shuffle_epi32(_mm_add_epi32(half, _mm_unpackhi_epi64(half, half)), 0);
}

static OCTET_TARGET_FAST_AVX2 void finish(const octet_product *p, size_t lane, const __m256i *sum, uint32_t width,
                                          int8_t *out) {
#define FINISH(kind)                                                                                             \
    for (uint32_t i = 0; i < width; i += 2 * LANES, lane += 2 * LANES, sum += 2) {                               \
        octet_store_bytes_avx2(out + i, octet_scale_avx2(&p->scale, kind, lane, sum[0], sum[width - i > LANES]), \
                               width - i);                                                                       \
    }
    OCTET_SCALE_SWITCH(&p->scale, FINISH)
}

/* vectors and fetch are constants at every call: sums live in registers. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void multiply(const octet_product *p, uint32_t panel, const uint8_t *row,
                                                  int8_t *out, const int vectors, const bool fetch) {
    const size_t lane = (size_t)panel * LANES * VECTORS, bytes = (size_t)p->steps * GROUP;
    const uint8_t *w = p->weights + panel * p->panel_bytes;
    const __m256i ones = _mm256_set1_epi16(1), zero = _mm256_setzero_si256();
    __m256i sum[VECTORS];
    __m128i negatives = _mm_setzero_si128();
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) sum[v] = octet_load_256(p->scale.bias + lane + (size_t)v * LANES);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x = row + p->windows.segment_offsets[segment];
        negatives = _mm_add_epi32(negatives, sum_negatives(x, bytes));
        for (size_t k = 0; k < bytes; k += GROUP, w += vectors * 32) {
            int32_t four;
            __builtin_memcpy(&four, x + k, 4);
            const __m256i inputs = _mm256_set1_epi32(four), size = _mm256_abs_epi8(inputs),
                          sign = _mm256_cmpgt_epi8(zero, inputs);
            for (int i = 0; fetch && i < vectors * 32; i += 64) __builtin_prefetch(w + AHEAD + i);
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) {
                const __m256i words = _mm256_maddubs_epi16(size, _mm256_xor_si256(sign, octet_load_256(w + v * 32)));
                sum[v] = _mm256_add_epi32(sum[v], _mm256_madd_epi16(words, ones));
                __asm__("" : "+x"(sum[v])); /* gcc would compute several ahead and run out of registers */
            }
        }
    }
    __m256i total[VECTORS]; /* sum itself is never addressed */
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) total[v] = _mm256_add_epi32(sum[v], _mm256_broadcastsi128_si256(negatives));
    finish(p, lane, total, octet_product_width(p, panel), out);
}

#define TILE(n) \
    case n: multiply(p, panel, rows[0], out, n, false); break;

static OCTET_TARGET_FAST_AVX2 void tile_one(const octet_product *p, uint32_t panel, const uint8_t *const *rows,
                                            uint32_t n_rows, void *out) {
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
        if (p->panel_major)
            multiply(p, panel, rows[0], out, 8, true); /* more weights than the second-level cache holds */
        else multiply(p, panel, rows[0], out, 8, false);
    }
}

const octet_product_kernel octet_product_s8_avx2_vector = {.name = "avx2 vector",
                                                           .tile = tile_one,
                                                           .prepare = octet_windows_prepare_s8,
                                                           .element = 1,
                                                           .k_group = GROUP,
                                                           .weight_bytes = 1,
                                                           .lanes = LANES,
                                                           .vectors = VECTORS,
                                                           .max_rows = 1,
                                                           .input_offset = 0};

#endif
