/* Products with NEON: int8 by the dot-product instructions, float32 by fused multiply-add; one output per lane. */
#include "kernels/fast/arm/kernels.h"
#include "kernels/fast/cpu.h"

#if OCTET_FAST_NEON
#include <arm_neon.h>

enum { VECTORS = 4, LANES = 4, MAX_ROWS = 6 };

/* Four sums as octet_requantize_s32 (or the double form) requantizes them. sqrdmulh is the high multiply; srshl rounds
 * half up, which the added sign turns into half away from zero. */
OCTET_INLINE OCTET_TARGET_FAST_DOTPROD int32x4_t requantize(const octet_scale *s, size_t lane, int32x4_t x) {
    if (s->real) {
        int32_t sums[LANES];
        vst1q_s32(sums, x);
        for (int i = 0; i < LANES; i++) sums[i] = octet_round_s32((double)sums[i] * s->real[lane + (size_t)i]);
        x = vld1q_s32(sums);
    } else {
        const int32x4_t right = vaddq_s32(vld1q_s32(s->right + lane), vdupq_n_s32(s->folded ? 1 : 0)),
                        down = vnegq_s32(right);
        x = vqrdmulhq_s32(vshlq_s32(x, vld1q_s32(s->left + lane)), vld1q_s32(s->multiplier + lane));
        x = vrshlq_s32(vqaddq_s32(x, vshrq_n_s32(vandq_s32(x, down), 31)), down);
    }
    x = vaddq_s32(x, vdupq_n_s32(s->zero_point));
    return vminq_s32(vmaxq_s32(x, vdupq_n_s32(s->min)), vdupq_n_s32(s->max));
}

OCTET_INLINE OCTET_TARGET_FAST_DOTPROD void store(const octet_product *p, size_t lane, const int32x4_t *sum,
                                                  int vectors, uint32_t width, int8_t *out) {
    int8_t bytes[VECTORS * LANES];
    OCTET_UNROLL
    for (int v = 0; v < vectors; v++) {
        const int16x4_t words = vmovn_s32(requantize(&p->scale, lane + (size_t)v * LANES, sum[v]));
        const int8x8_t eight = vmovn_s16(vcombine_s16(words, words));
        vst1_lane_s32((int32_t *)(void *)(bytes + v * LANES), vreinterpret_s32_s8(eight), 0);
    }
    __builtin_memcpy(out, bytes, width);
}

/* rows and vectors are constants at every call: sums live in registers. */
OCTET_INLINE OCTET_TARGET_FAST_DOTPROD void tile_s8(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                                    int8_t *out, const int rows, const int vectors) {
    const size_t lane = (size_t)panel * LANES * VECTORS;
    int32x4_t sum[MAX_ROWS * VECTORS];
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[i * vectors + v] = vld1q_s32(p->scale.bias + lane + (size_t)v * LANES);
    }
    const int8_t *w = (const int8_t *)p->weights + panel * p->panel_bytes;
    const size_t steps = p->steps;
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const uint8_t *x[MAX_ROWS];
        OCTET_UNROLL
        for (int i = 0; i < rows; i++) x[i] = row[i] + p->windows.segment_offsets[segment];
        for (size_t k = 0; k < steps; k++, w += vectors * 16) {
            int8x16_t weight[VECTORS];
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) weight[v] = vld1q_s8(w + v * 16);
            OCTET_UNROLL
            for (int i = 0; i < rows; i++) {
                int32_t four;
                __builtin_memcpy(&four, x[i] + 4 * k, 4);
                const int8x16_t bytes = vreinterpretq_s8_s32(vdupq_n_s32(four));
                OCTET_UNROLL
                for (int v = 0; v < vectors; v++)
                    sum[i * vectors + v] = vdotq_s32(sum[i * vectors + v], weight[v], bytes);
            }
        }
    }
    const uint32_t width = octet_product_width(p, panel);
    for (int i = 0; i < rows; i++) store(p, lane, sum + i * vectors, vectors, width, out + (size_t)i * p->n_outputs);
}

