/* int8 products of one window with AVX2: every weight is read once, so weights stay 8 bits wide in memory; lanes run along k, 8 outputs
 * share the inputs, and their partial sums are added at the end (integers: the order does not matter).
 *
 * vpmovsxbw is slow, unpacking with zeros is not: it widens w to 256 w. Each 32-bit lane takes 4 products per step, of at most
 * 128 * 255 * 256; 64 steps stay below 2^31, then the sum, a multiple of 256, is shifted back. */
#include "kernels/fast/product.h"
#include "kernels/fast/scale_avx2.h"

#if OCTET_FAST_X86

enum { OUTPUTS = 8, GROUP = 32, MOST_STEPS = 64 };

/* The sum of each of 8 vectors, in order. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i add_across(const __m256i *s) {
    const __m256i low = _mm256_hadd_epi32(_mm256_hadd_epi32(s[0], s[1]), _mm256_hadd_epi32(s[2], s[3]));
    const __m256i high = _mm256_hadd_epi32(_mm256_hadd_epi32(s[4], s[5]), _mm256_hadd_epi32(s[6], s[7]));
    return _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20), _mm256_permute2x128_si256(low, high, 0x31));
}

/* The sums of `steps` steps (at most MOST_STEPS) for 8 outputs. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i multiply(const uint8_t *x, const uint8_t *w, size_t steps) {
    const __m256i zero = _mm256_setzero_si256();
    __m256i part[OUTPUTS];
    OCTET_UNROLL
    for (int i = 0; i < OUTPUTS; i++) part[i] = zero;
    for (size_t k = 0; k < steps; k++, w += OUTPUTS * GROUP, x += GROUP * 2) {
        const __m256i a = octet_load_256(x), b = octet_load_256(x + 32);
        const __m256i low = _mm256_permute2x128_si256(a, b, 0x20), high = _mm256_permute2x128_si256(a, b, 0x31); /* as weights unpack */
        OCTET_UNROLL
        for (int i = 0; i < OUTPUTS; i++) {
            const __m256i weights = octet_load_256(w + i * GROUP);
            part[i] = _mm256_add_epi32(part[i], _mm256_madd_epi16(_mm256_unpacklo_epi8(zero, weights), low));
            part[i] = _mm256_add_epi32(part[i], _mm256_madd_epi16(_mm256_unpackhi_epi8(zero, weights), high));
        }
    }
    OCTET_UNROLL
    for (int i = 0; i < OUTPUTS; i++) part[i] = _mm256_srai_epi32(part[i], 8);
    return add_across(part);
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m128i narrow(__m256i words) { /* each half of `words` holds its four values twice */
    return _mm_packs_epi16(_mm_unpacklo_epi64(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)), _mm_setzero_si128());
}

#define FINISH(kind)                                                                                                              \
    octet_store_bytes_avx2(out, _mm_min_epi8(_mm_max_epi8(narrow(octet_scale_words_avx2(&p->scale, kind, lane, lane, sum, sum)),   \
                                                          _mm_set1_epi8((int8_t)p->scale.min)), _mm_set1_epi8((int8_t)p->scale.max)), width)

static OCTET_TARGET_FAST_AVX2 void tile_one(const octet_product *p, uint32_t panel, const uint8_t *const *rows, uint32_t n_rows,
                                            void *out) {
    (void)n_rows;
    const size_t lane = (size_t)panel * OUTPUTS, steps = p->steps;
    const uint8_t *w = p->weights + panel * p->panel_bytes;
    __m256i sum = octet_load_256(p->scale.bias + lane);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x = rows[0] + p->windows.segment_offsets[segment];
        for (size_t k = 0; k < steps; k += MOST_STEPS) {
            const size_t n = steps - k < MOST_STEPS ? steps - k : MOST_STEPS;
            sum = _mm256_add_epi32(sum, multiply(x + k * GROUP * 2, w, n));
            w += n * OUTPUTS * GROUP;
        }
    }
    const uint32_t width = octet_product_width(p, panel);
    OCTET_SCALE_SWITCH(&p->scale, FINISH)
}

const octet_product_kernel octet_product_s8_avx2_few = {.name = "avx2 vector", .tile = tile_one, .prepare = octet_windows_prepare_s16,
    .element = 2, .k_group = GROUP, .weight_bytes = 1, .lanes = OUTPUTS, .vectors = 1, .max_rows = 1,
    .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
