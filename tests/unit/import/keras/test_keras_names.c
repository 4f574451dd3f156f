/* Names of Keras as text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "import/keras/names.h"

static void snake_case_follows_keras(void **state) {
    (void)state;
    static const char *const names[][2] = {{"Dense", "dense"},
                                           {"Conv2D", "conv2d"},
                                           {"Conv2DTranspose", "conv2d_transpose"},
                                           {"MaxPooling2D", "max_pooling2d"},
                                           {"PReLU", "p_re_lu"},
                                           {"ReLU", "re_lu"},
                                           {"LSTM", "lstm"},
                                           {"DepthwiseConv2D", "depthwise_conv2d"},
                                           {"GlobalAveragePooling2D", "global_average_pooling2d"},
                                           {"MultiHeadAttention", "multi_head_attention"},
                                           {"UpSampling2D", "up_sampling2d"},
                                           {"ELU", "elu"},
                                           {"InputLayer", "input_layer"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char text[64];
        octet_keras_snake_case(names[i][0], text, sizeof text);
        assert_string_equal(text, names[i][1]);
    }
}

static void a_word_is_found_whole_only(void **state) {
    (void)state;
    assert_true(octet_keras_word_in("add add_v2 sub", "add"));
    assert_true(octet_keras_word_in("add add_v2 sub", "sub"));
    assert_true(octet_keras_word_in("add_v2 add", "add"));
    assert_false(octet_keras_word_in("add_v2 sub", "add"));
    assert_false(octet_keras_word_in("add sub", ""));
    assert_false(octet_keras_word_in("", "add"));
}

static void letters_that_differ_are_counted(void **state) {
    (void)state;
    assert_int_equal(octet_keras_name_distance("Conv2D", "conv2d"), 0);
    assert_int_equal(octet_keras_name_distance("Dence", "Dense"), 1);
    assert_int_equal(octet_keras_name_distance("MaxPool2D", "MaxPooling2D"), 3);
    assert_int_equal(octet_keras_name_distance("", "GRU"), 3);
    char name[65] = {0};
    memset(name, 'a', 64);
    assert_true(octet_keras_name_distance(name, "Dense") > 1000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(snake_case_follows_keras),
        cmocka_unit_test(a_word_is_found_whole_only),
        cmocka_unit_test(letters_that_differ_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
