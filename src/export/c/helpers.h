/* export/c/helpers.h - the arithmetic that exported functions share.
 * In:  a set of helpers.
 * Out: their C, each once, with what they call before them.
 * Knows: kernels/ref/fixed_point.h, fixed_function.h and fixed_function16.h in C99: the same results for the arguments
 * that occur; the DSP instructions of Arm, with which a compiler that has them (__ARM_FEATURE_DSP) gives the same
 * results. Does not know: kernels. */
#ifndef OCTET_EXPORT_C_HELPERS_H
#define OCTET_EXPORT_C_HELPERS_H

#include "export/c/writer.h"

typedef enum octet_c_helper {
    OCTET_C_LONG_SUM,     /* load_sum(words), store_sum(words, x): an int64 in two int32 */
    OCTET_C_HIGH,         /* high(a, b) */
    OCTET_C_ROUND_SHIFT,  /* round_shift(x, shift) */
    OCTET_C_CLAMP,        /* clamp(x, min, max) */
    OCTET_C_SCALE,        /* scale(x, multiplier, right) */
    OCTET_C_SCALE_RELU,   /* scale_relu(x, multiplier, right, most): 0..most, |x| < 2^30 */
    OCTET_C_SCALE_LEFT,   /* scale_left(x, multiplier, left) */
    OCTET_C_SCALE_BY,     /* scale_by(x, multiplier, shift) */
    OCTET_C_SCALE_WIDE,   /* scale_wide(x, multiplier, right) */
    OCTET_C_RESCALE,      /* rescale(x, exponent) */
    OCTET_C_TABLE16,      /* lookup16(x, table) */
    OCTET_C_EXP,          /* exp_negative(x) */
    OCTET_C_RECIPROCAL,   /* reciprocal(x) */
    OCTET_C_LOG,          /* log_fixed(x) */
    OCTET_C_ROOT,         /* inverse_root(x, &shift) */
    OCTET_C_QUOTIENT,     /* quotient(x, y, multiplier, shift) */
    OCTET_C_RECIPROCAL16, /* high16, exp16, reciprocal16: what SIGMOID16 and TANH16 share */
    OCTET_C_SIGMOID16,    /* sigmoid16(x): Q3.12 to Q0.15 */
    OCTET_C_TANH16,       /* tanh16(x, bits): Q<bits> of 15 bits to Q0.15 */
    OCTET_C_MAC2,         /* MAC2(sum, a, b): sum += a[0] * b[0] + a[1] * b[1], of int16 */
    OCTET_C_STEP,         /* what DOT and DOT4 share */
    OCTET_C_DOT,          /* dot(v, a, n): a sum */
    OCTET_C_DOT4,         /* dot4(v, a, b, c, d, n, sums): added to sums[0..3] */
    OCTET_C_N_HELPERS
} octet_c_helper;

/* "@high"; and the set of what a helper calls, with itself, as bits. */
const char *octet_c_helper_name(octet_c_helper helper);
uint32_t octet_c_helper_needs(octet_c_helper helper);
void octet_c_write_helpers(octet_c_writer *w, uint32_t set);

#endif
