#include "report/islands.h"

#include <inttypes.h>

enum { MOST_NAMED = 8 };

static octet_status write_line(octet_context *ctx, const octet_island_list *list, octet_island island,
                               const char *title, uint32_t most, octet_buffer *out) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n; i++) {
        const octet_island_row *row = &list->rows[i];
        if (row->island != island || ++n > most) continue;
        OCTET_TRY(octet_buffer_format(ctx, out, n == 1 ? "%-16s%s %s" : "%s%s %s", n == 1 ? title : ", ", row->layer,
                                      row->op));
    }
    if (n > most) OCTET_TRY(octet_buffer_format(ctx, out, " and %" PRIu32 " more", n - most));
    return n > 0 ? octet_buffer_format(ctx, out, "\n") : OCTET_OK;
}

octet_status octet_islands_write_text(octet_context *ctx, const octet_island_list *list, bool with_all,
                                      octet_buffer *out) {
    const uint32_t most = with_all ? UINT32_MAX : MOST_NAMED;
    OCTET_TRY(write_line(ctx, list, OCTET_ISLAND_FLOAT, "in float", most, out));
    return write_line(ctx, list, OCTET_ISLAND_INT16, "in int16", most, out);
}

void octet_islands_write_member(octet_json_writer *json, const octet_island_list *list) {
    if (list->n == 0) return;
    octet_json_begin_array(json, "islands", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < list->n; i++) {
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "layer", list->rows[i].layer);
        octet_json_write_string(json, "operator", list->rows[i].op);
        octet_json_write_string(
            json, "type", octet_type_name(list->rows[i].island == OCTET_ISLAND_FLOAT ? OCTET_FLOAT32 : OCTET_INT16));
        octet_json_end(json);
    }
    octet_json_end(json);
}
