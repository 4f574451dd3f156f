/* kernels/ref/shape_values.h - FILL, RANGE and BROADCAST_ARGS: values made from shapes and scalars.
 * In:  scalars, or vectors of dimensions.
 * Out: vectors.
 * Knows: element sizes; s32, s64, f32 for arithmetic.
 * Does not know: tensors, threads.
 * Exact: equal to TFLite's kernels. */
#ifndef OCTET_KERNELS_REF_SHAPE_VALUES_H
#define OCTET_KERNELS_REF_SHAPE_VALUES_H

#include <stddef.h>
#include <stdint.h>

/* n copies of one element of element_size bytes (1, 2, 4 or 8). */
void octet_fill_ref(const void *value, size_t element_size, void *out, size_t n);

/* out[i] = start + i * delta, added up step by step for float32. Integers wrap. */
void octet_range_f32_ref(float start, float delta, float *out, size_t n);
void octet_range_s32_ref(int32_t start, int32_t delta, int32_t *out, size_t n);
void octet_range_s64_ref(int64_t start, int64_t delta, int64_t *out, size_t n);

/* The shape that both broadcast to, aligned at the last axis; element_size 4 or 8. n_out is the larger of n_a, n_b.
 * Sizes that do not broadcast give a's. */
void octet_broadcast_args_ref(const void *a, size_t n_a, const void *b, size_t n_b, void *out, size_t element_size);

#endif
