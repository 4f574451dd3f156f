/* Libraries of single formats that are loaded late: there, missing, and another one than octet was built with. Names of
 * files come from CMakeLists.txt where the command loads them late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifdef OCTET_FILE_OF_ZLIB
#undef OCTET_FILE_OF_PNG
#undef OCTET_FILE_OF_JPEG
#define OCTET_FILE_OF_PNG "libno-such-library.so.7"
#define OCTET_FILE_OF_JPEG OCTET_FILE_OF_ZLIB

#include "formats/library/loaded.c"

static void a_library_is_loaded_once(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    assert_int_equal(octet_library_load(&ctx, OCTET_LIBRARY_ZLIB, "a.gz"), OCTET_OK);
    assert_int_equal(octet_library_load(&ctx, OCTET_LIBRARY_ZLIB, "a.gz"), OCTET_OK);
    assert_int_equal(octet_library_load(&ctx, OCTET_LIBRARY_DEFLATE, "a.gz"), OCTET_OK);
    z_stream z = {0};
    assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
    assert_int_equal(inflateEnd(&z), Z_OK);
    assert_int_equal(libdeflate_crc32(0, "hello", 5), 0x3610a686);
}

static void expect_refusal(octet_library library, const char *words) {
    octet_context ctx;
    octet_context_init(&ctx);
    for (int i = 0; i < 2; i++, octet_context_clear(&ctx)) {
        assert_int_equal(octet_library_load(&ctx, library, "a.png"), OCTET_IO);
        if (strstr(ctx.message, words) == NULL) fail_msg("%s", ctx.message);
    }
}

static void others_are_refused(void **state) {
    (void)state;
    expect_refusal(OCTET_LIBRARY_PNG, "a.png: a library that this needs cannot be loaded: libno-such-library.so.7: ");
    expect_refusal(OCTET_LIBRARY_JPEG, "jpeg_std_error");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_library_is_loaded_once),
                                       cmocka_unit_test(others_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#else
int main(void) { return 0; }
#endif
