/* lower/fields.h - the parameters of every kernel by name.
 * In:  a kind of parameters.
 * Out: name, type and place of each of its members that is a number, for who lists parameters without knowing kernels.
 * Knows: params.h; a kind without fields does not compile.
 * Does not know: what the numbers mean; that stands in kernels/ref. */
#ifndef OCTET_LOWER_FIELDS_H
#define OCTET_LOWER_FIELDS_H

#include "lower/step.h"

typedef enum octet_field_type {
    OCTET_FIELD_S32,
    OCTET_FIELD_U32, /* operations and other enumerations too */
    OCTET_FIELD_S64,
    OCTET_FIELD_SIZE,
    OCTET_FIELD_F32,
    OCTET_FIELD_BOOL,
    OCTET_FIELD_S32_ARRAY, /* a pointer, NULL or to one number per channel */
    OCTET_FIELD_F32_ARRAY,
    OCTET_FIELD_F64_ARRAY
} octet_field_type;

typedef struct octet_field {
    const char *name; /* as in the struct: "q.output_zero_point" */
    octet_field_type type;
    size_t offset; /* bytes from the beginning of the parameters */
} octet_field;

/* *n fields in the order of the struct. */
const octet_field *octet_params_fields(octet_params_kind kind, size_t *n);

#endif
