/* kernels/ref/compare.h - row functions of comparisons and logic for broadcast.h.
 * In:  rows of two operands.
 * Out: a row of bytes, 0 or 1.
 * Knows: f32, s32, s64, s16 and bytes (bool) as numbers; s8 through scales, as TFLite's reference kernels compare.
 *        int16 is compared as it stands, as LiteRT does.
 * Does not know: tensors, broadcasting.
 * Exact: equal to TFLite's reference kernels; int8 with scales of 1 and more, where LiteRT shifts by a
 *        negative number, compares real values. */
#ifndef OCTET_KERNELS_REF_COMPARE_H
#define OCTET_KERNELS_REF_COMPARE_H

#include <stdbool.h>

#include "kernels/ref/broadcast.h"

typedef enum octet_comparison {
    OCTET_COMPARE_EQUAL,
    OCTET_COMPARE_NOT_EQUAL,
    OCTET_COMPARE_LESS,
    OCTET_COMPARE_LESS_EQUAL,
    OCTET_COMPARE_GREATER,
    OCTET_COMPARE_GREATER_EQUAL,
    OCTET_COMPARE_AND,
    OCTET_COMPARE_OR,
    OCTET_N_COMPARE
} octet_comparison;

typedef enum octet_compare_type {
    OCTET_COMPARE_F32,
    OCTET_COMPARE_S32,
    OCTET_COMPARE_S64,
    OCTET_COMPARE_S16,
    OCTET_COMPARE_U8, /* bool too */
    OCTET_COMPARE_S8, /* params: octet_compare_params */
    OCTET_N_COMPARE_TYPES
} octet_compare_type;

typedef struct octet_compare_params {
    int32_t zero_point[2], multiplier[2], shift[2];
} octet_compare_params;

/* False when a scale does not fit. */
bool octet_compare_prepare(const float *scale, octet_compare_params *p);

/* NULL when there is none: AND and OR are for U8. params: NULL but for S8. */
octet_broadcast_row *octet_compare_row_ref(octet_comparison operation, octet_compare_type type);

/* LOGICAL_NOT. */
void octet_logical_not_ref(const uint8_t *in, uint8_t *out, size_t n);

#endif
