#include "report/support.h"

#include "report/text.h"

static uint32_t count(const octet_support *s, octet_support_level level) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->graph->n_operators; i++) n += s->rows[i].level == level;
    return n;
}

static octet_status write_rows(octet_context *ctx, const octet_support *s, octet_support_level least,
                               octet_buffer *out) {
    for (uint32_t i = 0; i < s->graph->n_operators; i++) {
        const octet_support_row *row = &s->rows[i];
        const octet_operator *op = &s->graph->operators[i];
        if (row->level < least) continue;
        OCTET_TRY(octet_buffer_format(ctx, out, "%s  %s (layer %s): %s%s%s\n",
                                      row->level == OCTET_SUPPORT_NONE ? "no   " : "float",
                                      octet_operator_name(op->code), op->layer, row->reason,
                                      row->remedy != NULL ? "; " : "", row->remedy != NULL ? row->remedy : ""));
    }
    return OCTET_OK;
}

static octet_status write_date(octet_context *ctx, const octet_support *s, octet_buffer *out) {
    if (s->date == NULL) return octet_buffer_format(ctx, out, "\n");
    return octet_buffer_format(ctx, out, " (its kernels as of %s)\n", s->date);
}

octet_status octet_support_write_text(octet_context *ctx, const octet_support *s, octet_buffer *out) {
    const uint32_t n_float = count(s, OCTET_SUPPORT_FLOAT), n_none = count(s, OCTET_SUPPORT_NONE);
    OCTET_TRY(octet_buffer_format(ctx, out, "%s for %s: %u of %u operators in int8", s->model, s->target,
                                  count(s, OCTET_SUPPORT_INT8), s->graph->n_operators));
    if (n_float > 0) OCTET_TRY(octet_buffer_format(ctx, out, ", %u in float", n_float));
    if (n_none > 0) OCTET_TRY(octet_buffer_format(ctx, out, ", %u not at all", n_none));
    OCTET_TRY(write_date(ctx, s, out));
    OCTET_TRY(write_rows(ctx, s, OCTET_SUPPORT_FLOAT, out));
    for (uint32_t i = 0; i < s->n_notes; i++) OCTET_TRY(octet_buffer_format(ctx, out, "note   %s\n", s->notes[i]));
    if (n_none == 0)
        OCTET_TRY(octet_buffer_format(ctx, out, "It %sruns there.\n", s->is_quantized ? "" : "can be quantized and "));
    return OCTET_OK;
}

octet_status octet_support_write_line(octet_context *ctx, const octet_support *s, octet_buffer *out) {
    const uint32_t n_float = count(s, OCTET_SUPPORT_FLOAT), n_none = count(s, OCTET_SUPPORT_NONE);
    if (n_none > 0) {
        OCTET_TRY(octet_buffer_format(ctx, out, "! %s does not run %u of the %u operators", s->target, n_none,
                                      s->graph->n_operators));
        OCTET_TRY(write_date(ctx, s, out));
        return write_rows(ctx, s, OCTET_SUPPORT_NONE, out);
    }
    OCTET_TRY(
        octet_buffer_format(ctx, out, "target          %s runs all %u operators", s->target, s->graph->n_operators));
    if (n_float > 0) OCTET_TRY(octet_buffer_format(ctx, out, ", %u of them in float", n_float));
    return write_date(ctx, s, out);
}

static void write_operators(octet_json_writer *json, const octet_support *s) {
    static const char *const levels[] = {"int8", "float", "none"};
    octet_json_begin_array(json, "operators", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < s->graph->n_operators; i++) {
        const octet_support_row *row = &s->rows[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "operator", octet_operator_name(s->graph->operators[i].code));
        octet_json_write_string(json, "layer", s->graph->operators[i].layer);
        octet_json_write_string(json, "runs_in", levels[row->level]);
        octet_json_write_string(json, "reason", row->reason);
        octet_json_write_string(json, "remedy", row->remedy);
        octet_json_end(json);
    }
    octet_json_end(json);
}

octet_status octet_support_write_json(octet_context *ctx, const octet_support *s, octet_buffer *out) {
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_text_json_begin(&json, "check", OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", s->model);
    octet_support_write_member(&json, s);
    octet_json_begin_array(&json, "notes", OCTET_JSON_LINE);
    for (uint32_t i = 0; i < s->n_notes; i++) octet_json_write_string(&json, NULL, s->notes[i]);
    octet_json_end(&json);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}

void octet_support_write_member(octet_json_writer *json, const octet_support *s) {
    octet_json_begin_object(json, "target", OCTET_JSON_LINES);
    octet_json_write_string(json, "name", s->target);
    octet_json_write_string(json, "kernels_as_of", s->date);
    octet_json_write_bool(json, "supported", count(s, OCTET_SUPPORT_NONE) == 0);
    write_operators(json, s);
    octet_json_end(json);
}
