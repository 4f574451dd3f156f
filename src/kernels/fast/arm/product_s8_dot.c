/* int8 products by the dot-product instructions, 4 inputs times 4 weights of 4 outputs each. */
#include "kernels/fast/arm/int8_tile_neon.h"
#include "kernels/fast/arm/kernels.h"

#if OCTET_FAST_NEON && defined(OCTET_FAST_DOTPROD)

#define STEP(lane)                                                                                       \
    {                                                                                                    \
        int8x16_t weight[OCTET_TILE_VECTORS];                                                            \
        OCTET_UNROLL                                                                                     \
        for (int v = 0; v < vectors; v++) {                                                              \
            weight[v] = vld1q_s8((const int8_t *)w);                                                     \
            w += 16;                                                                                     \
        }                                                                                                \
        OCTET_UNROLL                                                                                     \
        for (int i = 0; i < rows; i++) {                                                                 \
            OCTET_UNROLL                                                                                 \
            for (int v = 0; v < vectors; v++)                                                            \
                sum[i * vectors + v] = vdotq_laneq_s32(sum[i * vectors + v], weight[v], value[i], lane); \
        }                                                                                                \
    }

OCTET_INLINE OCTET_TARGET_FAST_DOTPROD void tile(const octet_product *p, uint32_t panel, const uint8_t *const *row,
                                                 int8_t *out, const int rows, const int vectors) {
    const size_t lane = (size_t)panel * OCTET_TILE_LANES * p->kernel->vectors;
    int32x4_t sum[OCTET_TILE_MOST_SUMS];
    octet_tile_begin_s8(p, lane, sum, rows, vectors);
    OCTET_TILE_WALK(int8x16_t, 4, STEP)
    octet_tile_end_s8(p, lane, octet_product_width(p, panel), sum, out, rows, vectors);
}

OCTET_TILE_ANY(tile_any, OCTET_TARGET_FAST_DOTPROD, tile)
OCTET_TILE_NARROW(tile_narrow, OCTET_TARGET_FAST_DOTPROD, tile)

const octet_product_kernel octet_product_s8_dot = {.name = "dotprod",
                                                   .tile = tile_any,
                                                   .prepare = octet_windows_prepare_s8,
                                                   .element = 1,
                                                   .k_group = 4,
                                                   .weight_bytes = 1,
                                                   .lanes = OCTET_TILE_LANES,
                                                   .vectors = OCTET_TILE_VECTORS,
                                                   .max_rows = OCTET_TILE_ROWS,
                                                   .input_offset = 0};
const octet_product_kernel octet_product_s8_dot_narrow = {.name = "dotprod",
                                                          .tile = tile_narrow,
                                                          .prepare = octet_windows_prepare_s8,
                                                          .element = 1,
                                                          .k_group = 4,
                                                          .weight_bytes = 1,
                                                          .lanes = OCTET_TILE_LANES,
                                                          .vectors = OCTET_NARROW_VECTORS,
                                                          .max_rows = OCTET_NARROW_ROWS,
                                                          .input_offset = 0};

#endif
