#include "support/fixture.h"

#include <math.h>

#include "formats/array.h"
#include "formats/idx.h"
#include "formats/npy.h"

/* A .npy of version 1, 2 or 3 with this header text and these bytes; freed by the caller. */
static octet_bytes make_npy(int version, const char *header, const void *data, size_t size) {
    const size_t length = strlen(header), lead = version == 1 ? 10 : 12;
    uint8_t *bytes = malloc(lead + length + size);
    assert_non_null(bytes);
    memcpy(bytes, "\x93NUMPY", 6);
    bytes[6] = (uint8_t)version;
    bytes[7] = 0;
    bytes[8] = (uint8_t)(length & 255);
    bytes[9] = (uint8_t)(length >> 8);
    if (version > 1) bytes[10] = bytes[11] = 0;
    memcpy(bytes + lead, header, length);
    memcpy(bytes + lead + length, data, size);
    return (octet_bytes){bytes, lead + length + size};
}

static void check_floats(const char *header, const void *data, size_t size, const float *expected, size_t n) {
    octet_context ctx;
    octet_context_init(&ctx);
    for (int version = 1; version <= 3; version++) {
        const octet_bytes bytes = make_npy(version, header, data, size);
        octet_array array;
        float values[16];
        assert_int_equal(octet_npy_parse(&ctx, bytes, "a.npy", &array), OCTET_OK);
        assert_int_equal(array.n_elements, n);
        octet_array_f32(&array, 0, n, values);
        assert_memory_equal(values, expected, n * sizeof *values);
        for (size_t i = 0; i < n; i++) assert_true((float)octet_array_f64(&array, i) == expected[i]);
        free((void *)(uintptr_t)bytes.data);
    }
}

static void every_type_is_read(void **state) {
    (void)state;
    const float three[3] = {1, -2, 0.5f}, whole[3] = {1, 254, 0}, minus[3] = {1, -2, 0};
    check_floats("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", three, 12, three, 3);
    check_floats("{'shape': (3,), 'fortran_order': False, 'descr': '>f4'}", "\x3f\x80\0\0\xc0\0\0\0\x3f\0\0\0", 12,
                 three, 3);
    check_floats("{'descr': '<f2', 'fortran_order': False, 'shape': (3,), }", "\0\x3c\0\xc0\0\x38", 6, three, 3);
    check_floats("{'descr': '<f8', 'fortran_order': False, 'shape': (3,), }", (const double[]){1, -2, 0.5}, 24, three,
                 3);
    check_floats("{'descr': '|u1', 'fortran_order': False, 'shape': (3L,), }", "\1\xfe\0", 3, whole, 3);
    check_floats("{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }", "\1\xfe\0", 3, minus, 3);
    check_floats("{'descr': '>i2', 'fortran_order': False, 'shape': (3,), }", "\0\1\xff\xfe\0\0", 6, minus, 3);
    check_floats("{'descr': '<u2', 'fortran_order': False, 'shape': (3,), }", "\1\0\xfe\0\0\0", 6, whole, 3);
    check_floats("{'descr': '<i4', 'fortran_order': False, 'shape': (3,), }", (const int32_t[]){1, -2, 0}, 12, minus,
                 3);
    check_floats("{'descr': '<i8', 'fortran_order': False, 'shape': (3,), }", (const int64_t[]){1, -2, 0}, 24, minus,
                 3);
    check_floats("{'descr': '<u8', 'fortran_order': False, 'shape': (3, 1), }", (const uint64_t[]){1, 254, 0}, 24,
                 whole, 3);
    check_floats("{'descr': '|b1', 'fortran_order': False, 'shape': (), }", "\1", 1, three, 1);
}

static void half_precision_is_exact(void **state) {
    (void)state;
    const uint16_t halves[] = {0x0001, 0x03ff, 0x0400, 0x7bff, 0xfc00, 0x7e00, 0x8000};
    const octet_array array = {
        .element = {'f', 2, false}, .rank = 1, .dims = {7}, .n_elements = 7, .data = (const uint8_t *)halves};
    float values[7];
    octet_array_f32(&array, 0, 7, values);
    assert_true(values[0] == ldexpf(1, -24) && values[1] == ldexpf(1023, -24) && values[2] == ldexpf(1, -14) &&
                values[3] == 65504.0f);
    assert_true(isinf(values[4]) && values[4] < 0 && isnan(values[5]) && values[6] == 0 && signbit(values[6]));
}

static void fortran_order_is_turned(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    const octet_bytes bytes = make_npy(1, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }",
                                       (const int16_t[]){11, 21, 12, 22, 13, 23}, 12);
    octet_array array;
    octet_buffer storage = {0};
    assert_int_equal(octet_npy_parse(&ctx, bytes, "f.npy", &array), OCTET_OK);
    assert_int_equal(octet_array_to_c_order(&ctx, &array, &storage), OCTET_OK);
    const double expected[] = {11, 12, 13, 21, 22, 23};
    for (size_t i = 0; i < 6; i++) assert_true(octet_array_f64(&array, i) == expected[i]);
    octet_buffer_free(&ctx, &storage);
    free((void *)(uintptr_t)bytes.data);
}

