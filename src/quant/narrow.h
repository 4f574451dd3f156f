/* quant/narrow.h - ranges of activations by another method than their minimum and maximum.
 * In:  a float graph and statistics of it, with the kinds that the method needs.
 * Out: the same statistics with ranges that the method chose.
 * Knows: the methods (observe.h); which values keep their own range.
 * Does not know: how statistics are gathered, what becomes of the ranges. */
#ifndef OCTET_QUANT_NARROW_H
#define OCTET_QUANT_NARROW_H

#include "quant/observe.h"

/* The kinds of statistics (statistics/row.h) that a method reads. */
uint32_t octet_narrow_kinds(octet_observe_method method);
/* Sets the ranges of both halves to what the method chooses for all samples. Their own range keep: inputs of the graph,
 * whose scale is a promise to whoever fills them; results with fixed parameters (SOFTMAX, LOGISTIC, ...); state, and
 * results of operators that keep some (LSTM, SVDF), which share its scale; values that held NaN or infinity; rows that
 * lack the kinds. AUTO takes for each value the method that has the least octet_observe_error on the half that it was
 * not fitted on, both ways. *clipped: the share of all numbers of these activations that lies beyond the chosen ranges;
 * -1 where the method reads no histogram. Errors: DATA (the statistics are another graph's, or lack the kinds), NOMEM.
 */
octet_status octet_narrow_ranges(octet_context *ctx, const octet_graph *graph, const octet_observe_options *options,
                                 octet_statistics *statistics, double *clipped);

#endif
