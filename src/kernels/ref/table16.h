/* kernels/ref/table16.h - functions of int16 by a table of 513 samples, interpolated linearly.
 * In:  a function over a real interval, sampled once; an int16.
 * Out: an int16.
 * Knows: base types.
 * Does not know: operators.
 * Exact: samples and interpolation as in TFLite's int16 lookup tables. */
#ifndef OCTET_KERNELS_REF_TABLE16_H
#define OCTET_KERNELS_REF_TABLE16_H

#include <math.h>
#include <stdint.h>

#include "kernels/ref/fixed_point.h"

enum { OCTET_TABLE16_SIZE = 513 };

/* Samples `function` over [min, max] in 512 steps; output_inverse is 65536 / (width of the output range). A sample is
 * shifted by half the error that interpolation makes in the middle of its step. */
static inline void octet_table16_fill(double (*function)(double), double min, double max, double output_inverse,
                                      int16_t *table) {
    const double step = (max - min) / (OCTET_TABLE16_SIZE - 1);
    for (int i = 0; i < OCTET_TABLE16_SIZE - 1; i++) {
        const double value = function(min + i * step), middle = function(min + i * step + step / 2),
                     next = function(min + (i + 1) * step);
        const double sample = round(value * output_inverse);
        const double interpolated = round((next * output_inverse + sample) / 2);
        const double error = round((interpolated - round(middle * output_inverse)) / 2);
        table[i] = (int16_t)octet_clamp_s32(octet_round_s32(sample - error), INT16_MIN, INT16_MAX);
    }
    table[OCTET_TABLE16_SIZE - 1] =
        (int16_t)octet_clamp_s32(octet_round_s32(function(max) * output_inverse), INT16_MIN, INT16_MAX);
}

static inline int16_t octet_table16_lookup(int16_t value, const int16_t *table) {
    const int32_t index = 256 + (value >> 7), offset = value & 127;
    return (int16_t)(table[index] + (((table[index + 1] - table[index]) * offset + 64) >> 7));
}

#endif
