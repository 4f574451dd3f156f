/* recover/channels.h - what the channels of every activation of the float model hold.
 * In:  a float graph, samples.
 * Out: by channel (the last axis), the least and largest number, the mean square.
 * Knows: that sums of integers do not depend on their order.
 * Does not know: what the figures are for. */
#ifndef OCTET_RECOVER_CHANNELS_H
#define OCTET_RECOVER_CHANNELS_H

#include "recover/step.h"

typedef struct octet_channels_seen {
    size_t n; /* channels; 0: not an activation in float32, or a scalar */
    float *min, *max;
    float *half;         /* the largest magnitude in every other sample */
    double *mean_square; /* exact to 2^-32 of the square of the value's largest number */
} octet_channels_seen;

/* Of the source's graph over all its samples: an array by value in `arena`. The same for any number of threads.
 * Errors: those of preparing the graph, NOMEM, LIMIT. */
octet_status octet_channels_observe(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                                    octet_channels_seen **out);

#endif
