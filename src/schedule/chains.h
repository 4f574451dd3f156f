/* schedule/chains.h - steps that hand each other rows become groups.
 * In:  links.
 * Out: stages, and groups of them.
 * Knows: rows.h; what a group keeps at once: its operand and result whole, a
 * ring between two stages. Does not know: where in the arena. */
#ifndef OCTET_SCHEDULE_CHAINS_H
#define OCTET_SCHEDULE_CHAINS_H

#include "schedule/links.h"

/* Sets stages and groups of `out`. A chain of steps is cut so that its dearest
 * group keeps as little as possible; of equal cuts the one with the fewest
 * groups. */
octet_status octet_chains_make(octet_context *ctx, octet_arena *arena, const octet_links *links, bool no_fusion,
                               octet_schedule *out);
/* Rows of its operand that a stage needs at once. */
int32_t octet_chains_ring(const octet_stage *stage);

#endif
