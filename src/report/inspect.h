/* report/inspect.h - describes a graph: inputs and outputs, operators, tensors, memory plan.
 * In:  a graph and, from those who know, the plan and the size of the file.
 * Out: text for people, one JSON object for programs.
 * Knows: graph.
 * Does not know: exec, files. */
#ifndef OCTET_REPORT_INSPECT_H
#define OCTET_REPORT_INSPECT_H

#include "base/buffer.h"
#include "graph/graph.h"
#include "layers/islands.h"

typedef struct octet_inspection {
    const octet_graph *graph;
    const char *model;       /* path, for the heading */
    size_t file_bytes;       /* of the .tflite; 0 = not known */
    const int32_t *versions; /* by operator, for a graph that comes from no .tflite; NULL: as the graph holds them */
    size_t arena_bytes;      /* memory for activations; 0 = not planned */
    octet_island_list islands;
    const size_t *offsets; /* by value, in that memory; SIZE_MAX = none; or NULL */
} octet_inspection;

octet_status octet_inspect_write_text(octet_context *ctx, const octet_inspection *inspection, octet_buffer *out);
octet_status octet_inspect_write_json(octet_context *ctx, const octet_inspection *inspection, octet_buffer *out);

/* "padding=VALID stride_w=2": the options that are not at their default; empty when all are. */
octet_status octet_inspect_options(octet_context *ctx, const octet_operator *op, octet_buffer *out);
/* What both renderings say of an operator and of a value. */
int32_t octet_inspect_version(const octet_inspection *inspection, uint32_t op);   /* 0 = not known */
bool octet_inspect_is_placed(const octet_inspection *inspection, uint32_t value); /* it has an offset */

#endif
