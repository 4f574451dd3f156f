/* float32 products with NEON: one output per lane, k ascending. */
#include "kernels/fast/arm/kernels.h"
#include "kernels/fast/arm/scale_neon.h"
#include "kernels/fast/arm/tile_neon.h"

#if OCTET_FAST_NEON

#define STEP(lane)                                                                                       \
    {                                                                                                    \
        float32x4_t weight[OCTET_TILE_VECTORS];                                                          \
        OCTET_UNROLL                                                                                     \
        for (int v = 0; v < vectors; v++) {                                                              \
            weight[v] = vld1q_f32((const float *)(const void *)w);                                       \
            w += 16;                                                                                     \
        }                                                                                                \
        OCTET_UNROLL                                                                                     \
        for (int i = 0; i < rows; i++) {                                                                 \
            OCTET_UNROLL                                                                                 \
            for (int v = 0; v < vectors; v++)                                                            \
                sum[i * vectors + v] = vfmaq_laneq_f32(sum[i * vectors + v], weight[v], value[i], lane); \
        }                                                                                                \
    }

OCTET_INLINE void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row, float *out, const int rows,
                       const int vectors) {
    float32x4_t sum[OCTET_TILE_MOST_SUMS];
    const float *bias = p->bias + (size_t)panel * OCTET_TILE_LANES * p->kernel->vectors;
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++) sum[i * vectors + v] = vld1q_f32(bias + v * OCTET_TILE_LANES);
    }
    OCTET_TILE_WALK(float32x4_t, 4, STEP)
    const float32x4_t min = vdupq_n_f32(p->real_min), max = vdupq_n_f32(p->real_max);
    const size_t next = p->n_outputs;
    const uint32_t n_last =
        octet_product_width(p, panel) - (uint32_t)((vectors - 1) * OCTET_TILE_LANES); /* lanes of the last vector */
#define FINISH(kind)                                                                                             \
    OCTET_UNROLL                                                                                                 \
    for (int i = 0; i < rows; i++, out += next) {                                                                \
        OCTET_UNROLL                                                                                             \
        for (int v = 0; v < vectors; v++) {                                                                      \
            const float32x4_t r = octet_clamp_neon(kind, sum[i * vectors + v], min, max);                        \
            octet_store_floats_neon(out + v * OCTET_TILE_LANES, r, v + 1 < vectors ? OCTET_TILE_LANES : n_last); \
        }                                                                                                        \
    }
    OCTET_CLAMP_SWITCH(p->real_min, p->real_max, FINISH)
}

OCTET_TILE_ANY(tile_any, , tile)
OCTET_TILE_NARROW(tile_narrow, , tile)

const octet_product_kernel octet_product_f32_neon = {.name = "neon",
                                                     .tile = tile_any,
                                                     .prepare = octet_windows_prepare_f32,
                                                     .element = 4,
                                                     .k_group = 1,
                                                     .weight_bytes = 4,
                                                     .lanes = OCTET_TILE_LANES,
                                                     .vectors = OCTET_TILE_VECTORS,
                                                     .max_rows = OCTET_TILE_ROWS,
                                                     .input_offset = OCTET_PRODUCT_NO_OFFSET};
const octet_product_kernel octet_product_f32_neon_narrow = {.name = "neon",
                                                            .tile = tile_narrow,
                                                            .prepare = octet_windows_prepare_f32,
                                                            .element = 4,
                                                            .k_group = 1,
                                                            .weight_bytes = 4,
                                                            .lanes = OCTET_TILE_LANES,
                                                            .vectors = OCTET_NARROW_VECTORS,
                                                            .max_rows = OCTET_NARROW_ROWS,
                                                            .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
