/* recover/ladder.h - the steps of recovery one upon the other, each judged.
 * In:  a float graph, statistics of it, how it is quantized, samples.
 * Out: graph and statistics with those steps that help; what each was good for.
 * Knows: the list of steps, their order; that bias correction comes last, anew after every other step.
 * Does not know: how a step works; where the samples come from. */
#ifndef OCTET_RECOVER_LADDER_H
#define OCTET_RECOVER_LADDER_H

#include "recover/outcome.h"
#include "recover/step.h"

/* Tries each step of the list in ladder.c upon those kept before it: fitted on one half of the runs and judged on the
 * other, both ways (gate.h, judge.h). What is kept is then fitted on all runs. Samples of a single run cannot be
 * judged: bias correction alone is done then. The same bytes for any number of threads and any order of the runs, as
 * far as steps are. ladder->n_samples and n_first count runs. source->reference is not used. On failure *out holds
 * nothing. Errors: those of the steps, NOMEM, LIMIT. */
octet_status octet_recover_ladder(octet_context *ctx, const octet_recover_source *source, octet_recovered *out,
                                  octet_ladder *ladder);

#endif
