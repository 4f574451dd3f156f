/* report/support.h - which operators of a model run on a target.
 * In:  a graph and a verdict per operator.
 * Out: a list of those that do not, with reason and remedy; JSON with all.
 * Knows: how to say it.
 * Does not know: targets. */
#ifndef OCTET_REPORT_SUPPORT_H
#define OCTET_REPORT_SUPPORT_H

#include "base/buffer.h"
#include "graph/graph.h"

typedef enum octet_support_level { OCTET_SUPPORT_INT8, OCTET_SUPPORT_FLOAT, OCTET_SUPPORT_NONE } octet_support_level;

typedef struct octet_support_row {
    octet_support_level level;
    const char *reason, *remedy; /* of anything but INT8; remedy may be NULL */
} octet_support_row;

typedef struct octet_support {
    const octet_graph *graph;
    const char *model, *target;
    bool is_quantized;             /* the model, already */
    const octet_support_row *rows; /* by operator */
} octet_support;

octet_status octet_support_write_text(octet_context *ctx, const octet_support *support, octet_buffer *out);
octet_status octet_support_write_json(octet_context *ctx, const octet_support *support, octet_buffer *out);

#endif
