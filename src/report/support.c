#include "report/support.h"

#include "base/json_writer.h"

static uint32_t count(const octet_support *s, octet_support_level level) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->graph->n_operators; i++) n += s->rows[i].level == level;
    return n;
}

octet_status octet_support_write_text(octet_context *ctx, const octet_support *s, octet_buffer *out) {
    const uint32_t n_float = count(s, OCTET_SUPPORT_FLOAT), n_none = count(s, OCTET_SUPPORT_NONE);
    OCTET_TRY(octet_buffer_format(ctx, out, "%s for %s: %u of %u operators in int8", s->model, s->target,
                                  count(s, OCTET_SUPPORT_INT8), s->graph->n_operators));
    if (n_float > 0) OCTET_TRY(octet_buffer_format(ctx, out, ", %u in float", n_float));
    if (n_none > 0) OCTET_TRY(octet_buffer_format(ctx, out, ", %u not at all", n_none));
    OCTET_TRY(octet_buffer_format(ctx, out, "\n"));
    for (uint32_t i = 0; i < s->graph->n_operators; i++) {
        const octet_support_row *row = &s->rows[i];
        const octet_operator *op = &s->graph->operators[i];
        if (row->level == OCTET_SUPPORT_INT8) continue;
        OCTET_TRY(octet_buffer_format(ctx, out, "%s  %s (layer %s): %s%s%s\n",
                                      row->level == OCTET_SUPPORT_NONE ? "no   " : "float",
                                      octet_operator_name(op->code), op->layer, row->reason,
                                      row->remedy != NULL ? "; " : "", row->remedy != NULL ? row->remedy : ""));
    }
    if (n_none == 0)
        OCTET_TRY(octet_buffer_format(ctx, out, "It %sruns there.\n", s->is_quantized ? "" : "can be quantized and "));
    return OCTET_OK;
}

octet_status octet_support_write_json(octet_context *ctx, const octet_support *s, octet_buffer *out) {
    static const char *const levels[] = {"int8", "float", "none"};
    octet_json_writer json = octet_json_writer_make(ctx, out);
    octet_json_begin_object(&json, NULL, OCTET_JSON_LINES);
    octet_json_write_string(&json, "model", s->model);
    octet_json_write_string(&json, "target", s->target);
    octet_json_write_bool(&json, "supported", count(s, OCTET_SUPPORT_NONE) == 0);
    octet_json_begin_array(&json, "operators", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < s->graph->n_operators; i++) {
        const octet_support_row *row = &s->rows[i];
        octet_json_begin_object(&json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(&json, "operator", octet_operator_name(s->graph->operators[i].code));
        octet_json_write_string(&json, "layer", s->graph->operators[i].layer);
        octet_json_write_string(&json, "runs_in", levels[row->level]);
        octet_json_write_string(&json, "reason", row->reason);
        octet_json_write_string(&json, "remedy", row->remedy);
        octet_json_end(&json);
    }
    octet_json_end(&json);
    octet_json_end(&json);
    return octet_json_writer_finish(&json);
}
