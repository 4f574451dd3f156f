/* report/moves.h - the lines of the layers that recovery moved to other numbers.
 * In:  recover/outcome.h.
 * Out: a line for each move: numbers, layers, gain, cost; a member of JSON.
 * Knows: how the lines are laid out.
 * Does not know: how layers are chosen. */
#ifndef OCTET_REPORT_MOVES_H
#define OCTET_REPORT_MOVES_H

#include "base/json_writer.h"
#include "recover/outcome.h"

enum { OCTET_MOVE_SENTENCE = 120 };

/* What is said of all of them, above the list. */
const char *octet_moves_head(const octet_moves *moves);
/* "float" or "int16". */
const char *octet_move_kind(const octet_move *move);
/* "+64 bytes, 19 % of the multiply-accumulates"; text: OCTET_MOVE_SENTENCE, which is returned. */
const char *octet_move_cost_text(const octet_move *move, char *text);
/* Nothing where no layers were to move. */
octet_status octet_moves_write_text(octet_context *ctx, const octet_moves *moves, octet_buffer *out);
/* "moved_layers": [{...}] in the open object; nothing where no layers were to move. */
void octet_moves_write_member(octet_json_writer *json, const octet_moves *moves);

#endif
