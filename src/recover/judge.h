/* recover/judge.h - how near a quantized graph comes to the float model.
 * In:  the float model, how it is quantized, runs.
 * Out: signal to noise of the logits of the true quantized graph; their errors.
 * Knows: that a SOFTMAX or LOGISTIC at the end, also before a RESHAPE, hides what differs before it.
 * Does not know: steps; which runs a graph was fitted on. */
#ifndef OCTET_RECOVER_JUDGE_H
#define OCTET_RECOVER_JUDGE_H

#include "recover/step.h"

typedef struct octet_judge octet_judge;

/* What a judge tells apart at most: 10^15 in power. */
#define OCTET_JUDGE_MOST_DB 150.0

/* Runs the source's graph, or its reference, once over all runs and keeps its logits: for each output what the last
 * SOFTMAX or LOGISTIC before it reads, or the output itself. The source must outlive the judge. Errors: NOMEM, LIMIT,
 * and those of preparing the graph. */
octet_status octet_judge_create(octet_context *ctx, const octet_recover_source *source, octet_judge **out);
void octet_judge_destroy(octet_context *ctx, octet_judge *judge); /* NULL is allowed */

/* The value of `graph` whose numbers count for an output: its logits. */
uint32_t octet_judge_logits(const octet_judge *judge, const octet_graph *graph, uint32_t output);

/* Quantizes `graph`, which has the source's inputs and outputs, and compares it with the source's graph over runs
 * [first, first + n). *db: 10 log10 of the sum of squares of the logits over that of their errors, ratios are averaged
 * over the outputs; -MOST_DB..MOST_DB. What a softmax reads counts without the mean of its row, which the softmax
 * does not see. Numbers beyond the range that the source's own graph gives its logits count as about the ends of that:
 * so scores that a mask lowers by 10^9 do not count. The same for any number of threads. Errors: those of quantizing
 * and preparing. */
octet_status octet_judge_measure(octet_context *ctx, octet_judge *judge, const octet_graph *graph,
                                 const octet_statistics *statistics, size_t first, size_t n, double *db);
/* The same, without the mean of each logit's error over the runs, which bias correction takes back. */
octet_status octet_judge_measure_centred(octet_context *ctx, octet_judge *judge, const octet_graph *graph,
                                         const octet_statistics *statistics, size_t first, size_t n, double *db);

#endif
