/* tflite_parts.h - the tables of a .tflite, built by hand for tests.
 * In:  fields.
 * Out: refs of the one builder here.
 * Knows: the tables of tflite/schema.h.
 * Does not know: which files make sense. */
#ifndef OCTET_TESTS_TFLITE_PARTS_H
#define OCTET_TESTS_TFLITE_PARTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/flatbuffer_builder.h"
#include "formats/kind.h"
#include "import/import.h"
#include "support/flatbuffer_bytes.h"
#include "tflite/builtin.h"
#include "tflite/schema.h"
#include "tflite/types.h"

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
    return TABLE(octet_flatbuffer_link(OCTET_TFLITE_TENSOR_SHAPE, shape),
                 octet_flatbuffer_u8(OCTET_TFLITE_TENSOR_TYPE, (uint8_t)type, 0),
                 octet_flatbuffer_u32(OCTET_TFLITE_TENSOR_BUFFER, buffer, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_TENSOR_SPARSITY, sparsity));
}
static inline ref operator(uint32_t code, ref inputs, ref outputs, ref custom) {
    return TABLE(octet_flatbuffer_u32(OCTET_TFLITE_OPERATOR_OPCODE_INDEX, code, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_INPUTS, inputs),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_OUTPUTS, outputs),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_CUSTOM_OPTIONS, custom));
}
static inline ref code(int builtin, const char *custom) {
    ref name;
    assert_int_equal(octet_flatbuffer_build_string(ctx, &builder, custom, &name), OCTET_OK);
    return TABLE(octet_flatbuffer_u8(OCTET_TFLITE_OPERATOR_CODE_DEPRECATED_BUILTIN, (uint8_t)builtin, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_CODE_CUSTOM, name),
                 octet_flatbuffer_i32(OCTET_TFLITE_OPERATOR_CODE_BUILTIN, builtin, 0));
}

static inline ref operator_with_options(uint32_t code, ref inputs, ref outputs, int type, ref options) {
    return TABLE(octet_flatbuffer_u32(OCTET_TFLITE_OPERATOR_OPCODE_INDEX, code, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_INPUTS, inputs),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_OUTPUTS, outputs),
                 octet_flatbuffer_u8(OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS_TYPE, (uint8_t)type, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_OPERATOR_BUILTIN_OPTIONS, options));
}
/* inputs, outputs: vectors, or 0 for none. */
static inline ref subgraph(ref tensors, ref inputs, ref outputs, ref operators) {
    return TABLE(octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_TENSORS, tensors),
                 octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_INPUTS, inputs),
                 octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_OUTPUTS, outputs),
                 octet_flatbuffer_link(OCTET_TFLITE_SUBGRAPH_OPERATORS, operators));
}
static inline ref buffer(const void *data, size_t size) {
    return TABLE(octet_flatbuffer_link(OCTET_TFLITE_BUFFER_DATA, vector(data, size, 1)));
}
static inline ref model(ref codes, ref subgraphs, ref buffers) {
    return TABLE(octet_flatbuffer_u32(OCTET_TFLITE_MODEL_VERSION, OCTET_TFLITE_SCHEMA_VERSION, 0),
                 octet_flatbuffer_link(OCTET_TFLITE_MODEL_OPERATOR_CODES, codes),
                 octet_flatbuffer_link(OCTET_TFLITE_MODEL_SUBGRAPHS, subgraphs),
                 octet_flatbuffer_link(OCTET_TFLITE_MODEL_BUFFERS, buffers));
}

/* Ends the file; the builder is free for the next one. */
static inline octet_buffer finish(ref model) {
    octet_buffer file = {0};
    assert_int_equal(flatbuffer_finish(ctx, &builder, model, OCTET_SIGNATURE_TFLITE, &file), OCTET_OK);
    octet_flatbuffer_builder_free(ctx, &builder);
    builder = (octet_flatbuffer_builder){0};
    return file;
}

#endif
