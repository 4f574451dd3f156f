/* passes/constant.h - computing an operator whose operands are constants.
 * In:  such an operator.
 * Out: its result as doubles, which hold float32 and 32-bit integers exactly and round to the same float32 result.
 * Knows: shapes and small arithmetic: SHAPE, RESHAPE, PACK, GATHER, slices, TRANSPOSE, ADD, ...
 * Does not know: when folding is wanted. */
#ifndef OCTET_PASSES_CONSTANT_H
#define OCTET_PASSES_CONSTANT_H

#include "passes/edit.h"

enum { OCTET_CONSTANT_MAX_ELEMENTS = 1 << 22 };

/* *out: elements of the first output in `scratch`, or NULL when this operator is not computed here. */
octet_status octet_constant_compute(octet_context *ctx, octet_arena *scratch, const octet_graph *graph,
                                    const octet_operator *op, double **out);
/* Elements of a constant as doubles; type is float32, int32, int64 or bool. */
octet_status octet_constant_read(octet_context *ctx, octet_arena *scratch, const octet_value *value, double **out);
/* The other way: row-major data of the type in `arena`. */
octet_status octet_constant_write(octet_context *ctx, octet_arena *arena, octet_type type, const double *from, size_t n,
                                  const void **out);
bool octet_constant_has_type(octet_type type);

#endif
