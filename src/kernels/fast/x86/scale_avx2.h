/* kernels/fast/x86/scale_avx2.h - requantization of 8 sums at a time.
 * In:  sums and octet_scale.
 * Out: int8.
 * Knows: AVX2.
 * Does not know: layers.
 * Exact: octet_requantize_s32, or the rounding in double of FULLY_CONNECTED, of kernels/ref (see scale.h). */
#ifndef OCTET_KERNELS_FAST_X86_SCALE_AVX2_H
#define OCTET_KERNELS_FAST_X86_SCALE_AVX2_H

#include "kernels/fast/cpu.h"
#include "kernels/fast/scale.h"

#if OCTET_FAST_X86
#include <immintrin.h>

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_load_256(const void *p) {
    return _mm256_loadu_si256((const __m256i *)p);
}

enum { OCTET_SCALE_POSITIVE, OCTET_SCALE_FOLDED, OCTET_SCALE_GENERAL, OCTET_SCALE_REAL };
OCTET_INLINE int octet_scale_kind(const octet_scale *s) {
    return s->real != NULL ? OCTET_SCALE_REAL
           : !s->folded    ? OCTET_SCALE_GENERAL
           : s->positive   ? OCTET_SCALE_POSITIVE
                           : OCTET_SCALE_FOLDED;
}
/* Calls macro(kind) with a constant. */
#define OCTET_SCALE_SWITCH(scale, macro)                           \
    switch (octet_scale_kind(scale)) {                             \
    case OCTET_SCALE_POSITIVE: macro(OCTET_SCALE_POSITIVE); break; \
    case OCTET_SCALE_FOLDED: macro(OCTET_SCALE_FOLDED); break;     \
    case OCTET_SCALE_GENERAL: macro(OCTET_SCALE_GENERAL); break;   \
    default: macro(OCTET_SCALE_REAL);                              \
    }

/* What lanes [lane, lane + 8) of a layer need, loaded once for many sums: stores of int8 could change anything in
 * memory as far as a compiler knows. The vectors are those of folded constants. */
typedef struct octet_scale_lanes {
    size_t lane;
    __m256i multiplier, multiplier_odd, round_even, round_odd, right;
} octet_scale_lanes;

OCTET_INLINE OCTET_TARGET_FAST_AVX2 octet_scale_lanes octet_scale_lanes_avx2(const octet_scale *s, int kind,
                                                                             size_t lane) {
    octet_scale_lanes l = {.lane = lane};
    if (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED) {
        l.multiplier = octet_load_256(s->multiplier + lane);
        l.multiplier_odd = octet_load_256(s->multiplier_odd + lane / 2);
        l.round_even = octet_load_256(s->round_even + lane / 2);
        l.round_odd = octet_load_256(s->round_odd + lane / 2);
        l.right = octet_load_256(s->right + lane);
    }
    return l;
}

/* Without the zero point: below 2^30 in magnitude. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_scale_folded_avx2(const octet_scale_lanes *l, bool positive,
                                                                    __m256i x) {
    const __m256i sign = _mm256_set1_epi64x(INT64_C(0x80000000));
    const __m256i odd = _mm256_srli_epi64(x, 32);
    __m256i even_product = _mm256_add_epi64(_mm256_mul_epi32(x, l->multiplier), l->round_even);
    __m256i odd_product = _mm256_add_epi64(_mm256_mul_epi32(odd, l->multiplier_odd), l->round_odd);
    if (!positive) {
        even_product = _mm256_sub_epi64(even_product, _mm256_and_si256(x, sign));
        odd_product = _mm256_sub_epi64(odd_product, _mm256_and_si256(odd, sign));
    }
    return _mm256_srav_epi32(_mm256_blend_epi32(_mm256_srli_epi64(even_product, 32), odd_product, 0xAA), l->right);
}

/* The same with the zero point. */
static inline OCTET_TARGET_FAST_AVX2 __m256i octet_scale_general_avx2(const octet_scale *s, size_t lane, __m256i x) {
    x = _mm256_sllv_epi32(x, octet_load_256(s->left + lane));
    const __m256i m = octet_load_256(s->multiplier + lane), nudge = _mm256_set1_epi64x(INT64_C(1) << 30);
    const __m256i even = _mm256_srli_epi64(_mm256_add_epi64(_mm256_mul_epi32(x, m), nudge), 31);
    const __m256i odd = _mm256_slli_epi64(
        _mm256_add_epi64(_mm256_mul_epi32(_mm256_srli_epi64(x, 32), _mm256_srli_epi64(m, 32)), nudge), 1);
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
    const __m256d limited = _mm256_min_pd(_mm256_max_pd(_mm256_add_pd(v, half), _mm256_set1_pd(-2147483648.0)),
                                          _mm256_set1_pd(2147483647.0));
    return _mm256_cvttpd_epi32(limited);
}
static inline OCTET_TARGET_FAST_AVX2 __m256i octet_scale_real_avx2(const octet_scale *s, size_t lane, __m256i x) {
    const __m128i low = octet_scale_real4_avx2(s->real + lane, _mm256_castsi256_si128(x));
    const __m128i high = octet_scale_real4_avx2(s->real + lane + 4, _mm256_extracti128_si256(x, 1));
    return _mm256_add_epi32(_mm256_set_m128i(high, low), _mm256_set1_epi32(s->zero_point));
}

