/* api/calibrate.h - statistics of a float graph over calibration samples.
 * In:  a canonical float graph, data, which samples.
 * Out: what its activations held, added to statistics; the summary that octet.h gives of them.
 * Knows: sweep, the observer of statistics.
 * Does not know: what the ranges are for. */
#ifndef OCTET_API_CALIBRATE_H
#define OCTET_API_CALIBRATE_H

#include "api/handles.h"
#include "statistics/statistics.h"

/* statistics: of this graph. Of the options: indices, all_samples, n_samples, seed, n_threads, progress. Errors: DATA,
 * USAGE, UNSUPPORTED, LIMIT, NOMEM, those of reading the data; the statistics are then unusable. */
octet_status octet_api_calibrate(octet_context *ctx, const octet_graph *graph, octet_data *data,
                                 const octet_conversion *options, octet_statistics *statistics);
/* All but time_ns. */
void octet_api_describe(const octet_statistics *statistics, octet_calibration *out);

#endif
