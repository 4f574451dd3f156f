/* statistics/distinct.h - counts how many samples differ from each other.
 * In:  a 64-bit hash per sample, in any number of parts and in any order.
 * Out: their number without repetitions: exact below OCTET_DISTINCT_MOST, an estimate from there on.
 * Knows: the estimate from the k least of evenly spread hashes.
 * Does not know: what is hashed.
 *
 * Beyer et al., On synopses for distinct-value estimation under multiset operations (2007): (k - 1) * 2^64 / the
 * largest of the k least hashes is an estimate without bias, with a standard deviation of 0.4 % at k = 65536. */
#ifndef OCTET_STATISTICS_DISTINCT_H
#define OCTET_STATISTICS_DISTINCT_H

#include "base/memory.h"

enum { OCTET_DISTINCT_MOST = 65536 };

/* The least hashes, each once. All zero is the empty set. */
typedef struct octet_distinct {
    uint64_t *hashes; /* a block of base/memory.h */
    uint32_t n, capacity;
} octet_distinct;

/* Room for octet_distinct_add; an empty set. */
octet_status octet_distinct_create(octet_context *ctx, octet_distinct *out);
void octet_distinct_free(octet_context *ctx, octet_distinct *set);
/* Allocates nothing. The set needs octet_distinct_settle before it is counted or merged. */
void octet_distinct_add(octet_distinct *set, uint64_t hash);
/* Ascending, each once, OCTET_DISTINCT_MOST at most. */
void octet_distinct_settle(octet_distinct *set);
/* The hashes of both, settled like them. */
octet_status octet_distinct_merge(octet_context *ctx, octet_distinct *into, const octet_distinct *from);
/* Of a settled set. */
uint64_t octet_distinct_count(const octet_distinct *set);

#endif
