/* lower/eigen.h - makes a bound float step add in the order of TensorFlow's calibration (kernels/ref/eigen.h).
 * In:  a step with its kernel and parameters, its weights.
 * Out: the same step with the kernel of that order when it is a float step and the options ask
 *        for that order; otherwise unchanged.
 * Knows: kernels/ref/eigen.h.
 * Does not know: how operators are checked; that was done before. */
#ifndef OCTET_LOWER_EIGEN_H
#define OCTET_LOWER_EIGEN_H

#include "lower/weights.h"

/* Grouped convolutions are left as they are. */
octet_status octet_bind_eigen_conv_2d(octet_binder *binder, const octet_weighted *w, octet_step *step);
octet_status octet_bind_eigen_fully_connected(octet_binder *binder, const octet_weighted *w, octet_step *step);
void octet_bind_eigen_depthwise(const octet_binder *binder, octet_step *step);

#endif
