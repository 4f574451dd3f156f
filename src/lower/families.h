/* lower/families.h - the binding functions, one per family of operators.
 * In:  operators. Out: steps (step.h). Knows: the names only; each is defined in bind_<family>.c.
 * Does not know: which operator belongs where; that is the table in bind.c. */
#ifndef OCTET_LOWER_FAMILIES_H
#define OCTET_LOWER_FAMILIES_H

#include "lower/step.h"

octet_bind_function octet_bind_arithmetic;
octet_bind_function octet_bind_cast;
octet_bind_function octet_bind_compare;
octet_bind_function octet_bind_complex_part;
octet_bind_function octet_bind_conv;
octet_bind_function octet_bind_dense;
octet_bind_function octet_bind_detection;
octet_bind_function octet_bind_lstm;
octet_bind_function octet_bind_svdf;
octet_bind_function octet_bind_move;
octet_bind_function octet_bind_order;
octet_bind_function octet_bind_pool;
octet_bind_function octet_bind_quantize, octet_bind_fake_quant;
octet_bind_function octet_bind_reduce;
octet_bind_function octet_bind_resize;
octet_bind_function octet_bind_scatter;
octet_bind_function octet_bind_select;
octet_bind_function octet_bind_shape;
octet_bind_function octet_bind_softmax;
octet_bind_function octet_bind_spectrum;
octet_bind_function octet_bind_unary;

#endif
