/* kernels/fast/rows.h - fast row functions of quantized arithmetic, for octet_broadcast_walk.
 * In:  octet_arithmetic_quantized_params (kernels/ref).
 * Out: a row function and its parameters.
 * Knows: ADD, SUB and MUL on int8.
 * Does not know: shapes, the graph.
 * Exact: the bytes of kernels/ref/arithmetic_quantized.c. */
#ifndef OCTET_KERNELS_FAST_ROWS_H
#define OCTET_KERNELS_FAST_ROWS_H

#include "kernels/fast/scale.h"
#include "kernels/ref/arithmetic_quantized.h"

/* An operand is scaled by x * whole + ((x * part + half) >> 22) when that is exact for all 256 values, else in the
 * reference's form. */
typedef struct octet_row_operand {
    int32_t zero_point, whole, part;
    octet_scale scale; /* reference form */
} octet_row_operand;

/* ADD and SUB in one sum: output = (q0 * c0 + q1 * c1 + constant) / 2^bits, c = high * 2^15 + low; taken only when it
 * agrees with the reference for all 65,536 pairs of operands. */
typedef struct octet_row_joint {
    int16_t high[2], low[2];
    int32_t constant_high, constant_low, shift; /* of the high sum: bits - 15 */
} octet_row_joint;

typedef struct octet_rows_s8 {
    const char *name; /* of the kernel */
    octet_row_joint joint;
    bool is_joint;
    octet_row_operand operand[2];
    octet_scale out; /* one constant for all lanes */
    int32_t left_shift;
    bool split, subtract; /* split: both operands by whole and part */
} octet_rows_s8;

/* *row is NULL when there is no fast form (other operations, no instruction set). n_elements: of the result; for few of
 * them it is not worth proving that one sum does, which takes as long as 65,536 elements. */
octet_status octet_rows_make_s8(octet_context *ctx, octet_arena *arena, uint32_t cpu, octet_arithmetic operation,
                                const octet_arithmetic_quantized_params *p, size_t n_elements,
                                octet_broadcast_row **row, octet_rows_s8 **out);

/* Row functions of one instruction set; params: octet_rows_s8. */
typedef struct octet_rows_kernel {
    const char *name;
    octet_broadcast_row *add, *multiply, *joint; /* ADD and SUB; MUL; octet_row_joint */
} octet_rows_kernel;

#endif
