/* kernels/fast/x86/scale_avx512.h - requantization of 16 sums at a time.
 * In:  sums and octet_scale.
 * Out: int8.
 * Knows: AVX-512 (F, BW, DQ, VL).
 * Does not know: layers.
 * Exact: as scale_avx2.h. */
#ifndef OCTET_KERNELS_FAST_X86_SCALE_AVX512_H
#define OCTET_KERNELS_FAST_X86_SCALE_AVX512_H

#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

/* Lanes [lane, lane + 16) of the layer, without the zero point. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_folded_avx512(const octet_scale *s, bool positive,
                                                                        size_t lane, __m512i x) {
    const __m512i sign = _mm512_set1_epi64(INT64_C(0x80000000));
    const __m512i odd = _mm512_srli_epi64(x, 32);
    __m512i even_product = _mm512_mul_epi32(x, _mm512_loadu_si512(s->multiplier + lane));
    __m512i odd_product = _mm512_mul_epi32(odd, _mm512_loadu_si512(s->multiplier_odd + lane / 2));
    even_product = _mm512_add_epi64(even_product, _mm512_loadu_si512(s->round_even + lane / 2));
    odd_product = _mm512_add_epi64(odd_product, _mm512_loadu_si512(s->round_odd + lane / 2));
    if (!positive) {
        even_product = _mm512_sub_epi64(even_product, _mm512_and_si512(x, sign));
        odd_product = _mm512_sub_epi64(odd_product, _mm512_and_si512(odd, sign));
    }
    const __m512i high = _mm512_mask_shuffle_epi32(odd_product, 0x5555, even_product, 0xF5);
    return _mm512_srav_epi32(high, _mm512_loadu_si512(s->right + lane));
}

/* Two vectors to words, lanes interleaved by blocks of 4 as vpackssdw does; the zero point is added. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_words_avx512(const octet_scale *s, int kind, size_t lane,
                                                                       __m512i x, size_t other_lane, __m512i y) {
    if (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED) {
        const bool positive = kind == OCTET_SCALE_POSITIVE;
        const __m512i words = _mm512_packs_epi32(octet_scale_folded_avx512(s, positive, lane, x),
                                                 octet_scale_folded_avx512(s, positive, other_lane, y));
        return _mm512_adds_epi16(words, _mm512_set1_epi16((int16_t)s->zero_point)); /* saturation is far outside int8 */
    }
    __m256i r[4] = {_mm512_castsi512_si256(x), _mm512_extracti64x4_epi64(x, 1), _mm512_castsi512_si256(y),
                    _mm512_extracti64x4_epi64(y, 1)};
    OCTET_UNROLL
    for (int i = 0; i < 4; i++) {
        const size_t at = (i < 2 ? lane : other_lane) + (size_t)(i % 2) * 8;
        r[i] = kind == OCTET_SCALE_GENERAL ? octet_scale_general_avx2(s, at, r[i]) : octet_scale_real_avx2(s, at, r[i]);
    }
    return _mm512_packs_epi32(_mm512_inserti64x4(_mm512_castsi256_si512(r[0]), r[1], 1),
                              _mm512_inserti64x4(_mm512_castsi256_si512(r[2]), r[3], 1));
}

/* What lanes [lane, lane + 16) need, loaded once for many sums: as in scale_avx2.h. */
typedef struct octet_scale_lanes_512 {
    size_t lane;
    __m512i multiplier, multiplier_odd, round_even, round_odd, right;
} octet_scale_lanes_512;

OCTET_INLINE OCTET_TARGET_FAST_AVX512 octet_scale_lanes_512 octet_scale_lanes_avx512(const octet_scale *s, int kind,
                                                                                     size_t lane) {
    octet_scale_lanes_512 l = {.lane = lane};
    if (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED) {
        l.multiplier = _mm512_loadu_si512(s->multiplier + lane);
        l.multiplier_odd = _mm512_loadu_si512(s->multiplier_odd + lane / 2);
        l.round_even = _mm512_loadu_si512(s->round_even + lane / 2);
        l.round_odd = _mm512_loadu_si512(s->round_odd + lane / 2);
        l.right = _mm512_loadu_si512(s->right + lane);
    }
    return l;
}

