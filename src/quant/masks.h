/* quant/masks.h - ranges of scores that a mask lowers before a softmax.
 * In:  a float graph, its known ranges, and the same ranges as the quantizer is about to use them.
 * Out: the latter, where -1e9 and the like would leave all real scores in one step.
 * Knows: how masks are written: SELECT of a low constant, a sum with a low addend, a difference.
 * Does not know: scales. */
#ifndef OCTET_QUANT_MASKS_H
#define OCTET_QUANT_MASKS_H

#include "quant/propagate.h"

typedef struct octet_masks {
    const octet_graph *graph;
    const octet_known_range *known; /* by value */
    octet_range *ranges;            /* by value */
    const uint32_t *first_operand;  /* as in octet_propagation; set for the constants of a mask */
    octet_placement *operands;
    bool wide; /* int16 activations */
} octet_masks;

/* A score that lies ln(steps n) below the largest of its n is a weight of less than one step
 * among `steps` even if all n do: the range of masked scores ends there, below the lowest score
 * that is not masked, and what is lower saturates. */
void octet_masks_narrow(const octet_masks *masks);

#endif
