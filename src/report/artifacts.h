/* report/artifacts.h - the lines that report a folder of artifacts.
 * In:  what was written, what rounding once costs.
 * Out: text; JSON.
 * Knows: which figures people look at first.
 * Does not know: files. */
#ifndef OCTET_REPORT_ARTIFACTS_H
#define OCTET_REPORT_ARTIFACTS_H

#include "export/artifacts/artifacts.h"

typedef struct octet_artifacts_summary {
    const char *path;
    uint64_t n_files;
    const octet_artifacts *plan;
    const octet_artifact_report *report;
} octet_artifacts_summary;

octet_status octet_artifacts_summary_write_text(octet_context *ctx, const octet_artifacts_summary *s,
                                                octet_buffer *out);
octet_status octet_artifacts_summary_write_json(octet_context *ctx, const octet_artifacts_summary *s,
                                                octet_buffer *out);

#endif
