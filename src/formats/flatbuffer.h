/* formats/flatbuffer.h - reading FlatBuffers whose bytes nobody vouches for.
 * In:  bytes of a flatbuffer.
 * Out: tables, their fields, vectors and strings, each checked to lie inside the bytes before it is handed out.
 * Knows: the FlatBuffers binary format (little-endian; root offset, tables, vtables, vectors, strings).
 * Does not know: any schema. Fields are given by their number, counted from 0 in the order of the schema.
 *
 * Nothing is copied: what is handed out points into the bytes, whatever their alignment. Work is
 * bounded: elements of vectors and strings are charged to a budget proportional to the file, so that a
 * small file whose tables all name one large vector cannot keep a reader busy. Errors are FORMAT (a
 * broken offset) or LIMIT (the budget), naming the file. */
#ifndef OCTET_FORMATS_FLATBUFFER_H
#define OCTET_FORMATS_FLATBUFFER_H

#include "base/file.h"

typedef struct octet_flatbuffer {
    octet_bytes bytes;
    const char *name; /* of the file, for messages; not owned */
    uint64_t budget;  /* elements that may still be handed out */
} octet_flatbuffer;

/* All zero is a table without fields: what an absent sub-table reads as. */
typedef struct octet_flatbuffer_table {
    uint32_t at;       /* of the table in the bytes; 0 = absent */
    uint32_t vtable;   /* of its vtable */
    uint16_t n_fields; /* entries of the vtable */
    uint16_t size;     /* of the table's inline part */
} octet_flatbuffer_table;

typedef struct octet_flatbuffer_vector {
    uint32_t at; /* of the first element; 0 when the vector is absent */
    uint32_t n;  /* elements, all inside the bytes */
} octet_flatbuffer_vector;

/* The root table. `identifier`: four characters at bytes 4..7, or NULL. Errors: FORMAT. */
octet_status octet_flatbuffer_open(octet_context *ctx, octet_bytes bytes, const char *identifier, const char *name,
                                   octet_flatbuffer *out, octet_flatbuffer_table *root);

/* A sub-table; an absent one reads as a table without fields. */
octet_status octet_flatbuffer_table_field(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                          int field, octet_flatbuffer_table *out);
/* A vector of scalars of element_size bytes, or of offsets (element_size 4). charge: whether its elements count against
 * the budget; false for bulk data that are only pointed at. */
octet_status octet_flatbuffer_vector_field(octet_context *ctx, octet_flatbuffer *fb,
                                           const octet_flatbuffer_table *table, int field, size_t element_size,
                                           bool charge, octet_flatbuffer_vector *out);
/* Element `index` (below vector->n) of a vector of tables. */
octet_status octet_flatbuffer_element_table(octet_context *ctx, octet_flatbuffer *fb,
                                            const octet_flatbuffer_vector *vector, uint32_t index,
                                            octet_flatbuffer_table *out);
/* A string, NUL-terminated inside the bytes; *out is NULL when the field is absent. It may contain anything but NUL. */
octet_status octet_flatbuffer_string_field(octet_context *ctx, octet_flatbuffer *fb,
                                           const octet_flatbuffer_table *table, int field, const char **out);
/* A scalar of 1, 2, 4 or 8 bytes as its bits, zero-extended; *present tells whether the table holds it. */
octet_status octet_flatbuffer_scalar_field(octet_context *ctx, octet_flatbuffer *fb,
                                           const octet_flatbuffer_table *table, int field, size_t size, bool *present,
                                           uint64_t *bits);
/* The same with a default. */
octet_status octet_flatbuffer_i32_field(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                        int field, int32_t absent, int32_t *out);
octet_status octet_flatbuffer_u64_field(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                        int field, uint64_t absent, uint64_t *out);
/* One byte: enums, unions' types, booleans. */
octet_status octet_flatbuffer_u8_field(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                       int field, uint8_t absent, uint8_t *out);

/* Elements of a vector that a function above handed out; index below n. */
int32_t octet_flatbuffer_i32_at(const octet_flatbuffer *fb, const octet_flatbuffer_vector *vector, uint32_t index);
int64_t octet_flatbuffer_i64_at(const octet_flatbuffer *fb, const octet_flatbuffer_vector *vector, uint32_t index);
float octet_flatbuffer_f32_at(const octet_flatbuffer *fb, const octet_flatbuffer_vector *vector, uint32_t index);

#endif
