/* statistics/statistics.h - what the activations of a model held while it ran over samples.
 * In:  a float graph; parts that observers gathered (observer.h), files read (file.h), ranges set by hand.
 * Out: a row per activation; counts of samples; parts merged in any order, with the result of one run.
 * Knows: graph. Everything here is a minimum, a maximum, an exact sum or a set, so that order cannot count.
 * Does not know: exec, data, what scales are made of it.
 *
 * A row's key is the value's name and, since names repeat, its occurrence: how many rows before it have the same name.
 * Rows stand in one order: inputs of the graph, results of the operators, state. */
#ifndef OCTET_STATISTICS_STATISTICS_H
#define OCTET_STATISTICS_STATISTICS_H

#include "base/parts.h"
#include "graph/graph.h"
#include "statistics/distinct.h"
#include "statistics/looks.h"
#include "statistics/row.h"

/* Of the first input, NaN passed over. Empty while raw_min > raw_max. */
typedef struct octet_data_range {
    double raw_min, raw_max; /* as stored */
    double min, max;         /* as the model was given it */
} octet_data_range;

octet_data_range octet_data_range_empty(void);
void octet_data_range_merge(octet_data_range *into, const octet_data_range *from);

typedef struct octet_statistics {
    octet_arena arena; /* holds this struct too, and all but the hashes */
    uint64_t fingerprint;
    bool keeps_state; /* state went on from sample to sample: their order counts, and parts cannot be merged */
    uint64_t n_samples;
    octet_distinct distinct; /* settled */
    octet_data_range data;
    const char *scaling; /* how the samples were scaled, in words; "" where nobody said */
    octet_parts parts;   /* of the samples that were chosen: which are here */
    octet_looks looks;
    uint32_t kinds; /* of what the rows hold beside ranges (row.h) */
    octet_statistics_row *rows;
    uint32_t n_rows;
} octet_statistics;

/* A row for every float activation, nothing seen, ranges alone. Errors: NOMEM. */
octet_status octet_statistics_create_for(octet_context *ctx, const octet_graph *graph, octet_statistics **out);
/* Lets statistics of this graph, which have seen nothing yet, gather these kinds too. Errors: NOMEM, LIMIT. */
octet_status octet_statistics_gather(octet_context *ctx, const octet_graph *graph, uint32_t kinds,
                                     octet_statistics *statistics);
/* Without rows, of no model, for a reader to fill. Errors: NOMEM. */
octet_status octet_statistics_create_empty(octet_context *ctx, octet_statistics **out);
void octet_statistics_free(octet_context *ctx, octet_statistics *statistics); /* NULL is allowed */
/* Whether the state of a model runs on from sample to sample while statistics are gathered: that of a stream, or of a
 * layer that is stateful; as TensorFlow calibrates (is_strict), that of every LSTM. */
bool octet_statistics_graph_keeps_state(const octet_graph *graph, bool is_strict);

/* rows_of[v]: the row of value v, OCTET_NONE where it has none; an array of n_values in `arena`. DATA where the
 * statistics are another model's. */
octet_status octet_statistics_bind(octet_context *ctx, octet_arena *arena, const octet_statistics *statistics,
                                   const octet_graph *graph, uint32_t **rows_of);
/* The same for a graph that was made from the one that they were gathered with, by operators that join and move its
 * values: a value that is new held what the operands of its operator held; only its range is told. old[v]: the index of
 * value v of `graph` in `from_graph`, or OCTET_NONE. Without samples' hashes. Errors: DATA (statistics of another
 * model), NOMEM. */
octet_status octet_statistics_carry_over(octet_context *ctx, const octet_statistics *statistics,
                                         const octet_graph *from_graph, const octet_graph *graph, const uint32_t *old,
                                         octet_statistics **out);
/* `into` becomes what one run over the samples of both gives, of the kinds that both have gathered (all kinds of one,
 * where the other has no samples); unchanged on failure, but for NOMEM. Errors: DATA (another model's; samples scaled
 * otherwise; parts of another whole, or that both have; state that went on from sample to sample in one of them, unless
 * the other one is empty), LIMIT, NOMEM. */
octet_status octet_statistics_join(octet_context *ctx, octet_statistics *into, const octet_statistics *from);

/* Both halves together. */
octet_observed_range octet_statistics_range(const octet_statistics_row *row);
/* What they take at most, whatever the number of samples, with these kinds alone. */
size_t octet_statistics_bytes(const octet_statistics *statistics, uint32_t kinds);
/* DATA names the first value that held NaN or infinity. is_bounded: by row; true where neither counts, because what is
 * read of the value is bounded otherwise; NULL: nowhere. */
octet_status octet_statistics_check(octet_context *ctx, const octet_statistics *statistics, const bool *is_bounded);
/* Samples that differ from each other; an estimate from OCTET_DISTINCT_MOST on. */
uint64_t octet_statistics_n_distinct(const octet_statistics *statistics);
/* The most that a range is wider for both halves than for the first one: 0.02 = by 2 %; 0 when one half is empty.
 * *where: the layer, or an input's name; "" where nothing grew; lives as long as the statistics. */
double octet_statistics_late_growth(const octet_statistics *statistics, const char **where);

#endif
