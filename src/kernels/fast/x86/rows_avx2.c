/* int8 ADD, SUB and MUL with AVX2, 16 elements at a time. */
#include <string.h>

#include "kernels/fast/x86/kernels.h"
#include "kernels/fast/x86/scale_avx2.h"

#if OCTET_FAST_X86

enum { STEP = 16, PART_BITS = 22 };

typedef struct pair {
    __m256i low, high;
} pair;

/* 16 elements (or one element 16 times) less the zero point. */
OCTET_INLINE OCTET_TARGET_FAST_AVX2 pair load(const octet_row_operand *o, const int8_t *x, bool repeated) {
    const __m256i zero = _mm256_set1_epi32(o->zero_point);
    if (repeated) {
        const __m256i one = _mm256_sub_epi32(_mm256_set1_epi32(*x), zero);
        return (pair){one, one};
    }
    const __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)x);
    return (pair){_mm256_sub_epi32(_mm256_cvtepi8_epi32(bytes), zero),
                  _mm256_sub_epi32(_mm256_cvtepi8_epi32(_mm_srli_si128(bytes, 8)), zero)};
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i scaled(const octet_rows_s8 *r, int i, __m256i x, const bool split) {
    const octet_row_operand *o = &r->operand[i];
    if (split) {
        const __m256i part = _mm256_add_epi32(_mm256_mullo_epi32(x, _mm256_set1_epi32(o->part)),
                                              _mm256_set1_epi32(1 << (PART_BITS - 1)));
        return _mm256_add_epi32(_mm256_mullo_epi32(x, _mm256_set1_epi32(o->whole)), _mm256_srai_epi32(part, PART_BITS));
    }
    return octet_scale_general_avx2(&o->scale, 0, _mm256_sll_epi32(x, _mm_cvtsi32_si128(r->left_shift)));
}

