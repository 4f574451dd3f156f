/* Layers of preprocessing against what Keras makes of the same numbers. */
#include "support/keras_run.h"

enum { MOST = KERAS_RUN_MOST };

static const struct {
    const char *name, *shape, *layer, *weights;
    size_t n_in, n_out;
    float x[16], y[32];
} cases[] = {
    {"one_hot",
     "1",
     LAYER("CategoryEncoding", "\"num_tokens\": 3, \"output_mode\": \"one_hot\""),
     "",
     1,
     3,
     {2},
     {0, 0, 1}},
    {"multi_hot",
     "4",
     LAYER("CategoryEncoding", "\"num_tokens\": 4, \"output_mode\": \"multi_hot\""),
     "",
     4,
     4,
     {1, 3, 1, 0},
     {1, 1, 0, 1}},
    {"count",
     "4",
     LAYER("CategoryEncoding", "\"num_tokens\": 4, \"output_mode\": \"count\""),
     "",
     4,
     4,
     {1, 3, 1, 0},
     {1, 2, 0, 1}},
    {"bins",
     "1",
     LAYER("Discretization", "\"bin_boundaries\": [-1, 0, 0.5], \"output_mode\": \"one_hot\""),
     "",
     1,
     4,
     {-1},
     {0, 1, 0, 0}},
    {"bins of several",
     "5",
     LAYER("Discretization", "\"bin_boundaries\": [-1, 0, 0.5], \"output_mode\": \"count\""),
     "",
     5,
     4,
     {-2, -1, 0.25f, 7, 0.5f},
     {1, 1, 1, 2}},
    /* 2 x 5 of 4 x 4: a row of its four has these proportions; it is enlarged. */
    {"a crop of more than there is",
     "4,4,1",
     LAYER("CenterCrop", "\"height\": 2, \"width\": 5"),
     "",
     16,
     10,
     {9, 9, 9, 9, 0, 5, 10, 15, 20, 25, 30, 35, 9, 9, 9, 9},
     {0, 3.5f, 7.5f, 11.5f, 15, 0, 3.5f, 7.5f, 11.5f, 15}},
};

static void codes_are_those_of_keras(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float found[MOST];
        assert_int_equal(
            keras_run(2, cases[i].shape, cases[i].layer, cases[i].weights, cases[i].x, cases[i].n_in, found),
            cases[i].n_out);
        keras_expect_near(found, cases[i].y, cases[i].n_out, cases[i].name);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(codes_are_those_of_keras)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
