/* What recovery tried, and what of it was kept. */
#include "report/ladder.h"
#include "report/moves.h"
#include "report/sections.h"
#include "report/text.h"

static void write_ladder(octet_document *document, const octet_ladder *ladder, bool with_time) {
    static const char *const headings[] = {"step", "gain", "", "time"};
    char text[OCTET_LADDER_SENTENCE], time[OCTET_TEXT_SIZE];
    octet_document_say(document, OCTET_TONE_PLAIN,
                       "Steps in the order in which they were tried, %s. Gains are those of the signal to noise of the "
                       "logits.",
                       octet_ladder_how_text(ladder, text));
    octet_block *table = octet_document_table(document, "Steps of recovery", headings, with_time ? 4 : 3);
    table->has_row_heads = true;
    table->right = 10;
    for (uint32_t i = 0; i < ladder->n_rows; i++) {
        const octet_ladder_row *row = &ladder->rows[i];
        octet_document_cell(document, table, "%s", row->step);
        octet_cell *gain = octet_document_cell(document, table, "%s", octet_ladder_gain_text(row, text));
        gain->shade = !row->is_judged ? 0.0f : row->is_kept ? 0.8f : row->gain_db < 0.0 ? -0.6f : 0.0f;
        octet_document_cell(document, table, "%s", octet_ladder_end_text(row, text));
        if (with_time) octet_document_cell(document, table, "%s", octet_text_time((double)row->time_ns, time));
    }
}

static void write_moves(octet_document *document, const octet_moves *moves) {
    static const char *const headings[] = {"to", "layers", "gain", "cost"};
    char cost[OCTET_MOVE_SENTENCE];
    octet_document_say(document, OCTET_TONE_PLAIN, "Moved layers: %s.", octet_moves_head(moves));
    if (moves->n == 0) return;
    octet_block *table = octet_document_table(document, "Layers that moved to other numbers", headings, 4);
    table->has_row_heads = true;
    table->right = 4;
    for (uint32_t i = 0; i < moves->n; i++) {
        const octet_move *move = &moves->rows[i];
        octet_document_cell(document, table, "%s", octet_move_kind(move));
        octet_document_cell(document, table, "%s", move->layers);
        octet_document_cell(document, table, "%+.1f dB", move->gain_db)->shade = 0.8f;
        octet_document_cell(document, table, "%s", octet_move_cost_text(move, cost));
    }
}

void octet_section_recovery(octet_document *document, const octet_verdict *v, bool with_time) {
    char text[OCTET_LADDER_SENTENCE];
    if (v->ladder.n_rows == 0 && v->n_attempts == 0 && !v->ladder.moves.is_asked) return;
    octet_document_begin(document, OCTET_BLOCK_SECTION, OCTET_TONE_PLAIN, "Recovery")->id = "recovery";
    for (uint32_t i = 0; i < v->n_attempts; i++)
        octet_document_fact(document, octet_document_text(document, "--recover %s", v->attempts[i].recovery), "%s",
                            octet_attempt_text(&v->attempts[i], text));
    if (v->ladder.n_rows > 0) write_ladder(document, &v->ladder, with_time);
    if (v->ladder.moves.is_asked) write_moves(document, &v->ladder.moves);
    octet_document_end(document);
}
