#include "support/fixture.h"

#include <zip.h>

#include "formats/zip.h"

static octet_bytes make_archive(size_t n_zeros) {
    const char *path = fixture_path("a.zip");
    unlink(path);
    int error;
    zip_t *zip = zip_open(path, ZIP_CREATE, &error);
    assert_non_null(zip);
    void *zeros = calloc(1, n_zeros);
    zip_source_t *text = zip_source_buffer(zip, "hello, archive", 14, 0), *empty = zip_source_buffer(zip, NULL, 0, 0);
    zip_source_t *bomb = zip_source_buffer(zip, zeros, n_zeros, 0);
    assert_true(zip_file_add(zip, "config.json", text, 0) == 0);
    assert_int_equal(zip_set_file_compression(zip, 0, ZIP_CM_STORE, 0), 0);
    assert_true(zip_file_add(zip, "empty", empty, 0) == 1);
    assert_true(zip_file_add(zip, "sub/zeros", bomb, 0) == 2);
    assert_int_equal(zip_close(zip), 0);
    free(zeros);
    octet_context ctx;
    octet_context_init(&ctx);
    static octet_file file;
    octet_file_close(&ctx, &file);
    assert_int_equal(octet_file_open(&ctx, path, &file), OCTET_OK);
    return file.bytes;
}

static void entries_are_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    make_archive(3 << 20);
    octet_zip *zip;
    octet_buffer buffer = {0};
    size_t index;
    assert_int_equal(octet_zip_open(&ctx, fixture_path("a.zip"), &zip), OCTET_OK);
    assert_int_equal(octet_zip_count(zip), 3);
    assert_false(octet_zip_find(zip, "nothing", &index));
    assert_true(octet_zip_find(zip, "config.json", &index));
    assert_int_equal(octet_zip_read(&ctx, zip, index, 14, &buffer), OCTET_OK);
    assert_string_equal((char *)buffer.data, "hello, archive");
    assert_int_equal(octet_zip_read_prefix(&ctx, zip, index, 5, &buffer), OCTET_OK);
    assert_string_equal((char *)buffer.data, "hello");
    assert_true(octet_zip_find(zip, "empty", &index));
    assert_int_equal(octet_zip_read(&ctx, zip, index, 0, &buffer), OCTET_OK);
    assert_int_equal(buffer.size, 0);
    assert_true(octet_zip_find(zip, "sub/zeros", &index));
    assert_int_equal(octet_zip_size(zip, index), 3 << 20);
    assert_int_equal(octet_zip_read(&ctx, zip, index, 0, &buffer), OCTET_OK);
    assert_int_equal(buffer.size, 3 << 20);
    assert_int_equal(octet_zip_read_prefix(&ctx, zip, index, 100, &buffer), OCTET_OK);
    assert_int_equal(buffer.size, 100);
    assert_int_equal(octet_zip_read(&ctx, zip, index, 3 << 19, &buffer), OCTET_LIMIT);
    octet_buffer_free(&ctx, &buffer);
    octet_zip_close(&ctx, zip);
    assert_int_equal(ctx.memory_bytes, 0);
}

/* An entry that is larger than the directory claims ends at the claim or as an error, never beyond the cap. */
/* A stored entry is read where it lies, a compressed one from a copy. */
static void readers_are_made(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    make_archive(3 << 20);
    octet_zip *zip;
    octet_reader reader;
    int descriptor;
    char text[15] = "";
    assert_int_equal(octet_zip_open(&ctx, fixture_path("a.zip"), &zip), OCTET_OK);
    assert_int_equal(octet_zip_reader(&ctx, zip, 0, "text", &descriptor, &reader), OCTET_OK);
    assert_true(descriptor == -1 && reader.size == 14 && reader.offset > 0);
    assert_int_equal(octet_reader_read(&ctx, &reader, 0, text, 14), OCTET_OK);
    assert_string_equal(text, "hello, archive");
    assert_int_equal(octet_zip_reader(&ctx, zip, 2, "zeros", &descriptor, &reader), OCTET_OK);
    assert_true(descriptor >= 0 && reader.size == 3 << 20);
    assert_int_equal(octet_reader_read(&ctx, &reader, (3 << 20) - 14, text, 14), OCTET_OK);
    assert_true(text[0] == 0 && text[13] == 0);
    close(descriptor);
    ctx.max_memory_bytes = 1 << 20;
    assert_int_equal(octet_zip_reader(&ctx, zip, 2, "zeros", &descriptor, &reader), OCTET_LIMIT);
    octet_zip_close(&ctx, zip);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void bombs_are_refused(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    const octet_bytes bytes = make_archive(65 << 20);
    octet_zip *zip;
    octet_reader reader;
    octet_buffer buffer = {0};
    int descriptor;
    assert_int_equal(octet_zip_open_bytes(&ctx, bytes, "bomb", &zip), OCTET_OK);
    assert_int_equal(octet_zip_reader(&ctx, zip, 2, "zeros", &descriptor, &reader), OCTET_LIMIT);
    assert_non_null(strstr(ctx.message, "bomb:sub/zeros: 68157440 bytes that are compressed to"));
    octet_context_clear(&ctx);
    assert_int_equal(octet_zip_read(&ctx, zip, 2, 0, &buffer), OCTET_LIMIT);
    assert_true(ctx.peak_memory_bytes < 1 << 20);
    octet_zip_close(&ctx, zip);
    octet_buffer_free(&ctx, &buffer);
}

static void lies_about_size_are_caught(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    const octet_bytes good = make_archive(3 << 20);
    uint8_t *copy = malloc(good.size);
    memcpy(copy, good.data, good.size);
    const uint32_t size = 3 << 20, lie = 1000;
    for (size_t i = 0; i + 4 <= good.size; i++)
        if (memcmp(copy + i, &size, 4) == 0) memcpy(copy + i, &lie, 4);
    octet_zip *zip = NULL;
    octet_buffer buffer = {0};
    if (octet_zip_open_bytes(&ctx, (octet_bytes){copy, good.size}, "lie", &zip) == OCTET_OK) {
        const octet_status status = octet_zip_read(&ctx, zip, 2, 2000, &buffer);
        assert_true(status == OCTET_FORMAT || status == OCTET_LIMIT);
    }
    octet_buffer_free(&ctx, &buffer);
    octet_zip_close(&ctx, zip);
    free(copy);
}

static octet_status parse(octet_context *ctx, octet_bytes bytes) {
    octet_zip *zip;
    octet_buffer buffer = {0};
    octet_status status = octet_zip_open_bytes(ctx, bytes, "damaged", &zip);
    for (size_t i = 0; status == OCTET_OK && i < octet_zip_count(zip); i++)
        status = octet_zip_read(ctx, zip, i, 1 << 20, &buffer);
    octet_buffer_free(ctx, &buffer);
    octet_zip_close(ctx, zip);
    return status;
}

static void damage_is_survived(void **state) {
    (void)state;
    assert_int_equal(fixture_sweep(make_archive(100), 1, parse), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_read), cmocka_unit_test(readers_are_made), cmocka_unit_test(bombs_are_refused),
        cmocka_unit_test(lies_about_size_are_caught), cmocka_unit_test(damage_is_survived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
