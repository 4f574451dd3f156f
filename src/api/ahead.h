/* api/ahead.h - the original runs over the test samples while the calibration samples are still decompressed.
 * In:  the original, the data that it is calibrated on and compared on, and the options of that comparison.
 * Out: what it gave for the first test samples, as many as there was time for.
 * Knows: sweep; a thread of its own. What fails here is done again by the comparison, which reports it.
 * Does not know: the quantized model. */
#ifndef OCTET_API_AHEAD_H
#define OCTET_API_AHEAD_H

#include "api/sweep.h"

typedef struct octet_ahead octet_ahead;

/* Begins, unless there is nothing to gain: *out is NULL where one thread is asked for or there, where the calibration
 * samples (the training split of `data`) need no decompression, where both are the same samples, or where samples must
 * run in batches or in order. What it works on must outlive it, and only octet_ahead_stop may come before test samples
 * are used otherwise. No errors. */
void octet_ahead_begin(octet_context *ctx, const octet_model *original, const octet_data *data, octet_data *test,
                       const octet_run_options *options, octet_ahead **out);
/* Lets no further sample begin, and waits. NULL is allowed, and a second call. */
void octet_ahead_stop(octet_context *ctx, octet_ahead *ahead);
/* So many samples have run so far. */
size_t octet_ahead_n(const octet_ahead *ahead);
/* After octet_ahead_stop: makes its results those of the first model of the sweep, where that is the same model over
 * the same samples, in the same way. `ahead` may be NULL, and outlives the sweep. */
void octet_ahead_give(const octet_ahead *ahead, octet_sweep *sweep, const octet_exec_options *exec);
void octet_ahead_end(octet_context *ctx, octet_ahead *ahead);

#endif
