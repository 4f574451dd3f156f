/* graph/work.h - counts the arithmetic of an operator.
 * In:  an operator whose results are inferred.
 * Out: multiply-accumulates, elements.
 * Knows: shapes, and which operands hold weights.
 * Does not know: kernels, time. */
#ifndef OCTET_GRAPH_WORK_H
#define OCTET_GRAPH_WORK_H

#include "graph/graph.h"

/* Multiply-accumulates of one run of operators with weights and of BATCH_MATMUL, padding counted as if it were data; 0
 * for all other operators. */
uint64_t octet_operator_macs(const octet_graph *graph, const octet_operator *op);
/* macs, or for other operators the larger of the elements read and written. */
uint64_t octet_operator_work(const octet_graph *graph, const octet_operator *op);

#endif
