#include "report/receipt.h"

#include "report/islands.h"
#include "report/ladder.h"
#include "report/text.h"
#include "report/warning_names.h"

octet_status octet_receipt_write_text(octet_context *ctx, const octet_receipt *receipt, octet_buffer *out) {
    OCTET_TRY(octet_buffer_format(ctx, out, "%s: %zu bytes, input %s, output %s\n", receipt->path, receipt->size_bytes,
                                  receipt->inputs[0].type, receipt->outputs[0].type));
    OCTET_TRY(octet_islands_write_text(ctx, &receipt->islands, false, out));
    OCTET_TRY(octet_ladder_write_text(ctx, &receipt->ladder, out));
    if (receipt->support != NULL) OCTET_TRY(octet_support_write_line(ctx, receipt->support, out));
    for (uint32_t i = 0; i < receipt->n_warnings; i++)
        OCTET_TRY(octet_buffer_format(ctx, out, "! %s [%s]\n", receipt->warnings[i], receipt->warning_names[i]));
    return OCTET_OK;
}

octet_status octet_receipt_write_json(octet_context *ctx, const octet_receipt *receipt, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "quantize", OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", receipt->model);
    octet_json_write_string(&json, "output", receipt->path);
    octet_json_write_bool(&json, "evaluated", false);
    octet_json_begin_object(&json, "quantized", OCTET_JSON_LINE);
    octet_json_write_string(&json, "type", receipt->type);
    octet_json_write_u64(&json, "size_bytes", receipt->size_bytes);
    octet_json_end(&json);
    octet_report_ports_write_member(&json, "inputs", receipt->inputs, receipt->n_inputs);
    octet_report_ports_write_member(&json, "outputs", receipt->outputs, receipt->n_outputs);
    octet_islands_write_member(&json, &receipt->islands);
    octet_ladder_write_member(&json, &receipt->ladder);
    if (receipt->support != NULL) octet_support_write_member(&json, receipt->support);
    octet_warnings_write_member(&json, receipt->warnings, receipt->warning_names, receipt->n_warnings);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
