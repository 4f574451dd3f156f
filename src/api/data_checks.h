/* api/data_checks.h - what calibration says of the samples, for those who are warned.
 * In:  statistics of a graph.
 * Out: counts for report/data_checks.h, ranges of inputs for report/verdict.h.
 * Knows: statistics, report.
 * Does not know: data; from when on a count is a warning. */
#ifndef OCTET_API_DATA_CHECKS_H
#define OCTET_API_DATA_CHECKS_H

#include "api/handles.h"
#include "statistics/statistics.h"

/* Fills what looks at samples tell. */
void octet_api_tell_samples(const octet_looks *looks, octet_data_checks *checks);
/* Fills what ranges tell; names live in `arena`. Errors: DATA (statistics of another graph), NOMEM. */
octet_status octet_api_check_layers(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                    const octet_statistics *statistics, octet_data_checks *checks);
/* All of it; facts: as octet_statistics_describe has them. out: empty before, the caller's after, also on failure. */
octet_status octet_api_see(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                           const octet_calibration *facts, octet_seen *out);

#endif
