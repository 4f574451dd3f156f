/* report/run_line.h - what a run over files wrote.
 * In:  names of the model and of what was written, the number of samples.
 * Out: one line; JSON.
 * Knows: how the line is laid out.
 * Does not know: models, arrays. */
#ifndef OCTET_REPORT_RUN_LINE_H
#define OCTET_REPORT_RUN_LINE_H

#include "base/buffer.h"

typedef struct octet_run_line {
    const char *model;
    const char *output, *dump; /* or NULL */
    uint64_t n_samples;
} octet_run_line;

octet_status octet_run_line_write_text(octet_context *ctx, const octet_run_line *line, octet_buffer *out);
octet_status octet_run_line_write_json(octet_context *ctx, const octet_run_line *line, octet_buffer *out);

#endif
