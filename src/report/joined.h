/* report/joined.h - what is said of outputs that join parts of very different size.
 * In:  such an output: its name, its parts and their widths.
 * Out: a sentence.
 * Knows: how much of a common scale a narrow part uses.
 * Does not know: where the widths come from. */
#ifndef OCTET_REPORT_JOINED_H
#define OCTET_REPORT_JOINED_H

#include "graph/joined.h"

/* Of an int8 output, whose widths are known, or infinite where they have no bound. graph: for names and the rank of the
 * output. The sentence lives in `arena`. */
octet_status octet_joined_describe(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                   const octet_joined *joined, const char **out);

#endif