static octet_status npy_status(const char *header, size_t size, octet_context *ctx) {
    octet_context_init(ctx);
    uint8_t *zeros = calloc(1, size + 1);
    const octet_bytes bytes = make_npy(1, header, zeros, size);
    octet_array array;
    const octet_status status = octet_npy_parse(ctx, bytes, "x.npy", &array);
    free(zeros);
    free((void *)(uintptr_t)bytes.data);
    return status;
}

static void bad_headers_are_refused(void **state) {
    (void)state;
    octet_context ctx;
    assert_int_equal(npy_status("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }", 40, &ctx), OCTET_FORMAT);
    assert_string_equal(ctx.message, "x.npy: float32[3,4] needs 48 bytes, the file holds 40: it is truncated");
    assert_int_equal(npy_status("{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", 40, &ctx),
                     OCTET_UNSUPPORTED);
    assert_int_equal(npy_status("{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }", 40, &ctx),
                     OCTET_UNSUPPORTED);
    assert_int_equal(npy_status("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }", 40, &ctx),
                     OCTET_UNSUPPORTED);
    assert_int_equal(npy_status("{'descr': '<f4', 'shape': (3,), }", 40, &ctx), OCTET_FORMAT);
    assert_int_equal(npy_status("{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }", 40, &ctx), OCTET_FORMAT);
    assert_int_equal(npy_status("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 40, &ctx),
                     OCTET_LIMIT);
    assert_int_equal(
        npy_status("{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 40, &ctx),
        OCTET_LIMIT);
    assert_int_equal(
        npy_status("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999, ), }", 40, &ctx),
        OCTET_FORMAT);
}

static void written_files_are_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    const int32_t dims[8] = {2, 1, 3, 1, 1, 1, 1, 1};
    const int8_t data[6] = {1, -2, 3, -4, 5, -6};
    for (int32_t rank = 3; rank <= 8; rank++) {
        const char *path = fixture_path("w.npy");
        assert_int_equal(octet_npy_save(&ctx, path, "|i1", rank, dims, data), OCTET_OK);
        octet_file file;
        octet_array array;
        size_t offset;
        assert_int_equal(octet_file_open(&ctx, path, &file), OCTET_OK);
        assert_int_equal(octet_npy_header(&ctx, file.bytes, path, &array, &offset), OCTET_OK);
        assert_int_equal(offset % 64, 0);
        assert_int_equal(file.bytes.size, offset + 6);
        assert_int_equal(array.rank, rank);
        assert_memory_equal(file.bytes.data + offset, data, 6);
        octet_file_close(&ctx, &file);
    }
}

static void idx_is_read(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_array array;
    const uint8_t shorts[] = {0, 0, 0x0b, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 5, 0xff, 0xff};
    assert_int_equal(octet_idx_parse(&ctx, (octet_bytes){shorts, sizeof shorts}, "s.idx", &array), OCTET_OK);
    assert_true(array.rank == 2 && array.dims[0] == 2 && octet_array_f64(&array, 0) == 5 &&
                octet_array_f64(&array, 1) == -1);
    assert_int_equal(octet_idx_parse(&ctx, (octet_bytes){shorts, sizeof shorts - 1}, "s.idx", &array), OCTET_FORMAT);
    assert_string_equal(ctx.message, "s.idx: int16[2,1] needs 4 bytes, the file holds 3: it is truncated");
}

static octet_status parse_npy(octet_context *ctx, octet_bytes bytes) {
    octet_array array;
    octet_buffer storage = {0};
    octet_status status = octet_npy_parse(ctx, bytes, "damaged", &array);
    if (status == OCTET_OK) status = octet_array_to_c_order(ctx, &array, &storage);
    for (size_t i = 0; status == OCTET_OK && i < array.n_elements; i++) (void)octet_array_f64(&array, i);
    octet_buffer_free(ctx, &storage);
    return status;
}

static octet_status parse_idx(octet_context *ctx, octet_bytes bytes) {
    octet_array array;
    const octet_status status = octet_idx_parse(ctx, bytes, "damaged", &array);
    for (size_t i = 0; status == OCTET_OK && i < array.n_elements; i++) (void)octet_array_f64(&array, i);
    return status;
}

static void damage_is_survived(void **state) {
    (void)state;
    const float data[6] = {1, 2, 3, 4, 5, 6};
    const octet_bytes npy =
        make_npy(2, "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", data, sizeof data);
    assert_int_equal(fixture_sweep(npy, 1, parse_npy), 0);
    free((void *)(uintptr_t)npy.data);
    const uint8_t idx[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 9, 8, 7, 6};
    assert_int_equal(fixture_sweep((octet_bytes){idx, sizeof idx}, 1, parse_idx), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_read),      cmocka_unit_test(half_precision_is_exact),
        cmocka_unit_test(fortran_order_is_turned), cmocka_unit_test(bad_headers_are_refused),
        cmocka_unit_test(written_files_are_read),  cmocka_unit_test(idx_is_read),
        cmocka_unit_test(damage_is_survived)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
