/* lower/unsigned.h - operators on uint8 tensors, through the kernels of int8.
 * In:  an operator with uint8 operands, and the function that binds it for int8.
 * Out: a step that turns uint8 operands into int8 ones (q - 128, the zero point too), runs the int8 step on them and
 * turns the result back. Knows: what LiteRT's uint8 kernels, which are older, do otherwise; octet_binder.is_unsigned
 * tells the families. Does not know: single kernels. Pools, bilinear resizing and joins have uint8 kernels of their
 * own, other movements take any bytes. */
#ifndef OCTET_LOWER_UNSIGNED_H
#define OCTET_LOWER_UNSIGNED_H

#include "lower/step.h"

/* Whether an input or output of the operator is uint8. */
bool octet_bind_has_unsigned(const octet_graph *graph, const octet_operator *op);
octet_status octet_bind_unsigned(octet_binder *binder, const octet_operator *op, octet_bind_function *bind,
                                 octet_step *step);

#endif
