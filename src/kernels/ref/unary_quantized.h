/* kernels/ref/unary_quantized.h - functions of one quantized number.
 * In:  int8 or int16 elements, real = scale * (q - zero_point).
 * Out: elements of the same type.
 * Knows: int8 is a table of 256 results, built once; int16 is a table with interpolation, or arithmetic.
 * Does not know: tensors.
 * Exact: equal to TFLite's reference kernels (ELU: its built-in one) bit for bit, as far as tables of transcendental
 *        functions go that depend on the last bit of a C library's float function; where LiteRT refuses an input (the
 *        root of a negative number) the result is that of 0. */
#ifndef OCTET_KERNELS_REF_UNARY_QUANTIZED_H
#define OCTET_KERNELS_REF_UNARY_QUANTIZED_H

#include <stdbool.h>

#include "kernels/ref/table16.h"
#include "kernels/ref/unary.h"

enum { OCTET_UNARY_TABLE_S8 = 256 };

typedef struct octet_unary_quantized_params {
    octet_unary operation;
    float alpha; /* of LEAKY_RELU */
    float scale_in, scale_out;
    int32_t zero_in, zero_out;
    /* Filled by the functions below, for int16: */
    int32_t multiplier, shift, multiplier_negative, shift_negative;
    bool negative_slope;
    int32_t min, max;
    int16_t table[OCTET_TABLE16_SIZE];
} octet_unary_quantized_params;

/* table[q + 128] is the result for q. False when there is no int8 form of the operation or a multiplier does not fit.
 * NEG is -q whatever the parameters say, as in LiteRT. */
bool octet_unary_quantized_table_s8(const octet_unary_quantized_params *p, int8_t *table);
void octet_unary_table_s8_ref(const int8_t *table, const int8_t *in, int8_t *out, size_t n);

/* Prepares p (zero points 0 but for table operations). False as above. */
bool octet_unary_quantized_prepare_s16(octet_unary_quantized_params *p);
void octet_unary_s16_ref(const octet_unary_quantized_params *p, const int16_t *in, int16_t *out, size_t n);

#endif
