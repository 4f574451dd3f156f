/* schedule/states.h - variables that go on from run to run, in the order of a struct.
 * In:  a graph.
 * Out: its variables that are used, widest elements first; the bytes of a C struct of them.
 * Knows: that C aligns a struct to its widest member.
 * Does not know: steps, the arena. */
#ifndef OCTET_SCHEDULE_STATES_H
#define OCTET_SCHEDULE_STATES_H

#include "schedule/schedule.h"

/* Sets states, n_states, state_bytes. Errors: NOMEM, LIMIT. */
octet_status octet_states_make(octet_context *ctx, octet_arena *arena, const octet_graph *graph, octet_schedule *out);

#endif
