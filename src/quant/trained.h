/* quant/trained.h - the ranges of quantization-aware training.
 * In:  a float graph with FAKE_QUANT operators.
 * Out: their ranges as statistics; the graph without them.
 * Knows: graph, statistics.
 * Does not know: how ranges become scales. */
#ifndef OCTET_QUANT_TRAINED_H
#define OCTET_QUANT_TRAINED_H

#include "quant/ranges.h"

/* Statistics of `graph` with the ranges that training rounded to, in the first half: the value that a FAKE_QUANT of 8
 * bits reads has its range; where that value has another one, or is a constant, the result does. */
octet_status octet_trained_gather(octet_context *ctx, const octet_graph *graph, octet_statistics **out);
/* A copy of `graph` without the FAKE_QUANT of 8 bits whose range their operand took; one whose result has the range
 * stays, and will be a QUANTIZE. *known: by value of the copy, in `arena`: what octet_trained_gather gives, else
 * `known` of the same value of `graph`. */
octet_status octet_trained_take(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                                const octet_known_range *known, octet_graph **out, octet_known_range **known_out);

#endif
