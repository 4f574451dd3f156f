/* kernels/fast/strips.h - int8 convolutions of one input channel with the max pool behind them: neighbouring columns
 *        of the result side by side in vectors, since the few products of a window do not pay for finding it.
 * In:  weights [O,H,W,1], the input as int16 with its padding (window.h); results two input columns apart.
 * Out: output [positions, O], requantized.
 * Knows: packing. A lane adds products of two neighbouring columns at a time; lanes are as far apart as a pair is wide,
 *        so a vector of pairs lies in the input as it is.
 * Does not know: which kernel is best on a processor (select.h), the graph, threads.
 * Exact: octet_conv_2d_s8_ref and octet_max_pool_2d_s8_ref, as octet_step_takes_pool allows. */
#ifndef OCTET_KERNELS_FAST_STRIPS_H
#define OCTET_KERNELS_FAST_STRIPS_H

#include "kernels/fast/scale.h"
#include "kernels/fast/window.h"

typedef struct octet_strips octet_strips;

/* Sums of outputs [first, end) for a vector of columns, the largest of the windows of each position: [output][column].
 * input: where the first window begins. */
typedef void octet_strips_sums(const octet_strips *c, const int16_t *input, size_t first, size_t end, int32_t *sums);
/* Requantizes them: [output / OCTET_STRIPS_CHANNELS][column][OCTET_STRIPS_CHANNELS]. */
typedef void octet_strips_bytes(const octet_strips *c, size_t first, size_t end, const int32_t *sums, int8_t *bytes);

typedef struct octet_strips_kernel {
    const char *name;
    octet_strips_sums *sums;
    octet_strips_bytes *bytes;
    uint32_t lanes; /* columns of a vector, at most OCTET_STRIPS_LANES */
} octet_strips_kernel;

/* PAIRS: of a filter row, at most; CHANNELS: `first` and `end` are multiples of it. */
enum { OCTET_STRIPS_PAIRS = 3, OCTET_STRIPS_CHANNELS = 4, OCTET_STRIPS_LANES = 16 };

struct octet_strips {
    const octet_strips_kernel *kernel;
    octet_windows windows;
    uint32_t n_outputs, pairs; /* pairs of a filter row */
    const int16_t *weights;    /* [outputs up to a multiple of OCTET_STRIPS_CHANNELS][H][pairs][2] */
    octet_scale scale;         /* of kernel->lanes equal lanes for each output */
    int32_t zero_point;
};

/* *out is NULL where it does not fit or does not pay. */
octet_status octet_strips_make(octet_context *ctx, octet_arena *arena, uint32_t cpu, const octet_window_shape *shape,
                               uint32_t n_outputs, const octet_requantize *q, const int8_t *weights,
                               const int32_t *bias, octet_strips **out);
/* Two phases: pad, multiply. */
uint32_t octet_strips_units(const octet_strips *c, uint32_t phase);
size_t octet_strips_shared_bytes(const octet_strips *c);
void octet_strips_run(const octet_strips *c, uint32_t phase, const int8_t *input, void *shared, int8_t *output,
                      uint32_t begin, uint32_t end);

#endif
