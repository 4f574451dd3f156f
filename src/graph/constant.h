/* graph/constant.h - reads and writes the elements of a constant.
 * In:  data of a value, row-major, aligned or not.
 * Out: its elements as integers or reals; numbers stored as elements.
 * Knows: bool, int32, int64 and float32, the types that shapes and constants are computed in.
 * Does not know: operators, what the numbers stand for. */
#ifndef OCTET_GRAPH_CONSTANT_H
#define OCTET_GRAPH_CONSTANT_H

#include "graph/graph.h"

/* int32, int64, bool. */
bool octet_constant_is_whole(octet_type type);
/* Element i of data whose type is whole; bool gives 0 or 1. */
int64_t octet_constant_integer(octet_type type, const void *data, size_t i);
/* Element i of float32 or whole data. */
double octet_constant_real(octet_type type, const void *data, size_t i);
/* Sets element i of whole data; bool stores whether the number is another than 0. False when int32 does not hold it. */
bool octet_constant_store(octet_type type, int64_t number, void *data, size_t i);

/* All elements of an int32 or int64 constant. False, with *n unchanged, when `value` is NULL, no such constant, has
 * more than `capacity` elements or one that int32 does not hold. */
bool octet_constant_read_i32(const octet_value *value, int32_t capacity, int32_t *out, int32_t *n);

#endif
