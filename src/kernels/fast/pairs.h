/* kernels/fast/pairs.h - int8 products by vpmaddubsw, summed in 16 bits where the
 *        weights prove that nothing can saturate.
 * In:  weights of a product whose input is prepared as u8 (value + 128).
 * Out: for every panel of 8 outputs a list of steps; a step is 4 neighbouring inputs times 4 weights of 8 outputs.
 * Knows: the bounds. A 16-bit lane adds two products, for a pair of steps four. With inputs 0..255 it stays inside
 *        int16 when the positive weights of the lane sum to at most 128 and the negative ones to at least -128. A step
 *        that breaks this alone gives its signs to the inputs: value + 128 turns into value or, where the weight is
 *        negative, -value - 1 by one XOR; both are in -128..127, so that sizes of weights may sum to 256, which two
 *        always keep. What the XOR adds is constant for each output. Steps are paired greedily; their order does not
 *        matter, since integer sums are exact in any order.
 * Does not know: layers, threads. */
#ifndef OCTET_KERNELS_FAST_PAIRS_H
#define OCTET_KERNELS_FAST_PAIRS_H

#include "base/memory.h"

enum { OCTET_PAIRS_LANES = 8, OCTET_PAIRS_STEP_BYTES = 32 };

typedef struct octet_pairs_list {
    uint32_t n_pairs, n_singles;
} octet_pairs_list; /* pairs first */

typedef struct octet_pairs_panel {
    octet_pairs_list plain, turned;
    const uint32_t *offsets; /* of each step's inputs from the window's first byte; plain steps first */
    const int8_t *weights;   /* [output][k]; of turned steps their sizes, followed by the masks for the inputs */
    int32_t correction[OCTET_PAIRS_LANES]; /* to add to sums of weights times (value + 128), modulo 2^32 */
} octet_pairs_panel;

static inline size_t octet_pairs_steps(octet_pairs_list list) { return 2 * (size_t)list.n_pairs + list.n_singles; }
static inline size_t octet_pairs_bytes(const octet_pairs_panel *p) {
    return (octet_pairs_steps(p->plain) + 2 * octet_pairs_steps(p->turned)) * OCTET_PAIRS_STEP_BYTES;
}

/* steps: n_steps times 32 bytes, offsets: one per step. Adds the estimated cycles per window to *cost. */
octet_status octet_pairs_pack(octet_context *ctx, octet_arena *arena, const int8_t *steps, const uint32_t *offsets,
                              uint32_t n_steps, octet_pairs_panel *out, double *cost);

#endif
