/* recover/global_mean.h - MEAN in the place of a pool over a whole picture.
 * In:  a float graph.
 * Out: the same graph with other operators, and the same statistics.
 * Knows: that AVERAGE_POOL_2D has the scale of what it reads, and MEAN one of its own range, at the same cost.
 * Does not know: samples. */
#ifndef OCTET_RECOVER_GLOBAL_MEAN_H
#define OCTET_RECOVER_GLOBAL_MEAN_H

#include "recover/step.h"

/* Changes each AVERAGE_POOL_2D without activation whose one window is the whole height and width. The values stay, and
 * so do their ranges. n_changed counts operators; n_runs is 0. Errors: NOMEM. */
octet_status octet_recover_global_mean(octet_context *ctx, const octet_recover_source *source, octet_recovered *out);

#endif
