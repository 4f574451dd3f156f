/* statistics/settling.h - how far ranges still move as samples are added.
 * In:  statistics with the kind TENTHS.
 * Out: by how much one more tenth of the samples widens ranges, and how many samples would do.
 * Knows: that tenths are drawn by hash, so that any of them may count as the last.
 * Does not know: what the ranges are for. */
#ifndef OCTET_STATISTICS_SETTLING_H
#define OCTET_STATISTICS_SETTLING_H

#include "statistics/statistics.h"

/* Widths are those of scales, which cover 0. Means over all activations that were seen and over all tenths. */
typedef struct octet_settling {
    double last_tenth; /* all samples against all but a tenth: 0.02 = 2 % wider */
    double at_half;    /* the same when half of the samples had been seen: five tenths against four, for a tenth more */
} octet_settling;

/* All 0 without the kind, or without samples. */
octet_settling octet_statistics_settling(const octet_statistics *statistics);
/* How many samples it takes until the last tenth of them widens ranges by `aim` (above 0) in the mean, if that goes on
 * to fall as it fell between half of the samples and all: as a power of their number, whose exponent is taken for one
 * from 1/2 to 2. Rounded to two digits; n_samples where it is reached. */
uint64_t octet_settling_enough(const octet_settling *settling, uint64_t n_samples, double aim);

#endif
