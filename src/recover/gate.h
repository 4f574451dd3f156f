/* recover/gate.h - whether a step of recovery stays: two-fold cross-validation over the calibration samples.
 * In:  runs; what a step gains on the half that it was not fitted on.
 * Out: the two halves; kept or not, and why.
 * Knows: that the loss on the samples that a step was fitted on says nothing.
 * Does not know: steps, how gains are measured (judge.h). */
#ifndef OCTET_RECOVER_GATE_H
#define OCTET_RECOVER_GATE_H

#include "recover/step.h"

/* A step stays if it gains at least LEAST_GAIN in the mean of both halves, and neither half loses more than a limit:
 * that of steps that choose. */
#define OCTET_GATE_LEAST_GAIN_DB 0.1
#define OCTET_GATE_MOST_LOSS_DB 0.5

typedef struct octet_gate_decision {
    double gain_db, worst_db;
    bool is_kept;
    const char *why; /* a constant text */
} octet_gate_decision;

/* The numbers of all runs of the source: those of the first half, then the others. A run belongs to a half by the
 * lowest bit of its hash (statistics/observer.h; of all samples of a run together), so that samples that repeat are in
 * one half. Where a half would have less than a third of the runs, every other run belongs to it. order: n_runs of
 * them. */
octet_status octet_gate_split(octet_context *ctx, const octet_recover_source *source, size_t *order, size_t *n_first);
/* The source with its runs in that order, copied into `arena`, and without reference. */
octet_status octet_gate_sort_runs(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                                  octet_recover_source *sorted, size_t *n_first);
/* before, after: signal to noise on the first half, of what was fitted on the second, and the other way round. */
octet_gate_decision octet_gate_decide(const double *before_db, const double *after_db, double most_loss_db);

#endif
