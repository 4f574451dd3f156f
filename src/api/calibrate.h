/* api/calibrate.h - statistics of a float graph over calibration samples.
 * In:  a canonical float graph; samples, from data or arrays.
 * Out: what its activations held, added to statistics.
 * Knows: sweep, the observer of statistics.
 * Does not know: what the ranges are for. */
#ifndef OCTET_API_CALIBRATE_H
#define OCTET_API_CALIBRATE_H

#include "api/looks.h"
#include "statistics/statistics.h"

/* Where samples come from: data, chosen by the options, or arrays. */
typedef struct octet_calibration_source {
    octet_data *data;           /* or NULL: */
    const float *const *arrays; /* by input: n_samples of them, one after the other */
    uint64_t n_samples;
} octet_calibration_source;

/* Which of n_available samples the options choose, and of these the part that they name: arrays in `arena`. Errors:
 * USAGE, DATA. */
octet_status octet_api_choose_samples(octet_context *ctx, octet_arena *arena, const octet_conversion *options,
                                      size_t n_available, octet_chosen *out);

/* statistics: of this graph, without samples. Of the options: indices, all_samples, n_samples, seed (with data),
 * part, n_parts, looks_at_samples, n_threads, progress, strict_tensorflow. Errors: DATA, USAGE, UNSUPPORTED, LIMIT,
 * NOMEM, CANCELLED, those of reading the data; the statistics are then unusable. */
octet_status octet_api_calibrate(octet_context *ctx, const octet_graph *graph, const octet_calibration_source *source,
                                 const octet_conversion *options, octet_statistics *statistics);

#endif
