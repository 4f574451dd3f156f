/* schedule/sums.h - what the output channels of a step with weights sum up.
 * In:  a step.
 * Out: which weights and which bias belong to a channel; how large a sum may become.
 * Knows: convolutions and dense layers on int8 and int16.
 * Does not know: rows, schedules. */
#ifndef OCTET_SCHEDULE_SUMS_H
#define OCTET_SCHEDULE_SUMS_H

#include "lower/step.h"

/* Channel c has n_weights, `stride` apart, from c * first_stride on. */
typedef struct octet_sums {
    const octet_requantize *q;
    const octet_value *weights, *bias; /* bias: NULL without */
    int32_t n_channels;
    size_t n_weights, stride, first_stride;
} octet_sums;

/* False for a step that is no CONV_2D, DEPTHWISE_CONV_2D, TRANSPOSE_CONV or FULLY_CONNECTED. *out points into the graph
 * and the step. */
bool octet_sums_of(const octet_graph *graph, const octet_step *step, octet_sums *out);
/* What a channel's sum begins with; 0 without a bias, whose data must be there. */
int64_t octet_sums_bias(const octet_sums *sums, int32_t channel);
/* What no sum of such a step on int8 or int16 exceeds in size, with bias, in any order and with the input's zero point
 * folded into the bias or not. INT64_MAX where weights or bias are computed, and for other steps. */
int64_t octet_sums_most(const octet_graph *graph, const octet_step *step);
/* How many int32 a step that adds rows (octet_rows_of_sums) keeps a sum in: 1, or 2 where it may leave 32 bits; 0: a
 * dense layer that cannot add. */
int32_t octet_sums_words(const octet_graph *graph, const octet_step *step);

#endif
