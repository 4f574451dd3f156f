/* lower/readers.h - who reads what a step gives, and which steps can be done as one.
 * In:  a graph and its steps.
 * Out: by value the one that stands for all that share its memory, and its readers; steps that are no work; pairs of
 *        steps whose work one loop can do with the same bytes.
 * Knows: steps. A RESHAPE is no work: its result is its operand.
 * Does not know: who runs or prints steps, rows, memory, processors. */
#ifndef OCTET_LOWER_READERS_H
#define OCTET_LOWER_READERS_H

#include "lower/step.h"

typedef struct octet_readers {
    const octet_graph *graph;
    const octet_step *steps;
    uint32_t *roots;   /* by value: the one that stands for all that share its memory */
    uint32_t *n_reads; /* by root: operands of steps that are work, and graph outputs */
    uint32_t *readers; /* by root: one of the steps that read it, or OCTET_NONE */
    bool *is_output;   /* by root */
    bool *is_fixed;    /* by root: constant, variable or graph input */
    bool *is_skipped;  /* by step: not work, or work that another step does (absorbed) */
} octet_readers;

/* *out lives in `arena`. Errors: NOMEM. */
octet_status octet_readers_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_step *steps, octet_readers *out);
/* The step that alone reads the one result of `step`, as it is or after a RESHAPE, or OCTET_NONE. */
uint32_t octet_readers_only(const octet_readers *readers, uint32_t step);

/* Whether `pool`, the only reader of a convolution (int8 or int16), can take its maximum over sums that are not
 * requantized yet: requantizing keeps their order, windows neither overlap nor reach over the edge, and the pool clamps
 * nothing that the convolution does not. */
bool octet_step_takes_pool(const octet_step *step, const octet_step *pool);

#endif
