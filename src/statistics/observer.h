/* statistics/observer.h - gathers statistics while a graph runs.
 * In:  every value of a run as it is computed: exec calls octet_observer_observe (an octet_observe of exec.h).
 * Out: one part of a run's statistics; each thread has an observer of its own.
 * Knows: that the inputs of the graph come first, in order, and with them a run begins.
 * Does not know: exec, where samples come from.
 *
 * The hash of a sample is octet_hash over the bytes of its inputs as the model is given them, one after the other in
 * the graph's order. Its lowest bit tells the half, the others the tenth. A run of several samples (a batch) belongs to
 * the half of its first one: the caller puts samples of one half into a run. */
#ifndef OCTET_STATISTICS_OBSERVER_H
#define OCTET_STATISTICS_OBSERVER_H

#include "statistics/statistics.h"

typedef struct octet_observer octet_observer;

/* rows_of: what octet_statistics_bind says of the statistics and the graph; both arrays must outlive the observer.
 * batch: samples of a run, cut from the inputs along axis 0. Errors: NOMEM. */
octet_status octet_observer_create(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                                   const uint32_t *rows_of, uint32_t batch, octet_observer **out);
/* Samples of the runs that follow; the rest of the batch are repetitions, which do not count. At first all do. */
void octet_observer_set_samples(octet_observer *observer, uint32_t n_samples);
void octet_observer_destroy(octet_context *ctx, octet_observer *observer); /* NULL is allowed */
/* An octet_observe; user is the observer. */
void octet_observer_observe(void *user, uint32_t value, const void *data, size_t n_elements);
/* Adds what the observer has seen to the statistics that it was created for, and empties it: rows and distinct
 * samples; the caller, who knows which samples of a run are repetitions, counts them. Errors: NOMEM. */
octet_status octet_observer_give(octet_context *ctx, octet_observer *observer, octet_statistics *statistics);

/* 0 or 1: the half that a sample with this hash belongs to. */
static inline uint32_t octet_observer_half(uint64_t hash) { return (uint32_t)(hash & 1); }
/* 0 to 9: the tenth. */
static inline uint32_t octet_observer_tenth(uint64_t hash) { return (uint32_t)((hash >> 1) % OCTET_STATISTICS_TENTHS); }

#endif
