#include "report/receipt.h"

#include "base/json_writer.h"
#include "report/islands.h"
#include "report/ladder.h"

octet_status octet_receipt_write_text(octet_context *ctx, const octet_receipt *receipt, octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out, "%s: %zu bytes, input %s, output %s\n", receipt->path, receipt->size_bytes,
                                  receipt->input_type, receipt->output_type));
    OCTET_TRY(octet_islands_write_text(ctx, &receipt->islands, false, out));
    OCTET_TRY(octet_ladder_write_text(ctx, &receipt->ladder, out));
    if (receipt->support != NULL) OCTET_TRY(octet_support_write_line(ctx, receipt->support, out));
    for (uint32_t i = 0; i < receipt->n_warnings; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "! %s [%s]\n", receipt->warnings[i], receipt->warning_names[i]));
    return OCTET_OK;
}

octet_status octet_receipt_write_json(octet_context *ctx, const octet_receipt *receipt, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_json_begin_object(&json, NULL, OCTET_JSON_LINES);
    octet_json_write_string(&json, "output", receipt->path);
    octet_json_write_u64(&json, "size_bytes", receipt->size_bytes);
    octet_json_write_string(&json, "input_type", receipt->input_type);
    octet_json_write_string(&json, "output_type", receipt->output_type);
    octet_islands_write_member(&json, &receipt->islands);
    octet_ladder_write_member(&json, &receipt->ladder);
    if (receipt->support != NULL) octet_support_write_member(&json, receipt->support);
    if (receipt->n_warnings > 0) octet_json_begin_array(&json, "warnings", OCTET_JSON_LINE);
    for (uint32_t i = 0; i < receipt->n_warnings; i++) octet_json_write_string(&json, NULL, receipt->warnings[i]);
    if (receipt->n_warnings > 0) octet_json_end(&json);
    if (receipt->n_warnings > 0) octet_json_begin_array(&json, "warning_names", OCTET_JSON_LINE);
    for (uint32_t i = 0; i < receipt->n_warnings; i++) octet_json_write_string(&json, NULL, receipt->warning_names[i]);
    if (receipt->n_warnings > 0) octet_json_end(&json);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
