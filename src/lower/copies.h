/* lower/copies.h - building octet_copies_params: copies between strided views, one after the other.
 * In:  element size, and the axes of each copy with their strides.
 * Out: a step of kernel `copies`, whose units are the rows of all its copies.
 * Knows: kernels/ref/copy.h.
 * Does not know: operators. */
#ifndef OCTET_LOWER_COPIES_H
#define OCTET_LOWER_COPIES_H

#include "lower/binder.h"

/* For at most `capacity` copies. */
octet_status octet_copies_create(octet_binder *binder, uint32_t capacity, octet_copies_params **out);
/* The next copy, begun without axes: from operand `input` (OCTET_NONE: the one
 * element of params->value) to result `output`. */
octet_copy_params *octet_copies_add(octet_copies_params *p, size_t element_size, uint32_t input, uint32_t output);
void octet_copies_finish(octet_copies_params *p, octet_step *step);

/* Bytes from one index of each axis to the next, for a shape with elements. strides: OCTET_MAX_RANK entries. */
void octet_copies_strides(const octet_shape *shape, size_t element_size, ptrdiff_t *strides);

#endif
