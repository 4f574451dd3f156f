/* kernels/fast/arm/int8_tile_neon.h - the ends of int8 register tiles.
 * In:  sums [rows][vectors] of a panel.
 * Out: requantized outputs.
 * Knows: scale_neon.h.
 * Does not know: how the sums came about. */
#ifndef OCTET_KERNELS_FAST_ARM_INT8_TILE_NEON_H
#define OCTET_KERNELS_FAST_ARM_INT8_TILE_NEON_H

#include "kernels/fast/arm/scale_neon.h"
#include "kernels/fast/arm/tile_neon.h"

#if OCTET_FAST_NEON

/* Every sum begins with its lane's bias. */
OCTET_INLINE void octet_tile_begin_s8(const octet_product *p, size_t lane, int32x4_t *sum, const int rows,
                                      const int vectors) {
    OCTET_UNROLL
    for (int i = 0; i < rows; i++) {
        OCTET_UNROLL
        for (int v = 0; v < vectors; v++)
            sum[i * vectors + v] = vld1q_s32(p->scale.bias + lane + (size_t)(v * OCTET_TILE_LANES));
    }
}

/* out: of the first window; the others follow n_outputs apart. */
OCTET_INLINE void octet_tile_end_s8(const octet_product *p, size_t lane, uint32_t width, const int32x4_t *sum,
                                    int8_t *out, const int rows, const int vectors) {
    const octet_scale_bounds bounds = octet_scale_bounds_neon(&p->scale);
    const size_t next = p->n_outputs;
#define FINISH(kind)                                                                                              \
    {                                                                                                             \
        octet_scale_lanes lanes[OCTET_TILE_VECTORS];                                                              \
        OCTET_UNROLL                                                                                              \
        for (int v = 0; v < vectors; v++)                                                                         \
            lanes[v] = octet_scale_lanes_neon(&p->scale, kind, lane + (size_t)(v * OCTET_TILE_LANES));            \
        OCTET_UNROLL                                                                                              \
        for (int i = 0; i < rows; i++, out += next)                                                               \
            octet_store_bytes_neon(out, octet_scale_bytes_neon(&bounds, kind, lanes, sum + i * vectors, vectors), \
                                   width);                                                                        \
    }
    OCTET_SCALE_SWITCH(&p->scale, FINISH)
#undef FINISH
}

#endif
#endif
