/* quant/islands.h - operators that follow their neighbours into other numbers.
 * In:  a float graph, some of whose operators are marked (octet_island).
 * Out: the same graph with more of them marked.
 * Knows: which operators keep the scale of what they read.
 * Does not know: why an operator was marked. */
#ifndef OCTET_QUANT_ISLANDS_H
#define OCTET_QUANT_ISLANDS_H

#include "quant/quant.h"

/* Marks an operator. False, and no mark, where it would come to nothing: INT16 without mode int8, or without an int16
 * kernel in LiteRT. options: of the file. */
bool octet_islands_mark(octet_operator *op, octet_island island, const octet_quantize_options *options);
/* Whether an operator copies numbers and computes none (RESHAPE, PAD, MAX_POOL_2D): in other numbers it gains nothing
 * by itself. */
bool octet_islands_only_moves(const octet_operator *op, const octet_quantize_options *options);
/* Operators that keep the scale of what they read (RESHAPE, PAD, a pool, CONCATENATION), alone or in a row between
 * operators of one kind of island, join them: apart they would cost a QUANTIZE before and behind, and one more
 * rounding. Errors: NOMEM. */
octet_status octet_islands_bridge(octet_context *ctx, octet_graph *graph, const octet_quantize_options *options);

#endif
