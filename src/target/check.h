/* target/check.h - the verdict: which operators of a graph run on a target, and how.
 * In:  a canonical float graph, or a quantized one; a target.
 * Out: for each operator the level at which it runs there, with reason and remedy.
 * Knows: what quantizing to int8 makes of an operator (quant/rules.h), and what the target runs (capabilities.h).
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
    const char *reason, *remedy; /* of anything but INT8; both live forever */
} octet_support_row;

/* *rows: one by operator, in `arena`. *supported: none of them is NONE. */
octet_status octet_target_check(octet_context *ctx, octet_arena *arena, const octet_target *target,
                                const octet_graph *graph, const octet_support_row **rows, bool *supported);

#endif
