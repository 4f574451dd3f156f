/* Layout, all little-endian:
 * 1. bytes 0..3: u32 distance from 0 to the root table; bytes 4..7: the identifier, if the schema has one.
 * 2. table: i32 distance back to its vtable, then its inline fields.
 * 3. vtable: u16 its size in bytes, u16 size of the table's inline part, then a u16 per field: distance of the field
 * from the table, 0 when absent.
 * 4. offset field: u32 distance forward from the field itself to a table, vector or string.
 * 5. vector: u32 number of elements, then the elements. String: a vector of bytes with a NUL behind it. */
#include "formats/flatbuffer.h"

#include <assert.h>
#include <string.h>

#include "base/buffer.h"

static octet_status broken(octet_context *ctx, const octet_flatbuffer *fb, size_t at, const char *what) {
    return octet_context_fail(ctx, OCTET_FORMAT, "%s: byte %zu: %s; the file is damaged or cut off", fb->name, at,
                              what);
}

static octet_status charge_budget(octet_context *ctx, octet_flatbuffer *fb, uint64_t n) {
    OCTET_CHECK(ctx, n <= fb->budget, OCTET_LIMIT,
                "%s: its tables name the same data again and again; a file like this is refused", fb->name);
    fb->budget -= n;
    return OCTET_OK;
}

static octet_status open_table(octet_context *ctx, octet_flatbuffer *fb, size_t at, octet_flatbuffer_table *out) {
    OCTET_TRY(charge_budget(ctx, fb, 1));
    uint32_t back;
    if (at == 0 || !octet_bytes_u32le(fb->bytes, at, &back))
        return broken(ctx, fb, at, "a table lies outside the file");
    const int64_t vtable = (int64_t)at - (int64_t)(int32_t)back;
    uint16_t vtable_size, table_size;
    if (vtable < 0 || !octet_bytes_u16le(fb->bytes, (size_t)vtable, &vtable_size) ||
        !octet_bytes_u16le(fb->bytes, (size_t)vtable + 2, &table_size)) {
        return broken(ctx, fb, at, "the description of a table lies outside the file");
    }
    if (vtable_size < 4 || vtable_size % 2 != 0 || !octet_bytes_inside(fb->bytes, (size_t)vtable, vtable_size)) {
        return broken(ctx, fb, (size_t)vtable, "the description of a table has an impossible size");
    }
    if (table_size < 4 || !octet_bytes_inside(fb->bytes, at, table_size)) {
        return broken(ctx, fb, at, "a table runs past the end of the file");
    }
    out->at = (uint32_t)at;
    out->vtable = (uint32_t)vtable;
    out->n_fields = (uint16_t)((vtable_size - 4) / 2);
    out->size = table_size;
    return OCTET_OK;
}

octet_status octet_flatbuffer_open(octet_context *ctx, octet_bytes bytes, const char *identifier, const char *name,
                                   octet_flatbuffer *out, octet_flatbuffer_table *root) {
    out->bytes = bytes;
    out->name = name;
    out->budget = 16 * (uint64_t)bytes.size + 4096;
    OCTET_CHECK(ctx, bytes.size >= 8, OCTET_FORMAT, "%s: %zu bytes are too few for a model", name, bytes.size);
    OCTET_CHECK(ctx, identifier == NULL || memcmp(bytes.data + 4, identifier, 4) == 0, OCTET_FORMAT,
                "%s: bytes 4 to 7 are not \"%s\"; this is another kind of file", name, identifier);
    /* Offsets are 32 bits: what lies behind is reached by other means. */
    if (out->bytes.size > UINT32_MAX) out->bytes.size = UINT32_MAX;
    uint32_t at;
    octet_bytes_u32le(bytes, 0, &at);
    return open_table(ctx, out, at, root);
}

/* Place of an inline field of `size` bytes; *at is 0 when it is absent. */
static octet_status find_field(octet_context *ctx, const octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                               int field, size_t size, size_t *at) {
    assert(field >= 0);
    *at = 0;
    if (table->at == 0 || field >= table->n_fields) return OCTET_OK;
    uint16_t distance = 0;
    octet_bytes_u16le(fb->bytes, (size_t)table->vtable + 4 + 2 * (size_t)field, &distance);
    if (distance == 0) return OCTET_OK;
    if (distance < 4 || distance + size > table->size)
        return broken(ctx, fb, table->at, "a field lies outside its table");
    *at = (size_t)table->at + distance;
    return OCTET_OK;
}

/* Follows an offset field; *at is 0 when it is absent. */
static octet_status follow(octet_context *ctx, const octet_flatbuffer *fb, size_t from, size_t *at) {
    uint32_t distance = 0;
    octet_bytes_u32le(fb->bytes, from, &distance);
    if (distance == 0 || !octet_bytes_inside(fb->bytes, from + distance, 4)) {
        return broken(ctx, fb, from, "an offset points outside the file");
    }
    *at = from + distance;
    return OCTET_OK;
}

static octet_status find_target(octet_context *ctx, const octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                int field, size_t *at) {
    size_t from;
    OCTET_TRY(find_field(ctx, fb, table, field, 4, &from));
    *at = 0;
    return from == 0 ? OCTET_OK : follow(ctx, fb, from, at);
}