/* Sums in memory; four bytes behind them are read. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_stored_avx512(const octet_scale_lanes_512 *l, bool positive,
                                                                        const int32_t *x) {
    const __m512i sign = _mm512_set1_epi64(INT64_C(0x80000000));
    const __m512i even = _mm512_loadu_si512(x), odd = _mm512_loadu_si512(x + 1);
    __m512i even_product = _mm512_add_epi64(_mm512_mul_epi32(even, l->multiplier), l->round_even);
    __m512i odd_product = _mm512_add_epi64(_mm512_mul_epi32(odd, l->multiplier_odd), l->round_odd);
    if (!positive) {
        even_product = _mm512_sub_epi64(even_product, _mm512_and_si512(even, sign));
        odd_product = _mm512_sub_epi64(odd_product, _mm512_and_si512(odd, sign));
    }
    return _mm512_srav_epi32(_mm512_mask_shuffle_epi32(odd_product, 0x5555, even_product, 0xF5), l->right);
}
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_words_of_avx512(const octet_scale *s, int kind,
                                                                          const octet_scale_lanes_512 *l,
                                                                          const octet_scale_lanes_512 *m,
                                                                          const int32_t *x, const int32_t *y) {
    if (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED) {
        const bool positive = kind == OCTET_SCALE_POSITIVE;
        const __m512i words =
            _mm512_packs_epi32(octet_scale_stored_avx512(l, positive, x), octet_scale_stored_avx512(m, positive, y));
        return _mm512_adds_epi16(words, _mm512_set1_epi16((int16_t)s->zero_point));
    }
    return octet_scale_words_avx512(s, kind, l->lane, _mm512_loadu_si512(x), m->lane, _mm512_loadu_si512(y));
}

/* Words of four vectors, interleaved as above, to clamped bytes in the order of the vectors. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_bytes_avx512(const octet_scale *s, __m512i a, __m512i b) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512i bytes = _mm512_permutexvar_epi32(order, _mm512_packs_epi16(a, b));
    return _mm512_min_epi8(_mm512_max_epi8(bytes, _mm512_set1_epi8((int8_t)s->min)), _mm512_set1_epi8((int8_t)s->max));
}

/* Sums of 1, 2 or 4 vectors (lanes [lane, lane + 16 * vectors)) to clamped bytes, `width` of which are stored. kind and
 * vectors are constants at every call. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 void octet_scale_store_avx512(const octet_scale *s, int kind, size_t lane,
                                                                    const __m512i *x, int vectors, uint32_t width,
                                                                    int8_t *out) {
    const int second = vectors > 1 ? 1 : 0, third = vectors > 2 ? 2 : 0, fourth = vectors > 3 ? 3 : third;
    const __m512i a = octet_scale_words_avx512(s, kind, lane, x[0], lane + (size_t)second * 16, x[second]);
    const __m512i b = vectors > 2 ? octet_scale_words_avx512(s, kind, lane + (size_t)third * 16, x[third],
                                                             lane + (size_t)fourth * 16, x[fourth])
                                  : a;
    const __m512i bytes = octet_scale_bytes_avx512(s, a, b);
    const __mmask64 mask = width >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << width) - 1;
    if (vectors == 1) {
        _mm_mask_storeu_epi8(out, (__mmask16)mask, _mm512_castsi512_si128(bytes));
    } else if (vectors == 2) {
        _mm256_mask_storeu_epi8(out, (__mmask32)mask, _mm512_castsi512_si256(bytes));
    } else {
        _mm512_mask_storeu_epi8(out, mask, bytes);
    }
}

#endif
#endif
