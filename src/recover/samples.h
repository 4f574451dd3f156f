/* recover/samples.h - what every step of recovery works on.
 * In:  a float graph, statistics of it, how it is quantized, samples.
 * Out: one struct.
 * Knows: nothing of where the samples come from.
 * Does not know: what is done with them. */
#ifndef OCTET_RECOVER_SAMPLES_H
#define OCTET_RECOVER_SAMPLES_H

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
} octet_recover_source;

#endif
