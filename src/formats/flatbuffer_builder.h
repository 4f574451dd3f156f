/* formats/flatbuffer_builder.h - writing FlatBuffers.
 * In:  scalars, strings, vectors and tables, children before parents.
 * Out: the bytes of a flatbuffer; the same calls give the same bytes.
 * Knows: the FlatBuffers binary format and its alignment rules.
 * Does not know: any schema. Fields are given by their number.
 *
 * The file grows from its end towards its beginning, since offsets may only point forward. A piece is named by its
 * distance from the end of the file (octet_flatbuffer_ref), which stays true while more is written. */
#ifndef OCTET_FORMATS_FLATBUFFER_BUILDER_H
#define OCTET_FORMATS_FLATBUFFER_BUILDER_H

#include "base/buffer.h"
#include "base/memory.h"

typedef uint32_t octet_flatbuffer_ref; /* 0 = nothing */

typedef struct octet_flatbuffer_vtable {
    octet_flatbuffer_ref ref;
    size_t n_held; /* place in the bytes that are held, from their end */
} octet_flatbuffer_vtable;

/* A large vector stays where the caller has it. */
typedef struct octet_flatbuffer_outside {
    octet_bytes bytes;
    size_t n_held; /* how much of what is held stands behind it in the file */
} octet_flatbuffer_outside;

typedef struct octet_flatbuffer_builder {
    uint8_t *data; /* the last `n_held` of `capacity` bytes are written */
    size_t capacity, n_held;
    size_t size;                      /* of the file so far, with the vectors outside */
    size_t alignment;                 /* the largest that was asked for; the whole file is a multiple of it */
    octet_flatbuffer_vtable *vtables; /* written ones, to be shared */
    size_t n_vtables, vtables_capacity;
    octet_flatbuffer_outside *outside;
    size_t n_outside, outside_capacity;
} octet_flatbuffer_builder;

/* A builder of zeros is empty and ready. */
void octet_flatbuffer_builder_free(octet_context *ctx, octet_flatbuffer_builder *builder);

/* n elements of element_size bytes, little-endian in memory; the first element lies at a multiple of `alignment` (a
 * power of two, at least element_size) from the beginning of the file. Vectors of 4 KB and more are not copied: `data`
 * must live until the pieces of the file have been used. LIMIT when the file would pass 2 GiB, as with
 * all calls here. */
octet_status octet_flatbuffer_build_vector(octet_context *ctx, octet_flatbuffer_builder *builder, const void *data,
                                           size_t n, size_t element_size, size_t alignment, octet_flatbuffer_ref *out);
/* NULL gives 0, that is an absent field. */
octet_status octet_flatbuffer_build_string(octet_context *ctx, octet_flatbuffer_builder *builder, const char *text,
                                           octet_flatbuffer_ref *out);
/* A vector of tables or strings. */
octet_status octet_flatbuffer_build_refs(octet_context *ctx, octet_flatbuffer_builder *builder,
                                         const octet_flatbuffer_ref *refs, size_t n, octet_flatbuffer_ref *out);

/* A field of a table. size 0: left out, since it has its default or points to nothing. */
typedef struct octet_flatbuffer_field {
    int number;
    size_t size; /* 1, 2, 4 or 8 bytes */
    uint64_t bits;
    bool is_ref;
} octet_flatbuffer_field;

static inline octet_flatbuffer_field octet_flatbuffer_u8(int number, uint8_t value, uint8_t absent) {
    return (octet_flatbuffer_field){.number = number, .size = value == absent ? 0 : 1, .bits = value};
}
static inline octet_flatbuffer_field octet_flatbuffer_u32(int number, uint32_t value, uint32_t absent) {
    return (octet_flatbuffer_field){.number = number, .size = value == absent ? 0 : 4, .bits = value};
}
static inline octet_flatbuffer_field octet_flatbuffer_i32(int number, int32_t value, int32_t absent) {
    return octet_flatbuffer_u32(number, (uint32_t)value, (uint32_t)absent);
}
static inline octet_flatbuffer_field octet_flatbuffer_u64(int number, uint64_t value, uint64_t absent) {
    return (octet_flatbuffer_field){.number = number, .size = value == absent ? 0 : 8, .bits = value};
}
static inline octet_flatbuffer_field octet_flatbuffer_link(int number, octet_flatbuffer_ref ref) {
    return (octet_flatbuffer_field){.number = number, .size = ref == 0 ? 0 : 4, .bits = ref, .is_ref = true};
}

enum { OCTET_FLATBUFFER_MAX_FIELDS = 24 };
/* Field numbers are 0..OCTET_FLATBUFFER_MAX_FIELDS-1, each at most once. An empty table is valid. */
octet_status octet_flatbuffer_build_table(octet_context *ctx, octet_flatbuffer_builder *builder,
                                          const octet_flatbuffer_field *fields, size_t n_fields,
                                          octet_flatbuffer_ref *out);

/* Writes root offset and identifier (four characters); the file is then complete, and builder->size its size. */
octet_status octet_flatbuffer_builder_finish(octet_context *ctx, octet_flatbuffer_builder *builder,
                                             octet_flatbuffer_ref root, const char *identifier);
/* The finished file as *n pieces one behind the other: an array in `arena` of bytes of the builder and of the vectors
 * that it left outside. */
octet_status octet_flatbuffer_builder_pieces(octet_context *ctx, const octet_flatbuffer_builder *builder,
                                             octet_arena *arena, octet_bytes **pieces, size_t *n);

#endif
