/* import/tflite/lists.h - lists of tensors, which loops collect their results in.
 * In:  TensorFlow's own operators on them (FlexTensorListReserve, ...), which the converter can leave as they are.
 * Out: no lists: every element is a value, stacking is PACK, and taking a tensor apart is UNPACK.
 * Knows: an operator never changes a list, it makes another one; loops are unrolled, so that indices are known.
 * Does not know: what the elements are. */
#ifndef OCTET_IMPORT_TFLITE_LISTS_H
#define OCTET_IMPORT_TFLITE_LISTS_H

#include "import/tflite/source.h"

/* The operator of a custom code; OCTET_TFLITE_NO_LIST for none of them. */
typedef enum octet_tflite_list_operator {
    OCTET_TFLITE_NO_LIST,
    OCTET_TFLITE_LIST_RESERVE,     /* shape of elements, length -> list */
    OCTET_TFLITE_LIST_FROM_TENSOR, /* tensor, shape -> list of its rows */
    OCTET_TFLITE_LIST_SET,         /* list, index, element -> list */
    OCTET_TFLITE_LIST_GET,         /* list, index, shape -> element */
    OCTET_TFLITE_LIST_STACK,       /* list, shape -> tensor */
    OCTET_TFLITE_LIST_LENGTH       /* list -> int32 */
} octet_tflite_list_operator;

octet_tflite_list_operator octet_tflite_list_operator_of(const char *custom);
/* Reads operator `index` of source->frame. */
octet_status octet_tflite_read_list_operator(octet_context *ctx, octet_tflite_source *source,
                                             const octet_flatbuffer_table *table, octet_tflite_list_operator what,
                                             uint32_t index);

#endif
