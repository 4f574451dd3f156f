/* api/inputs.h - what calibration samples hold, input by input and column by column.
 * In:  the samples that were chosen.
 * Out: ranges of columns, and the sample that reaches far beyond all others.
 * Knows: data, report/verdict.
 * Does not know: scales. */
#ifndef OCTET_API_INPUTS_H
#define OCTET_API_INPUTS_H

#include "api/handles.h"

/* Looks at the float inputs of the graph; samples: by input. The array lives in `arena`, n_inputs long. Errors: NOMEM,
 * those of octet_samples_load. */
octet_status octet_api_look_at_inputs(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                      octet_samples *const *samples, const size_t *indices, size_t n, octet_pool *pool,
                                      octet_verdict_input **out);

#endif
