/* target/check.h - the verdict: which operators of a graph run on a target, and how.
 * In:  a graph as a file has it, or would have it; a target.
 * Out: for each operator the level at which it runs there, with reason and remedy.
 * Knows: what the target runs (capabilities.h), and what octet would have written (quant/rules.h, fit.h).
 * Does not know: how a verdict is printed. */
#ifndef OCTET_TARGET_CHECK_H
#define OCTET_TARGET_CHECK_H

#include "target/profiles.h"

typedef enum octet_support_level {
    OCTET_SUPPORT_INT8,
    OCTET_SUPPORT_FLOAT, /* between DEQUANTIZE and QUANTIZE */
    OCTET_SUPPORT_NONE
} octet_support_level;

typedef struct octet_support_row {
    octet_support_level level;
    const char *reason, *remedy; /* of anything but INT8; they live as long as the array */
} octet_support_row;

typedef struct octet_judged {
    const octet_target *target;
    const octet_graph *graph;
    const octet_graph *fitted; /* a copy of it behind octet_target_fit; NULL where it is fitted itself */
} octet_judged;

/* *rows: one by operator, in `arena`. *supported: none of them is NONE. */
octet_status octet_target_check(octet_context *ctx, octet_arena *arena, const octet_judged *judged,
                                const octet_support_row **rows, bool *supported);

#endif
