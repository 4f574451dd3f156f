/* statistics/histogram.h - how often the numbers of a value fell where.
 * In:  float arrays, in any number of parts and in any order.
 * Out: counts in bins of one width, which depend on the set of numbers alone.
 * Knows: that bins of twice the width are pairs of bins, so that a histogram widens without loss.
 * Does not know: whose numbers they are, what is made of them.
 *
 * Bin i holds the numbers from i * 2^exponent on, up to (i + 1) * 2^exponent without it. The exponent is the least from
 * -149 on with which all numbers fall into n_most bins in a row and no index passes 2^24. Zeros are counted apart,
 * since every scale has them exactly; NaN and infinity are passed over. So between half of n_most and n_most bins lie
 * between the least and the greatest number, unless they are as close as the steps of a float. */
#ifndef OCTET_STATISTICS_HISTOGRAM_H
#define OCTET_STATISTICS_HISTOGRAM_H

#include "base/memory.h"

enum { OCTET_HISTOGRAM_BINS = 2048, OCTET_HISTOGRAM_LEAST_EXPONENT = -149, OCTET_HISTOGRAM_FURTHEST = 1 << 24 };

typedef struct octet_histogram {
    uint64_t *counts; /* n_most; of bin i at i modulo n_most: octet_histogram_count */
    uint32_t n_most;  /* a power of two, at most OCTET_HISTOGRAM_BINS */
    uint64_t n_zeros;
    uint64_t n;          /* in bins */
    int exponent;        /* the following where n > 0: */
    int32_t first, last; /* bins that hold something, and what lies between them */
} octet_histogram;

/* Bins that each of n_rows histograms has: OCTET_HISTOGRAM_BINS as a rule; fewer for so many rows that two of each
 * would take more than 64 MiB, 256 at least. */
uint32_t octet_histogram_bins_for(uint32_t n_rows);
/* Empty, with room for n_most bins in `arena`. Errors: NOMEM, LIMIT. */
octet_status octet_histogram_create(octet_context *ctx, octet_arena *arena, uint32_t n_most, octet_histogram *out);
void octet_histogram_clear(octet_histogram *histogram);
void octet_histogram_observe(octet_histogram *histogram, const float *x, size_t n);
/* The histogram of what both saw; they have one n_most. */
void octet_histogram_merge(octet_histogram *into, const octet_histogram *from);
/* Makes the bins of `histogram` as wide as 2^exponent, at least what they are. */
void octet_histogram_widen(octet_histogram *histogram, int exponent);

/* Of bin `index`, first <= index <= last. */
static inline uint64_t octet_histogram_count(const octet_histogram *histogram, int32_t index) {
    return histogram->counts[(uint32_t)index & (histogram->n_most - 1)];
}
/* Whether all bins from first to last fit a histogram of n_most with bins of this width. */
bool octet_histogram_fits(int64_t first, int64_t last, uint32_t n_most);

#endif
