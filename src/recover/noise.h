/* recover/noise.h - how far the values of a quantized graph are from those of the float graph.
 * In:  both graphs, which value became which, samples.
 * Out: noise over signal by value; what operators add to it.
 * Knows: that noise goes on from operands to results, of which the noisiest counts.
 * Does not know: what is done about it. */
#ifndef OCTET_RECOVER_NOISE_H
#define OCTET_RECOVER_NOISE_H

#include "recover/step.h"

/* out: by value of the source's graph, an array in `arena`: energy of the error over that of the value, over the first
 * runs of the source, at most 16 and no more than its most_bytes hold; negative for constants and what the quantized
 * graph does not have. quantized_of: as octet_quantize_graph_mapped gives it. The same for any number of threads.
 * Errors: those of preparing the graphs, NOMEM, LIMIT. */
octet_status octet_noise_find(octet_context *ctx, octet_arena *arena, const octet_recover_source *source,
                              const octet_graph *quantized, const uint32_t *quantized_of, double **out);
/* What the operator that computes value v adds to the noise of its noisiest operand; 0 where it is not known. */
double octet_noise_added(const octet_graph *graph, const double *noise, uint32_t v);

#endif
