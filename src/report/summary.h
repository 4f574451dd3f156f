/* report/summary.h - the layer table of a model.
 * In:  a graph.
 * Out: Keras's layer table with its totals, or, for a graph without layers, a table of operators; text and JSON.
 * Knows: how Keras 3 words shapes, counts and sizes.
 * Does not know: files, exec. */
#ifndef OCTET_REPORT_SUMMARY_H
#define OCTET_REPORT_SUMMARY_H

#include "base/buffer.h"
#include "base/json_writer.h"
#include "graph/graph.h"

typedef struct octet_constants {
    uint64_t n_elements, n_bytes;
} octet_constants;
/* Constants of the graph that operators read. */
octet_constants octet_summary_constants(const octet_graph *graph);

/* "signature encode of encode, decode" where the file offers several graphs to run; else nothing. */
octet_status octet_summary_write_signatures(octet_context *ctx, const octet_graph *graph, octet_buffer *out);
void octet_summary_json_signatures(octet_json_writer *json, const octet_graph *graph);
/* model: path, for the heading. */
octet_status octet_summary_write_text(octet_context *ctx, const octet_graph *graph, const char *model,
                                      octet_buffer *out);
octet_status octet_summary_write_json(octet_context *ctx, const octet_graph *graph, const char *model,
                                      octet_buffer *out);

#endif
