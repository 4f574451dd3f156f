/* export/c/helpers.h - the arithmetic that exported functions share.
 * In:  a set of helpers.
 * Out: their C, each once, with what they call before them.
 * Knows: kernels/ref/fixed_point.h, fixed_function.h and fixed_function16.h in C99: the same results for the arguments
 *        that occur; the DSP instructions and Helium of Arm, with which a compiler that has them (__ARM_FEATURE_DSP,
 *        __ARM_FEATURE_MVE) gives the same results.
 * Does not know: kernels. */
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
    OCTET_C_LANES,        /* vectors of the host, for ROWS4 */
    OCTET_C_ROWS4,        /* rows4(rows, sizes, n, w, stride, bias, sums): four sums; of paired weights */
    OCTET_C_APART,        /* APART: of functions that a compiler shall not put into their callers */
    OCTET_C_GATHER,       /* gather(rows, sizes, n, to): 2 n bytes, for FOUR */
    OCTET_C_FOUR,         /* four(x, n, w, stride, bias, sums): four sums; of paired weights */
    OCTET_C_TAPS4,        /* taps4(taps, w, c, n, stride, bias, sums), where the macro FOURS is defined */
    OCTET_C_N_HELPERS
} octet_c_helper;

/* Where weights are paired: the low halves of 16 bits are the weights of even numbers in a row, and 256 times the odd
 * ones are added to them. Then halves as they are loaded, times the odd numbers of the operand, and the even weights
 * times 256 even numbers + 127 - odd ones add up to 256 times the sum, and 127 times the even weights. */
#define OCTET_C_IF_PAIRED                                                                        \
    "#if defined(__ARM_FEATURE_DSP) && defined(__GNUC__) && !defined(__ARM_FEATURE_MVE) && \\\n" \
    "    !defined(__ARM_BIG_ENDIAN)\n"

/* "@high"; and the set of what a helper calls, with itself, as bits. */
const char *octet_c_helper_name(octet_c_helper helper);
uint32_t octet_c_helper_needs(octet_c_helper helper);
void octet_c_write_helpers(octet_c_writer *w, uint32_t set);

#endif
