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

/* What lanes [lane, lane + 16) need, loaded once for many sums: as in scale_avx2.h. */
typedef struct octet_scale_lanes_512 {
    size_t lane, upper; /* of the lower and the upper half */
    __m512i multiplier, multiplier_odd, round_even, round_odd, right;
} octet_scale_lanes_512;

OCTET_INLINE OCTET_TARGET_FAST_AVX512 octet_scale_lanes_512 octet_scale_lanes_avx512(const octet_scale *s, int kind,
                                                                                     size_t lane) {
    octet_scale_lanes_512 l = {.lane = lane, .upper = lane + 8};
    if (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED) {
        l.multiplier = _mm512_loadu_si512(s->multiplier + lane);
        l.multiplier_odd = _mm512_loadu_si512(s->multiplier_odd + lane / 2);
        l.round_even = _mm512_loadu_si512(s->round_even + lane / 2);
        l.round_odd = _mm512_loadu_si512(s->round_odd + lane / 2);
        l.right = _mm512_loadu_si512(s->right + lane);
    }
    return l;
}

/* Lanes [lane, lane + 8) in both halves. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_twice_avx512(const void *p) {
    return _mm512_broadcast_i64x4(octet_load_256(p));
}
OCTET_INLINE OCTET_TARGET_FAST_AVX512 octet_scale_lanes_512 octet_scale_lanes_twice_avx512(const octet_scale *s,
                                                                                           int kind, size_t lane) {
    octet_scale_lanes_512 l = {.lane = lane, .upper = lane};
    if (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED) {
        l.multiplier = octet_twice_avx512(s->multiplier + lane);
        l.multiplier_odd = octet_twice_avx512(s->multiplier_odd + lane / 2);
        l.round_even = octet_twice_avx512(s->round_even + lane / 2);
        l.round_odd = octet_twice_avx512(s->round_odd + lane / 2);
        l.right = octet_twice_avx512(s->right + lane);
    }
    return l;
}

/* 16 sums, and the odd ones of them in the even lanes of a second vector: shifted, or loaded from four bytes further.
 */
typedef struct octet_sums_512 {
    __m512i all, odd;
} octet_sums_512;
OCTET_INLINE OCTET_TARGET_FAST_AVX512 octet_sums_512 octet_sums_in_registers(__m512i x) {
    return (octet_sums_512){x, _mm512_srli_epi64(x, 32)};
}
OCTET_INLINE OCTET_TARGET_FAST_AVX512 octet_sums_512 octet_sums_in_memory(const int32_t *x) {
    return (octet_sums_512){_mm512_loadu_si512(x), _mm512_loadu_si512(x + 1)};
}

/* Without the zero point. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_folded_avx512(const octet_scale_lanes_512 *l, bool positive,
                                                                        octet_sums_512 x) {
    const __m512i sign = _mm512_set1_epi64(INT64_C(0x80000000));
    __m512i even_product = _mm512_add_epi64(_mm512_mul_epi32(x.all, l->multiplier), l->round_even);
    __m512i odd_product = _mm512_add_epi64(_mm512_mul_epi32(x.odd, l->multiplier_odd), l->round_odd);
    if (!positive) {
        even_product = _mm512_sub_epi64(even_product, _mm512_and_si512(x.all, sign));
        odd_product = _mm512_sub_epi64(odd_product, _mm512_and_si512(x.odd, sign));
    }
    return _mm512_srav_epi32(_mm512_mask_shuffle_epi32(odd_product, 0x5555, even_product, 0xF5), l->right);
}

/* Sums x of lanes l and y of lanes m to words, interleaved by blocks of 4 as vpackssdw does; with the zero point. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_words_avx512(const octet_scale *s, int kind,
                                                                       const octet_scale_lanes_512 *l, octet_sums_512 x,
                                                                       const octet_scale_lanes_512 *m,
                                                                       octet_sums_512 y) {
    if (kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED) {
        const bool positive = kind == OCTET_SCALE_POSITIVE;
        const __m512i words =
            _mm512_packs_epi32(octet_scale_folded_avx512(l, positive, x), octet_scale_folded_avx512(m, positive, y));
        return _mm512_adds_epi16(words, _mm512_set1_epi16((int16_t)s->zero_point)); /* saturation is far outside int8 */
    }
    __m256i r[4] = {_mm512_castsi512_si256(x.all), _mm512_extracti64x4_epi64(x.all, 1), _mm512_castsi512_si256(y.all),
                    _mm512_extracti64x4_epi64(y.all, 1)};
    OCTET_UNROLL
    for (int i = 0; i < 4; i++) {
        const octet_scale_lanes_512 *of = i < 2 ? l : m;
        const size_t at = i % 2 == 0 ? of->lane : of->upper;
        r[i] = kind == OCTET_SCALE_GENERAL ? octet_scale_general_avx2(s, at, r[i]) : octet_scale_real_avx2(s, at, r[i]);
    }
    return _mm512_packs_epi32(_mm512_inserti64x4(_mm512_castsi256_si512(r[0]), r[1], 1),
                              _mm512_inserti64x4(_mm512_castsi256_si512(r[2]), r[3], 1));
}

OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_clamp_avx512(const octet_scale *s, __m512i bytes) {
    return _mm512_min_epi8(_mm512_max_epi8(bytes, _mm512_set1_epi8((int8_t)s->min)), _mm512_set1_epi8((int8_t)s->max));
}

/* Words of four vectors, interleaved as above, to clamped bytes in the order of the vectors. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 __m512i octet_scale_bytes_avx512(const octet_scale *s, __m512i a, __m512i b) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return octet_scale_clamp_avx512(s, _mm512_permutexvar_epi32(order, _mm512_packs_epi16(a, b)));
}

OCTET_INLINE OCTET_TARGET_FAST_AVX512 __mmask32 octet_mask_32(uint32_t width) {
    return width >= 32 ? ~(__mmask32)0 : ((__mmask32)1 << width) - 1;
}

/* A tile of sums, x[row * vectors + vector] of lanes [lane, lane + 16 * vectors), to clamped bytes, `width` of which
 * are stored per row, the rows `pitch` bytes apart. kind, rows and vectors are constants at every call. */
OCTET_INLINE OCTET_TARGET_FAST_AVX512 void octet_scale_store_avx512(const octet_scale *s, int kind, size_t lane,
                                                                    const __m512i *x, int rows, int vectors,
                                                                    uint32_t width, int8_t *out, size_t pitch) {
    OCTET_UNROLL
    for (int v = 0; v < vectors; v += 2, out += 32, width -= 32) {
        const bool two = vectors - v > 1;
        const octet_scale_lanes_512 l = octet_scale_lanes_avx512(s, kind, lane + (size_t)v * 16),
                                    m = two ? octet_scale_lanes_avx512(s, kind, lane + (size_t)v * 16 + 16) : l;
        const __mmask32 mask = octet_mask_32(width);
        OCTET_UNROLL
        for (int i = 0; i < rows; i += 2) {
            const int j = i + 1 < rows ? i + 1 : i;
            const octet_sums_512 a = octet_sums_in_registers(x[i * vectors + v]),
                                 b = octet_sums_in_registers(x[j * vectors + v]);
            if (two) {
                const octet_sums_512 c = octet_sums_in_registers(x[i * vectors + v + 1]),
                                     d = octet_sums_in_registers(x[j * vectors + v + 1]);
                const __m512i bytes = octet_scale_bytes_avx512(s, octet_scale_words_avx512(s, kind, &l, a, &m, c),
                                                               octet_scale_words_avx512(s, kind, &l, b, &m, d));
                _mm256_mask_storeu_epi8(out + (size_t)i * pitch, mask, _mm512_castsi512_si256(bytes));
                if (j > i) _mm256_mask_storeu_epi8(out + (size_t)j * pitch, mask, _mm512_extracti64x4_epi64(bytes, 1));
            } else {
                const __m512i words = octet_scale_words_avx512(s, kind, &l, a, &m, b),
                              bytes = octet_scale_bytes_avx512(s, words, words);
                _mm_mask_storeu_epi8(out + (size_t)i * pitch, (__mmask16)mask, _mm512_castsi512_si128(bytes));
                if (j > i)
                    _mm_mask_storeu_epi8(out + (size_t)j * pitch, (__mmask16)mask,
                                         _mm256_extracti128_si256(_mm512_castsi512_si256(bytes), 1));
            }
        }
    }
}

#endif
#endif
