/* Readers of files, of parts of them and of memory. */
#include "support/fixture.h"

#include "base/reader.h"

static octet_context ctx;

static void parts_are_read(void **state) {
    (void)state;
    octet_context_init(&ctx);
    const char *path = fixture_write("ten", "0123456789", 10);
    octet_reader file, part, sources[2];
    assert_int_equal(octet_reader_open(&ctx, path, &file), OCTET_OK);
    sources[0] = file;
    sources[1] = octet_reader_of_bytes((octet_bytes){(const uint8_t *)"0123456789", 10}, "memory");
    for (size_t i = 0; i < 2; i++) {
        char text[8] = "";
        assert_int_equal(sources[i].size, 10);
        assert_int_equal(octet_reader_read(&ctx, &sources[i], 7, text, 3), OCTET_OK);
        assert_string_equal(text, "789");
        part = octet_reader_part(&sources[i], 2, 5, "part");
        part = octet_reader_part(&part, 1, 4, "part");
        assert_int_equal(octet_reader_read(&ctx, &part, 1, text, 3), OCTET_OK);
        assert_string_equal(text, "456");
        assert_int_equal(octet_reader_read(&ctx, &part, 4, text, 0), OCTET_OK);
        assert_int_equal(octet_reader_read(&ctx, &part, 2, text, 3),
                         OCTET_IO); /* the file goes on, the part does not */
        assert_string_equal(ctx.message, "part: ends at byte 4, before all of it was read");
        octet_context_clear(&ctx);
        octet_bytes head;
        assert_int_equal(octet_reader_head(&ctx, &part, 100, &head), OCTET_OK);
        assert_int_equal(head.size, 4);
        assert_memory_equal(head.data, "3456", 4);
        octet_memory_free(&ctx, (void *)(uintptr_t)head.data);
    }
    octet_reader_close(&file);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void errors_are_sentences(void **state) {
    (void)state;
    octet_context_init(&ctx);
    octet_reader file;
    char text[10];
    assert_int_equal(octet_reader_open(&ctx, fixture_path("missing"), &file), OCTET_IO);
    octet_reader_close(&file);
    octet_context_clear(&ctx);
    assert_int_equal(octet_reader_open(&ctx, "/dev/null", &file), OCTET_IO);
    assert_non_null(strstr(ctx.message, "a regular file is needed"));
    octet_context_clear(&ctx);
    const char *path = fixture_write("shrinks", "0123456789", 10);
    assert_int_equal(octet_reader_open(&ctx, path, &file), OCTET_OK);
    assert_int_equal(truncate(path, 4), 0);
    assert_int_equal(octet_reader_read(&ctx, &file, 0, text, 10), OCTET_IO);
    assert_non_null(strstr(ctx.message, "shrinks: became shorter while it was read: there is no byte 4 any more"));
    octet_reader_close(&file);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(parts_are_read), cmocka_unit_test(errors_are_sentences)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
