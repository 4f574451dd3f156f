/* report/support.h - which operators of a model run on a target.
 * In:  a graph and a verdict per operator.
 * Out: a list of those that do not, with reason and remedy; JSON with all.
 * Knows: how the report is laid out.
 * Does not know: how a verdict comes about. */
#ifndef OCTET_REPORT_SUPPORT_H
#define OCTET_REPORT_SUPPORT_H

#include "base/json_writer.h"
#include "target/check.h"

typedef struct octet_support {
    const octet_graph *graph;
    const char *model, *target;
    const char *date;         /* of the list of the target's kernels, or NULL */
    bool is_quantized;        /* the model, already */
    const char *const *notes; /* sentences beside it */
    uint32_t n_notes;
    const octet_support_row *rows; /* by operator */
} octet_support;

octet_status octet_support_write_text(octet_context *ctx, const octet_support *support, octet_buffer *out);
octet_status octet_support_write_json(octet_context *ctx, const octet_support *support, octet_buffer *out);
/* Inside the report of a file: a line where all runs, else as above; a member of the open object. */
octet_status octet_support_write_line(octet_context *ctx, const octet_support *support, octet_buffer *out);
void octet_support_write_member(octet_json_writer *json, const octet_support *support);

#endif
