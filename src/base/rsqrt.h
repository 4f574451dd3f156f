/* base/rsqrt.h - reciprocal square roots, to the bit as TensorFlow's converter computes them.
 * In:  an array of floats.
 * Out: 1 / sqrt of each.
 * Knows: TensorFlow folds batch normalization with Eigen on AVX: vrsqrtps and one Newton step, by groups of 8 values.
 * Does not know: what the values are.
 *
 * The last group, when it is not complete, goes through 1 / sqrtf. vrsqrtps differs between makers of processors; this
 * is AMD's, from a table, so that the result is the same on every machine (7,023 of 7,024 folded weight scales of a
 * MobileNetV2 equal TensorFlow's bit for bit, 72 % with 1 / sqrtf alone). */
#ifndef OCTET_BASE_RSQRT_H
#define OCTET_BASE_RSQRT_H

#include <stddef.h>

/* AMD's vrsqrtps of a normal x > 0: within 1.5 * 2^-12 of 1 / sqrt(x), relative. */
float octet_rsqrt_estimate(float x);
/* out[i] = 1 / sqrt(x[i]), within 2 units in the last place; every x[i] normal and > 0. Grouped from x[0] on. */
void octet_rsqrt_f32(const float *x, size_t n, float *out);

#endif
