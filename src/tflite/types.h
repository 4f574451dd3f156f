/* tflite/types.h - element types as the TFLite schema, version 3, numbers them.
 * In:  a type of octet, or a number of a file.
 * Out: the other one, and names for messages.
 * Knows: enum TensorType, which stands here once.
 * Does not know: what octet does with a type that it has none for. */
#ifndef OCTET_TFLITE_TYPES_H
#define OCTET_TFLITE_TYPES_H

#include "graph/type.h"

/* X(NAME, number) */
#define OCTET_TENSOR_TYPE_LIST(X) \
    X(FLOAT32, 0)                 \
    X(FLOAT16, 1)                 \
    X(INT32, 2)                   \
    X(UINT8, 3)                   \
    X(INT64, 4)                   \
    X(STRING, 5)                  \
    X(BOOL, 6)                    \
    X(INT16, 7)                   \
    X(COMPLEX64, 8)               \
    X(INT8, 9)                    \
    X(FLOAT64, 10)                \
    X(COMPLEX128, 11)             \
    X(UINT64, 12)                 \
    X(RESOURCE, 13)               \
    X(VARIANT, 14)                \
    X(UINT32, 15)                 \
    X(UINT16, 16)                 \
    X(INT4, 17)                   \
    X(BFLOAT16, 18)               \
    X(INT2, 19)                   \
    X(UINT4, 20)                  \
    X(FLOAT8_E4M3FN, 21)          \
    X(FLOAT8_E5M2, 22)

typedef enum octet_tensor_type {
#define OCTET_TENSOR_TYPE_ENUM(name, number) OCTET_TENSOR_TYPE_##name = (number),
    OCTET_TENSOR_TYPE_LIST(OCTET_TENSOR_TYPE_ENUM)
#undef OCTET_TENSOR_TYPE_ENUM
} octet_tensor_type;

/* "FLOAT32", "INT4"; "?" for a number that the schema does not have. */
const char *octet_tensor_type_name(int number);
octet_tensor_type octet_tensor_type_of(octet_type type);
/* False for a type that octet has none for. */
bool octet_tensor_type_find(int number, octet_type *out);

#endif
