/* kernels/ref/fake_quant.h - FAKE_QUANT: real numbers rounded to those that a scale and a zero point can name.
 * In:  n elements, the range that training has learned.
 * Out: n elements; out may be in.
 * Knows: how TensorFlow moves a range so that 0 is one of its steps.
 * Does not know: tensors, the graph, threads.
 * Exact: equal to TFLite's reference kernel to the last bit; NaN gives the lowest step. TensorFlow's own kernel adds
 *        1/2 and rounds down where this one rounds half away from zero: the same step but where the sum with 1/2 itself
 *        rounds, with 8 bits within 2^-16 of a tie. */
#ifndef OCTET_KERNELS_REF_FAKE_QUANT_H
#define OCTET_KERNELS_REF_FAKE_QUANT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct octet_fake_quant_grid {
    float min, max; /* the nudged range: its ends are steps, and so is 0 */
    float scale;
    int32_t zero_point; /* of 0 .. 2^n_bits - 1 (narrow: from 1) */
} octet_fake_quant_grid;

/* min <= 0 <= max, min < max; n_bits 2 to 16. */
octet_fake_quant_grid octet_fake_quant_nudge(float min, float max, int32_t n_bits, bool narrow_range);
void octet_fake_quant_f32_ref(const octet_fake_quant_grid *grid, const float *input, float *output, uint32_t begin,
                              uint32_t end);

#endif
