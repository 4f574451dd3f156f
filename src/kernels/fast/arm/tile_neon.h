/* kernels/fast/arm/tile_neon.h - what the register tiles of all element types share.
 * In:  a product (product.h), the addresses of windows; a macro that multiplies one step of all windows.
 * Out: sums [rows][vectors] of 4 outputs each, in registers.
 * Knows: how segments are walked. 16 bytes of a window hold several steps of k, which multiplications by element take
 *        one after the other; the last 16 bytes of a segment may pass its end.
 * Does not know: element types, requantization. */
#ifndef OCTET_KERNELS_FAST_ARM_TILE_NEON_H
#define OCTET_KERNELS_FAST_ARM_TILE_NEON_H

#include "kernels/fast/cpu.h"
#include "kernels/fast/product.h"

#if OCTET_FAST_NEON
#include <arm_neon.h>

/* Sums, 4 vectors of weights and the windows' inputs stay within 32 registers: 5 windows of 16 outputs, 8 of 8. */
enum {
    OCTET_TILE_LANES = 4,
    OCTET_TILE_VECTORS = 4,
    OCTET_TILE_ROWS = 5,
    OCTET_NARROW_VECTORS = 2,
    OCTET_NARROW_ROWS = 8,
    OCTET_TILE_MOST_SUMS = OCTET_TILE_VECTORS * OCTET_TILE_ROWS
};

/* Keeps a step's loads of weights behind the step before it: gcc would load early and run out of registers. */
#define OCTET_TILE_FENCE __asm__ volatile("" ::: "memory");
#define OCTET_TILE_STEPS_4(STEP, left) \
    STEP(0)                            \
    OCTET_TILE_FENCE                   \
    if ((left) > 1) STEP(1)            \
    OCTET_TILE_FENCE                   \
    if ((left) > 2) STEP(2)            \
    OCTET_TILE_FENCE                   \
    if ((left) > 3) STEP(3)
#define OCTET_TILE_STEPS_8(STEP, left) \
    OCTET_TILE_STEPS_4(STEP, left)     \
    OCTET_TILE_FENCE                   \
    if ((left) > 4) STEP(4)            \
    OCTET_TILE_FENCE                   \
    if ((left) > 5) STEP(5)            \
    OCTET_TILE_FENCE                   \
    if ((left) > 6) STEP(6)            \
    OCTET_TILE_FENCE                   \
    if ((left) > 7) STEP(7)

/* Stands in a function of p, panel, row and rows; rows and whatever STEP takes are constants at every call. n: 4 or 8
 * steps in 16 bytes, of type X. STEP(lane) is a block that finds the inputs in value[rows] and advances w. */
#define OCTET_TILE_WALK(X, n, STEP)                                                               \
    const uint8_t *w = p->weights + panel * p->panel_bytes;                                       \
    for (uint32_t segment = 0; segment < p->windows.n_segments; segment++) {                      \
        const uint8_t *x[OCTET_NARROW_ROWS];                                                      \
        OCTET_UNROLL                                                                              \
        for (int i = 0; i < rows; i++) x[i] = row[i] + p->windows.segment_offsets[segment];       \
        X value[OCTET_NARROW_ROWS];                                                               \
        size_t at = 0;                                                                            \
        uint32_t left = p->steps;                                                                 \
        for (; left >= n; left -= n, at += 16) {                                                  \
            __asm__ volatile("" : "+r"(at)); /* one offset for all windows, not a pointer each */ \
            OCTET_UNROLL                                                                          \
            for (int i = 0; i < rows; i++) __builtin_memcpy(&value[i], x[i] + at, 16);            \
            OCTET_TILE_STEPS_##n(STEP, n)                                                         \
        }                                                                                         \
        if (left > 0) {                                                                           \
            OCTET_UNROLL                                                                          \
            for (int i = 0; i < rows; i++) __builtin_memcpy(&value[i], x[i] + at, 16);            \
            OCTET_TILE_STEPS_##n(STEP, left)                                                      \
        }                                                                                         \
    }

/* A kernel's function for any number of windows and outputs, from tile(p, panel, rows, out, rows, vectors). */
#define OCTET_TILE_CASE(tile, n)                                \
    case n:                                                     \
        if (vectors == 1) tile(p, panel, rows, out, n, 1);      \
        else if (vectors == 2) tile(p, panel, rows, out, n, 2); \
        else if (vectors == 3) tile(p, panel, rows, out, n, 3); \
        else tile(p, panel, rows, out, n, 4);                   \
        break;
#define OCTET_TILE_ANY(name, target, tile)                                                                       \
    static target void name(const octet_product *p, uint32_t panel, const uint8_t *const *rows, uint32_t n_rows, \
                            void *out) {                                                                         \
        const uint32_t vectors = (octet_product_width(p, panel) + OCTET_TILE_LANES - 1) / OCTET_TILE_LANES;      \
        switch (n_rows) {                                                                                        \
            OCTET_TILE_CASE(tile, 1)                                                                             \
            OCTET_TILE_CASE(tile, 2)                                                                             \
            OCTET_TILE_CASE(tile, 3)                                                                             \
            OCTET_TILE_CASE(tile, 4)                                                                             \
            OCTET_TILE_CASE(tile, 5)                                                                             \
        default: break;                                                                                          \
        }                                                                                                        \
    }
#define OCTET_TILE_NARROW_CASE(tile, n)              \
    case n:                                          \
        if (is_one) tile(p, panel, rows, out, n, 1); \
        else tile(p, panel, rows, out, n, 2);        \
        break;
#define OCTET_TILE_NARROW(name, target, tile)                                                                    \
    static target void name(const octet_product *p, uint32_t panel, const uint8_t *const *rows, uint32_t n_rows, \
                            void *out) {                                                                         \
        const bool is_one = octet_product_width(p, panel) <= OCTET_TILE_LANES;                                   \
        switch (n_rows) {                                                                                        \
            OCTET_TILE_NARROW_CASE(tile, 1)                                                                      \
            OCTET_TILE_NARROW_CASE(tile, 2)                                                                      \
            OCTET_TILE_NARROW_CASE(tile, 3)                                                                      \
            OCTET_TILE_NARROW_CASE(tile, 4)                                                                      \
            OCTET_TILE_NARROW_CASE(tile, 5)                                                                      \
            OCTET_TILE_NARROW_CASE(tile, 6)                                                                      \
            OCTET_TILE_NARROW_CASE(tile, 7)                                                                      \
            OCTET_TILE_NARROW_CASE(tile, 8)                                                                      \
        default: break;                                                                                          \
        }                                                                                                        \
    }

#endif
#endif
