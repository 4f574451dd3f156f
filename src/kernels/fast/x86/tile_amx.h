/* kernels/fast/x86/tile_amx.h - the instructions on AMX tiles.
 * In:  tile numbers, literally; addresses and strides.
 * Out: OCTET_TILE_*: the instructions, or a model of them in C where OCTET_AMX_MODEL is set (tools/test_isa), with
 * which machines without AMX compare the kernels' bytes. Knows: gcc's and clang's intrinsics; palette 1: eight tiles of
 * up to 16 rows of 64 bytes. Does not know: products. */
#ifndef OCTET_KERNELS_FAST_X86_TILE_AMX_H
#define OCTET_KERNELS_FAST_X86_TILE_AMX_H

#include "kernels/fast/cpu.h"

#if defined(OCTET_FAST_AMX)

enum { OCTET_TILE_ROWS = 16, OCTET_TILE_ROW_BYTES = 64, OCTET_TILE_LANES = 16, OCTET_TILE_DEPTH = 64, OCTET_TILES = 8 };

/* What LDTILECFG reads: 64 bytes. */
typedef struct octet_tile_shapes {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t n_rows[16];
} octet_tile_shapes;

#ifndef OCTET_AMX_MODEL
#include <immintrin.h>
/* gcc's intrinsics do not say which memory they read: what was written before is in memory here. */
#define OCTET_TILE_CONFIGURE(shapes)                   \
    do {                                               \
        __asm__ volatile("" ::"r"(shapes) : "memory"); \
        _tile_loadconfig(shapes);                      \
    } while (0)
#define OCTET_TILE_RELEASE() _tile_release()
#define OCTET_TILE_LOAD(tile, from, stride) _tile_loadd(tile, from, stride)
#define OCTET_TILE_STORE(tile, to, stride) _tile_stored(tile, to, stride)
#define OCTET_TILE_DOT(sum, a, b) _tile_dpbssd(sum, a, b) /* int8 by int8; b: four bytes of k per lane and row */
#else
#include <assert.h>
#include <string.h>

typedef struct octet_tile_model {
    octet_tile_shapes shapes;
    uint8_t bytes[OCTET_TILES][OCTET_TILE_ROWS][OCTET_TILE_ROW_BYTES];
} octet_tile_model;
static _Thread_local octet_tile_model octet_tiles;

static inline void octet_tile_load(uint32_t tile, const void *from, size_t stride) {
    const octet_tile_shapes *s = &octet_tiles.shapes;
    assert(s->palette == 1);
    memset(octet_tiles.bytes[tile], 0, sizeof octet_tiles.bytes[tile]);
    for (uint32_t i = 0; i < s->n_rows[tile]; i++)
        memcpy(octet_tiles.bytes[tile][i], (const uint8_t *)from + i * stride, s->row_bytes[tile]);
}
static inline void octet_tile_store(uint32_t tile, void *to, size_t stride) {
    const octet_tile_shapes *s = &octet_tiles.shapes;
    for (uint32_t i = 0; i < s->n_rows[tile]; i++)
        memcpy((uint8_t *)to + i * stride, octet_tiles.bytes[tile][i], s->row_bytes[tile]);
}
static inline void octet_tile_dot(uint32_t sum, uint32_t a, uint32_t b) {
    const octet_tile_shapes *s = &octet_tiles.shapes;
    assert(s->n_rows[sum] == s->n_rows[a] && s->row_bytes[sum] == s->row_bytes[b] &&
           s->row_bytes[a] == 4 * s->n_rows[b]);
    for (uint32_t i = 0; i < s->n_rows[sum]; i++) {
        for (uint32_t lane = 0; lane < s->row_bytes[sum] / 4u; lane++) {
            uint32_t total;
            memcpy(&total, &octet_tiles.bytes[sum][i][4 * lane], 4);
            for (uint32_t k = 0; k < s->row_bytes[a]; k++) {
                const int8_t x = (int8_t)octet_tiles.bytes[a][i][k],
                             y = (int8_t)octet_tiles.bytes[b][k / 4][4 * lane + k % 4];
                total += (uint32_t)(x * y);
            }
            memcpy(&octet_tiles.bytes[sum][i][4 * lane], &total, 4);
        }
    }
}
#define OCTET_TILE_CONFIGURE(from)                                    \
    do {                                                              \
        memset(&octet_tiles, 0, sizeof octet_tiles);                  \
        memcpy(&octet_tiles.shapes, from, sizeof octet_tiles.shapes); \
    } while (0)
#define OCTET_TILE_RELEASE() memset(&octet_tiles, 0, sizeof octet_tiles)
#define OCTET_TILE_LOAD(tile, from, stride) octet_tile_load(tile, from, stride)
#define OCTET_TILE_STORE(tile, to, stride) octet_tile_store(tile, to, stride)
#define OCTET_TILE_DOT(sum, a, b) octet_tile_dot(sum, a, b)
#endif

#endif
#endif
