/* kernels/fast/columns.h - int8 products for many windows: vectors of 8 windows, so that
 *        every output has a program of its own (bins.h).
 * In:  input [N,H,W,C] and filters [O,h,w,C] of a convolution without groups.
 * Out: output [N,OH,OW,O], the bytes of octet_conv_2d_s8_ref.
 * Knows: the windows, packed: blocks of vectors, [block][step][vector][8 windows][4 inputs].
 * Does not know: instruction sets (select.h), the graph, threads. */
#ifndef OCTET_KERNELS_FAST_COLUMNS_H
#define OCTET_KERNELS_FAST_COLUMNS_H

#include "kernels/fast/bins.h"
#include "kernels/fast/scale.h"
#include "kernels/fast/window.h"

typedef struct octet_columns octet_columns;

/* pack: 8 windows at rows, as steps of block[vector]; the first `vectors` of a block times the 8 outputs of a panel. */
typedef struct octet_columns_kernel {
    const char *name;
    void (*pack)(const octet_columns *c, const uint8_t *const *rows, uint8_t *out);
    void (*multiply)(const octet_columns *c, uint32_t panel, const uint8_t *block, uint32_t vectors, size_t n_windows,
                     int8_t *out);
} octet_columns_kernel;

enum { OCTET_COLUMNS_LANES = 8, OCTET_COLUMNS_VECTORS = 8, OCTET_COLUMNS_VECTOR_BYTES = 32 };

struct octet_columns {
    const octet_columns_kernel *kernel;
    octet_windows windows;
    uint32_t n_outputs, n_panels;
    uint32_t segment_steps, n_steps; /* of a segment, of a window */
    uint32_t chunk_steps, n_chunks;  /* steps that a program covers: their inputs stay in the first-level cache */
    uint32_t n_vectors, n_blocks, block_vectors;
    size_t step_bytes, block_bytes;
    size_t packed_offset; /* in the shared memory, after the padded input */
    octet_bins_kinds kinds;
    const uint8_t *const *programs; /* by panel: of its outputs, chunk by chunk */
    octet_scale scale;
    int32_t zero_point;
    bool panel_major; /* order of units: all blocks of a panel, or all panels of a block */
};

/* *out is NULL where it does not fit or does not pay. */
octet_status octet_columns_make(octet_context *ctx, octet_arena *arena, uint32_t cpu, const octet_window_shape *shape,
                                uint32_t n_outputs, const octet_requantize *q, const int8_t *weights,
                                const int32_t *bias, octet_columns **out);
/* Three phases: pad (no units where every window lies inside the input), pack, multiply. */
uint32_t octet_columns_units(const octet_columns *c, uint32_t phase);
size_t octet_columns_shared_bytes(const octet_columns *c);
void octet_columns_run(const octet_columns *c, uint32_t phase, const int8_t *input, void *shared, int8_t *output,
                       uint32_t begin, uint32_t end);

static inline uint32_t octet_columns_width(const octet_columns *c, uint32_t panel) {
    const uint32_t left = c->n_outputs - panel * OCTET_COLUMNS_LANES;
    return left < OCTET_COLUMNS_LANES ? left : OCTET_COLUMNS_LANES;
}

#endif
