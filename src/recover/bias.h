/* recover/bias.h - bias correction.
 * In:  a float graph, how it is quantized, samples.
 * Out: the same graph with biases that take back the mean error of every layer.
 * Knows: that a layer is linear before its activation (expected.h); that layers before it are corrected first.
 * Does not know: what the other steps do.
 *
 * Empirical bias correction of Nagel et al., Data-Free Quantization Through Weight Equalization and Bias Correction
 * (2019), section 4.2: b'_c = b_c + E[(W x)_c] - E[(W^ x^)_c], where W^ and x^ are what the quantized model computes
 * with, its earlier layers corrected already, and the mean goes over samples and places. A layer without activation
 * whose result goes to an ADD alone takes back the mean error of the other operand as well, where that is computed
 * before it: E[skip] - E[skip^] by channel. Beside the layers of a residual network such errors add up from block to
 * block otherwise. */
#ifndef OCTET_RECOVER_BIAS_H
#define OCTET_RECOVER_BIAS_H

#include "recover/step.h"

/* All samples go through the quantized model together, operator by operator, so that each runs once. The same result
 * for any number of threads. A layer that has room for a bias and none gets one. n_changed counts layers. On failure
 * *out holds nothing. Errors: those of quantizing and of preparing the two graphs, NOMEM, LIMIT. */
octet_status octet_recover_bias(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

#endif
