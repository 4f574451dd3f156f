#include "report/failed.h"

#include "report/text.h"

octet_status octet_failed_write_json(octet_context *ctx, const octet_failed *failed, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "error", OCTET_JSON_LINES);
    octet_json_begin_object(&json, "error", OCTET_JSON_LINES);
    octet_json_write_string(&json, "name", octet_status_name(failed->status));
    octet_json_write_i64(&json, "exit_code", failed->exit_code);
    octet_json_write_string(&json, "message", failed->message);
    octet_json_write_string(&json, "command", failed->command);
    octet_json_write_string(&json, "option", failed->option);
    octet_json_write_string(&json, "file", failed->file);
    octet_json_write_string(&json, "layer", failed->layer);
    octet_json_write_string(&json, "value", failed->value);
    octet_json_end(&json);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
