/* quant/joins.h - joins that take the range of a wider operand instead of rounding it once more.
 * In:  a float graph with settled parameters, and the ranges that they were made of.
 * Out: wider ranges for some joined values.
 * Knows: what rounding adds to a value: step^2 / 12 each time.
 * Does not know: how parameters spread (propagate.h). */
#ifndef OCTET_QUANT_JOINS_H
#define OCTET_QUANT_JOINS_H

#include "quant/propagate.h"

typedef struct octet_joins {
    const octet_graph *graph;
    const octet_propagation *settled;
    const bool *has_own; /* by value: its parameters are made of its own range, which may become another one */
    octet_range *ranges; /* by value */
} octet_joins;

/* An operand that keeps a range of its own reaches a join of class SAME through a QUANTIZE: it is rounded twice, with
 * its own step and that of the join. With a range for the join that holds the operand's as well it is rounded once, but
 * so are the other operands with the wider step. Where the sum of step^2 over all numbers that are joined, and over
 * what the operand's other readers get, is smaller so, the range of the joined value is widened. Says whether one was:
 * parameters have to be settled anew then. */
bool octet_joins_widen(const octet_joins *joins);

#endif
