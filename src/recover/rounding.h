/* recover/rounding.h - which way weights are rounded.
 * In:  a float graph, how it is quantized, samples.
 * Out: the same graph with weights whose integers are settled.
 * Knows: that layers before a layer are rounded first; that biases take the mean error.
 * Does not know: what the other steps do.
 *
 * Rounding each weight to the nearest integer lessens the error of weights, not that of results. Here errors of weights
 * cancel each other where their inputs vary together: coordinate descent (descent.h) on the covariance of what the
 * quantized model multiplies, as in Nagel et al., Up or Down? Adaptive Rounding for Post-Training Quantization (2020),
 * section 3, and Frantar and Alistarh, Optimal Brain Compression (2022). */
#ifndef OCTET_RECOVER_ROUNDING_H
#define OCTET_RECOVER_ROUNDING_H

#include "recover/step.h"

/* CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED with weights that no other operator reads and that are not settled
 * already. The float weights stay as they are: their octet_trained_weights say what they are rounded to. So the float
 * graph computes what it computed; bias correction has to follow. The same result for any number of threads. n_changed
 * counts layers. On failure *out holds nothing. Errors: those of quantizing and of preparing the graph, NOMEM, LIMIT.
 */
octet_status octet_recover_rounding(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

#endif
