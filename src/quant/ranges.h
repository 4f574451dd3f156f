/* quant/ranges.h - the range that every value of a graph comes with, before the quantizer settles on one.
 * In:  a float graph, statistics or none.
 * Out: by value, a range and where it is from.
 * Knows: statistics; what a .tflite states; what choices drop (choices.h).
 * Does not know: FAKE_QUANT (trained.h), which ranges are used in the end (propagate.h). */
#ifndef OCTET_QUANT_RANGES_H
#define OCTET_QUANT_RANGES_H

#include "statistics/statistics.h"

typedef struct octet_range {
    float min, max;
} octet_range;

typedef enum octet_range_source {
    OCTET_RANGE_MISSING = 0,
    OCTET_RANGE_OBSERVED, /* during calibration, by octet or by what wrote the file */
    OCTET_RANGE_TRAINED   /* training rounded to it: it stays as it is */
} octet_range_source;

typedef struct octet_known_range {
    octet_range range; /* 0 and 0 where it is missing */
    octet_range_source source;
} octet_known_range;

/* An array of n_values in `arena`. statistics may be NULL. Unless strict, without numbers that a choice drops
 * (choices.h). Errors: DATA (NaN or infinity was seen: names layer and
 * value; statistics of another model), NOMEM. */
octet_status octet_ranges_find(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                               const octet_statistics *statistics, bool is_strict, octet_known_range **out);

#endif
