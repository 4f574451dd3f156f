/* pairs.h - int8 products by vpmaddubsw, summed in 16 bits where the weights prove that nothing can saturate.
 * In:  weights of a product whose input is prepared as u8 (value + 128).
 * Out: for every panel of 8 outputs a list of steps; a step is 4 neighbouring inputs times 4 weights of 8 outputs.
 * Knows: the bound. A 16-bit lane adds two products, for a pair of steps four; with inputs 0..255 it stays inside int16 when the positive
 *        weights of the lane sum to at most 128 and the negative ones to at least -128. A step that breaks this alone is split into two of
 *        half the weights. Steps are paired greedily; their order does not matter, since integer sums are exact in any order.
 * Does not know: layers, threads. */
#ifndef OCTET_KERNELS_FAST_PAIRS_H
#define OCTET_KERNELS_FAST_PAIRS_H

#include "base/memory.h"

enum { OCTET_PAIRS_LANES = 8, OCTET_PAIRS_STEP_BYTES = 32 };

typedef struct octet_pairs_panel {
    uint32_t n_pairs, n_singles;
    const uint32_t *offsets; /* of each step's inputs from the window's first byte; pairs first */
    const int8_t *weights;   /* OCTET_PAIRS_STEP_BYTES per step: [output][k] */
} octet_pairs_panel;

/* steps: n_steps times 32 bytes, offsets: one per step. Adds the estimated vector instructions per window to *cost. */
octet_status octet_pairs_pack(octet_context *ctx, octet_arena *arena, const int8_t *steps, const uint32_t *offsets, uint32_t n_steps,
                              octet_pairs_panel *out, double *cost);

#endif
