/* report/moves.h - the lines of the layers that recovery moved to other numbers.
 * In:  recover/outcome.h.
 * Out: a line for each move: numbers, layers, gain, cost; a member of JSON.
 * Knows: how the lines are laid out.
 * Does not know: how layers are chosen. */
#ifndef OCTET_REPORT_MOVES_H
#define OCTET_REPORT_MOVES_H

#include "base/json_writer.h"
#include "recover/outcome.h"

/* Nothing where no layers were to move. */
octet_status octet_moves_write_text(octet_context *ctx, const octet_moves *moves, octet_buffer *out);
/* "moved_layers": [{...}] in the open object; nothing where no layers were to move. */
void octet_moves_write_member(octet_json_writer *json, const octet_moves *moves);

#endif
