/* api/describe.h - what reports say of any model.
 * In:  a graph.
 * Out: its inputs and outputs as rows, its type in one word.
 * Knows: graph, report/ports.h.
 * Does not know: which report asks. */
#ifndef OCTET_API_DESCRIBE_H
#define OCTET_API_DESCRIBE_H

#include "graph/graph.h"
#include "report/ports.h"

/* A row for each of the graph's n inputs or outputs, in `arena`. */
octet_status octet_api_describe_ports(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                      const octet_port *ports, uint32_t n, octet_report_port **out);
/* The type that a column of the table is headed with: of the activations if they are quantized, else of the weights.
 * Among int8 some may be int16. */
const char *octet_api_type_of_graph(const octet_graph *graph);

#endif
