#include "report/moves.h"

#include "base/format.h"
#include "graph/graph.h"
#include "report/text.h"

const char *octet_moves_head(const octet_moves *moves) {
    return moves->n == 0 ? "none: no move gains on samples that did not choose it"
                         : "gain in signal to noise of the logits, and what it costs";
}

const char *octet_move_kind(const octet_move *move) { return move->is_float ? "float" : "int16"; }

const char *octet_move_cost_text(const octet_move *move, char *text) {
    char count[OCTET_TEXT_SIZE];
    const uint64_t size = (uint64_t)(move->bytes < 0 ? -move->bytes : move->bytes);
    octet_format(text, OCTET_MOVE_SENTENCE, "%c%s bytes, %.3g %% of the multiply-accumulates",
                 move->bytes < 0 ? '-' : '+', octet_text_count(size, count), 100.0 * move->macs_share);
    return text;
}

octet_status octet_moves_write_text(octet_context *ctx, const octet_moves *moves, octet_buffer *out) {
    char cost[OCTET_MOVE_SENTENCE];
    if (!moves->is_asked) return OCTET_OK;
    OCTET_TRY(octet_buffer_format(ctx, out, "moved layers    %s\n", octet_moves_head(moves)));
    for (uint32_t i = 0; i < moves->n; i++) {
        const octet_move *move = &moves->rows[i];
        OCTET_TRY(octet_buffer_format(ctx, out, "  %-6s %-28s%+9.1f dB   %s\n", octet_move_kind(move), move->layers,
                                      move->gain_db, octet_move_cost_text(move, cost)));
    }
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
