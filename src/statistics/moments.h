/* statistics/moments.h - sums over the numbers of a value, and over its samples.
 * In:  float arrays, a sample each, in any order.
 * Out: mean and variance of the numbers; mean of the samples' minima and maxima; per channel minimum, maximum and mean.
 * Knows: exact sums.
 * Does not know: whose numbers they are.
 *
 * NaN and infinity are passed over. */
#ifndef OCTET_STATISTICS_MOMENTS_H
#define OCTET_STATISTICS_MOMENTS_H

#include "base/exact_sum.h"
#include "base/memory.h"

typedef struct octet_moments {
    uint64_t n;         /* numbers */
    uint64_t n_samples; /* with at least one number */
    octet_exact_sum sum, squares;
    octet_exact_sum minima, maxima; /* of each sample */
} octet_moments;

/* One sample's numbers. */
void octet_moments_observe(octet_moments *moments, const float *x, size_t n);
void octet_moments_merge(octet_moments *into, const octet_moments *from);
/* Of n numbers, 0 for none. */
double octet_moments_mean(const octet_moments *moments);
double octet_moments_variance(const octet_moments *moments);

/* More than so many channels are not told apart. */
enum { OCTET_CHANNELS_MOST = 4096 };

/* By channel, the last axis. */
typedef struct octet_channel_moments {
    uint32_t n_channels;
    uint64_t n;            /* numbers of each channel, be they NaN */
    float *min, *max;      /* min > max: nothing was seen; never -0.0f */
    octet_exact_sum *sums; /* NaN and infinity passed over */
} octet_channel_moments;

/* Empty, in `arena`. Errors: NOMEM. */
octet_status octet_channel_moments_create(octet_context *ctx, octet_arena *arena, uint32_t n_channels,
                                          octet_channel_moments *out);
void octet_channel_moments_clear(octet_channel_moments *channels);
/* x: n numbers, n_channels after n_channels. */
void octet_channel_moments_observe(octet_channel_moments *channels, const float *x, size_t n);
/* The same number of channels. */
void octet_channel_moments_merge(octet_channel_moments *into, const octet_channel_moments *from);

#endif
