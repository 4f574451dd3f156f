/* tflite/options.h - how operator options lie in the tables of the TFLite schema.
 * In:  an operator code.
 * Out: the number of its options table (BuiltinOptions) and, per field, number, kind, default and place in
 * octet_options. Knows: the TFLite schema, version 3. Importer and exporter both walk these lists, so they cannot
 * disagree. Does not know: files, flatbuffers. */
#ifndef OCTET_TFLITE_OPTIONS_H
#define OCTET_TFLITE_OPTIONS_H

#include "graph/operator.h"

typedef enum octet_option_kind {
    OCTET_OPTION_I32,        /* int32_t */
    OCTET_OPTION_F32,        /* float */
    OCTET_OPTION_BOOL,       /* bool, a byte in files */
    OCTET_OPTION_PADDING,    /* octet_padding, a byte */
    OCTET_OPTION_ACTIVATION, /* octet_activation, a byte */
    OCTET_OPTION_TYPE,       /* octet_type, a byte with the schema's number */
    OCTET_OPTION_I32_LIST,   /* squeeze: n_dims and dims, a vector */
    OCTET_OPTION_MUST_BE_0   /* a byte for a variant that octet does not support; no place in octet_options */
} octet_option_kind;

typedef struct octet_option_field {
    int number;
    octet_option_kind kind;
    size_t offset;   /* in octet_options */
    int32_t absent;  /* what a file that leaves the field out means */
    int32_t minimum; /* smallest valid value of an I32 */
    const char *name;
} octet_option_field;

typedef struct octet_options_table {
    int builtin_options; /* BuiltinOptions; 0 when the operator has none */
    const octet_option_field *fields;
    uint32_t n_fields;
} octet_options_table;

/* Never NULL. */
const octet_options_table *octet_options_table_of(octet_operator_code code);

/* True when operators of this code with these options do the same; lists are compared up to their length. */
bool octet_options_equal(octet_operator_code code, const octet_options *a, const octet_options *b);

#endif
