/* quant/sharing.h - ranges that TensorFlow records for values whose memory is reused.
 * In:  a float graph with ranges as they were observed.
 * Out: these ranges, some widened.
 * Knows: which operators LiteRT runs in place, and when its planner lets them.
 * Does not know: octet's own plan, which has nothing to do with it. */
#ifndef OCTET_QUANT_SHARING_H
#define OCTET_QUANT_SHARING_H

#include "quant/ranges.h"

/* TensorFlow's calibration looks at the operands of an operator once more after it ran. Where the result took the
 * memory of an operand (ADD, SUB, MUL, DIV, SOFTMAX on an operand with one user), that look sees the result: the
 * operand's range becomes the union of both. Files equal to TensorFlow's need the same (is_strict); else only operands
 * of ADD and SUB are widened, to less than twice their range. known, ranges: by value; ranges hold what is known.
 * Errors: NOMEM. */
octet_status octet_sharing_widen(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                 const octet_known_range *known, bool is_strict, octet_range *ranges);

#endif
