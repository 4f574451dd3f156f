/* kernels/fast/softmax.h - SOFTMAX int8 by tables: there are only 256 differences from the maximum.
 * In:  octet_softmax_params (kernels/ref).
 * Out: the bytes of octet_softmax_s8_ref.
 * Knows: plain C.
 * Does not know: the graph, threads. */
#ifndef OCTET_KERNELS_FAST_SOFTMAX_H
#define OCTET_KERNELS_FAST_SOFTMAX_H

#include "kernels/ref/softmax.h"

typedef struct octet_softmax_fast {
    octet_softmax_params p;
    int32_t power[256]; /* e^(-i) in input units, Q0.31; nothing from -difference_min on */
    int32_t limit;      /* differences up to this one count */
} octet_softmax_fast;

void octet_softmax_fast_make(const octet_softmax_params *p, octet_softmax_fast *out);
void octet_softmax_s8_fast(const octet_softmax_fast *s, const int8_t *input, int8_t *output, int32_t begin,
                           int32_t end);

#endif
