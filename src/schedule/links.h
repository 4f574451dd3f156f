/* schedule/links.h - which steps are work, which values share memory, who reads a value.
 * In:  a graph and its steps.
 * Out: a root per value, readers, steps that need no code, pools that convolutions take over.
 * Knows: lower/readers.h, rows.h.
 * Does not know: groups, memory. */
#ifndef OCTET_SCHEDULE_LINKS_H
#define OCTET_SCHEDULE_LINKS_H

#include "schedule/schedule.h"

typedef struct octet_links {
    const octet_graph *graph;
    const octet_step *steps;
    uint32_t *roots, *n_reads, *readers; /* as in octet_readers */
    bool *is_output, *is_fixed;
    bool *is_skipped; /* also pools that a convolution does too */
    size_t *unread;   /* by root: bytes at its beginning that nobody reads */
    uint32_t *pools;  /* by step: the pool that it does too, or OCTET_NONE */
    octet_schedule_options options;
} octet_links;

/* How many rows of the result of a stage ROWS have to be kept for those that read it whole: all, or the last one. */
int32_t octet_links_kept_rows(const octet_links *links, const octet_stage *stage);

octet_status octet_links_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const octet_step *steps,
                              octet_schedule_options options, octet_links *out);

#endif
