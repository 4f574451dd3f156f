/* schedule/links.h - which steps are work, which values share memory, who reads a value.
 * In:  a graph and its steps.
 * Out: a root per value, readers, steps that need no code, pools that convolutions take over.
 * Knows: rows.h. A RESHAPE is no work: its result is its operand.
 * Does not know: groups, memory. */
#ifndef OCTET_SCHEDULE_LINKS_H
#define OCTET_SCHEDULE_LINKS_H

#include "schedule/schedule.h"

typedef struct octet_links {
    const octet_graph *graph;
    const octet_step *steps;
    uint32_t *roots;   /* by value: the one that stands for all that share its memory */
    uint32_t *n_reads; /* by root: operands of steps that are work, and graph outputs */
    uint32_t *readers; /* by root: one of the steps that read it */
    size_t *unread;    /* by root: bytes at its beginning that nobody reads */
    bool *is_output;   /* by root */
    bool *is_fixed;    /* by root: constant, variable or graph input */
    bool *is_skipped;  /* by step: not work, or work that another step does */
    uint32_t *pools;   /* by step: the pool that it does too, or OCTET_NONE */
    octet_schedule_options options;
} octet_links;

/* How many rows of the result of a stage ROWS have to be kept for those that read it whole: all, or the last one. */
int32_t octet_links_kept_rows(const octet_links *links, const octet_stage *stage);

octet_status octet_links_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph, const octet_step *steps,
                              octet_schedule_options options, octet_links *out);

#endif
