/* export/c/weighted.h - what convolutions and dense layers share: bias, weights, requantization.
 * In:  a stage whose step has weights.
 * Out: its tables of constants, and the expressions in which they stand.
 * Knows: schedule/sums.h, octet_requantize.
 * Does not know: loops. */
#ifndef OCTET_EXPORT_C_WEIGHTED_H
#define OCTET_EXPORT_C_WEIGHTED_H

#include "export/c/emitter.h"

typedef struct octet_c_weighted {
    const octet_stage *stage;
    const octet_requantize *q;
    const char *weights;     /* their array */
    const char *type;        /* of operand and result: "int8_t", "int16_t" */
    const char *sum;         /* of sums: "int32_t", "int64_t" where they may leave 32 bits */
    bool is_wide;            /* sums are requantized as 64-bit ones: int16, but for those with an int32 bias */
    int32_t min, max;        /* of the result, after a pool's clamp too */
    bool has_bias, has_left; /* whether some shift is to the left */
    bool is_paired;          /* the first channels, four at a time, are for @rows4 only */
    bool are_small;          /* sums: |sum| < 2^30 */
    bool is_relu;            /* the least result is the zero point, all shifts are to the right, sums are small */
    octet_c_name less;       /* what is added to an operand's element: " + 128"; "" when it is folded into the bias */
} octet_c_weighted;

/* How weights are stored. */
typedef enum octet_c_weights_order {
    OCTET_C_WEIGHTS_AS_THEY_ARE,
    OCTET_C_WEIGHTS_PAIRED, /* for @rows4, which is called with all of them, or with `run` at a time; as they are where
                               sums may be too large for that */
    OCTET_C_WEIGHTS_ABSENT  /* the caller writes them in another form */
} octet_c_weights_order;

/* Writes the tables. is_folded: every tap of every window lies inside the operand, so that the zero point goes into
 * the bias. run: of paired weights only, a divisor of n_weights and a multiple of 4. Refuses sums of int8 that may
 * leave int32. */
octet_c_weighted octet_c_weigh(octet_c_emitter *e, const octet_stage *stage, bool is_folded,
                               octet_c_weights_order order, size_t run);
/* The table "@conv_2d_0_zeros" of n zero points, which stand for rows outside the operand. */
void octet_c_write_zeros(octet_c_emitter *e, const octet_c_weighted *w, size_t n);
/* How many of n outputs of int16 are computed side by side: as many sums as a processor with 16 registers has room for,
 * of which n is a multiple. */
int32_t octet_c_side_by_side(const octet_c_weighted *w, int32_t n);
/* What a sum of channel c begins with: "@conv_2d_0_bias[c]", "0". */
octet_c_name octet_c_bias(const octet_c_emitter *e, const octet_c_weighted *w, const char *channel);
/* "(int8_t)@clamp(@scale(sum, @conv_2d_0_multiplier[c], 9) - 128, -128, 127)". */
const char *octet_c_requantized(octet_c_emitter *e, const octet_c_weighted *w, const char *sum, const char *channel);

#endif
