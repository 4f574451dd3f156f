/* Builder and reader against each other, and the reader against damaged bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/memory.h"
#include "formats/flatbuffer.h"
#include "formats/flatbuffer_builder.h"
#include "support/flatbuffer_bytes.h"

/* Root: 0 u8, 1 i32, 2 string, 3 vector of bytes (16-aligned), 4 vector of tables, 5 vector of i64, 7 table. */
static octet_buffer build(octet_context *ctx) {
    octet_flatbuffer_builder builder = {0};
    octet_flatbuffer_ref name, bytes, children[3], list, longs, child;
    const uint8_t data[5] = {1, 2, 3, 4, 5};
    const int64_t wide[2] = {-7, INT64_MAX};
    for (uint32_t i = 0; i < 3; i++) {
        const octet_flatbuffer_field fields[] = {octet_flatbuffer_u32(0, i + 1, 0),
                                                 octet_flatbuffer_u8(1, (uint8_t)i, 0)};
        assert_int_equal(octet_flatbuffer_build_table(ctx, &builder, fields, 2, &children[i]), OCTET_OK);
    }
    assert_int_equal(octet_flatbuffer_build_refs(ctx, &builder, children, 3, &list), OCTET_OK);
    assert_int_equal(octet_flatbuffer_build_string(ctx, &builder, "name", &name), OCTET_OK);
    assert_int_equal(octet_flatbuffer_build_vector(ctx, &builder, data, 5, 1, 16, &bytes), OCTET_OK);
    assert_int_equal(octet_flatbuffer_build_vector(ctx, &builder, wide, 2, 8, 8, &longs), OCTET_OK);
    assert_int_equal(octet_flatbuffer_build_table(ctx, &builder, NULL, 0, &child), OCTET_OK);
    const octet_flatbuffer_field root[] = {
        octet_flatbuffer_u8(0, 200, 0),  octet_flatbuffer_i32(1, -5, 0),  octet_flatbuffer_link(2, name),
        octet_flatbuffer_link(3, bytes), octet_flatbuffer_link(4, list),  octet_flatbuffer_link(5, longs),
        octet_flatbuffer_i32(6, 9, 9),   octet_flatbuffer_link(7, child), octet_flatbuffer_u64(8, 1ull << 40, 0),
    };
    octet_flatbuffer_ref ref;
    assert_int_equal(octet_flatbuffer_build_table(ctx, &builder, root, 9, &ref), OCTET_OK);
    octet_buffer out = {0};
    assert_int_equal(flatbuffer_finish(ctx, &builder, ref, "TEST", &out), OCTET_OK);
    octet_flatbuffer_builder_free(ctx, &builder);
    return out;
}

