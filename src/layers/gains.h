/* layers/gains.h - channels that a quantized model has in other sizes.
 * In:  a float graph and a quantized one, pairs of their values.
 * Out: for each value of the quantized graph the factors of its channels, where they are not all 1.
 * Knows: that equalization multiplies channels by powers of two, and takes that back in the layers that read them.
 * Does not know: samples. */
#ifndef OCTET_LAYERS_GAINS_H
#define OCTET_LAYERS_GAINS_H

#include "layers/pairs.h"

/* Channel c (c % n along the last axis) of a value is factors[c % n] times as large as its partner. n 0: as large. */
typedef struct octet_gain {
    const float *factors; /* powers of two */
    uint32_t n;
} octet_gain;

/* Found in the weights: those of a channel that are, but for their rounding, a power of two times those of the float
 * layer, behind what the channels that it reads were multiplied by. Operators that hand factors of channels through
 * pass them on. (*out)[value of the quantized graph], in `arena`. Errors: NOMEM. */
octet_status octet_gains_find(octet_context *ctx, octet_arena *arena, const octet_graph *real,
                              const octet_graph *quantized, const octet_pairs *pairs, octet_gain **out);
/* Multiplies n numbers, whole rows of channels, by their factors; by the inverse, exactly. */
void octet_gain_multiply(const octet_gain *gain, float *numbers, size_t n);
void octet_gain_divide(const octet_gain *gain, float *numbers, size_t n);

#endif
