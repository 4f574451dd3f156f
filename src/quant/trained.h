/* quant/trained.h - the ranges of quantization-aware training.
 * In:  a float graph with FAKE_QUANT operators.
 * Out: the same graph with their ranges on the values that they rounded.
 * Knows: graph.
 * Does not know: how ranges become scales. */
#ifndef OCTET_QUANT_TRAINED_H
#define OCTET_QUANT_TRAINED_H

#include "graph/graph.h"

/* A FAKE_QUANT of 8 bits disappears: the value that it reads takes its range. One behind another stays, and will be a
 * QUANTIZE. */
octet_status octet_trained_take(octet_context *ctx, octet_graph *graph);

#endif
