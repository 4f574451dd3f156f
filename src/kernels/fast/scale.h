/* kernels/fast/scale.h - requantization constants, laid out for vectors.
 * In:  an octet_requantize (kernels/ref) and, for every lane of the packed layout, its output channel.
 * Out: arrays of one entry per lane, padded to whole vectors.
 * Knows: the arithmetic of kernels/ref/fixed_point.h.
 * Does not know: instruction sets (scale_avx2.h, scale_avx512.h, scale_neon.h), layers.
 *
 * The reference rounds twice: y = floor((x * m + 2^30) / 2^31), then y / 2^e half away from zero, e = -shift. For e >=
 * 1 both fold into one shift of the 64-bit product: r = floor((x * m + 2^30 + 2^(30 + e) - [x < 0] * 2^31) / 2^(31 +
 * e)), because nested floors of integer divisions merge and y < 0 exactly when x < 0, except for x = -1 with m = 2^30,
 * where y = 0 and both forms give 0. The low 32 bits of the sum never matter after the shift by 31 + e >= 32: the high
 * halves are gathered and shifted by e - 1 in 32 bits. When no output below its zero point survives the activation, [x
 * < 0] can be left out as well: results of negative x are then at most 0 in any case. A layer with some e = 0 or a left
 * shift (a multiplier of 0.5 and more) takes the reference's form. */
#ifndef OCTET_KERNELS_FAST_SCALE_H
#define OCTET_KERNELS_FAST_SCALE_H

#include "base/memory.h"
#include "kernels/ref/requantize.h"

typedef struct octet_scale {
    const int32_t *bias; /* accumulators start here: bias and zero-point corrections, modulo 2^32 */
    const int32_t *multiplier;
    const int64_t *multiplier_odd;         /* of lanes 1, 3, 5, ..., where vectors of products want them */
    const int32_t *right;                  /* e - 1 when folded, else e */
    const int32_t *left;                   /* used unless folded */
    const int32_t *down;                   /* -e: a shift to the left by so much */
    const int64_t *round_even, *round_odd; /* 2^30 + 2^(30 + e) of lanes 0, 2, 4, ... and 1, 3, 5, ... */
    const double *real;                    /* not NULL: round sum * real half away from zero instead */
    int32_t zero_point, min, max;
    bool folded, positive; /* positive: min >= zero_point */
} octet_scale;

/* channel[lane] is the lane's output channel or -1 for padding; n_lanes is a multiple of 16. `bias` has one entry per
 * lane and is kept. */
octet_status octet_scale_pack(octet_context *ctx, octet_arena *arena, const octet_requantize *q, const int32_t *channel,
                              size_t n_lanes, const int32_t *bias, octet_scale *out);

#endif
