/* kernels/ref/arithmetic.h - row functions of the binary operators, for broadcast.h.
 * In:  rows of two operands.
 * Out: a row of the result.
 * Knows: f32, s32, s64 as numbers; s8 and s16 as raw numbers (MAXIMUM, MINIMUM, FLOOR_DIV, FLOOR_MOD), see
 *        arithmetic_quantized.h for the others. Integers wrap; division by zero gives 0 and modulo zero gives 0, since
 *        a run cannot fail (LiteRT stops with an error).
 * Does not know: tensors, broadcasting.
 * Exact: floats are single IEEE operations, equal to TFLite's reference kernels bit for bit, but for POW, which is
 *        evaluated in double and rounded (elementary.h). */
#ifndef OCTET_KERNELS_REF_ARITHMETIC_H
#define OCTET_KERNELS_REF_ARITHMETIC_H

#include "kernels/ref/broadcast.h"

/* Of ADD, SUB, MUL, DIV: the fused activation. The others ignore it. */
typedef struct octet_arithmetic_params {
    float real_min, real_max;
    int64_t min, max; /* for integers */
} octet_arithmetic_params;

typedef enum octet_arithmetic {
    OCTET_ARITHMETIC_ADD,
    OCTET_ARITHMETIC_SUB,
    OCTET_ARITHMETIC_MUL,
    OCTET_ARITHMETIC_DIV,
    OCTET_ARITHMETIC_MAXIMUM,
    OCTET_ARITHMETIC_MINIMUM,
    OCTET_ARITHMETIC_SQUARED_DIFFERENCE,
    OCTET_ARITHMETIC_POW,
    OCTET_ARITHMETIC_FLOOR_DIV,
    OCTET_ARITHMETIC_FLOOR_MOD,
    OCTET_N_ARITHMETIC
} octet_arithmetic;

typedef enum octet_arithmetic_type {
    OCTET_ARITHMETIC_F32,
    OCTET_ARITHMETIC_S32,
    OCTET_ARITHMETIC_S64,
    OCTET_ARITHMETIC_S16,
    OCTET_ARITHMETIC_S8,
    OCTET_N_ARITHMETIC_TYPES
} octet_arithmetic_type;

/* NULL when the pair is not supported. params: octet_arithmetic_params. */
octet_broadcast_row *octet_arithmetic_row_ref(octet_arithmetic operation, octet_arithmetic_type type);

#endif
