/* int8 products of one window with AVX2: every weight is read once, so weights stay 8 bits wide in memory and are widened on the way; lanes
 * run along k, 8 outputs share the inputs, and their partial sums are added at the end (integers: the order does not matter). */
#include "kernels/fast/product.h"
#include "kernels/fast/scale_avx2.h"

#if OCTET_FAST_X86

enum { OUTPUTS = 8, GROUP = 16 };

/* The sum of each of 8 vectors, in order. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i add_across(const __m256i *s) {
    const __m256i low = _mm256_hadd_epi32(_mm256_hadd_epi32(s[0], s[1]), _mm256_hadd_epi32(s[2], s[3]));
    const __m256i high = _mm256_hadd_epi32(_mm256_hadd_epi32(s[4], s[5]), _mm256_hadd_epi32(s[6], s[7]));
    return _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20), _mm256_permute2x128_si256(low, high, 0x31));
}

#define FINISH(kind)                                                                                                              \
    octet_store_bytes_avx2(out, _mm_min_epi8(_mm_max_epi8(narrow(octet_scale_words_avx2(&p->scale, kind, lane, lane, sum, sum)),   \
                                                          _mm_set1_epi8((int8_t)p->scale.min)), _mm_set1_epi8((int8_t)p->scale.max)), width)

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m128i narrow(__m256i words) { /* each half of `words` holds its four values twice */
    return _mm_packs_epi16(_mm_unpacklo_epi64(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)), _mm_setzero_si128());
}

static OCTET_TARGET_FAST_AVX2 void tile_one(const octet_product *p, uint32_t panel, const uint8_t *const *rows, uint32_t n_rows, void *out) {
    (void)n_rows;
    const size_t lane = (size_t)panel * OUTPUTS, steps = p->steps;
    const uint8_t *w = p->weights + panel * p->panel_bytes;
    __m256i part[OUTPUTS];
    OCTET_UNROLL
    for (int i = 0; i < OUTPUTS; i++) part[i] = _mm256_setzero_si256();
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x = rows[0] + p->windows.segment_offsets[segment];
        for (size_t k = 0; k < steps; k++, w += OUTPUTS * GROUP, x += GROUP * 2) {
            const __m256i inputs = octet_load_256(x);
            OCTET_UNROLL
            for (int i = 0; i < OUTPUTS; i++) {
                const __m256i weights = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)(w + i * GROUP)));
                part[i] = _mm256_add_epi32(part[i], _mm256_madd_epi16(weights, inputs));
            }
        }
    }
    const __m256i sum = _mm256_add_epi32(add_across(part), octet_load_256(p->scale.bias + lane));
    const uint32_t width = octet_product_width(p, panel);
    OCTET_SCALE_SWITCH(&p->scale, FINISH)
}

const octet_product_kernel octet_product_s8_avx2_few = {.name = "avx2 vector", .tile = tile_one, .prepare = octet_windows_prepare_s16,
    .element = 2, .k_group = GROUP, .weight_bytes = 1, .lanes = OUTPUTS, .vectors = 1, .max_rows = 1, .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
