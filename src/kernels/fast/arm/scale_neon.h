/* kernels/fast/arm/scale_neon.h - requantization and clamping of 4 sums at a time.
 * In:  sums and octet_scale; float sums and the bounds of an activation.
 * Out: int8; float32.
 * Knows: NEON as every 64-bit Arm has it.
 * Does not know: layers.
 * Exact: octet_requantize_s32, or the rounding in double of FULLY_CONNECTED, and octet_clamp_f32 of kernels/ref.
 *
 * sqrdmulh is the reference's high multiply. srshl rounds halves up; less one for negative values, that is half away
 * from zero. The high multiply gives more than INT32_MIN, so the one never wraps. When no output below its zero point
 * survives the activation, it can be left out: negative values give at most 0 in any case. */
#ifndef OCTET_KERNELS_FAST_ARM_SCALE_NEON_H
#define OCTET_KERNELS_FAST_ARM_SCALE_NEON_H

#include "kernels/fast/cpu.h"
#include "kernels/fast/scale.h"

#if OCTET_FAST_NEON
#include <arm_neon.h>

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

/* What all lanes of a layer share, loaded once: stores of int8 could change anything in memory as far as a compiler
 * knows. */
typedef struct octet_scale_bounds {
    const octet_scale *scale;
    int16x8_t zero_point;
    int8x16_t min, max;
} octet_scale_bounds;
/* And lanes [lane, lane + 4). */
typedef struct octet_scale_lanes {
    size_t lane;
    int32x4_t multiplier, down;
} octet_scale_lanes;

OCTET_INLINE octet_scale_bounds octet_scale_bounds_neon(const octet_scale *s) {
    return (octet_scale_bounds){s, vdupq_n_s16((int16_t)s->zero_point), vdupq_n_s8((int8_t)s->min),
                                vdupq_n_s8((int8_t)s->max)};
}
OCTET_INLINE octet_scale_lanes octet_scale_lanes_neon(const octet_scale *s, const int kind, size_t lane) {
    octet_scale_lanes l = {.lane = lane};
    if (kind == OCTET_SCALE_REAL) return l;
    l.multiplier = vld1q_s32(s->multiplier + lane);
    l.down = vld1q_s32(s->down + lane);
    return l;
}

/* Two sums times two factors, rounded half away from zero; NaN is 0. */
OCTET_INLINE int32x2_t octet_scale_real_neon(const double *real, int32x2_t x) {
    return vqmovn_s64(vcvtaq_s64_f64(vmulq_f64(vcvtq_f64_s64(vmovl_s32(x)), vld1q_f64(real))));
}

/* POSITIVE and FOLDED: without the zero point, below 2^30 in magnitude. The others: with it, modulo 2^32. */
OCTET_INLINE int32x4_t octet_scale_neon(const octet_scale *s, const int kind, const octet_scale_lanes *l, int32x4_t x) {
    if (kind == OCTET_SCALE_POSITIVE) return vrshlq_s32(vqrdmulhq_s32(x, l->multiplier), l->down);
    if (kind == OCTET_SCALE_FOLDED) {
        const int32x4_t y = vqrdmulhq_s32(x, l->multiplier);
        return vrshlq_s32(vsraq_n_s32(y, y, 31), l->down);
    }
    if (kind == OCTET_SCALE_GENERAL) {
        const int32x4_t y = vqrdmulhq_s32(vshlq_s32(x, vld1q_s32(s->left + l->lane)), l->multiplier);
        x = vrshlq_s32(vsraq_n_s32(y, vandq_s32(y, l->down), 31), l->down);
    } else {
        const double *real = s->real + l->lane;
        x = vcombine_s32(octet_scale_real_neon(real, vget_low_s32(x)),
                         octet_scale_real_neon(real + 2, vget_high_s32(x)));
    }
    return vaddq_s32(x, vdupq_n_s32(s->zero_point));
}

/* Two vectors to words with the zero point; saturation is far outside int8. */
OCTET_INLINE int16x8_t octet_scale_words_neon(const octet_scale_bounds *b, const int kind, int32x4_t low,
                                              int32x4_t high) {
    const int16x8_t words = vqmovn_high_s32(vqmovn_s32(low), high);
    return kind == OCTET_SCALE_POSITIVE || kind == OCTET_SCALE_FOLDED ? vqaddq_s16(words, b->zero_point) : words;
}
OCTET_INLINE int8x16_t octet_scale_clamp_neon(const octet_scale_bounds *b, int16x8_t low, int16x8_t high) {
    return vminq_s8(vmaxq_s8(vqmovn_high_s16(vqmovn_s16(low), high), b->min), b->max);
}

