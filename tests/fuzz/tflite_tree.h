/* tflite_tree.h - a .tflite as a tree of tables that can be changed and written again.
 * In:  bytes, possibly broken: what cannot be read is left out.
 * Out: tables with their fields; the bytes of a flatbuffer that is sound whatever the tables say.
 * Knows: the tables of the schema, field by field, and what the numbers in them mean.
 * Does not know: which values are valid; mutations (tflite_mutate.h). */
#ifndef OCTET_TESTS_FUZZ_TFLITE_TREE_H
#define OCTET_TESTS_FUZZ_TFLITE_TREE_H

#include "base/buffer.h"

typedef enum tree_kind {
    TREE_MODEL,
    TREE_OPERATOR_CODE,
    TREE_SUBGRAPH,
    TREE_OPERATOR,
    TREE_TENSOR,
    TREE_BUFFER,
    TREE_QUANTIZATION,
    TREE_SPARSITY,
    TREE_DIMENSION,
    TREE_INDICES_U8, /* the three forms of a vector of indices */
    TREE_INDICES_U16,
    TREE_INDICES_I32,
    TREE_SIGNATURE,
    TREE_TENSOR_MAP,
    TREE_METADATA,
    TREE_OPTIONS,       /* of an operator: numbers only */
    TREE_OPTIONS_LIST,  /* field 0 is a vector of int32 */
    TREE_OPTIONS_WORDS, /* fields 0 and 1 are strings */
    TREE_N_KINDS
} tree_kind;

typedef enum tree_form {
    TREE_NONE,
    TREE_NUMBER,
    TREE_NUMBERS, /* a vector */
    TREE_TEXT,
    TREE_TABLE,
    TREE_TABLES
} tree_form;

/* What a number is; mutations draw from it. */
typedef enum tree_meaning {
    TREE_ANY,
    TREE_FLAG,
    TREE_REAL, /* float32 */
    TREE_BYTE,
    TREE_DIM,
    TREE_TENSOR_INDEX, /* -1 too */
    TREE_CODE_INDEX,
    TREE_BUFFER_INDEX,
    TREE_SUBGRAPH_INDEX,
    TREE_BUILTIN,
    TREE_TYPE, /* TensorType */
    TREE_SMALL /* a choice of few */
} tree_meaning;

typedef struct tree_rule {
    uint8_t form;
    uint8_t size; /* bytes of a number */
    uint8_t meaning;
    uint8_t kind; /* of tables */
} tree_rule;

typedef struct tree_table tree_table;

typedef struct tree_field {
    bool is_present;
    uint8_t size;        /* of a number: as the rule has it, or in options as the file has it */
    uint64_t bits;       /* of a number */
    uint32_t n;          /* elements of a vector; bytes of a text */
    uint8_t *data;       /* of a vector of numbers, or a text with its NUL */
    tree_table **tables; /* n of them; 1 for a single table */
} tree_field;

enum { TREE_MAX_FIELDS = 16, TREE_MAX_BYTES = 1 << 18 };

struct tree_table {
    tree_kind kind;
    tree_field fields[TREE_MAX_FIELDS];
};

/* What a field of a kind of table is; form TREE_NONE for a number that the schema does not have. */
tree_rule tree_rule_of(tree_kind kind, int field);
/* Which kind of table the link `field` of `table` leads to: that of options goes by their type. */
tree_kind tree_kind_at(const tree_table *table, int field);

/* Everything lives in `arena`. Fails where the bytes are no flatbuffer with the identifier, or more than
 * TREE_MAX_BYTES. */
octet_status tree_read(octet_context *ctx, octet_arena *arena, octet_bytes bytes, tree_table **out);
/* Appends the file to `out`. */
octet_status tree_write(octet_context *ctx, const tree_table *root, octet_buffer *out);

#endif
