/* recover/range_descent.h - ranges of a small network, one after the other, by what the logits lose.
 * In:  a float graph, statistics of it, how it is quantized, samples.
 * Out: the same graph, statistics with other ranges.
 * Knows: that one range may take what another one gives, so that only the logits tell; that this takes a run of the
 *        quantized graph for every trial.
 * Does not know: why a range is better. */
#ifndef OCTET_RECOVER_RANGE_DESCENT_H
#define OCTET_RECOVER_RANGE_DESCENT_H

#include "recover/step.h"

/* In mode int8: coordinate descent over both ends of every observed range but those of inputs and logits, by a few
 * factors from 0.7 to 1.08, against the error of the logits of the quantized graph with corrected biases, without each
 * logit's mean error (judge.h). A change must gain 0.1 dB. It ends after two rounds, or when the trials have taken as
 * many multiplications as range_descent.c allows; where those would not do for one round, nothing changes. Time does
 * not count. n_changed counts values. Errors: those of quantizing and preparing, NOMEM, LIMIT. */
octet_status octet_recover_range_descent(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

#endif
