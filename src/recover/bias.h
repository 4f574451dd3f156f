/* recover/bias.h - bias correction.
 * In:  a float graph, how it is quantized, samples.
 * Out: the same graph with biases that take back the mean error of every layer.
 * Knows: that a layer is linear before its activation (expected.h); that layers before it are corrected first.
 * Does not know: whether the result is better: that is for whoever asked.
 *
 * Empirical bias correction of Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction
 * (2019), section 4.2: b'_c = b_c + E[(W x)_c] - E[(W^ x^)_c], where W^ and x^ are what the quantized model computes
 * with, its earlier layers corrected already, and the mean goes over samples and places. */
#ifndef OCTET_RECOVER_BIAS_H
#define OCTET_RECOVER_BIAS_H

#include "recover/samples.h"

typedef struct octet_bias_correction {
    octet_graph *graph;           /* the corrected one; the caller's, as are its statistics */
    octet_statistics *statistics; /* those of the source, for this graph */
    uint32_t n_layers;            /* that were corrected */
    size_t n_runs;                /* that were used */
} octet_bias_correction;

/* All samples go through the quantized model together, operator by operator, so that each runs once. The same result
 * for any number of threads. A layer that has room for a bias and none gets one. On failure *out holds nothing. Errors:
 * those of quantizing and of preparing the two graphs, NOMEM, LIMIT. */
octet_status octet_recover_bias(octet_context *ctx, const octet_recover_source *source, octet_bias_correction *out);

#endif
