/* report/receipt.h - the line that reports a written file.
 * In:  path, size, inputs, outputs; whether its target runs it; warnings.
 * Out: one line, and one for each of the others; JSON.
 * Knows: how the line is laid out.
 * Does not know: models. */
#ifndef OCTET_REPORT_RECEIPT_H
#define OCTET_REPORT_RECEIPT_H

#include "layers/islands.h"
#include "recover/outcome.h"
#include "report/ports.h"
#include "report/support.h"

typedef struct octet_receipt {
    const char *model, *path;
    size_t size_bytes;
    const char *type;                    /* of the whole, as a verdict heads its column */
    octet_report_port *inputs, *outputs; /* at least one of each */
    uint32_t n_inputs, n_outputs;
    octet_ladder ladder; /* as in verdict.h */
    octet_island_list islands;
    const octet_support *support; /* by the target that the file is for, or NULL */
    const char *const *warnings, *const *warning_names;
    uint32_t n_warnings;
} octet_receipt;

octet_status octet_receipt_write_text(octet_context *ctx, const octet_receipt *receipt, octet_buffer *out);
octet_status octet_receipt_write_json(octet_context *ctx, const octet_receipt *receipt, octet_buffer *out);

#endif
