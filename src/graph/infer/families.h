/* graph/infer/families.h - the inference functions, one per family of operators.
 * In:  operators. Out: output types and shapes (infer.h). Knows: the names only; each is defined in infer_<family>.c.
 * Does not know: which operator belongs where; that is the table in infer.c. */
#ifndef OCTET_GRAPH_INFER_FAMILIES_H
#define OCTET_GRAPH_INFER_FAMILIES_H

#include "graph/infer/infer.h"

octet_infer_function octet_infer_arithmetic;
octet_infer_function octet_infer_cast;
octet_infer_function octet_infer_compare;
octet_infer_function octet_infer_conv;
octet_infer_function octet_infer_dense;
octet_infer_function octet_infer_detection;
octet_infer_function octet_infer_lstm;
octet_infer_function octet_infer_svdf;
octet_infer_function octet_infer_move;
octet_infer_function octet_infer_order;
octet_infer_function octet_infer_pool;
octet_infer_function octet_infer_quantize, octet_infer_fake_quant;
octet_infer_function octet_infer_reduce;
octet_infer_function octet_infer_resize;
octet_infer_function octet_infer_scatter;
octet_infer_function octet_infer_select;
octet_infer_function octet_infer_shape;
octet_infer_function octet_infer_softmax;
octet_infer_function octet_infer_spectrum;
octet_infer_function octet_infer_unary;

#endif
