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

/* An entry that is larger than the directory claims ends as an error. */
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

/* An archive of one stored entry "a" that holds "hello", with a directory of its own making. */
typedef struct forged {
    bool is_64; /* sizes and places stand in zip64 fields */
    uint16_t flags, method;
    uint32_t checksum, size;
    uint32_t header; /* where the directory says that the entry begins */
    uint16_t n_files;
} forged;

static const forged honest = {.checksum = 0x3610a686, .size = 5, .n_files = 0};

static void put(octet_buffer *out, size_t width, uint64_t value) {
    octet_context ctx;
    octet_context_init(&ctx);
    uint8_t bytes[8];
    for (size_t i = 0; i < width; i++) bytes[i] = (uint8_t)(value >> 8 * i);
    assert_int_equal(octet_buffer_append(&ctx, out, bytes, width), OCTET_OK);
}

/* Numbers of 2, 4 or 8 bytes, as the digits say. */
static void put_all(octet_buffer *out, const char *widths, const uint64_t *values) {
    for (size_t i = 0; widths[i] != '\0'; i++) put(out, (size_t)(widths[i] - '0'), values[i]);
}

static octet_buffer forge(const forged *f) {
    enum { HEAD = 0x04034b50, ENTRY = 0x02014b50, END = 0x06054b50, END_64 = 0x06064b50, LOCATOR = 0x07064b50 };
    octet_buffer out = {0};
    const uint64_t ones = UINT32_MAX, large = f->is_64 ? ones : f->size, header = f->is_64 ? ones : f->header;
    put_all(&out, "42222244422",
            (const uint64_t[]){HEAD, 20, f->flags, f->method, 0, 0, f->checksum, f->size, f->size, 1, 0});
    put(&out, 1, 'a');
    for (size_t i = 0; i < 5; i++) put(&out, 1, (uint64_t) "hello"[i]);
    const size_t start = out.size;
    put_all(&out, "42222224442222244",
            (const uint64_t[]){ENTRY, 20, 20, f->flags, f->method, 0, 0, f->checksum, large, large, 1,
                               f->is_64 ? 33 : 0, 0, 0, 0, 0, header});
    put(&out, 1, 'a');
    if (f->is_64) put_all(&out, "22122888", (const uint64_t[]){0x7777, 1, 0, 1, 24, f->size, f->size, f->header});
    const size_t size = out.size - start, end = out.size;
    if (f->is_64) {
        put_all(&out, "4822448888", (const uint64_t[]){END_64, 44, 45, 45, 0, 0, 1, 1, size, start});
        put_all(&out, "4484", (const uint64_t[]){LOCATOR, 0, end, 1});
    }
    put_all(&out, "42222442",
            (const uint64_t[]){END, f->n_files, 0, f->is_64 ? UINT16_MAX : 1, f->is_64 ? UINT16_MAX : 1 + f->n_files,
                               f->is_64 ? ones : size, f->is_64 ? ones : start, 0});
    return out;
}

/* What is said of an archive; "" where its entry is read. */
static void check_forged(forged f, octet_status status, const char *sentence) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_zip *zip;
    octet_buffer bytes = forge(&f), content = {0};
    octet_reader reader;
    int descriptor;
    octet_status found = octet_zip_open_bytes(&ctx, (octet_bytes){bytes.data, bytes.size}, "f", &zip);
    if (found == OCTET_OK) found = octet_zip_read(&ctx, zip, 0, 0, &content);
    if (found == OCTET_OK) found = octet_zip_reader(&ctx, zip, 0, "n", &descriptor, &reader);
    if (found == OCTET_OK) assert_string_equal((const char *)content.data, "hello");
    if (found == OCTET_OK) assert_memory_equal(reader.bytes.data, "hello", 5);
    if (strstr(ctx.message, sentence) == NULL) fail_msg("%s", ctx.message);
    assert_int_equal(found, status);
    octet_zip_close(&ctx, zip);
    octet_buffer_free(&ctx, &content);
    octet_context_init(&ctx);
    octet_buffer_free(&ctx, &bytes);
}

static void directories_are_judged(void **state) {
    (void)state;
    forged f = honest;
    check_forged(f, OCTET_OK, "");
    f.is_64 = true;
    check_forged(f, OCTET_OK, "");
    f.header = 1;
    check_forged(f, OCTET_FORMAT, "f:a: no entry where the directory names one");
    f.header = 1 << 20;
    check_forged(f, OCTET_FORMAT, "f:a: begins outside the file");
    f = honest;
    f.checksum++;
    check_forged(f, OCTET_FORMAT, "f:a: the checksum differs");
    f = honest;
    f.size = 1 << 20;
    check_forged(f, OCTET_FORMAT, "f:a: ends outside the file");
    f.size = 4;
    check_forged(f, OCTET_FORMAT, "f:a: the checksum differs");
    f = honest;
    f.flags = 1;
    check_forged(f, OCTET_UNSUPPORTED, "f:a: is encrypted");
    f = honest;
    f.method = 12;
    check_forged(f, OCTET_UNSUPPORTED, "f:a: is compressed by method 12");
    f.method = 8;
    check_forged(f, OCTET_FORMAT, "f:a: cannot be decompressed");
    f = honest;
    f.n_files = 1;
    check_forged(f, OCTET_FORMAT, "f: one of several files");
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
        cmocka_unit_test(entries_are_read),       cmocka_unit_test(readers_are_made),
        cmocka_unit_test(bombs_are_refused),      cmocka_unit_test(lies_about_size_are_caught),
        cmocka_unit_test(directories_are_judged), cmocka_unit_test(damage_is_survived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
