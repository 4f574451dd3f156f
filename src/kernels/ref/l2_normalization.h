/* kernels/ref/l2_normalization.h - L2_NORMALIZATION along the last axis.
 * In:  input [R,D].
 * Out: output [R,D] = x / sqrt(sum x^2); a row is the unit of work.
 * Knows: fixed_function.h.
 * Does not know: tensors, the graph, threads.
 * Exact: int8 (output scale 1/128, zero point 0) equals TFLite's reference kernel; float divides by max(sqrt(sum),
 *        1e-6), the sum by fma (_ref) or plainly (_plain, sum.h) in ascending order. */
#ifndef OCTET_KERNELS_REF_L2_NORMALIZATION_H
#define OCTET_KERNELS_REF_L2_NORMALIZATION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct octet_l2_normalization_params {
    int32_t rows, depth;
    int32_t input_zero_point; /* int8 */
    bool scales_first;        /* by 128, then by the root, as TFLite does for uint8; else both at once */
} octet_l2_normalization_params;

void octet_l2_normalization_f32_ref(const octet_l2_normalization_params *p, const float *input, float *output,
                                    int32_t begin, int32_t end);
void octet_l2_normalization_f32_plain(const octet_l2_normalization_params *p, const float *input, float *output,
                                      int32_t begin, int32_t end);
void octet_l2_normalization_s8_ref(const octet_l2_normalization_params *p, const int8_t *input, int8_t *output,
                                   int32_t begin, int32_t end);

#endif