static octet_status walk(octet_context *ctx, octet_bytes bytes, bool check) {
    octet_flatbuffer fb;
    octet_flatbuffer_table root, child;
    octet_flatbuffer_vector data, list, longs;
    const char *name;
    uint8_t byte;
    int32_t number, absent;
    uint64_t wide;
    OCTET_TRY(octet_flatbuffer_open(ctx, bytes, "TEST", "test", &fb, &root));
    OCTET_TRY(octet_flatbuffer_u8_field(ctx, &fb, &root, 0, 0, &byte));
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, &fb, &root, 1, 0, &number));
    OCTET_TRY(octet_flatbuffer_string_field(ctx, &fb, &root, 2, &name));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, &fb, &root, 3, 1, false, &data));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, &fb, &root, 4, 4, true, &list));
    OCTET_TRY(octet_flatbuffer_vector_field(ctx, &fb, &root, 5, 8, true, &longs));
    OCTET_TRY(octet_flatbuffer_i32_field(ctx, &fb, &root, 6, 9, &absent));
    OCTET_TRY(octet_flatbuffer_table_field(ctx, &fb, &root, 7, &child));
    OCTET_TRY(octet_flatbuffer_u64_field(ctx, &fb, &root, 8, 0, &wide));
    uint64_t sum = 0;
    for (uint32_t i = 0; i < list.n; i++) {
        octet_flatbuffer_table element;
        int32_t value;
        uint8_t small;
        OCTET_TRY(octet_flatbuffer_element_table(ctx, &fb, &list, i, &element));
        OCTET_TRY(octet_flatbuffer_i32_field(ctx, &fb, &element, 0, 0, &value));
        OCTET_TRY(octet_flatbuffer_u8_field(ctx, &fb, &element, 1, 0, &small));
        sum += (uint32_t)value * 10u + small;
    }
    for (uint32_t i = 0; i < data.n; i++) sum += bytes.data[data.at + i];
    for (uint32_t i = 0; i < longs.n; i++) sum += octet_flatbuffer_i64_at(&fb, &longs, i) < 0;
    if (!check) return OCTET_OK;
    assert_int_equal(byte, 200);
    assert_int_equal(number, -5);
    assert_string_equal(name, "name");
    assert_int_equal(data.n, 5);
    assert_int_equal(data.at % 16, 0);
    assert_int_equal(list.n, 3);
    assert_int_equal(longs.at % 8, 0);
    assert_true(octet_flatbuffer_i64_at(&fb, &longs, 1) == INT64_MAX);
    assert_int_equal(absent, 9);
    assert_int_not_equal(child.at, 0);
    assert_true(wide == 1ull << 40);
    assert_int_equal(sum, 60 + 3 + 15 + 1);
    return OCTET_OK;
}

static void round_trip(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer out = build(&ctx), again = build(&ctx);
    assert_int_equal(out.size % 16, 0);
    assert_int_equal(out.size, again.size);
    assert_memory_equal(out.data, again.data, out.size);
    assert_int_equal(walk(&ctx, (octet_bytes){out.data, out.size}, true), OCTET_OK);
    octet_buffer_free(&ctx, &out);
    octet_buffer_free(&ctx, &again);
    assert_int_equal(ctx.memory_bytes, 0);
}

/* Whatever one byte says, reading ends with a status and within the bytes (the sanitizers watch). */
static void any_byte_may_lie(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer out = build(&ctx);
    uint8_t *copy;
    assert_int_equal(octet_memory_allocate(&ctx, out.size, (void **)&copy), OCTET_OK);
    const uint8_t lies[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    for (size_t i = 0; i < out.size; i++) {
        for (size_t j = 0; j < sizeof lies; j++) {
            memcpy(copy, out.data, out.size);
            copy[i] = lies[j];
            octet_context_clear(&ctx);
            walk(&ctx, (octet_bytes){copy, out.size}, false);
        }
    }
    for (size_t n = 0; n < out.size; n++) {
        octet_context_clear(&ctx);
        const octet_status status = walk(&ctx, (octet_bytes){out.data, n}, false);
        assert_true(n + 16 > out.size || status == OCTET_FORMAT);
    }
    octet_memory_free(&ctx, copy);
    octet_buffer_free(&ctx, &out);
}

static void wrong_identifier(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer out = build(&ctx);
    octet_flatbuffer fb;
    octet_flatbuffer_table root;
    assert_int_equal(octet_flatbuffer_open(&ctx, (octet_bytes){out.data, out.size}, "TFL3", "test", &fb, &root),
                     OCTET_FORMAT);
    octet_buffer_free(&ctx, &out);
}

/* A vector that is read again and again exhausts the budget. */
static void budget(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer out = build(&ctx);
    octet_flatbuffer fb;
    octet_flatbuffer_table root;
    octet_flatbuffer_vector list;
    octet_status status = octet_flatbuffer_open(&ctx, (octet_bytes){out.data, out.size}, "TEST", "test", &fb, &root);
    for (int i = 0; status == OCTET_OK && i < 1000000; i++)
        status = octet_flatbuffer_vector_field(&ctx, &fb, &root, 4, 4, true, &list);
    assert_int_equal(status, OCTET_LIMIT);
    octet_buffer_free(&ctx, &out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(any_byte_may_lie),
        cmocka_unit_test(wrong_identifier),
        cmocka_unit_test(budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
