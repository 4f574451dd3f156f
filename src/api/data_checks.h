/* api/data_checks.h - looks at calibration samples for what would make ranges worthless.
 * In:  the samples that were chosen; a graph and its statistics.
 * Out: counts for report/data_checks.h.
 * Knows: data, statistics; what an image looks like.
 * Does not know: from when on a count is a warning. */
#ifndef OCTET_API_DATA_CHECKS_H
#define OCTET_API_DATA_CHECKS_H

#include "api/handles.h"
#include "statistics/statistics.h"

/* Fills what samples tell. samples: by input of the graph; the first one is looked at, 64 samples of it at most, evenly
 * chosen. A sample is constant where it has 16 numbers or more, all the same. It is noise where it is a picture (or a
 * table) of 8 by 8 or more, not more than half of its numbers are equal to the next one, and neighbours in neither
 * direction have a correlation of 0.1, or of 3 / sqrt(places), what chance may give. Errors: NOMEM, those of
 * octet_samples_load. */
octet_status octet_api_check_samples(octet_context *ctx, const octet_graph *graph, octet_samples *const *samples,
                                     const size_t *indices, size_t n, octet_pool *pool, octet_data_checks *checks);
/* Fills what ranges tell; names live in `arena`. Errors: DATA (statistics of another graph), NOMEM. */
octet_status octet_api_check_layers(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                    const octet_statistics *statistics, octet_data_checks *checks);

#endif
