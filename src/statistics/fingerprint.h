/* statistics/fingerprint.h - which model statistics belong to.
 * In:  a graph.
 * Out: 64 bits that differ where the graph computes something else, or names it otherwise.
 * Knows: operators, options, shapes, types, scales, constants, and the names of activations.
 * Does not know: origins, descriptions, layers of messages.
 *
 * Values are numbered by their first use, so that unused ones and their places do not count. */
#ifndef OCTET_STATISTICS_FINGERPRINT_H
#define OCTET_STATISTICS_FINGERPRINT_H

#include "graph/graph.h"

/* Reads every constant once, about 2 GB/s, unless the graph knows its fingerprint. Errors: NOMEM. */
octet_status octet_fingerprint_make(octet_context *ctx, const octet_graph *graph, uint64_t *out);
/* *out is the same graph and knows its fingerprint. It shares all with `graph`, which must outlive it and not change,
 * and is not to be destroyed. Errors: NOMEM. */
octet_status octet_fingerprint_know(octet_context *ctx, const octet_graph *graph, octet_graph *out);

#endif
