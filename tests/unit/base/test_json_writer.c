/* JSON as it is written, byte for byte, and numbers in a locale with a comma. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json_writer.h"
#include "base/number.h"

static octet_context context, *const ctx = &context;
static octet_buffer out;
static octet_json_writer json;

static void begin(void) {
    octet_context_init(ctx);
    out = (octet_buffer){0};
    json = octet_json_writer_make(ctx, &out);
}

static void expect(const char *text) {
    assert_int_equal(octet_json_writer_finish(&json), OCTET_OK);
    assert_string_equal((const char *)out.data, text);
    octet_buffer_free(ctx, &out);
    assert_int_equal(ctx->memory_bytes, 0);
}

static void write_values(const char *key, octet_json_layout layout) {
    octet_json_begin_object(&json, key, layout);
    octet_json_write_u64(&json, "a", UINT64_MAX);
    octet_json_write_i64(&json, "b", INT64_MIN);
    octet_json_begin_array(&json, "c", layout);
    octet_json_write_bool(&json, NULL, true);
    octet_json_write_null(&json, NULL);
    octet_json_end(&json);
    octet_json_begin_array(&json, "d", layout);
    octet_json_end(&json);
    octet_json_end(&json);
}

static void layouts_differ_in_spaces(void **state) {
    (void)state;
    begin();
    write_values(NULL, OCTET_JSON_TIGHT);
    expect("{\"a\":18446744073709551615,\"b\":-9223372036854775808,\"c\":[true,null],\"d\":[]}\n");
    begin();
    write_values(NULL, OCTET_JSON_LINE);
    expect("{\"a\": 18446744073709551615, \"b\": -9223372036854775808, \"c\": [true, null], \"d\": []}\n");
    begin();
    write_values(NULL, OCTET_JSON_LINES);
    expect("{\n  \"a\": 18446744073709551615,\n  \"b\": -9223372036854775808,\n  \"c\": [\n    true,\n    null\n  ],\n"
           "  \"d\": [\n  ]\n}\n");
    begin(); /* lines of objects that are lines themselves */
    octet_json_begin_array(&json, NULL, OCTET_JSON_LINES);
    for (int i = 0; i < 2; i++) {
        octet_json_begin_object(&json, NULL, OCTET_JSON_LINE);
        octet_json_write_i64(&json, "i", i);
        octet_json_end(&json);
    }
    octet_json_end(&json);
    expect("[\n  {\"i\": 0},\n  {\"i\": 1}\n]\n");
}

static void strings_are_escaped(void **state) {
    (void)state;
    begin();
    octet_json_begin_object(&json, NULL, OCTET_JSON_LINE);
    octet_json_write_string(&json, "k\"", "a\"b\\c\n\x01z\x7f/");
    octet_json_write_string(&json, "nothing", NULL);
    octet_json_write_string(&json, "utf8",
                            "Gr\xc3\xbc\xc3\x9f"
                            "e \xf0\x9f\x90\x99");
    octet_json_write_string(&json, "broken",
                            "\xff"
                            "a\xc3");
    octet_json_end(&json);
    expect("{\"k\\\"\": \"a\\\"b\\\\c\\u000a\\u0001z\x7f/\", \"nothing\": null, "
           "\"utf8\": \"Gr\xc3\xbc\xc3\x9f"
           "e \xf0\x9f\x90\x99\", \"broken\": \"\\ufffda\\ufffd\"}\n");
}

static void write_numbers(void) {
    octet_json_begin_array(&json, NULL, OCTET_JSON_LINE);
    octet_json_write_real(&json, NULL, 1.0 / 3.0, 3);
    octet_json_write_real(&json, NULL, -1.5e-7, 9);
    octet_json_write_real(&json, NULL, 12.0, 9);
    octet_json_write_fixed(&json, NULL, 1234.5, 4);
    octet_json_write_fixed(&json, NULL, -0.25, 0);
    octet_json_write_real(&json, NULL, (double)NAN, 9);
    octet_json_write_real(&json, NULL, (double)-INFINITY, 9);
    octet_json_write_fixed(&json, NULL, (double)INFINITY, 4);
    octet_json_end(&json);
}

static const char *const numbers = "[0.333, -1.5e-07, 12, 1234.5000, -0, null, null, null]\n";

static void numbers_are_numbers(void **state) {
    (void)state;
    begin();
    write_numbers();
    expect(numbers);
    char text[OCTET_NUMBER_SIZE];
    assert_int_equal(strlen(octet_number_fixed(-DBL_MAX, OCTET_NUMBER_MOST_DIGITS, text)), 328);
    assert_string_equal(octet_number_significant(0.1, OCTET_NUMBER_MOST_DIGITS, text), "0.10000000000000001");
}

/* Sets a locale with a comma for the program, as a host would: an installed one, or one that localedef makes in
 * `folder` of the definitions that libc brings; false without. */
static bool set_comma(char *folder) {
    static const char *const installed[] = {"de_DE.UTF-8", "de_DE", "fr_FR.UTF-8"};
    for (size_t i = 0; i < sizeof installed / sizeof *installed; i++)
        if (setlocale(LC_ALL, installed[i]) != NULL) return true;
    char command[256];
    if (mkdtemp(folder) == NULL) return false;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >%s/log 2>&1", folder, folder);
    const bool made = system(command) == 0 && setenv("LOCPATH", folder, 1) == 0;
    const bool is_set = made && setlocale(LC_ALL, "de_DE.UTF-8") != NULL;
    unsetenv("LOCPATH");
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command) == 0 && is_set;
}

static void numbers_do_not_know_the_locale(void **state) {
    (void)state;
    char folder[] = "/tmp/octet-locale-XXXXXX", text[16], *end, *end_f64;
    if (!set_comma(folder)) skip();
    begin();
    write_numbers();
    const float quarter = octet_number_read_f32("-2.5e-1x", &end);
    const double third = octet_number_read_f64("0.333,", &end_f64);
    snprintf(text, sizeof text, "%.1f", 0.5);
    setlocale(LC_ALL, "C");
    assert_string_equal(text, "0,5"); /* reading has left the locale as it was */
    expect(numbers);
    assert_true(quarter == -0.25f && *end == 'x' && third == 0.333 && *end_f64 == ',');
}

static void the_first_failure_stays(void **state) {
    (void)state;
    begin();
    out.max_size = 8;
    octet_json_begin_array(&json, NULL, OCTET_JSON_LINE);
    octet_json_write_string(&json, NULL, "longer than that");
    octet_json_write_u64(&json, NULL, 1);
    octet_json_end(&json);
    assert_int_equal(octet_json_writer_finish(&json), OCTET_LIMIT);
    octet_buffer_free(ctx, &out);
    octet_context_clear(ctx);
    assert_int_equal(ctx->memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layouts_differ_in_spaces), cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(numbers_are_numbers),      cmocka_unit_test(numbers_do_not_know_the_locale),
        cmocka_unit_test(the_first_failure_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
