/* recover/equalize.h - channels of about the same size.
 * In:  a float graph, how it is quantized, samples.
 * Out: the same function with other weights and biases, and statistics of it.
 * Knows: groups of values that can be rescaled (groups.h), what rounding costs (importance.h).
 * Does not know: what the other steps do.
 *
 * A value has one scale for all its channels: small channels get few of its steps. A factor for each channel goes into
 * the layers before, its inverse into those behind, as in Nagel et al., Data-Free Quantization Through Weight
 * Equalization and Bias Correction (2019), section 4.1. Of the factors (top / m_c)^a (w_c / w_max)^b, where m_c is the
 * largest number of the channel and w_c the largest weight that reads it, those a and b are taken that make the
 * expected noise of the outputs least: steps of values and weights, 1/12 of their squares, weighted by importance. */
#ifndef OCTET_RECOVER_EQUALIZE_H
#define OCTET_RECOVER_EQUALIZE_H

#include "recover/step.h"

/* Factors are powers of two, so that the float graph computes the same to the last bit. Ranges of rescaled values are
 * those of their channels over the samples, and wider as far as the source's statistics, of more samples, are. The
 * same result for any number of threads. n_changed counts groups. On failure *out holds nothing. Errors: those of
 * preparing the graph, NOMEM, LIMIT. */
octet_status octet_recover_equalize(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

#endif
