/* The table of activations: its writings, defaults, and that each row says what it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "import/keras/emit/activation.h"

static void every_writing_of_a_name_is_known(void **state) {
    (void)state;
    static const char *const silu[] = {"silu", "swish", "swish_v2", "tf.nn.silu", "keras.activations>silu"};
    for (size_t i = 0; i < sizeof silu / sizeof *silu; i++)
        assert_ptr_equal(octet_keras_activation_find(silu[i]), octet_keras_activation_find("silu"));
    assert_non_null(octet_keras_activation_find("silu"));
    assert_null(octet_keras_activation_find("sil"));
    assert_null(octet_keras_activation_find(""));
    assert_null(octet_keras_activation_find("an activation whose name is longer than any that Keras has ever had"));
}

static void every_row_is_an_operator_a_formula_or_a_function(void **state) {
    (void)state;
    static const char *const names[] = {"linear",         "relu",        "relu6",       "sigmoid",     "tanh",
                                        "softmax",        "log_softmax", "elu",         "selu",        "celu",
                                        "gelu",           "exponential", "softplus",    "softsign",    "mish",
                                        "hard_silu",      "hard_tanh",   "squareplus",  "glu",         "hard_sigmoid",
                                        "log_sigmoid",    "leaky_relu",  "hard_shrink", "tanh_shrink", "soft_shrink",
                                        "sparse_sigmoid", "sparse_plus"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const octet_keras_activation *a = octet_keras_activation_find(names[i]);
        if (a == NULL) fail_msg("%s is unknown", names[i]);
        if ((a->node != NULL) + (a->form != NULL) + (a->apply != NULL) != 1) fail_msg("%s: not one of three", names[i]);
        if (a->general != NULL && a->parameter == NULL) fail_msg("%s: a parameter without a name", names[i]);
    }
}

static void defaults_differ_between_layer_and_function(void **state) {
    (void)state;
    const octet_keras_activation *leaky = octet_keras_activation_find("leaky_relu");
    assert_true(leaky->usual == 0.2f && leaky->of_layer == 0.3f);
    const octet_keras_activation *gelu = octet_keras_activation_find("gelu");
    assert_true(gelu->usual == 0.0f && gelu->of_operation == 1.0f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_writing_of_a_name_is_known),
        cmocka_unit_test(every_row_is_an_operator_a_formula_or_a_function),
        cmocka_unit_test(defaults_differ_between_layer_and_function),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
