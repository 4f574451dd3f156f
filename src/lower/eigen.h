/* lower/eigen.h - makes a bound float step add in the order of TensorFlow's calibration (kernels/ref/eigen.h).
 * In:  a step bound to a float reference kernel, and its parameters. Out: the same step on the kernels of that order,
 * when the binder asks for it (float_order); otherwise unchanged. Knows: steps, kernels/ref. Does not know: how
 * operators are checked; that was done before. */
#ifndef OCTET_LOWER_EIGEN_H
#define OCTET_LOWER_EIGEN_H

#include "kernels/ref/depthwise.h"
#include "kernels/ref/fully_connected.h"
#include "lower/weights.h"

/* *out: whether the step was taken over. Grouped convolutions are left as they are. */
octet_status octet_bind_eigen_conv_2d(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                      const octet_conv_2d_params *p, octet_step *step, bool *out);
octet_status octet_bind_eigen_fully_connected(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                              const octet_fully_connected_params *p, octet_step *step, bool *out);
bool octet_bind_eigen_depthwise(const octet_binder *binder, octet_weighted_kind kind, const octet_depthwise_params *p,
                                octet_step *step);

#endif
