/* api/outputs.h - outputs that join parts of very different size, when a model is quantized.
 * In:  a float graph and what calibration saw of it.
 * Out: which outputs those are; the graph and the statistics with the parts as outputs of their own.
 * Knows: graph/joined.h, statistics.
 * Does not know: scales. */
#ifndef OCTET_API_OUTPUTS_H
#define OCTET_API_OUTPUTS_H

#include "graph/joined.h"
#include "statistics/statistics.h"

/* statistics: of this graph, or NULL: then ranges are known where training or the file states them. The list lives in
 * `arena`. Errors: DATA (another model's statistics), NOMEM. */
octet_status octet_api_find_joined(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                   const octet_statistics *statistics, octet_joined **out, uint32_t *n);
/* New ones, which the caller frees; *split_statistics is NULL where statistics are. */
octet_status octet_api_split_outputs(octet_context *ctx, const octet_graph *graph, const octet_statistics *statistics,
                                     const octet_joined *joined, uint32_t n, octet_graph **split,
                                     octet_statistics **split_statistics);

#endif
