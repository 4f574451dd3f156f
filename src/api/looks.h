/* api/looks.h - looks at calibration samples for what would make ranges worthless.
 * In:  the samples that were chosen, or one part of them.
 * Out: statistics/looks.h of them.
 * Knows: data; what a picture looks like.
 * Does not know: what the model makes of them, from when on a count is a warning. */
#ifndef OCTET_API_LOOKS_H
#define OCTET_API_LOOKS_H

#include "api/handles.h"
#include "statistics/looks.h"

/* Samples by their numbers in the data: [first, first + n) of n_all that were chosen. */
typedef struct octet_chosen {
    size_t *indices; /* n of them */
    size_t n, first, n_all;
    uint64_t choice; /* a hash of all that were chosen */
} octet_chosen;

/* Counts odd samples and classes. samples: by input of the graph; the first one is looked at, at most 64 samples of all
 * that were chosen, evenly, of which those of this part count. A sample is constant where it has 16 numbers or more,
 * all the same. It is noise where it is a picture (or a table) of 8 by 8 or more, not more than half of its numbers are
 * equal to the next one, and neighbours in neither direction have a correlation of 0.1, or of 3 / sqrt(places), what
 * chance may give. Errors: NOMEM, those of octet_samples_load. */
octet_status octet_api_look_at_samples(octet_context *ctx, const octet_graph *graph, octet_samples *const *samples,
                                       const octet_chosen *chosen, octet_pool *pool, octet_arena *arena,
                                       octet_looks *looks);
/* Ranges of columns and largest magnitudes of the float inputs; looks: as octet_looks_create made them. Errors: as
 * above. */
octet_status octet_api_look_at_inputs(octet_context *ctx, const octet_graph *graph, octet_samples *const *samples,
                                      const octet_chosen *chosen, octet_pool *pool, octet_arena *arena,
                                      octet_looks *looks);

#endif
