/* kernels/fast/bins.h - int8 products by vpmaddubsw, summed in 16 bits where the weights
 *        of one output prove that nothing can saturate.
 * In:  the weights of one output in steps of 4.
 * Out: a program: bins of steps whose products share a sum of 16 bits.
 * Knows: the bounds. A step multiplies 4 inputs by 4 weights and adds neighbours: two lanes of 16 bits. With inputs
 *        0..255 (value + 128) a lane stays inside int16 when the positive weights that went into it sum to at most 128
 *        and the negative ones to at least -128. A step that breaks this alone gives its signs to the inputs: value +
 *        128 turns into value or, where the weight is negative, -value - 1 by one XOR; both are in -128..127, so that
 *        sizes of weights may sum to 256, which two always keep. What the XOR adds is constant for each output. Integer
 *        sums are exact in any order.
 * Does not know: where inputs lie, layers, threads. */
#ifndef OCTET_KERNELS_FAST_BINS_H
#define OCTET_KERNELS_FAST_BINS_H

#include <stddef.h>
#include <stdint.h>

enum { OCTET_BINS_STEP = 4, OCTET_BINS_MAX_STEPS = 512, OCTET_BINS_PLAIN = 4, OCTET_BINS_TURNED = 2 };

/* Sizes of bins that programs may have: bit n - 1 for bins of n steps. A loop that ends is as dear as some steps. */
typedef struct octet_bins_kinds {
    uint8_t plain, turned;
} octet_bins_kinds;

/* A program is this head, then the plain bins of 4, 3, 2, 1 steps, then the turned ones of 2, 1. A bin of n steps is n
 * offsets (uint16) of inputs, n times 4 weights, and, if turned, n times 4 masks; weights are sizes there. Steps that
 * fill a bin up have weights of 0. */
typedef struct octet_bins_head {
    uint16_t plain[OCTET_BINS_PLAIN], turned[OCTET_BINS_TURNED]; /* numbers of bins of 1, 2, ... steps */
} octet_bins_head;

enum { OCTET_BINS_PLAIN_BYTES = 6, OCTET_BINS_TURNED_BYTES = 10 }; /* of a step */

/* Bytes that no program of so many steps exceeds: each step alone in a bin of the largest size. */
static inline size_t octet_bins_most_bytes(uint32_t n_steps) {
    return sizeof(octet_bins_head) + (size_t)n_steps * OCTET_BINS_PLAIN * OCTET_BINS_PLAIN_BYTES;
}

/* weights: n_steps (at most MAX_STEPS) times 4. Inputs of step i lie at i * stride, which fits uint16. out: room for
 * most_bytes. Returns the bytes of the program; adds to *correction what is to be added to sums of weights times (value
 * + 128), modulo 2^32, and to *cost the vector instructions for 8 windows, without those that the ends of loops cost.
 */
size_t octet_bins_pack(const int8_t *weights, uint32_t n_steps, uint32_t stride, octet_bins_kinds kinds, uint8_t *out,
                       uint32_t *correction, uint64_t *cost);

#endif
