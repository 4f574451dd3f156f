/* recover/range_search.h - narrower ranges that lose less.
 * In:  a float graph, how it is quantized, samples.
 * Out: the same graph, and statistics with some ranges cut.
 * Knows: that a narrower range has finer steps and cuts what lies beyond it; which channels count (importance.h).
 * Does not know: what the other steps do. */
#ifndef OCTET_RECOVER_RANGE_SEARCH_H
#define OCTET_RECOVER_RANGE_SEARCH_H

#include "recover/step.h"

/* Of every int8 activation with a range of its own but the inputs and the logits (what the last SOFTMAX or LOGISTIC
 * reads, or an output): both ends times 1, 0.95, 0.9, 0.85 or 0.8, so that the sum over channels of
 * importance * E[(x - x^)^2] is least, if it is at least 2 % less than with the whole range. A number within the range
 * is off by step^2 / 12 in the mean, unless it is zero, which has a code of its own; one beyond it by its distance.
 * Where the statistics are of more samples and reach further, one number lies at their end. The same result for any
 * number of threads. n_changed counts values; none in modes other than int8. On failure *out holds nothing. Errors:
 * those of preparing the graph, NOMEM, LIMIT. */
octet_status octet_recover_ranges(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

#endif
