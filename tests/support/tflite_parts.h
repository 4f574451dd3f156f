/* tflite_parts.h - the tables of a .tflite, built by hand for tests.
 * In:  fields. Out: refs of the one builder here. Knows: field numbers of the schema. Does not know: which files make
 * sense. */
#ifndef OCTET_TESTS_TFLITE_PARTS_H
#define OCTET_TESTS_TFLITE_PARTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/flatbuffer_builder.h"
#include "import/import.h"

typedef octet_flatbuffer_ref ref;

static octet_context context, *const ctx = &context;
static octet_flatbuffer_builder builder;

static inline ref table(const octet_flatbuffer_field *fields, size_t n) {
    ref out;
    assert_int_equal(octet_flatbuffer_build_table(ctx, &builder, fields, n, &out), OCTET_OK);
    return out;
}
#define TABLE(...)                                       \
    table((const octet_flatbuffer_field[]){__VA_ARGS__}, \
          sizeof((const octet_flatbuffer_field[]){__VA_ARGS__}) / sizeof(octet_flatbuffer_field))
static inline ref vector(const void *data, size_t n, size_t size) {
    ref out;
    assert_int_equal(octet_flatbuffer_build_vector(ctx, &builder, data, n, size, size < 4 ? 4 : size, &out), OCTET_OK);
    return out;
}
#define I32S(...) vector((const int32_t[]){__VA_ARGS__}, sizeof((const int32_t[]){__VA_ARGS__}) / 4, 4)
static inline ref list(const ref *refs, size_t n) {
    ref out;
    assert_int_equal(octet_flatbuffer_build_refs(ctx, &builder, refs, n, &out), OCTET_OK);
    return out;
}
#define LIST(...) list((const ref[]){__VA_ARGS__}, sizeof((const ref[]){__VA_ARGS__}) / sizeof(ref))

static inline ref tensor(ref shape, int type, uint32_t buffer, ref sparsity) {
    return TABLE(octet_flatbuffer_link(0, shape), octet_flatbuffer_u8(1, (uint8_t)type, 0),
                 octet_flatbuffer_u32(2, buffer, 0), octet_flatbuffer_link(6, sparsity));
}
static inline ref operator(uint32_t code, ref inputs, ref outputs, ref custom) {
    return TABLE(octet_flatbuffer_u32(0, code, 0), octet_flatbuffer_link(1, inputs), octet_flatbuffer_link(2, outputs),
                 octet_flatbuffer_link(5, custom));
}
static inline ref code(int builtin, const char *custom) {
    ref name;
    assert_int_equal(octet_flatbuffer_build_string(ctx, &builder, custom, &name), OCTET_OK);
    return TABLE(octet_flatbuffer_u8(0, (uint8_t)builtin, 0), octet_flatbuffer_link(1, name),
                 octet_flatbuffer_i32(3, builtin, 0));
}

/* Ends the file; the builder is free for the next one. */
static inline octet_buffer finish(ref model) {
    octet_buffer file = {0};
    assert_int_equal(octet_flatbuffer_builder_finish(ctx, &builder, model, "TFL3", &file), OCTET_OK);
    octet_flatbuffer_builder_free(ctx, &builder);
    builder = (octet_flatbuffer_builder){0};
    return file;
}

#endif
