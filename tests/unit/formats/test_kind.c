/* Kinds of files by their first bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/kind.h"

static const char hdf5[8] = {'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'};

/* `size` bytes: `text` of n_text bytes, then zeros. */
static octet_file_kind kind_of(const char *text, size_t n_text, size_t size) {
    static uint8_t bytes[8192];
    memset(bytes, 0, sizeof bytes);
    memcpy(bytes, text, n_text);
    return octet_file_kind_of((octet_bytes){bytes, size});
}
#define KIND(text, size) kind_of((text), sizeof(text) - 1, (size))

static void signatures_are_known(void **state) {
    (void)state;
    assert_int_equal(kind_of(hdf5, 8, 8), OCTET_FILE_HDF5);
    assert_int_equal(KIND("PK\3\4", 4), OCTET_FILE_ZIP);
    assert_int_equal(KIND("PK\5\6", 22), OCTET_FILE_ZIP);
    assert_int_equal(KIND("\x1c\0\0\0TFL3", 8), OCTET_FILE_TFLITE);
    assert_int_equal(KIND("\x93NUMPY", 6), OCTET_FILE_NPY);
    assert_int_equal(KIND("\x1f\x8b\x08", 3), OCTET_FILE_GZIP);
    assert_int_equal(KIND("\0\0\x08\3", 4), OCTET_FILE_IDX);
    assert_int_equal(KIND("\x89PNG\r\n\x1a\n", 8), OCTET_FILE_PNG);
    assert_int_equal(KIND("\xff\xd8\xff", 3), OCTET_FILE_JPEG);
    assert_int_equal(KIND("BM", 26), OCTET_FILE_BMP);
}

static void shorter_files_are_something_else(void **state) {
    (void)state;
    assert_int_equal(kind_of("", 0, 0), OCTET_FILE_EMPTY);
    assert_int_equal(kind_of(hdf5, 8, 7), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("PK\3\4", 3), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("PK\7\10", 4), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("\x1c\0\0\0TFL3", 7), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("\x1c\0\0\0TFL2", 8), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("\0\0\x08\3", 3), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("\0\0\x0a\3", 4), OCTET_FILE_UNKNOWN); /* no type */
    assert_int_equal(KIND("BM", 25), OCTET_FILE_UNKNOWN);
    assert_int_equal(kind_of("", 0, 4096), OCTET_FILE_UNKNOWN);
}

static void hdf5_may_have_a_user_block(void **state) {
    (void)state;
    static const size_t places[] = {512, 1024, 4096};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        char text[8192] = "MATLAB 7.3 MAT-file";
        memcpy(text + places[i], hdf5, 8);
        assert_int_equal(kind_of(text, places[i] + 8, places[i] + 8), OCTET_FILE_HDF5);
        assert_int_equal(kind_of(text, places[i] + 8, places[i] + 7), OCTET_FILE_UNKNOWN);
        text[0] = '{';
        assert_int_equal(kind_of(text, places[i] + 8, places[i] + 8), OCTET_FILE_HDF5);
        memcpy(text, "PK\3\4", 4); /* a .keras that stores its weights there */
        assert_int_equal(kind_of(text, places[i] + 8, places[i] + 8), OCTET_FILE_ZIP);
    }
    char text[8192] = {0};
    memcpy(text + 1536, hdf5, 8);
    assert_int_equal(kind_of(text, sizeof text, sizeof text), OCTET_FILE_UNKNOWN);
}

static void what_octet_does_not_read_is_named(void **state) {
    (void)state;
    assert_int_equal(KIND("version https://git-lfs.github.com/spec/v1\n", 43), OCTET_FILE_GIT_LFS);
    assert_int_equal(KIND("{\"a\": 1}", 8), OCTET_FILE_JSON);
    assert_int_equal(KIND("<html>", 6), OCTET_FILE_MARKUP);
    assert_int_equal(KIND("RIFF\0\0\0\0WEBP", 12), OCTET_FILE_WEBP);
    assert_int_equal(KIND("GIF89a", 6), OCTET_FILE_GIF);
    assert_int_equal(KIND("MM\0*", 4), OCTET_FILE_TIFF);
    assert_int_equal(KIND("\0\0\0\x1c"
                          "ftypavif",
                          12),
                     OCTET_FILE_HEIF);
    assert_int_equal(KIND("RIFF\0\0\0\0WAVEfmt ", 16), OCTET_FILE_WAV);
    assert_int_equal(KIND("fLaC", 4), OCTET_FILE_SOUND);
    assert_int_equal(KIND("PAR1", 12), OCTET_FILE_PARQUET);
    assert_int_equal(KIND("ARROW1\0\0", 16), OCTET_FILE_ARROW);
    assert_int_equal(KIND("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 512), OCTET_FILE_EXCEL);
    assert_int_equal(KIND("MATLAB 5.0 MAT-file, Platform: GLNXA64", 128), OCTET_FILE_MATLAB);
    assert_int_equal(KIND("SQLite format 3\0", 100), OCTET_FILE_SQLITE);
    assert_int_equal(KIND("\xff\xfe"
                          "a\0,\0",
                          6),
                     OCTET_FILE_UTF16);
    assert_int_equal(KIND("\x90\1\0\0\0\0\0\0crcs\x0a\x20", 64), OCTET_FILE_TFRECORD);
    assert_int_equal(KIND("\x80\4", 2), OCTET_FILE_PICKLE);
    assert_int_equal(KIND("\x80\x7f", 2), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("\x08\1", 65), OCTET_FILE_PROTOBUF);
    assert_int_equal(KIND("\x08\1", 64), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("\x1f\x8b\x08\0TFL3", 8), OCTET_FILE_GZIP); /* of April 1997 */
}

static void text_has_no_control_characters(void **state) {
    (void)state;
    assert_int_equal(KIND("a,b\r\n1,2\r\n", 10), OCTET_FILE_TEXT);
    assert_int_equal(KIND("\n\ta", 3), OCTET_FILE_TEXT);
    assert_int_equal(KIND("\xef\xbb\xbf\xc3\xa4;b", 7), OCTET_FILE_TEXT);
    assert_int_equal(KIND("\xe4;b", 3), OCTET_FILE_TEXT); /* Latin-1 */
    assert_int_equal(KIND("BMI,age,y\n20,30,1\n40,50,0\n", 26), OCTET_FILE_TEXT);
    assert_int_equal(KIND("a,b", 4), OCTET_FILE_UNKNOWN);
    assert_int_equal(KIND("a\x7f", 2), OCTET_FILE_UNKNOWN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signatures_are_known),           cmocka_unit_test(shorter_files_are_something_else),
        cmocka_unit_test(hdf5_may_have_a_user_block),     cmocka_unit_test(what_octet_does_not_read_is_named),
        cmocka_unit_test(text_has_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
