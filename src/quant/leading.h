/* quant/leading.h - a normalization right behind a float input that stays in float.
 * In:  a float graph.
 * Out: which of its operators are left in float, so that QUANTIZE stands behind them.
 * Knows: that one scale for columns of very different ranges leaves nothing of the narrow ones.
 * Does not know: samples: the constants of the normalization tell the ranges that it was made for. */
#ifndef OCTET_QUANT_LEADING_H
#define OCTET_QUANT_LEADING_H

#include "graph/graph.h"

/* Sets stays_real of the additions, subtractions, multiplications and divisions by constants between an input and the
 * first other operator, where they bring columns together that one int8 scale cannot hold: where six deviations (what
 * becomes -3..3) of the narrowest column are less than 16 steps of a scale that holds all columns. */
void octet_leading_find(const octet_graph *graph, bool *stays_real);

#endif
