/* kernels/fast/winograd.h - int8 3x3 convolutions of stride 1 by Winograd's F(2x2, 3x3), exact in integers.
 * In:  input [N,H,W,C] and filters [O,3,3,C] of a convolution without dilation and groups.
 * Out: output [N,OH,OW,O], the bytes of octet_conv_2d_s8_ref.
 * Knows: the transforms. With filters scaled by 4, (2G) g (2G)^T is integral (at most 9 * 128 in magnitude), inputs
 *        become at most 4 * 128: both fit 16 bits. 16 products of matrices take the place of 36; the sums are 4 times
 *        the convolution's. Sums wrap modulo 2^32, and 4 times the result fits 32 bits for C <= 1024, so that the
 *        division by 4 is exact. The zero point of the input is in the bias.
 * Does not know: instruction sets (select.h), the graph, threads.
 * Source: Lavin and Gray, Fast Algorithms for Convolutional Neural Networks. */
#ifndef OCTET_KERNELS_FAST_WINOGRAD_H
#define OCTET_KERNELS_FAST_WINOGRAD_H

#include "kernels/fast/scale.h"
#include "kernels/fast/window.h"

typedef struct octet_winograd octet_winograd;

/* Of the tiles [first, first + n), at most OCTET_WINOGRAD_BLOCK. planes: [16][plane_elements], a plane
 * [n][row_elements]; transform fills it, multiply takes it for the 16 outputs of `panel`. */
typedef struct octet_winograd_kernel {
    const char *name;
    void (*transform)(const octet_winograd *w, const int8_t *padded, int16_t *planes, size_t first, size_t n);
    void (*multiply)(const octet_winograd *w, const int16_t *planes, int8_t *output, size_t panel, size_t first,
                     size_t n);
} octet_winograd_kernel;

struct octet_winograd {
    const octet_winograd_kernel *kernel;
    octet_windows windows; /* padded input, of an even number of output rows and columns */
    int32_t out_h, out_w;  /* true; of pools those behind them */
    bool pools;            /* a tile's four outputs are the window of a max pool, taken before they are requantized */
    uint32_t n_outputs, n_panels, tiles_h, tiles_w;
    size_t n_tiles, n_blocks;  /* 2x2 outputs each; blocks of tiles */
    size_t row_elements;       /* C rounded up to whole vectors: one tile's row of a transformed plane */
    size_t plane_elements;     /* from plane to plane of a block */
    bool near;                 /* all panels take a block while it is in the first-level cache */
    size_t transformed_offset; /* in the shared memory, after the padded input; of all blocks unless near */
    const int16_t *weights;    /* [panel][16][C / 2][16 outputs][2] */
    octet_scale scale;
    int32_t zero_point;
};

/* *out is NULL where it does not fit or does not pay. */
octet_status octet_winograd_make(octet_context *ctx, octet_arena *arena, uint32_t cpu, const octet_window_shape *shape,
                                 uint32_t n_outputs, const octet_requantize *q, const int8_t *weights,
                                 const int32_t *bias, octet_winograd **out);
/* Phases: pad; transform, unless near; multiply. */
uint32_t octet_winograd_phases(const octet_winograd *w);
uint32_t octet_winograd_units(const octet_winograd *w, uint32_t phase);
size_t octet_winograd_shared_bytes(const octet_winograd *w);
void octet_winograd_run(const octet_winograd *w, uint32_t phase, const int8_t *input, void *shared, int8_t *output,
                        uint32_t begin, uint32_t end);

enum { OCTET_WINOGRAD_LANES = 16, OCTET_WINOGRAD_ROWS = 5, OCTET_WINOGRAD_BLOCK = 20 };

#endif
