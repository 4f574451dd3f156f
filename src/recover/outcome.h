/* recover/outcome.h - what recovery tried, and what came of it.
 * In:  nothing.
 * Out: a struct of plain figures and words.
 * Knows: what a row says.
 * Does not know: how it is shown. */
#ifndef OCTET_RECOVER_OUTCOME_H
#define OCTET_RECOVER_OUTCOME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OCTET_LADDER_MOST_ROWS = 16 };

typedef struct octet_ladder_row {
    const char *step; /* "bias correction"; a constant text */
    bool is_judged;   /* gain_db and worst_db count */
    double gain_db;   /* in signal to noise of the logits, on samples that the step was not fitted on: the mean of both
                         halves */
    double worst_db;  /* of the half that gains less */
    bool is_kept;
    const char *why;  /* "both halves gain", "nothing to change": a constant text */
    uint64_t time_ns; /* fitting and judging; the one figure that differs from run to run */
} octet_ladder_row;

typedef struct octet_ladder {
    size_t n_samples, n_first;                     /* samples of calibration that were used; those in the first half */
    octet_ladder_row rows[OCTET_LADDER_MOST_ROWS]; /* in the order in which they were tried, each upon those kept */
    uint32_t n_rows;                               /* 0: recovery has not been asked for */
} octet_ladder;

#endif
