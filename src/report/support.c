#include "report/support.h"

#include "report/text.h"

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
    OCTET_TRY(octet_buffer_format(ctx, out, "{\n  \"model\": "));
    OCTET_TRY(octet_text_json_string(ctx, out, s->model));
    OCTET_TRY(octet_buffer_format(ctx, out, ",\n  \"target\": \"%s\",\n  \"supported\": %s,\n  \"operators\": [",
                                  s->target, count(s, OCTET_SUPPORT_NONE) == 0 ? "true" : "false"));
    for (uint32_t i = 0; i < s->graph->n_operators; i++) {
        const octet_support_row *row = &s->rows[i];
        OCTET_TRY(octet_buffer_format(ctx, out, "%s\n    {\"operator\": \"%s\", \"layer\": ", i == 0 ? "" : ",",
                                      octet_operator_name(s->graph->operators[i].code)));
        OCTET_TRY(octet_text_json_string(ctx, out, s->graph->operators[i].layer));
        OCTET_TRY(octet_buffer_format(ctx, out, ", \"runs_in\": \"%s\", \"reason\": ", levels[row->level]));
        OCTET_TRY(octet_text_json_string(ctx, out, row->reason));
        OCTET_TRY(octet_buffer_format(ctx, out, ", \"remedy\": "));
        OCTET_TRY(octet_text_json_string(ctx, out, row->remedy));
        OCTET_TRY(octet_buffer_format(ctx, out, "}"));
    }
    return octet_buffer_format(ctx, out, "\n  ]\n}\n");
}