/* Sums a of lanes l and b of lanes m to words as vpackssdw orders them, with the zero point; kind is a constant at
 * every call. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_scale_words_of_avx2(const octet_scale *s, int kind,
                                                                      const octet_scale_lanes *l,
                                                                      const octet_scale_lanes *m, __m256i a,
                                                                      __m256i b) {
    if (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED) {
        const bool positive = kind == OCTET_SCALE_POSITIVE;
        const __m256i words =
            _mm256_packs_epi32(octet_scale_folded_avx2(l, positive, a), octet_scale_folded_avx2(m, positive, b));
        return _mm256_adds_epi16(words, _mm256_set1_epi16((int16_t)s->zero_point)); /* saturation is far outside int8 */
    }
    const bool general = kind == OCTET_SCALE_GENERAL;
    return _mm256_packs_epi32(general ? octet_scale_general_avx2(s, l->lane, a) : octet_scale_real_avx2(s, l->lane, a),
                              general ? octet_scale_general_avx2(s, m->lane, b) : octet_scale_real_avx2(s, m->lane, b));
}

/* Sums a of lanes [lane, lane + 8) and b of [other, other + 8). */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_scale_words_avx2(const octet_scale *s, int kind, size_t lane,
                                                                   size_t other, __m256i a, __m256i b) {
    const octet_scale_lanes l = octet_scale_lanes_avx2(s, kind, lane), m = octet_scale_lanes_avx2(s, kind, other);
    return octet_scale_words_of_avx2(s, kind, &l, &m, a, b);
}

/* The same to 16 clamped bytes in the order of the lanes. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m128i octet_scale_bytes_of_avx2(const octet_scale *s, int kind,
                                                                      const octet_scale_lanes *l,
                                                                      const octet_scale_lanes *m, __m256i a,
                                                                      __m256i b) {
    const __m256i words = _mm256_permute4x64_epi64(octet_scale_words_of_avx2(s, kind, l, m, a, b), 0xD8);
    const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    return _mm_min_epi8(_mm_max_epi8(bytes, _mm_set1_epi8((int8_t)s->min)), _mm_set1_epi8((int8_t)s->max));
}
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m128i octet_scale_avx2(const octet_scale *s, int kind, size_t lane, __m256i a,
                                                             __m256i b) {
    const octet_scale_lanes l = octet_scale_lanes_avx2(s, kind, lane), m = octet_scale_lanes_avx2(s, kind, lane + 8);
    return octet_scale_bytes_of_avx2(s, kind, &l, &m, a, b);
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_scale_clamp_avx2(const octet_scale *s, __m256i bytes) {
    return _mm256_min_epi8(_mm256_max_epi8(bytes, _mm256_set1_epi8((int8_t)s->min)), _mm256_set1_epi8((int8_t)s->max));
}

/* Two times 16 outputs of the same lanes l and m, sums a, b and c, d: 32 clamped bytes. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i octet_scale_two_avx2(const octet_scale *s, int kind,
                                                                 const octet_scale_lanes *l, const octet_scale_lanes *m,
                                                                 __m256i a, __m256i b, __m256i c, __m256i d) {
    const __m256i bytes = _mm256_packs_epi16(octet_scale_words_of_avx2(s, kind, l, m, a, b),
                                             octet_scale_words_of_avx2(s, kind, l, m, c, d));
    return octet_scale_clamp_avx2(s, _mm256_permutevar8x32_epi32(bytes, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7)));
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

/* The first n (1..32) bytes. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 void octet_store_32_avx2(int8_t *out, __m256i bytes, uint32_t n) {
    if (n >= 32) {
        _mm256_storeu_si256((__m256i *)(void *)out, bytes);
    } else if (n <= 16) {
        octet_store_bytes_avx2(out, _mm256_castsi256_si128(bytes), n);
    } else {
        _mm_storeu_si128((__m128i *)(void *)out, _mm256_castsi256_si128(bytes));
        octet_store_bytes_avx2(out + 16, _mm256_extracti128_si256(bytes, 1), n - 16);
    }
}

#endif
#endif
