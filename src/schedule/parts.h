/* schedule/parts.h - the home of every value and the plan of the arena.
 * In:  links, stages and groups.
 * Out: homes, parts with lifetimes and offsets.
 * Knows: order.h; lifetimes in groups and of rows; a step that works element by element may write where it reads.
 * Does not know: what stages compute. */
#ifndef OCTET_SCHEDULE_PARTS_H
#define OCTET_SCHEDULE_PARTS_H

#include "schedule/links.h"

/* Sets homes, parts, arena_bytes, and the stages' sums. Greedy by size: the largest part first, each at the lowest
 * offset that is free during its life. */
octet_status octet_parts_make(octet_context *ctx, octet_arena *arena, octet_arena *scratch, const octet_links *links,
                              octet_schedule *out);

#endif
