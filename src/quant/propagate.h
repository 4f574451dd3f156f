/* quant/propagate.h - which parameters every activation gets.
 * In:  a float graph with ranges, options.
 * Out: scale and zero point per activation, and where a QUANTIZE has to stand between two of them.
 * Knows: the classes of rules.h and TensorFlow's order of decisions: observed ranges run forward through operators
 *        with one float operand, backward from those with several (unless strict no further than readers allow:
 *        needs.h, joins.h), trained ones stay where they are; then a work list from the last operator to the first.
 * Does not know: how the quantized graph is built, weights, biases. */
#ifndef OCTET_QUANT_PROPAGATE_H
#define OCTET_QUANT_PROPAGATE_H

#include "quant/rules.h"
#include "quant/sharing.h"

typedef struct octet_placement {
    bool set;
    octet_qparams params;
} octet_placement;

typedef struct octet_propagation {
    octet_rule_class *classes; /* by operator */
    octet_placement *values;   /* by value: what its users read */
    octet_placement
        *produced; /* by value: what its producer writes, where that differs; a QUANTIZE leads from here to values[] */
    /* By operator and operand, at first_operand[operator] + operand: what this operator reads where that differs from
     * values[]; for constants of SAME operators: the parameters they are rounded with. */
    octet_placement *operands;
    uint32_t *first_operand;
    bool *stays_real;      /* by operator: float operands, float results */
    bool is_trained_alone; /* ranges come from training, none from samples */
    octet_range *ranges;   /* by value: what is known, as sharing.h and masks.h have it */
} octet_propagation;

/* known: by value. island: NONE for the operators in numbers of the mode, INT16 for those marked so: the others
 * stay real here. All arrays live in `arena`. Errors: MODEL (an infinite scale, a missing range where one is needed:
 * named by layer), NOMEM. */
octet_status octet_propagate(octet_context *ctx, octet_arena *arena, const octet_graph *graph,
                             const octet_known_range *known, const octet_quantize_options *options, octet_island island,
                             octet_propagation *out);

#endif
