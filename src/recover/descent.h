/* recover/descent.h - which integers weights are rounded to.
 * In:  weights in steps of their scale, covariances of what they are multiplied with.
 * Out: integers whose error is small where it counts.
 * Knows: int8 weights.
 * Does not know: layers, scales. */
#ifndef OCTET_RECOVER_DESCENT_H
#define OCTET_RECOVER_DESCENT_H

#include <stddef.h>

/* Lessens e H e, e = q - w, from the nearest integers on: four sweeps over all weights, each of which takes the integer
 * that is best while the others stay, q_j - (e H)_j / H_jj, rounded and within -127..127. The variance of the layer's
 * error is e H e where H is the covariance. h: n * n, symmetric. w, q, scratch: n. q is whole numbers. */
void octet_descent_round(const float *h, size_t n, const float *w, float *q, float *scratch);

#endif
