/* api/results.h - the outputs of every sample, gathered while models run.
 * In:  runners that have just run.
 * Out: arrays with the samples along axis 0, as stored or as real numbers.
 * Knows: exec, api/sweep.h.
 * Does not know: where the arrays go. */
#ifndef OCTET_API_RESULTS_H
#define OCTET_API_RESULTS_H

#include "api/sweep.h"

typedef struct octet_results {
    const octet_graph *graph;
    uint32_t batch;       /* samples of a run */
    bool real;            /* float32, with scale and zero point applied */
    void *const *outputs; /* by output: room for octet_results_bytes of each sample */
} octet_results;

/* Of one sample. */
size_t octet_results_bytes(const octet_results *results, uint32_t output);
/* An octet_sweep_visit of one model, whose `user` is an octet_results. */
void octet_results_visit(void *user, uint32_t thread, size_t position, uint32_t slot, octet_runner *const *runners,
                         const uint64_t *time_ns);

#endif
