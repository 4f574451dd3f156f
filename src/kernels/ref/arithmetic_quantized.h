/* kernels/ref/arithmetic_quantized.h - row functions of ADD, SUB, MUL, DIV and
 *        SQUARED_DIFFERENCE on quantized operands.
 * In:  rows of two operands, real = scale * (q - zero_point).
 * Out: a row of the result.
 * Knows: TFLite's fixed point (fixed_point.h).
 * Does not know: tensors, broadcasting.
 * Exact: equal to TFLite's reference kernels bit for bit; a zero divisor of DIV gives the end of the range on the
 *        dividend's side, 0 for 0 / 0 (LiteRT stops with an error), and where LiteRT shifts by more bits than a word
 *        has (results below one half), DIV gives 0. */
#ifndef OCTET_KERNELS_REF_ARITHMETIC_QUANTIZED_H
#define OCTET_KERNELS_REF_ARITHMETIC_QUANTIZED_H

#include <stdbool.h>

#include "kernels/ref/arithmetic.h"

typedef struct octet_arithmetic_quantized_params {
    int32_t zero_point[2], zero_out;
    int32_t left_shift; /* of both operands before they are scaled (ADD, SUB, SQUARED_DIFFERENCE) */
    int32_t multiplier[2], shift[2];
    int32_t multiplier_out, shift_out;
    int32_t min, max; /* fused activation and type */
} octet_arithmetic_quantized_params;

/* Works out multipliers and shifts; `bits` is 8 or 16. The range [min, max] is the caller's. False when scales are so
 * far apart that a multiplier does not fit. `operation` is ADD, SUB, MUL, DIV or SQUARED_DIFFERENCE. */
bool octet_arithmetic_quantized_prepare(octet_arithmetic operation, int32_t bits, const float *scale, float scale_out,
                                        octet_arithmetic_quantized_params *p);

/* NULL when the pair is not supported. type: S8 or S16. params: octet_arithmetic_quantized_params. */
octet_broadcast_row *octet_arithmetic_quantized_row_ref(octet_arithmetic operation, octet_arithmetic_type type);

#endif
