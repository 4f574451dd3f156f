/* recover/step.h - what every step of recovery works on, and what it gives.
 * In:  a float graph, statistics of it, how it is quantized, samples.
 * Out: two structs, and what steps have in common.
 * Knows: that a step changes the float graph and its statistics, and that the quantizer does the rest.
 * Does not know: where the samples come from; whether a result is better, which is for whoever asked.
 *
 * A step is octet_status octet_recover_NAME(octet_context *ctx, const octet_recover_source *source, octet_recovered
 * *out). So steps can follow each other: the graph and the statistics of one are the source of the next. */
#ifndef OCTET_RECOVER_STEP_H
#define OCTET_RECOVER_STEP_H

#include "base/thread.h"
#include "quant/quant.h"

typedef struct octet_recover_source {
    const octet_graph *graph;           /* canonical, float, without FAKE_QUANT and without state between samples */
    const octet_statistics *statistics; /* of this graph */
    const octet_quantize_options *options;
    const float *const *inputs; /* by input of the graph: runs one after the other, real numbers in its whole shape */
    size_t n_runs;
    octet_pool *pool;  /* or NULL */
    size_t most_bytes; /* that activations of all runs together may take; fewer runs are taken beyond it */
    /* What `graph` is to come near to, where an earlier step has changed what it computes (rounded weights, biases):
     * the same operators and values at the same indices, with constants as they were before that. NULL: `graph` itself.
     */
    const octet_graph *reference;
    struct octet_island_search *islands; /* of islands.h, for that step alone; NULL: no layers are to move */
} octet_recover_source;

typedef struct octet_recovered {
    octet_graph *graph;           /* the caller's, as are its statistics; canonical and float, as the source's */
    octet_statistics *statistics; /* of this graph */
    uint32_t n_changed;           /* layers or values; 0: the step found nothing to do */
    size_t n_runs;                /* that were used */
} octet_recovered;

/* The statistics of the source for `graph`, a copy of its graph whose constants changed, or that has further ones: they
 * know constants. Errors: NOMEM. */
octet_status octet_step_carry_statistics(octet_context *ctx, const octet_recover_source *source,
                                         const octet_graph *graph, octet_statistics **out);
/* The end of a step: returns `status`; unless it is OK, *out holds nothing afterwards. Parts of it may be NULL. */
octet_status octet_step_finish(octet_context *ctx, octet_status status, octet_recovered *out);

#endif
