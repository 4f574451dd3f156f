/* graph/options.h - the options of an operator, one by one.
 * In:  an operator code, octet_options.
 * Out: name, kind and place of each option; its value as a number or word; whether two operators have the same options.
 * Knows: which members of octet_options an operator has.
 * Does not know: files; the schema's numbers (tflite/options.h). */
#ifndef OCTET_GRAPH_OPTIONS_H
#define OCTET_GRAPH_OPTIONS_H

#include "graph/operator.h"

typedef enum octet_option_kind {
    OCTET_OPTION_I32,        /* int32_t */
    OCTET_OPTION_F32,        /* float */
    OCTET_OPTION_BOOL,       /* bool */
    OCTET_OPTION_PADDING,    /* octet_padding */
    OCTET_OPTION_ACTIVATION, /* octet_activation */
    OCTET_OPTION_TYPE,       /* octet_type */
    OCTET_OPTION_I32_LIST,   /* squeeze: n_dims and dims */
    OCTET_OPTION_MUST_BE_0   /* a choice of which octet has the first only; no place in octet_options */
} octet_option_kind;

typedef struct octet_option {
    const char *path; /* "conv_2d.stride_w" */
    octet_option_kind kind;
    size_t offset;   /* in octet_options */
    int32_t usual;   /* of an I32 or BOOL: what stands where nobody says anything */
    int32_t minimum; /* of an I32: the smallest valid value */
} octet_option;

typedef struct octet_option_list {
    const octet_option *items; /* in the order of the schema's fields */
    uint32_t n;
} octet_option_list;

/* Empty for an operator without options. */
octet_option_list octet_options_of(octet_operator_code code);
/* "stride_w" */
const char *octet_option_name(const octet_option *option);

/* What an option says. Exactly one of real, flag, word, list and integer counts, as the kind has it. */
typedef struct octet_option_value {
    bool is_usual;       /* need not be told; never of F32 and PADDING */
    int32_t integer;     /* I32; 0 of MUST_BE_0 */
    float real;          /* F32 */
    bool flag;           /* BOOL */
    const char *word;    /* PADDING, ACTIVATION, TYPE: "SAME", "RELU6", "int32"; else NULL */
    const int32_t *list; /* I32_LIST: n_list of them, in the options; else NULL */
    int32_t n_list;
} octet_option_value;
octet_option_value octet_option_get(const octet_option *option, const octet_options *options);

/* True when operators of this code with these options do the same; lists are compared up to their length. */
bool octet_options_equal(octet_operator_code code, const octet_options *a, const octet_options *b);

#endif
