/* quant/choices.h - ranges of what a choice drops.
 * In:  a float graph, its known ranges.
 * Out: the same ranges without numbers that no choice takes.
 * Knows: SELECT by a comparison of x with a constant, between x and formulas of x.
 * Does not know: scales. */
#ifndef OCTET_QUANT_CHOICES_H
#define OCTET_QUANT_CHOICES_H

#include "quant/ranges.h"

/* SELU is x > 0 ? x : exp(x) - 1, but for two factors: it takes exp(x) only where that is at most 1, and computes it
 * for all x. The ranges of exp(x) and of what follows, up to the choice, become those for the x that take it; what is
 * larger saturates. known: by value. narrowed: by value; set to true where a range was bounded so, which may be
 * infinite or NaN elsewhere. Values with other readers stay as they are. */
void octet_choices_narrow(const octet_graph *graph, octet_known_range *known, bool *narrowed);

#endif