/* The clamp keeps NaN and the sign of zero, as the reference does: selected by comparisons. */
OCTET_INLINE OCTET_TARGET_FAST_DOTPROD float32x4_t clamp(float32x4_t x, float32x4_t min, float32x4_t max) {
    return vbslq_f32(vcltq_f32(x, min), min, vbslq_f32(vcgtq_f32(x, max), max, x));
}

OCTET_INLINE OCTET_TARGET_FAST_DOTPROD void tile_f32(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                                     float *out, const int rows, const int vectors) {
    float32x4_t sum[MAX_ROWS * VECTORS];
    const float *bias = p->bias + (size_t)panel * LANES * VECTORS;
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[i * vectors + v] = vld1q_f32(bias + v * LANES);
    }
    const float *w = (const float *)(const void *)(p->weights + panel * p->panel_bytes);
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {
        const float *x[MAX_ROWS];
        OCTET_UNROLL
        for (int i = 0; i < rows; i++)
            x[i] = (const float *)(const void *)(row[i] + p->windows.segment_offsets[segment]);
        for (size_t k = 0; k < p->steps; k++, w += vectors * LANES) {
            float32x4_t weight[VECTORS];
            OCTET_UNROLL
            for (int v = 0; v < vectors; v++) weight[v] = vld1q_f32(w + v * LANES);
            OCTET_UNROLL
            for (int i = 0; i < rows; i++) {
                OCTET_UNROLL
                for (int v = 0; v < vectors; v++)
                    sum[i * vectors + v] = vfmaq_f32(sum[i * vectors + v], weight[v], vdupq_n_f32(x[i][k]));
            }
        }
    }
    const uint32_t width = octet_product_width(p, panel);
    const float32x4_t min = vdupq_n_f32(p->real_min), max = vdupq_n_f32(p->real_max);
    for (int i = 0; i < rows; i++) {
        float results[VECTORS * LANES];
        for (int v = 0; v < vectors; v++) vst1q_f32(results + v * LANES, clamp(sum[i * vectors + v], min, max));
        __builtin_memcpy(out + (size_t)i * p->n_outputs, results, width * sizeof *results);
    }
}

#define CASES(tile, n)                                          \
    case n:                                                     \
        if (vectors == 1) tile(p, panel, rows, out, n, 1);      \
        else if (vectors == 2) tile(p, panel, rows, out, n, 2); \
        else if (vectors == 3) tile(p, panel, rows, out, n, 3); \
        else tile(p, panel, rows, out, n, 4);                   \
        break;
#define TILE_ANY(name, tile)                                                                                       \
    static OCTET_TARGET_FAST_DOTPROD void name(const octet_product *p, uint32_t panel, const uint8_t *const *rows, \
                                               uint32_t n_rows, void *out) {                                       \
        const uint32_t vectors = (octet_product_width(p, panel) + LANES - 1) / LANES;                              \
        switch (n_rows) {                                                                                          \
            CASES(tile, 1)                                                                                         \
            CASES(tile, 2)                                                                                         \
            CASES(tile, 3)                                                                                         \
            CASES(tile, 4)                                                                                         \
            CASES(tile, 5)                                                                                         \
            CASES(tile, 6)                                                                                         \
        default: break;                                                                                            \
        }                                                                                                          \
    }

TILE_ANY(tile_any_s8, tile_s8)
TILE_ANY(tile_any_f32, tile_f32)

const octet_product_kernel octet_product_s8_neon = {.name = "dotprod",
                                                    .tile = tile_any_s8,
                                                    .prepare = octet_windows_prepare_s8,
                                                    .element = 1,
                                                    .k_group = 4,
                                                    .weight_bytes = 1,
                                                    .lanes = LANES,
                                                    .vectors = VECTORS,
                                                    .max_rows = MAX_ROWS,
                                                    .input_offset = 0};
const octet_product_kernel octet_product_f32_neon = {.name = "neon",
                                                     .tile = tile_any_f32,
                                                     .prepare = octet_windows_prepare_f32,
                                                     .element = 4,
                                                     .k_group = 1,
                                                     .weight_bytes = 4,
                                                     .lanes = LANES,
                                                     .vectors = VECTORS,
                                                     .max_rows = MAX_ROWS,
                                                     .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
