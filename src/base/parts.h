/* base/parts.h - a whole that is cut into parts: which of them are there.
 * In:  a part's number, as in 3/16; the parts of two.
 * Out: its place in the whole; both together, in one form whatever the order; the parts that are missing, in words.
 * Knows: that samples are cut into blocks that follow each other.
 * Does not know: what the parts hold. */
#ifndef OCTET_BASE_PARTS_H
#define OCTET_BASE_PARTS_H

#include "base/record.h"

typedef struct octet_part_run {
    uint32_t first, last; /* parts, from 1 */
} octet_part_run;

typedef struct octet_parts {
    uint32_t n;      /* that the whole was cut into; 0: it was not cut, or all parts are there */
    uint64_t choice; /* the following where n > 0. What was cut: equal for the parts of one whole */
    uint32_t n_runs; /* of parts that are there, ascending, with something missing between each and the next */
    const octet_part_run *runs;
} octet_parts;

enum { OCTET_PARTS_MOST = 1 << 20, OCTET_PARTS_TEXT = 256 };

/* Part `part` of `n` parts of n_items: [*first, *end) of them. n 0: all. Errors: USAGE (no such part, an empty one). */
octet_status octet_parts_place(octet_context *ctx, uint32_t part, uint32_t n, size_t n_items, const char *items,
                               size_t *first, size_t *end);
/* One part. n 0 or 1: the whole. Memory comes from `arena`. Errors: NOMEM. */
octet_status octet_parts_set(octet_context *ctx, octet_arena *arena, uint32_t part, uint32_t n, uint64_t choice,
                             octet_parts *out);
/* The parts of both. what: "statistics". Errors: DATA (the parts of two wholes, parts in both), NOMEM. */
octet_status octet_parts_join(octet_context *ctx, octet_arena *arena, const octet_parts *a, const octet_parts *b,
                              const char *what, octet_parts *out);
octet_status octet_parts_copy(octet_context *ctx, octet_arena *arena, const octet_parts *from, octet_parts *out);
/* "3, 5 to 7" of those that are there, or are missing: cut with "..." where it is longer. Returns `text`. */
const char *octet_parts_text(const octet_parts *parts, bool missing, char text[OCTET_PARTS_TEXT]);
/* How many are there. */
uint32_t octet_parts_count(const octet_parts *parts);

/* u32 n; where it is above 0: u64 choice, u32 runs, for each u32 first, u32 last. Errors: NOMEM, FORMAT. */
octet_status octet_parts_write(octet_context *ctx, const octet_parts *parts, octet_buffer *out);
octet_status octet_parts_read(octet_record_reader *r, octet_arena *arena, octet_parts *out);

#endif
