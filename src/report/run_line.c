#include "report/run_line.h"

#include <inttypes.h>

#include "report/text.h"

octet_status octet_run_line_write_text(octet_context *ctx, const octet_run_line *line, octet_buffer *out) {
    const bool has_both = line->output != NULL && line->dump != NULL;
    return octet_buffer_format(ctx, out, "%" PRIu64 " sample%s: %s%s%s\n", line->n_samples,
                               line->n_samples == 1 ? "" : "s", line->output != NULL ? line->output : "",
                               has_both ? ", " : "", line->dump != NULL ? line->dump : "");
}

octet_status octet_run_line_write_json(octet_context *ctx, const octet_run_line *line, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "run", OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", line->model);
    octet_json_write_string(&json, "output", line->output);
    octet_json_write_string(&json, "dump", line->dump);
    octet_json_write_u64(&json, "samples", line->n_samples);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