/* `vectors` (1..4) vectors of sums to clamped bytes in the order of the lanes; what lies behind them is of no use. */
OCTET_INLINE int8x16_t octet_scale_bytes_neon(const octet_scale_bounds *b, const int kind, const octet_scale_lanes *l,
                                              const int32x4_t *sum, const int vectors) {
    int32x4_t x[4];
    OCTET_UNROLL
    for (int v = 0; v < 4; v++) x[v] = v < vectors ? octet_scale_neon(b->scale, kind, &l[v], sum[v]) : x[0];
    const int16x8_t low = octet_scale_words_neon(b, kind, x[0], x[1]);
    const int16x8_t high = vectors > 2 ? octet_scale_words_neon(b, kind, x[2], x[3]) : low;
    return octet_scale_clamp_neon(b, low, high);
}

/* The first n (1..16) bytes. */
OCTET_INLINE void octet_store_bytes_neon(int8_t *out, int8x16_t bytes, uint32_t n) {
    if (n >= 16) {
        vst1q_s8(out, bytes);
        return;
    }
    if (n & 8) {
        vst1_s8(out, vget_low_s8(bytes));
        bytes = vcombine_s8(vget_high_s8(bytes), vget_high_s8(bytes));
        out += 8;
    }
    if (n & 4) {
        const int32_t four = vgetq_lane_s32(vreinterpretq_s32_s8(bytes), 0);
        __builtin_memcpy(out, &four, sizeof four);
        bytes = vextq_s8(bytes, bytes, 4);
        out += 4;
    }
    if (n & 2) {
        const int16_t two = vgetq_lane_s16(vreinterpretq_s16_s8(bytes), 0);
        __builtin_memcpy(out, &two, sizeof two);
        bytes = vextq_s8(bytes, bytes, 2);
        out += 2;
    }
    if (n & 1) *out = vgetq_lane_s8(bytes, 0);
}

/* How to clamp floats. The reference keeps NaN, and the sign of a zero that equals a bound: fmin and fmax do so for
 * bounds that are no zeros; a minimum of +0.0 clears what is below it. */
enum { OCTET_CLAMP_MIN_MAX, OCTET_CLAMP_RELU, OCTET_CLAMP_COMPARE };
OCTET_INLINE int octet_clamp_kind(float min, float max) {
    if (max == 0.0f || (min == 0.0f && __builtin_signbit(min))) return OCTET_CLAMP_COMPARE;
    return min == 0.0f ? OCTET_CLAMP_RELU : OCTET_CLAMP_MIN_MAX;
}
#define OCTET_CLAMP_SWITCH(min, max, macro)                      \
    switch (octet_clamp_kind(min, max)) {                        \
    case OCTET_CLAMP_MIN_MAX: macro(OCTET_CLAMP_MIN_MAX); break; \
    case OCTET_CLAMP_RELU: macro(OCTET_CLAMP_RELU); break;       \
    default: macro(OCTET_CLAMP_COMPARE);                         \
    }
OCTET_INLINE float32x4_t octet_clamp_neon(const int kind, float32x4_t x, float32x4_t min, float32x4_t max) {
    if (kind == OCTET_CLAMP_MIN_MAX) return vminq_f32(vmaxq_f32(x, min), max);
    if (kind == OCTET_CLAMP_RELU) {
        const uint32x4_t below = vcltzq_f32(x);
        return vminq_f32(vreinterpretq_f32_u32(vbicq_u32(vreinterpretq_u32_f32(x), below)), max);
    }
    return vbslq_f32(vcltq_f32(x, min), min, vbslq_f32(vcgtq_f32(x, max), max, x));
}
/* The first n (1..4) floats. */
OCTET_INLINE void octet_store_floats_neon(float *out, float32x4_t x, uint32_t n) {
    if (n >= 4) {
        vst1q_f32(out, x);
        return;
    }
    if (n & 2) {
        vst1_f32(out, vget_low_f32(x));
        x = vextq_f32(x, x, 2);
        out += 2;
    }
    if (n & 1) *out = vgetq_lane_f32(x, 0);
}

#endif
#endif
