/* kernels/ref/eigen.h - float sums in the order in which TensorFlow's calibration adds them.
 * In:  the operands of CONV_2D, DEPTHWISE_CONV_2D and FULLY_CONNECTED in float32, and their weights packed once.
 * Out: the same results to the last bit as LiteRT's built-in float kernels on x86 (without XNNPACK), so that
 *        calibration records the ranges that TensorFlow records. No fma anywhere; the bias is added last, except
 *        in depthwise, which starts with it.
 * Knows: the orders of Eigen's products, compiled for AVX without FMA and run with 32 KiB of L1 data cache: general
 *        matrix product (16 rows of the weights at a time, K cut into blocks), matrix by vector (8 lanes along K),
 *        inner product, and the coefficient-wise product of tiny matrices. Found by experiment and from Eigen's
 *        published algorithm (GeneralBlockPanelKernel).
 * Does not know: tensors, the graph, threads. */
#ifndef OCTET_KERNELS_REF_EIGEN_H
#define OCTET_KERNELS_REF_EIGEN_H

#include <stddef.h>

#include "kernels/ref/depthwise.h"

/* product[r][c] = sum over k of rows[r][k] * weights[c][k], + bias[c], clamped. For CONV_2D a row is the patch of one
 * output pixel. */
typedef struct octet_eigen_params {
    int32_t n_rows, depth, channels;
    const octet_conv_2d_params *conv; /* gathers the rows; NULL: the input is the rows */
    const float *panels;              /* octet_eigen_pack */
    float real_min, real_max;
} octet_eigen_params;

enum { OCTET_EIGEN_ROWS = 4, OCTET_EIGEN_LANES = 16 };

/* Floats that octet_eigen_pack writes: weights [C,K] as panels of [K][16 channels], the last filled up with zeros. */
size_t octet_eigen_packed_size(int32_t channels, int32_t depth);
void octet_eigen_pack(const float *weights, int32_t channels, int32_t depth, float *panels);

/* Unit u is rows 4u .. 4u + 3. patches: 4 * depth floats of working memory.
 * weights: [C,K] as in the file; bias may be NULL. */
void octet_eigen_product(const octet_eigen_params *p, const float *input, const float *weights, const float *bias,
                         float *output, float *patches, int32_t begin, int32_t end);
/* Units as in octet_depthwise_f32_ref. */
void octet_eigen_depthwise(const octet_depthwise_params *p, const float *input, const float *filter, const float *bias,
                           float *output, int32_t begin, int32_t end);

#endif
