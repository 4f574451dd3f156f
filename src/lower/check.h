/* lower/check.h - checks that several families share.
 * In:  operators of a verified graph.
 * Out: yes or no, or MODEL with a sentence.
 * Knows: quantization of values.
 * Does not know: kernels, single operators. */
#ifndef OCTET_LOWER_CHECK_H
#define OCTET_LOWER_CHECK_H

#include "lower/binder.h"

/* True when every output is empty: then the step has nothing to do and is set so. */
bool octet_bind_check_empty(octet_binder *binder, const octet_operator *op, octet_step *step);
/* As octet_bind_same_parameters for quantized types that carry parameters; values of other types pass. */
octet_status octet_bind_check_moved(octet_binder *binder, const octet_operator *op, const octet_value *a,
                                    const octet_value *b);
/* octet_bind_per_tensor, and MODEL unless the zero point is 0 (int16 kernels ignore it). */
octet_status octet_bind_check_symmetric(octet_binder *binder, const octet_operator *op, const octet_value *value,
                                        float *scale);
/* Writes one element of the value that stands for 0: its zero point where it has one. element: 8 bytes. */
void octet_bind_zero_element(const octet_value *value, unsigned char *element);

#endif
