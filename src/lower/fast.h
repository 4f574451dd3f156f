/* lower/fast.h - replaces the reference kernel of a bound step by a fast one where there is one for this processor.
 * In:  a step bound to a reference kernel, its parameters, its weights.
 * Out: the same step, running the same arithmetic faster; or unchanged.
 * Knows: steps, kernels/fast. Does not know: how operators are checked; that was done before.
 * Weights are packed into the binder's arena. Exact: the same bytes as the reference kernel. */
#ifndef OCTET_LOWER_FAST_H
#define OCTET_LOWER_FAST_H

#include "kernels/ref/conv.h"
#include "kernels/ref/depthwise.h"
#include "kernels/ref/fully_connected.h"
#include "kernels/ref/pool.h"
#include "kernels/ref/reduce.h"
#include "kernels/ref/softmax.h"
#include "lower/weights.h"

octet_status octet_bind_fast_conv_2d(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                     const octet_conv_2d_params *p, octet_step *step);
octet_status octet_bind_fast_depthwise(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                       const octet_depthwise_params *p, octet_step *step);
octet_status octet_bind_fast_fully_connected(octet_binder *binder, const octet_weighted *w, octet_weighted_kind kind,
                                             const octet_fully_connected_params *p, octet_step *step);
octet_status octet_bind_fast_pool(octet_binder *binder, const octet_value *input, bool average,
                                  const octet_pool_2d_params *p, octet_step *step);
octet_status octet_bind_fast_mean(octet_binder *binder, const octet_value *input, const octet_reduce_params *p,
                                  octet_step *step);
octet_status octet_bind_fast_softmax_s8(octet_binder *binder, const octet_softmax_params *p, octet_step *step);

#endif
