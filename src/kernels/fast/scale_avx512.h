/* scale_avx512.h - requantization of 16 sums at a time. In: sums and octet_scale. Out: int8. Knows: AVX-512 (F, BW, DQ, VL).
 * Does not know: layers. Exact: as scale_avx2.h. */
#ifndef OCTET_KERNELS_FAST_SCALE_AVX512_H
#define OCTET_KERNELS_FAST_SCALE_AVX512_H

#include "kernels/fast/scale_avx2.h"

#if OCTET_FAST_X86

OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_folded_avx512(const octet_scale *s, size_t lane, __m512i x) {
    const __m512i sign = _mm512_set1_epi64(INT64_C(0x80000000));
    const __m512i m = _mm512_loadu_si512(s->multiplier + lane);
    const __m512i odd = _mm512_srli_epi64(x, 32);
    __m512i even_product = _mm512_mul_epi32(x, m), odd_product = _mm512_mul_epi32(odd, _mm512_srli_epi64(m, 32));
    even_product = _mm512_add_epi64(even_product, _mm512_sub_epi64(_mm512_loadu_si512(s->round_even + lane / 2), _mm512_and_si512(x, sign)));
    odd_product = _mm512_add_epi64(odd_product, _mm512_sub_epi64(_mm512_loadu_si512(s->round_odd + lane / 2), _mm512_and_si512(odd, sign)));
    const __m512i high = _mm512_mask_blend_epi32(0xAAAA, _mm512_srli_epi64(even_product, 32), odd_product);
    return _mm512_add_epi32(_mm512_srav_epi32(high, _mm512_loadu_si512(s->right + lane)), _mm512_set1_epi32(s->zero_point));
}

/* kind is a constant at every call. Clamped to the activation range. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_avx512(const octet_scale *s, int kind, size_t lane, __m512i x) {
    __m512i r;
    if (kind == OCTET_SCALE_FOLDED) {
        r = octet_scale_folded_avx512(s, lane, x);
    } else {
        const __m256i a = _mm512_castsi512_si256(x), b = _mm512_extracti64x4_epi64(x, 1);
        const __m256i low = kind == OCTET_SCALE_GENERAL ? octet_scale_general_avx2(s, lane, a) : octet_scale_real_avx2(s, lane, a);
        const __m256i high = kind == OCTET_SCALE_GENERAL ? octet_scale_general_avx2(s, lane + 8, b) : octet_scale_real_avx2(s, lane + 8, b);
        r = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
    return _mm512_min_epi32(_mm512_max_epi32(r, _mm512_set1_epi32(s->min)), _mm512_set1_epi32(s->max));
}

#endif
#endif
