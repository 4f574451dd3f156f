/* graph/type.h - element types and shapes.
 * In:  nothing.
 * Out: enum octet_type, octet_shape and their arithmetic.
 * Knows: sizes and names of types.
 * Does not know: values or operators; how files number types. */
#ifndef OCTET_GRAPH_TYPE_H
#define OCTET_GRAPH_TYPE_H

#include "base/checked.h"
#include "base/context.h"
#include "base/memory.h"

/* X(NAME, size in bytes, its name, as numpy spells it) */
#define OCTET_TYPE_LIST(X)   \
    X(FLOAT32, 4, "float32") \
    X(FLOAT16, 2, "float16") \
    X(INT32, 4, "int32")     \
    X(UINT8, 1, "uint8")     \
    X(INT64, 8, "int64")     \
    X(BOOL, 1, "bool")       \
    X(INT16, 2, "int16")     \
    X(INT8, 1, "int8")       \
    X(COMPLEX64, 8, "complex64")

typedef enum octet_type {
#define OCTET_TYPE_ENUM(name, size, text) OCTET_##name,
    OCTET_TYPE_LIST(OCTET_TYPE_ENUM)
#undef OCTET_TYPE_ENUM
        OCTET_N_TYPES
} octet_type;

size_t octet_type_size(octet_type type);
const char *octet_type_name(octet_type type);  /* "float32", "int8", ... as numpy spells it */
bool octet_type_is_quantized(octet_type type); /* int8, uint8, int16: types that carry scale and zero point */
/* Least and greatest number of a quantized type; 0 and 0 for others. */
void octet_type_limits(octet_type type, int32_t *low, int32_t *high);

enum { OCTET_MAX_RANK = 8 };

/* Row-major; rank 0 is a scalar (one element). Every dimension is at least 0. A graph has static shapes only:
 * a batch that the source leaves open is 1. */
typedef struct octet_shape {
    int32_t rank;
    int32_t dims[OCTET_MAX_RANK];
} octet_shape;

octet_shape octet_shape_make(int32_t rank, const int32_t *dims); /* rank 0..OCTET_MAX_RANK */
bool octet_shape_equal(const octet_shape *a, const octet_shape *b);
/* Product of the dimensions; SIZE_MAX when it does not fit into 31 bits (callers check shapes by octet_shape_check). */
size_t octet_shape_elements(const octet_shape *shape);
/* Product of dims[first..last-1]. */
int32_t octet_shape_product(const octet_shape *shape, int32_t first, int32_t last);
/* Bytes of the elements of a checked shape. */
size_t octet_shape_bytes(const octet_shape *shape, octet_type type);
/* The common shape of a and b: aligned at the last axis, 1 repeats; numpy's rule, which is TFLite's. False when there
 * is none. out may be a or b. */
bool octet_shape_broadcast(const octet_shape *a, const octet_shape *b, octet_shape *out);
/* An axis that counts from the end when it is negative, counted from the start. */
static inline int32_t octet_axis_from_start(int32_t axis, int32_t rank) { return axis < 0 ? axis + rank : axis; }
/* LIMIT unless the rank is 0..OCTET_MAX_RANK, no dimension is negative and the elements fit into 31 bits. */
octet_status octet_shape_check(octet_context *ctx, const octet_shape *shape, const char *where);

enum { OCTET_SHAPE_TEXT_SIZE = 112 };
/* "[1,28,28,1]"; returns text, a buffer of OCTET_SHAPE_TEXT_SIZE bytes. */
const char *octet_shape_text(const octet_shape *shape, char *text);

#endif
