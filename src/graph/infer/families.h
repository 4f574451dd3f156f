/* graph/infer/families.h - the inference functions, one per family of operators.
 * In:  an operator.
 * Out: types and shapes of its results (infer.h).
 * Knows: the families that operator_list.h names; octet_infer_<family> is in <family>.c.
 * Does not know: what a family does. */
#ifndef OCTET_GRAPH_INFER_FAMILIES_H
#define OCTET_GRAPH_INFER_FAMILIES_H

#include "graph/infer/infer.h"

/* One declaration per operator, so the same one several times. */
#define DECLARE(name, options, family, operands) octet_infer_function octet_infer_##family;
OCTET_OPERATOR_LIST(DECLARE)
#undef DECLARE

#endif
