#include "support/fixture.h"

#include <libdeflate.h>

#include "formats/gzip.h"

static uint8_t *pattern(size_t size) {
    uint8_t *data = malloc(size + 1);
    assert_non_null(data);
    uint32_t number = 1;
    for (size_t i = 0; i < size; i++) data[i] = (uint8_t)((number = number * 1664525 + 1013904223) >> 29);
    return data;
}

static size_t compress(const uint8_t *data, size_t size, uint8_t *out, size_t room) {
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(6);
    const size_t n = libdeflate_gzip_compress(compressor, data, size, out, room);
    libdeflate_free_compressor(compressor);
    assert_true(n > 0);
    return n;
}

static void whole_and_beginning_are_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    const size_t size = 300000, room = 400000;
    uint8_t *data = pattern(size), *packed = malloc(room);
    const octet_bytes bytes = {packed, compress(data, size, packed, room)};
    octet_buffer out = {0};
    assert_int_equal(octet_gzip_read(&ctx, bytes, "a.gz", 0, &out), OCTET_OK);
    assert_int_equal(out.size, size);
    assert_memory_equal(out.data, data, size);
    assert_int_equal(octet_gzip_read(&ctx, bytes, "a.gz", size, &out), OCTET_OK);
    const size_t beginnings[] = {0, 1, 70000, 80000, size - 1, size, size + 1};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
        octet_buffer_free(&ctx, &out);
        assert_int_equal(octet_gzip_read_prefix(&ctx, bytes, "a.gz", beginnings[i], &out), OCTET_OK);
        assert_int_equal(out.size, beginnings[i] < size ? beginnings[i] : size);
        assert_memory_equal(out.data, data, out.size);
    }
    assert_int_equal(octet_gzip_read(&ctx, bytes, "a.gz", size - 1, &out), OCTET_LIMIT);
    octet_buffer_free(&ctx, &out);
    assert_int_equal(ctx.memory_bytes, 0);
    free(data);
    free(packed);
}

/* Of a file that is cut in the middle, the beginning is read as if it were whole; whatever its header takes. */
static void beginnings_of_files_are_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    const size_t size = 1000000, room = size + 2000;
    uint8_t *data = pattern(size), *packed = malloc(room + 20000), *named = calloc(1, room + 20000);
    const size_t n = compress(data, size, packed, room);
    memcpy(named, packed, 10); /* a name of 9999 bytes after the fixed header */
    named[3] = 8;
    memset(named + 10, 'n', 9999);
    memcpy(named + 10010, packed + 10, n - 10);
    const octet_bytes files[] = {{packed, n}, {packed, n / 2}, {named, n + 10000}};
    for (size_t f = 0; f < 3; f++) {
        const octet_reader reader = octet_reader_of_bytes(files[f], "f.gz");
        static const size_t beginnings[] = {0, 1, 4096, 3000, 40000};
        octet_buffer out = {0};
        for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++) {
            assert_int_equal(octet_gzip_read_file_prefix(&ctx, &reader, beginnings[i], &out), OCTET_OK);
            assert_int_equal(out.size, beginnings[i]);
            assert_memory_equal(out.data, data, out.size);
        }
        assert_int_equal(octet_gzip_read_file_prefix(&ctx, &reader, size, &out), f == 1 ? OCTET_FORMAT : OCTET_OK);
        octet_context_clear(&ctx);
        octet_buffer_free(&ctx, &out);
        assert_int_equal(ctx.memory_bytes, 0);
    }
    free(data);
    free(packed);
    free(named);
}

static void members_follow_each_other(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    uint8_t *data = pattern(5000), *packed = malloc(10000);
    size_t n = compress(data, 3000, packed, 5000);
    n += compress(data + 3000, 2000, packed + n, 5000);
    memset(packed + n, 0, 16); /* padding is passed over */
    octet_buffer out = {0};
    assert_int_equal(octet_gzip_read(&ctx, (octet_bytes){packed, n + 16}, "m.gz", 0, &out), OCTET_OK);
    assert_int_equal(out.size, 5000);
    assert_memory_equal(out.data, data, 5000);
    assert_int_equal(octet_gzip_read(&ctx, (octet_bytes){packed, n}, "m.gz", 0, &out), OCTET_OK);
    assert_int_equal(out.size, 5000);
    octet_buffer_free(&ctx, &out);
    free(data);
    free(packed);
}

static octet_status parse(octet_context *ctx, octet_bytes bytes) {
    octet_buffer out = {0};
    octet_status status = octet_gzip_read(ctx, bytes, "damaged", 1 << 20, &out);
    if (status == OCTET_OK) status = octet_gzip_read_prefix(ctx, bytes, "damaged", 10, &out);
    octet_buffer_free(ctx, &out);
    return status;
}

static void damage_is_survived(void **state) {
    (void)state;
    uint8_t *data = pattern(200), packed[400];
    assert_int_equal(fixture_sweep((octet_bytes){packed, compress(data, 200, packed, sizeof packed)}, 1, parse), 0);
    free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_and_beginning_are_read), cmocka_unit_test(beginnings_of_files_are_read),
        cmocka_unit_test(members_follow_each_other), cmocka_unit_test(damage_is_survived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
