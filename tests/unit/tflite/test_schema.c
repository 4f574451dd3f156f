/* The schema's numbers against octet's operators, types and options. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "formats/flatbuffer_builder.h"
#include "tflite/builtin.h"
#include "tflite/options.h"
#include "tflite/types.h"
#include "tflite/version.h"

static void every_operator_has_its_number(void **state) {
    (void)state;
    for (int i = 0; i < OCTET_N_OPERATORS; i++) {
        const octet_operator_code code = (octet_operator_code)i;
        const octet_builtin builtin = octet_builtin_of(code);
        octet_operator_code back;
        if (builtin == OCTET_BUILTIN_CUSTOM) {
            assert_non_null(octet_builtin_custom_code(code));
            continue;
        }
        assert_null(octet_builtin_custom_code(code));
        assert_string_equal(octet_builtin_name((int)builtin), octet_operator_name(code));
        assert_true(octet_builtin_find_operator((int)builtin, &back));
        assert_int_equal(back, code);
    }
}

static void unknown_numbers_have_no_operator(void **state) {
    (void)state;
    octet_operator_code code;
    assert_false(octet_builtin_find_operator(OCTET_BUILTIN_CUSTOM, &code));
    assert_false(octet_builtin_find_operator(OCTET_BUILTIN_WHILE, &code));
    assert_false(octet_builtin_find_operator(-1, &code));
    assert_string_equal(octet_builtin_name(OCTET_BUILTIN_STABLEHLO_CASE), "STABLEHLO_CASE");
    assert_string_equal(octet_builtin_name(OCTET_BUILTIN_STABLEHLO_CASE + 1), "?");
    assert_string_equal(octet_builtin_name(-1), "?");
}

static void types_go_there_and_back(void **state) {
    (void)state;
    octet_type type;
    for (int i = 0; i < OCTET_N_TYPES; i++) {
        assert_true(octet_tensor_type_find((int)octet_tensor_type_of((octet_type)i), &type));
        assert_int_equal(type, i);
    }
    assert_int_equal(octet_tensor_type_of(OCTET_INT8), 9);
    assert_false(octet_tensor_type_find(OCTET_TENSOR_TYPE_STRING, &type));
    assert_string_equal(octet_tensor_type_name(OCTET_TENSOR_TYPE_INT4), "INT4");
    assert_string_equal(octet_tensor_type_name(200), "?");
}

static void options_have_a_table_and_fit_into_it(void **state) {
    (void)state;
    for (int i = 0; i < OCTET_N_OPERATORS; i++) {
        const octet_operator_code code = (octet_operator_code)i;
        const octet_option_list list = octet_options_of(code);
        const octet_tflite_options place = octet_tflite_options_of(code);
        const bool is_custom = octet_builtin_of(code) == OCTET_BUILTIN_CUSTOM;
        if (list.n > 0 && !is_custom && place.type == 0) fail_msg("%s has no options table", octet_operator_name(code));
        if (is_custom) assert_int_equal(place.type, 0);
        assert_true(place.first_field + list.n <= OCTET_FLATBUFFER_MAX_FIELDS);
    }
    assert_int_equal(octet_tflite_options_of(OCTET_OP_RESIZE_BILINEAR).first_field, 2);
}

static void a_higher_version_needs_no_older_release(void **state) {
    (void)state;
    for (int i = 0; i < OCTET_N_OPERATORS; i++) {
        uint32_t before = OCTET_OLDEST_RELEASE;
        for (int32_t version = 1; version < 16; version++) {
            const uint32_t release = octet_version_release((octet_operator_code)i, version);
            assert_true(release >= before);
            before = release;
        }
    }
    assert_int_equal(octet_version_release(OCTET_OP_ABS, 1), OCTET_OLDEST_RELEASE);
    assert_int_equal(octet_version_release(OCTET_OP_ABS, 3), 204);
    assert_int_equal(octet_version_release(OCTET_OP_ABS, 5), 212);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_operator_has_its_number),
        cmocka_unit_test(unknown_numbers_have_no_operator),
        cmocka_unit_test(types_go_there_and_back),
        cmocka_unit_test(options_have_a_table_and_fit_into_it),
        cmocka_unit_test(a_higher_version_needs_no_older_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
