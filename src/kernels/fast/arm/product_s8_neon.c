/* int8 products with NEON where there is no dot product, or weights have a zero point: inputs and weights widened to
 * int16, 4 outputs per multiplication by element. */
#include "kernels/fast/arm/int8_tile_neon.h"
#include "kernels/fast/arm/kernels.h"

#if OCTET_FAST_NEON

/* Two vectors of sums take a vector of weights; the last of an odd number takes half of one. */
#define STEP(lane)                                                                                                  \
    {                                                                                                               \
        int16x8_t weight[OCTET_TILE_VECTORS / 2];                                                                   \
        OCTET_UNROLL                                                                                                \
        for (int v = 0; v < vectors; v += 2) {                                                                      \
            if (v + 1 < vectors) weight[v / 2] = vld1q_s16((const int16_t *)(const void *)(w + v * 8));             \
            else weight[v / 2] = vcombine_s16(vld1_s16((const int16_t *)(const void *)(w + v * 8)), vdup_n_s16(0)); \
        }                                                                                                           \
        w += vectors * 8;                                                                                           \
        OCTET_UNROLL                                                                                                \
        for (int i = 0; i < rows; i++) {                                                                            \
            OCTET_UNROLL                                                                                            \
            for (int v = 0; v < vectors; v += 2) {                                                                  \
                int32x4_t *s = sum + i * vectors + v;                                                               \
                s[0] = vmlal_laneq_s16(s[0], vget_low_s16(weight[v / 2]), value[i], lane);                          \
                if (v + 1 < vectors) s[1] = vmlal_high_laneq_s16(s[1], weight[v / 2], value[i], lane);              \
            }                                                                                                       \
        }                                                                                                           \
    }

OCTET_INLINE void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row, int8_t *out, const int rows,
                       const int vectors) {
    const size_t lane = (size_t)panel * OCTET_TILE_LANES * p->kernel->vectors;
    int32x4_t sum[OCTET_TILE_MOST_SUMS];
    octet_tile_begin_s8(p, lane, sum, rows, vectors);
    OCTET_TILE_WALK(int16x8_t, 8, STEP)
    octet_tile_end_s8(p, lane, octet_product_width(p, panel), sum, out, rows, vectors);
}

OCTET_TILE_ANY(tile_any, , tile)
OCTET_TILE_NARROW(tile_narrow, , tile)

const octet_product_kernel octet_product_s8_neon = {.name = "neon",
                                                    .tile = tile_any,
                                                    .prepare = octet_windows_prepare_s16,
                                                    .element = 2,
                                                    .k_group = 1,
                                                    .weight_bytes = 2,
                                                    .lanes = OCTET_TILE_LANES,
                                                    .vectors = OCTET_TILE_VECTORS,
                                                    .max_rows = OCTET_TILE_ROWS,
                                                    .input_offset = OCTET_PRODUCT_NO_OFFSET};
const octet_product_kernel octet_product_s8_neon_narrow = {.name = "neon",
                                                           .tile = tile_narrow,
                                                           .prepare = octet_windows_prepare_s16,
                                                           .element = 2,
                                                           .k_group = 1,
                                                           .weight_bytes = 2,
                                                           .lanes = OCTET_TILE_LANES,
                                                           .vectors = OCTET_NARROW_VECTORS,
                                                           .max_rows = OCTET_NARROW_ROWS,
                                                           .input_offset = OCTET_PRODUCT_NO_OFFSET};

#endif
