/* scale_avx2.h - requantization of 8 sums at a time. In: sums and octet_scale. Out: int8. Knows: AVX2. Does not know: layers.
 * Exact: octet_requantize_s32, or the rounding in double of FULLY_CONNECTED, of kernels/ref (see scale.h). */
#ifndef OCTET_KERNELS_FAST_SCALE_AVX2_H
#define OCTET_KERNELS_FAST_SCALE_AVX2_H

#include "kernels/fast/cpu.h"
#include "kernels/fast/scale.h"

#if OCTET_FAST_X86
#include <immintrin.h>

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_load_256(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }

/* Lanes [lane, lane + 8) of the layer; the result carries the zero point and is not yet clamped. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_scale_folded_avx2(const octet_scale *s, size_t lane, __m256i x) {
    const __m256i sign = _mm256_set1_epi64x(INT64_C(0x80000000));
    const __m256i m = octet_load_256(s->multiplier + lane);
    const __m256i odd = _mm256_srli_epi64(x, 32);
    __m256i even_product = _mm256_mul_epi32(x, m), odd_product = _mm256_mul_epi32(odd, _mm256_srli_epi64(m, 32));
    even_product = _mm256_add_epi64(even_product, _mm256_sub_epi64(octet_load_256(s->round_even + lane / 2), _mm256_and_si256(x, sign)));
    odd_product = _mm256_add_epi64(odd_product, _mm256_sub_epi64(octet_load_256(s->round_odd + lane / 2), _mm256_and_si256(odd, sign)));
    const __m256i high = _mm256_blend_epi32(_mm256_srli_epi64(even_product, 32), odd_product, 0xAA);
    return _mm256_add_epi32(_mm256_srav_epi32(high, octet_load_256(s->right + lane)), _mm256_set1_epi32(s->zero_point));
}

static inline OCTET_TARGET_FAST_AVX2 __m256i octet_scale_general_avx2(const octet_scale *s, size_t lane, __m256i x) {
    x = _mm256_sllv_epi32(x, octet_load_256(s->left + lane));
    const __m256i m = octet_load_256(s->multiplier + lane), nudge = _mm256_set1_epi64x(INT64_C(1) << 30);
    const __m256i even = _mm256_srli_epi64(_mm256_add_epi64(_mm256_mul_epi32(x, m), nudge), 31);
    const __m256i odd =
        _mm256_slli_epi64(_mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(m, 32)), nudge), 1);
    const __m256i y = _mm256_blend_epi32(even, odd, 0xAA), right = octet_load_256(s->right + lane);
    const __m256i mask = _mm256_sub_epi32(_mm256_sllv_epi32(_mm256_set1_epi32(1), right), _mm256_set1_epi32(1));
    const __m256i threshold = _mm256_sub_epi32(_mm256_srli_epi32(mask, 1), _mm256_srai_epi32(y, 31));
    const __m256i up = _mm256_cmpgt_epi32(_mm256_and_si256(y, mask), threshold);
    return _mm256_add_epi32(_mm256_sub_epi32(_mm256_srav_epi32(y, right), up), _mm256_set1_epi32(s->zero_point));
}

/* Four sums in double: trunc(v + copysign(0.5 - 2^-54, v)) rounds half away from zero for every double. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m128i octet_scale_real4_avx2(const double *real, __m128i x) {
    const __m256d v = _mm256_mul_pd(_mm256_cvtepi32_pd(x), _mm256_loadu_pd(real));
    const __m256d half = _mm256_or_pd(_mm256_and_pd(v, _mm256_set1_pd(-0.0)), _mm256_set1_pd(0.49999999999999994));
    const __m256d limited = _mm256_min_pd(_mm256_max_pd(_mm256_add_pd(v, half), _mm256_set1_pd(-2147483648.0)), _mm256_set1_pd(2147483647.0));
    return _mm256_cvttpd_epi32(limited);
}
static inline OCTET_TARGET_FAST_AVX2 __m256i octet_scale_real_avx2(const octet_scale *s, size_t lane, __m256i x) {
    const __m128i low = octet_scale_real4_avx2(s->real + lane, _mm256_castsi256_si128(x));
    const __m128i high = octet_scale_real4_avx2(s->real + lane + 4, _mm256_extracti128_si256(x, 1));
    return _mm256_add_epi32(_mm256_set_m128i(high, low), _mm256_set1_epi32(s->zero_point));
}

enum { OCTET_SCALE_FOLDED, OCTET_SCALE_GENERAL, OCTET_SCALE_REAL };
OCTET_INLINE int octet_scale_kind(const octet_scale *s) {
    return s->real ? OCTET_SCALE_REAL : s->folded ? OCTET_SCALE_FOLDED : OCTET_SCALE_GENERAL;
}

/* kind is a constant at every call. Clamped to the activation range. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_scale_avx2(const octet_scale *s, int kind, size_t lane, __m256i x) {
    const __m256i r = kind == OCTET_SCALE_FOLDED    ? octet_scale_folded_avx2(s, lane, x)
                      : kind == OCTET_SCALE_GENERAL ? octet_scale_general_avx2(s, lane, x)
                                                    : octet_scale_real_avx2(s, lane, x);
    return _mm256_min_epi32(_mm256_max_epi32(r, _mm256_set1_epi32(s->min)), _mm256_set1_epi32(s->max));
}

/* Clamped sums of lanes 0..7 and 8..15 to 16 bytes in order. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m128i octet_narrow_avx2(__m256i a, __m256i b) {
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xD8);
    return _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

/* The first n (1..16) bytes. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void octet_store_bytes_avx2(int8_t *out, __m128i bytes, uint32_t n) {
    if (n >= 16) {
        _mm_storeu_si128((__m128i *)(void *)out, bytes);
        return;
    }
    if (n & 8) {
        _mm_storel_epi64((__m128i *)(void *)out, bytes);
        bytes = _mm_srli_si128(bytes, 8);
        out += 8;
    }
    if (n & 4) {
        const int32_t four = _mm_cvtsi128_si32(bytes);
        __builtin_memcpy(out, &four, 4);
        bytes = _mm_srli_si128(bytes, 4);
        out += 4;
    }
    if (n & 2) {
        const int16_t two = (int16_t)_mm_cvtsi128_si32(bytes);
        __builtin_memcpy(out, &two, 2);
        bytes = _mm_srli_si128(bytes, 2);
        out += 2;
    }
    if (n & 1) *out = (int8_t)_mm_cvtsi128_si32(bytes);
}

#endif
#endif
