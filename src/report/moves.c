#include "report/moves.h"

#include "graph/graph.h"
#include "report/text.h"

static octet_status write_move(octet_context *ctx, const octet_move *move, octet_buffer *out) {
    char count[OCTET_TEXT_SIZE];
    const uint64_t size = (uint64_t)(move->bytes < 0 ? -move->bytes : move->bytes);
    return octet_buffer_format(ctx, out, "  %-6s %-28s%+9.1f dB   %c%s bytes, %.3g %% of the multiply-accumulates\n",
                               move->is_float ? "float" : "int16", move->layers, move->gain_db,
                               move->bytes < 0 ? '-' : '+', octet_text_count(size, count), 100.0 * move->macs_share);
}

octet_status octet_moves_write_text(octet_context *ctx, const octet_moves *moves, octet_buffer *out) {
    if (!moves->is_asked) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "moved layers    %s\n",
                                  moves->n == 0 ? "none: no move gains on samples that did not choose it"
                                                : "gain in signal to noise of the logits, and what it costs"));
    for (uint32_t i = 0; i < moves->n; i++) OCTET_TRY(write_move(ctx, &moves->rows[i], out));
    return OCTET_OK;
}

void octet_moves_write_member(octet_json_writer *json, const octet_moves *moves) {
    if (!moves->is_asked) return;
    octet_json_begin_array(json, "moved_layers", OCTET_JSON_LINES);
    for (uint32_t i = 0; i < moves->n; i++) {
        const octet_move *move = &moves->rows[i];
        octet_json_begin_object(json, NULL, OCTET_JSON_LINE);
        octet_json_write_string(json, "type", octet_type_name(move->is_float ? OCTET_FLOAT32 : OCTET_INT16));
        octet_json_write_string(json, "layers", move->layers);
        octet_json_write_real(json, "gain_db", move->gain_db, 6);
        octet_json_write_real(json, "worst_gain_db", move->worst_db, 6);
        octet_json_write_i64(json, "bytes", move->bytes);
        octet_json_write_real(json, "macs_share", move->macs_share, 6);
        octet_json_end(json);
    }
    octet_json_end(json);
}
