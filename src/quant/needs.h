/* quant/needs.h - which part of a value's range its readers need, and whose range would be cut.
 * In:  a float graph, the range of every value, what is known of them before ranges run backward (propagate.h).
 * Out: by value: whether parameters that joining operators hand back would cut what its readers need, or coarsen it.
 * Knows: the classes of rules.h, and which operators of class SAME pick numbers and which average them.
 * Does not know: scales, which parameters a value gets in the end. */
#ifndef OCTET_QUANT_NEEDS_H
#define OCTET_QUANT_NEEDS_H

#include "quant/ranges.h"
#include "quant/rules.h"

typedef struct octet_needs {
    const octet_graph *graph;
    const octet_rule_class *classes; /* by operator */
    const octet_range *ranges;       /* by value: what its own parameters hold; read where has_range */
    const octet_range *held;         /* by value: the numbers in it */
    const bool *has_range;           /* by value: a float activation that was observed or trained */
    const bool *is_trained;          /* by value: its range stays */
    const bool *follows;             /* by value: it takes the parameters of what its producer reads, or fixed ones */
} octet_needs;

/* The numbers of a value that no reader tells from their neighbours may saturate: those that a slice leaves out, those
 * below a maximum. All others are needed, up to one step of 8 bits. A value that is an output of the model needs its
 * own scale where the one handed back is more than OCTET_JOINED_FAR times as coarse. An array of n_values in `arena`.
 * Errors: NOMEM. */
octet_status octet_needs_find_cut(octet_context *ctx, octet_arena *arena, const octet_needs *needs, bool **out);

#endif
