#include "report/islands.h"

#include <inttypes.h>

enum { MOST_NAMED = 8 };

uint32_t octet_islands_count(const octet_island_list *list, octet_island island) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n; i++) n += list->rows[i].island == island;
    return n;
}

octet_status octet_islands_write_names(octet_context *ctx, const octet_island_list *list, octet_island island,
                                       bool with_all, octet_buffer *out) {
    const uint32_t all = octet_islands_count(list, island), most = with_all || all < MOST_NAMED ? all : MOST_NAMED;
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n && n < most; i++) {
        const octet_island_row *row = &list->rows[i];
        if (row->island != island) continue;
        OCTET_TRY(octet_buffer_format(ctx, out, "%s%s %s", n++ > 0 ? ", " : "", row->layer, row->op));
    }
    return n < all ? octet_buffer_format(ctx, out, " and %" PRIu32 " more", all - n) : OCTET_OK;
}

static octet_status write_line(octet_context *ctx, const octet_island_list *list, octet_island island,
                               const char *title, bool with_all, octet_buffer *out) {
    if (octet_islands_count(list, island) == 0) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "%-16s", title));
    OCTET_TRY(octet_islands_write_names(ctx, list, island, with_all, out));
    return octet_buffer_format(ctx, out, "\n");
}

octet_status octet_islands_write_text(octet_context *ctx, const octet_island_list *list, bool with_all,
                                      octet_buffer *out) {
    OCTET_TRY(write_line(ctx, list, OCTET_ISLAND_FLOAT, "in float", with_all, out));
    return write_line(ctx, list, OCTET_ISLAND_INT16, "in int16", with_all, out);
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
