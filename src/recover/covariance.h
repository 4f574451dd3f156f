/* recover/covariance.h - how the inputs of a layer vary together.
 * In:  a column of small integers for each input.
 * Out: means, covariances with a little damping.
 * Knows: that sums of integers are exact, so that order and threads do not count.
 * Does not know: layers. */
#ifndef OCTET_RECOVER_COVARIANCE_H
#define OCTET_RECOVER_COVARIANCE_H

#include <stddef.h>

#include "base/thread.h"

/* columns: n of `column` numbers each; the first n_rows count, the others are 0. At most OCTET_PATCHES_MOST_ROWS rows
 * of numbers up to OCTET_PATCHES_LARGEST (patches.h), so that sums of products fit 31 bits. means: n.
 * out: n * n, covariance[i][j] = E[x_i x_j] - E[x_i] E[x_j], and on the diagonal a fifth of its mean in addition. */
void octet_covariance_make(const int16_t *columns, size_t n, size_t n_rows, size_t column, octet_pool *pool,
                           double *means, float *out);

#endif
