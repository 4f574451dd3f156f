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

enum { OCTET_MOST_MOVES = 16 };

/* Layers that moved to other numbers together (islands.h). */
typedef struct octet_move {
    bool is_float;     /* else to int16 */
    char layers[160];  /* "add_2, pool"; cut where it is longer */
    double gain_db;    /* in signal to noise of the logits: the mean of both halves of the samples */
    double worst_db;   /* of the half that gains less */
    int64_t bytes;     /* that constants grow by */
    double macs_share; /* of the multiply-accumulates of the model, 0..1 */
} octet_move;

typedef struct octet_moves {
    bool is_asked;
    octet_move rows[OCTET_MOST_MOVES]; /* in the order in which they were chosen, each upon those before */
    uint32_t n;
} octet_moves;

typedef struct octet_ladder {
    size_t n_samples, n_first;                     /* samples of calibration that were used; those in the first half */
    octet_ladder_row rows[OCTET_LADDER_MOST_ROWS]; /* in the order in which they were tried, each upon those kept */
    uint32_t n_rows;                               /* 0: recovery has not been asked for */
    octet_moves moves;
} octet_ladder;

#endif