enum { ADDS, ADDS_SPLIT, MULTIPLIES };

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i combine(const octet_rows_s8 *r, const int how, __m256i x, __m256i y) {
    if (how == MULTIPLIES) return _mm256_mullo_epi32(x, y);
    const __m256i a = scaled(r, 0, x, how == ADDS_SPLIT), b = scaled(r, 1, y, how == ADDS_SPLIT);
    return r->subtract ? _mm256_sub_epi32(a, b) : _mm256_add_epi32(a, b);
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m128i sixteen(const octet_rows_s8 *r, const int how, int kind, const int8_t *a,
                                                    const int8_t *b, const int32_t *step) {
    const pair x = load(&r->operand[0], a, step[0] == 0), y = load(&r->operand[1], b, step[1] == 0);
    const __m256i words =
        octet_scale_words_avx2(&r->out, kind, 0, 0, combine(r, how, x.low, y.low), combine(r, how, x.high, y.high));
    const __m256i order = _mm256_permute4x64_epi64(words, 0xD8);
    const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(order), _mm256_extracti128_si256(order, 1));
    return _mm_min_epi8(_mm_max_epi8(bytes, _mm_set1_epi8((int8_t)r->out.min)), _mm_set1_epi8((int8_t)r->out.max));
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void walk(const octet_rows_s8 *r, const int how, int kind, const int8_t *a,
                                              const int8_t *b, const int32_t *step, int8_t *out, int32_t n) {
    const int32_t steps[2] = {step[0], step[1]};
    int32_t i = 0;
    for (; i + STEP <= n; i += STEP) {
        _mm_storeu_si128((__m128i *)(void *)(out + i),
                         sixteen(r, how, kind, a + i * steps[0], b + i * steps[1], steps));
    }
    if (i == n) return;
    int8_t tail_a[STEP] = {0}, tail_b[STEP] = {0};
    memcpy(tail_a, a + i * steps[0], steps[0] ? (size_t)(n - i) : 1);
    memcpy(tail_b, b + i * steps[1], steps[1] ? (size_t)(n - i) : 1);
    octet_store_bytes_avx2(out + i, sixteen(r, how, kind, tail_a, tail_b, steps), (uint32_t)(n - i));
}

#define ADD(kind)                                                        \
    if (r->split) walk(r, ADDS_SPLIT, kind, in[0], in[1], step, out, n); \
    else walk(r, ADDS, kind, in[0], in[1], step, out, n)
#define MULTIPLY(kind) walk(r, MULTIPLIES, kind, in[0], in[1], step, out, n)

static OCTET_TARGET_FAST_AVX2 void add(const void *params, const void *const *in, const int32_t *step, void *out,
                                       int32_t n) {
    const octet_rows_s8 *r = params;
    OCTET_SCALE_SWITCH(&r->out, ADD)
}

static OCTET_TARGET_FAST_AVX2 void multiply(const void *params, const void *const *in, const int32_t *step, void *out,
                                            int32_t n) {
    const octet_rows_s8 *r = params;
    OCTET_SCALE_SWITCH(&r->out, MULTIPLY)
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i words_of(const int8_t *x, bool repeated) {
    return repeated ? _mm256_set1_epi16(*x) : _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(const void *)x));
}
OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m256i joint_eight(__m256i pairs, __m256i high, __m256i low, __m256i constant_high,
                                                        __m256i constant_low, __m128i shift) {
    const __m256i carried = _mm256_srai_epi32(_mm256_add_epi32(_mm256_madd_epi16(pairs, low), constant_low), 15);
    const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(_mm256_madd_epi16(pairs, high), constant_high), carried);
    return _mm256_sra_epi32(sum, shift);
}
OCTET_INLINE int32_t packed(const int16_t *two) {
    return (int32_t)((uint32_t)(uint16_t)two[0] | (uint32_t)(uint16_t)two[1] << 16);
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 __m128i joint_sixteen(const octet_rows_s8 *r, const int8_t *a, const int8_t *b,
                                                          const int32_t *step) {
    const octet_row_joint *j = &r->joint;
    const __m256i high = _mm256_set1_epi32(packed(j->high)), low = _mm256_set1_epi32(packed(j->low));
    const __m256i constant_high = _mm256_set1_epi32(j->constant_high),
                  constant_low = _mm256_set1_epi32(j->constant_low);
    const __m128i shift = _mm_cvtsi32_si128(j->shift);
    const __m256i x = words_of(a, step[0] == 0), y = words_of(b, step[1] == 0);
    const __m256i first = joint_eight(_mm256_unpacklo_epi16(x, y), high, low, constant_high, constant_low, shift);
    const __m256i second = joint_eight(_mm256_unpackhi_epi16(x, y), high, low, constant_high, constant_low, shift);
    const __m256i words =
        _mm256_adds_epi16(_mm256_packs_epi32(first, second), _mm256_set1_epi16((int16_t)r->out.zero_point));
    const __m128i bytes = _mm_packs_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
    return _mm_min_epi8(_mm_max_epi8(bytes, _mm_set1_epi8((int8_t)r->out.min)), _mm_set1_epi8((int8_t)r->out.max));
}

OCTET_INLINE OCTET_TARGET_FAST_AVX2 void joint_walk(const octet_rows_s8 *r, const int8_t *a, const int8_t *b,
                                                    const int32_t *step, int8_t *out, int32_t n) {
    int32_t i = 0;
    for (; i + STEP <= n; i += STEP) {
        _mm_storeu_si128((__m128i *)(void *)(out + i), joint_sixteen(r, a + i * step[0], b + i * step[1], step));
    }
    if (i == n) return;
    int8_t tail_a[STEP] = {0}, tail_b[STEP] = {0};
    memcpy(tail_a, a + i * step[0], step[0] ? (size_t)(n - i) : 1);
    memcpy(tail_b, b + i * step[1], step[1] ? (size_t)(n - i) : 1);
    octet_store_bytes_avx2(out + i, joint_sixteen(r, tail_a, tail_b, step), (uint32_t)(n - i));
}

static OCTET_TARGET_FAST_AVX2 void joint(const void *params, const void *const *in, const int32_t *step, void *out,
                                         int32_t n) {
    const octet_rows_s8 r = *(const octet_rows_s8 *)params;
    static const int32_t both[2] = {1, 1};
    if (step[0] == 1 && step[1] == 1) joint_walk(&r, in[0], in[1], both, out, n);
    else joint_walk(&r, in[0], in[1], step, out, n);
}

const octet_rows_kernel octet_rows_s8_avx2 = {.name = "avx2", .add = add, .multiply = multiply, .joint = joint};

#endif
