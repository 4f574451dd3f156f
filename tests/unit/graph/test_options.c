/* Options of operators, one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "graph/options.h"

static octet_option_value get(octet_operator_code code, const char *name, const octet_options *options) {
    const octet_option_list list = octet_options_of(code);
    for (uint32_t i = 0; i < list.n; i++)
        if (strcmp(octet_option_name(&list.items[i]), name) == 0) return octet_option_get(&list.items[i], options);
    fail_msg("%s has no option %s", octet_operator_name(code), name);
    return (octet_option_value){0};
}

static void options_say_their_values(void **state) {
    (void)state;
    const octet_options conv = {.conv_2d = {.padding = OCTET_PADDING_VALID,
                                            .activation = OCTET_ACTIVATION_RELU6,
                                            .stride_w = 2,
                                            .stride_h = 1,
                                            .dilation_w = 1,
                                            .dilation_h = 1,
                                            .quantized_bias_type = OCTET_INT32}};
    assert_string_equal(get(OCTET_OP_CONV_2D, "padding", &conv).word, "VALID");
    assert_string_equal(get(OCTET_OP_CONV_2D, "activation", &conv).word, "RELU6");
    assert_string_equal(get(OCTET_OP_CONV_2D, "quantized_bias_type", &conv).word, "int32");
    assert_int_equal(get(OCTET_OP_CONV_2D, "stride_w", &conv).integer, 2);
    assert_false(get(OCTET_OP_CONV_2D, "stride_h", &conv).is_usual);
    assert_true(get(OCTET_OP_CONV_2D, "dilation_w", &conv).is_usual);
    const octet_options softmax = {.softmax = {.beta = 0.5f}};
    assert_true(get(OCTET_OP_SOFTMAX, "beta", &softmax).real == 0.5f);
    assert_false(get(OCTET_OP_SOFTMAX, "beta", &softmax).is_usual);
    const octet_options sum = {.arithmetic = {.pot_scale_int16 = true}};
    assert_true(get(OCTET_OP_ADD, "pot_scale_int16", &sum).is_usual);
    const octet_options squeeze = {.squeeze = {.n_dims = 2, .dims = {1, 3}}};
    assert_int_equal(get(OCTET_OP_SQUEEZE, "dims", &squeeze).n_list, 2);
    assert_int_equal(get(OCTET_OP_SQUEEZE, "dims", &squeeze).list[1], 3);
    assert_int_equal(octet_options_of(OCTET_OP_ABS).n, 0);
}

static void equal_options_are_told_from_others(void **state) {
    (void)state;
    octet_options a = {.squeeze = {.n_dims = 1, .dims = {1, 7}}}, b = {.squeeze = {.n_dims = 1, .dims = {1, 8}}};
    assert_true(octet_options_equal(OCTET_OP_SQUEEZE, &a, &b)); /* what lies behind the list does not count */
    b.squeeze.dims[0] = 2;
    assert_false(octet_options_equal(OCTET_OP_SQUEEZE, &a, &b));
    a = (octet_options){.leaky_relu = {.alpha = 0.0f}}, b = (octet_options){.leaky_relu = {.alpha = -0.0f}};
    assert_false(octet_options_equal(OCTET_OP_LEAKY_RELU, &a, &b));
    assert_true(octet_options_equal(OCTET_OP_ABS, &a, &b));
    a = (octet_options){.gather = {.axis = 1}}, b = (octet_options){.gather = {.axis = 1, .batch_dims = 1}};
    assert_false(octet_options_equal(OCTET_OP_GATHER, &a, &b));
    assert_true(octet_options_equal(OCTET_OP_GATHER, &a, &a));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_say_their_values),
        cmocka_unit_test(equal_options_are_told_from_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
