/* exec/convert.h - real numbers into tensors and back.
 * In:  float32 values, or the bytes of a tensor.
 * Out: the other.
 * Knows: types, scale and zero point of a value.
 * Does not know: models, runs. */
#ifndef OCTET_EXEC_CONVERT_H
#define OCTET_EXEC_CONVERT_H

#include "graph/graph.h"

typedef enum octet_rounding {
    OCTET_ROUND_NEAREST = 0, /* half away from zero, clamped: what QUANTIZE does */
    OCTET_ROUND_TRUNCATE = 1 /* x / scale + zero_point in float32, clamped, towards zero: numpy's astype(int8) */
} octet_rounding;

/* n = elements of value->shape. Integer tensors without scale take the number
 * itself, rounded; NaN becomes the zero point. */
void octet_convert_from_real(const octet_value *value, octet_rounding rounding, const float *real, size_t n,
                             void *tensor);
void octet_convert_to_real(const octet_value *value, const void *tensor, size_t n, float *real);

#endif
