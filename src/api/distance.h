/* api/distance.h - how far the outputs of two models are apart, output by output and column by column.
 * In:  the outputs of both for each sample, from several threads.
 * Out: the figures of report/verdict.h for each output.
 * Knows: sweep, report/verdict.
 * Does not know: labels. */
#ifndef OCTET_API_DISTANCE_H
#define OCTET_API_DISTANCE_H

#include "api/sweep.h"
#include "report/verdict.h"

typedef struct octet_distances octet_distances;

/* Of the outputs that both graphs have and that agree in their numbers of elements. Memory comes from `arena`. Errors:
 * NOMEM. */
octet_status octet_distances_create(octet_context *ctx, octet_arena *arena, const octet_graph *const *graphs,
                                    uint32_t batch, uint32_t n_threads, size_t n_samples, octet_distances **out);
/* Sample number `at` (below n_samples) has just been run. Thread-safe for different samples and threads. */
void octet_distances_add(octet_distances *distances, uint32_t thread, size_t at, uint32_t slot,
                         octet_runner *const *runners);
/* Sums up in the order of the samples. The array and what it points to live in `arena`. Errors: NOMEM. */
octet_status octet_distances_sum(octet_context *ctx, octet_arena *arena, const octet_distances *distances,
                                 octet_verdict_distance **out, uint32_t *n);

#endif
