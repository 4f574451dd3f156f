/* The table of Keras classes: names, aliases, and that each row can be acted upon. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "import/keras/class.h"

static void names_and_aliases_lead_to_their_row(void **state) {
    (void)state;
    assert_string_equal(octet_keras_class_find("Dense")->name, "Dense");
    assert_string_equal(octet_keras_class_find("MaxPool2D")->name, "MaxPooling2D");
    assert_string_equal(octet_keras_class_find("GroupQueryAttention")->name, "GroupedQueryAttention");
    assert_string_equal(octet_keras_class_find("Custom>LayerScale")->name, "LayerScale");
    assert_null(octet_keras_class_find("MaxPool"));
    assert_null(octet_keras_class_find(""));
    assert_true(octet_keras_class_operation()->is_function);
}

static void an_older_name_has_the_facts_of_its_class(void **state) {
    (void)state;
    assert_true(octet_keras_class_find("LSTMV2")->is_recurrent);
    assert_int_equal(octet_keras_class_find("BatchNormalizationV1")->mask, OCTET_KERAS_MASK_PASSED);
    assert_int_equal(octet_keras_class_find("GlobalAvgPool2D")->n_axes, 2);
}

static void every_row_is_written_or_refused_and_has_its_names_alone(void **state) {
    (void)state;
    const octet_keras_class *class = NULL;
    for (uint32_t i = 0; (class = octet_keras_class_at(i)) != NULL; i++) {
        const int n = (class->write != NULL) + class->is_function + (class->refusal != NULL);
        if (n != 1) fail_msg("%s is written in %d ways", class->name, n);
        if (octet_keras_class_find(class->name) != class) fail_msg("%s is named twice", class->name);
        char words[128];
        snprintf(words, sizeof words, "%s", class->aliases != NULL ? class->aliases : "");
        for (char *word = strtok(words, " "); word != NULL; word = strtok(NULL, " "))
            if (octet_keras_class_find(word) != class) fail_msg("%s of %s is named twice", word, class->name);
    }
}

static void attributes_of_the_class_of_every_layer_and_of_training_are_known(void **state) {
    (void)state;
    const octet_keras_class *dense = octet_keras_class_find("Dense");
    assert_true(octet_keras_class_knows(dense, "units"));
    assert_true(octet_keras_class_knows(dense, "trainable"));
    assert_true(octet_keras_class_knows(dense, "moon_initializer"));
    assert_false(octet_keras_class_knows(dense, "moon"));
    assert_false(octet_keras_class_knows(dense, "_initializer"));
    assert_true(octet_keras_class_knows(octet_keras_class_find("RandomFlip"), "moon"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_aliases_lead_to_their_row),
        cmocka_unit_test(an_older_name_has_the_facts_of_its_class),
        cmocka_unit_test(every_row_is_written_or_refused_and_has_its_names_alone),
        cmocka_unit_test(attributes_of_the_class_of_every_layer_and_of_training_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