octet_status octet_flatbuffer_table_field(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                          int field, octet_flatbuffer_table *out) {
    *out = (octet_flatbuffer_table){0};
    size_t at;
    OCTET_TRY(find_target(ctx, fb, table, field, &at));
    return at == 0 ? OCTET_OK : open_table(ctx, fb, at, out);
}

octet_status octet_flatbuffer_vector_field(octet_context *ctx, octet_flatbuffer *fb,
                                           const octet_flatbuffer_table *table, int field, size_t element_size,
                                           bool charge, octet_flatbuffer_vector *out) {
    *out = (octet_flatbuffer_vector){0};
    size_t at;
    OCTET_TRY(find_target(ctx, fb, table, field, &at));
    if (at == 0) return OCTET_OK;
    uint32_t n = 0;
    octet_bytes_u32le(fb->bytes, at, &n);
    if (n > (fb->bytes.size - at - 4) / element_size)
        return broken(ctx, fb, at, "a vector runs past the end of the file");
    OCTET_TRY(charge_budget(ctx, fb, charge ? (uint64_t)n + 1 : 1));
    out->at = (uint32_t)(at + 4);
    out->n = n;
    return OCTET_OK;
}

octet_status octet_flatbuffer_element_table(octet_context *ctx, octet_flatbuffer *fb,
                                            const octet_flatbuffer_vector *vector, uint32_t index,
                                            octet_flatbuffer_table *out) {
    assert(index < vector->n);
    size_t at;
    OCTET_TRY(follow(ctx, fb, (size_t)vector->at + 4 * (size_t)index, &at));
    return open_table(ctx, fb, at, out);
}

octet_status octet_flatbuffer_string_field(octet_context *ctx, octet_flatbuffer *fb,
                                           const octet_flatbuffer_table *table, int field, const char **out) {
    *out = NULL;
    octet_flatbuffer_vector text;
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, fb, table, field, 1, true, &text));
    if (text.at == 0) return OCTET_OK;
    const size_t end = (size_t)text.at + text.n;
    if (!octet_bytes_inside(fb->bytes, end, 1) || fb->bytes.data[end] != 0)
        return broken(ctx, fb, text.at, "a string has no end");
    *out = (const char *)fb->bytes.data + text.at;
    return OCTET_OK;
}

octet_status octet_flatbuffer_scalar_field(octet_context *ctx, octet_flatbuffer *fb,
                                           const octet_flatbuffer_table *table, int field, size_t size, bool *present,
                                           uint64_t *bits) {
    assert(size == 1 || size == 2 || size == 4 || size == 8);
    size_t at;
    OCTET_TRY(find_field(ctx, fb, table, field, size, &at));
    *present = at != 0;
    *bits = 0;
    for (size_t i = 0; at != 0 && i < size; i++) *bits |= (uint64_t)fb->bytes.data[at + i] << (8 * i);
    return OCTET_OK;
}

/* bits: holds those of the default at the call. */
static octet_status read_over(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table, int field,
                              size_t size, uint64_t *bits) {
    bool present;
    uint64_t found;
    OCTET_TRY(octet_flatbuffer_scalar_field(ctx, fb, table, field, size, &present, &found));
    if (present) *bits = found;
    return OCTET_OK;
}

octet_status octet_flatbuffer_i32_field(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                        int field, int32_t absent, int32_t *out) {
    uint64_t bits = (uint32_t)absent;
    OCTET_TRY(read_over(ctx, fb, table, field, 4, &bits));
    *out = (int32_t)(uint32_t)bits;
    return OCTET_OK;
}

octet_status octet_flatbuffer_u64_field(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                        int field, uint64_t absent, uint64_t *out) {
    *out = absent;
    return read_over(ctx, fb, table, field, 8, out);
}

octet_status octet_flatbuffer_u8_field(octet_context *ctx, octet_flatbuffer *fb, const octet_flatbuffer_table *table,
                                       int field, uint8_t absent, uint8_t *out) {
    uint64_t bits = absent;
    OCTET_TRY(read_over(ctx, fb, table, field, 1, &bits));
    *out = (uint8_t)bits;
    return OCTET_OK;
}

int32_t octet_flatbuffer_i32_at(const octet_flatbuffer *fb, const octet_flatbuffer_vector *vector, uint32_t index) {
    assert(index < vector->n);
    uint32_t bits = 0;
    octet_bytes_u32le(fb->bytes, (size_t)vector->at + 4 * (size_t)index, &bits);
    return (int32_t)bits;
}

int64_t octet_flatbuffer_i64_at(const octet_flatbuffer *fb, const octet_flatbuffer_vector *vector, uint32_t index) {
    assert(index < vector->n);
    uint64_t bits = 0;
    octet_bytes_u64le(fb->bytes, (size_t)vector->at + 8 * (size_t)index, &bits);
    return (int64_t)bits;
}

float octet_flatbuffer_f32_at(const octet_flatbuffer *fb, const octet_flatbuffer_vector *vector, uint32_t index) {
    const int32_t bits = octet_flatbuffer_i32_at(fb, vector, index);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
