/* Layers of activations and products, in both dialects: what they compute from [1, 2, 3, 4, -5, 6]. */
#include "support/keras_run.h"

static const float x[6] = {1, 2, 3, 4, -5, 6};

static const struct {
    int version; /* 0: both */
    const char *layer;
    size_t n;
    float expected[6];
} cases[] = {
    {2, LAYER("LeakyReLU", "\"alpha\": 0.25"), 6, {1, 2, 3, 4, -1.25f, 6}},
    {2, LAYER("LeakyReLU", "\"trainable\": true"), 6, {1, 2, 3, 4, -1.5f, 6}},
    {3, LAYER("LeakyReLU", "\"negative_slope\": 0.5"), 6, {1, 2, 3, 4, -2.5f, 6}},
    {0, LAYER("ELU", "\"alpha\": 1.0"), 6, {1, 2, 3, 4, -0.99326205f, 6}},
    {0, LAYER("ELU", "\"alpha\": 0.5"), 6, {1, 2, 3, 4, -0.49663103f, 6}},
    {2, LAYER("ThresholdedReLU", "\"theta\": 2.0"), 6, {0, 0, 3, 4, 0, 6}},
    {0, LAYER("ReLU", "\"max_value\": null, \"negative_slope\": 0.5, \"threshold\": 0.0"), 6, {1, 2, 3, 4, -2.5f, 6}},
    {0,
     LAYER("ReLU", "\"max_value\": 4.0, \"negative_slope\": 0.5, \"threshold\": 2.0"),
     6,
     {-0.5f, 0, 3, 4, -3.5f, 4}},
    {3, LAYER("Activation", "\"activation\": \"glu\""), 3, {0.9820138f, 0.013385702f, 2.992582f}},
    {3,
     LAYER("Activation", "\"activation\": \"gelu\""),
     6,
     {0.8413447f, 1.9544997f, 2.9959502f, 3.9998734f, -1.4332579e-6f, 6}},
    {0, LAYER("Activation", "\"activation\": null"), 6, {1, 2, 3, 4, -5, 6}},
    {0,
     LAYER("Activation", "\"activation\": \"softsign\""),
     6,
     {0.5f, 0.6666667f, 0.75f, 0.8f, -0.8333333f, 0.85714287f}},
};

static void activations_compute_what_they_say(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int version = 2; version <= 3; version++) {
            float found[KERAS_RUN_MOST];
            if (cases[i].version != 0 && cases[i].version != version) continue;
            assert_int_equal(keras_run(version, "6", cases[i].layer, "", x, 6, found), cases[i].n);
            keras_expect_near(found, cases[i].expected, cases[i].n, cases[i].layer);
        }
    }
}

/* Weights of the tests start with these numbers. */
static float weight(int i) { return 0.5f * sinf((float)i + 1.0f); }

/* Rows of n_in numbers times a matrix [n_in, n_out], plus a bias. */
static void expect_product(const char *layer, const char *weights, bool has_bias, int n_in, int n_out,
                           const char *shape) {
    for (int version = 2; version <= 3; version++) {
        float found[KERAS_RUN_MOST], expected[KERAS_RUN_MOST];
        const int rows = 6 / n_in;
        for (int i = 0; i < rows * n_out; i++) {
            expected[i] = has_bias ? weight(i % n_out) : 0.0f;
            for (int k = 0; k < n_in; k++) expected[i] += x[i / n_out * n_in + k] * weight(k * n_out + i % n_out);
        }
        assert_int_equal(keras_run(version, shape, layer, weights, x, 6, found), rows * n_out);
        for (int i = 0; i < rows * n_out; i++)
            if (!(fabsf(found[i] - expected[i]) <= 1e-5f))
                fail_msg("%s: result %d is %g, expected %g", layer, i, (double)found[i], (double)expected[i]);
    }
}

static void einsums_are_products_over_the_last_axes(void **state) {
    (void)state;
    expect_product(
        LAYER("EinsumDense", "\"equation\": \"abc,cd->abd\", \"output_shape\": [2, 2], \"bias_axes\": \"d\""), "3,2 2",
        true, 3, 2, "2, 3");
    expect_product(
        LAYER("EinsumDense", "\"equation\": \"...c,cd->...d\", \"output_shape\": [2, 4], \"bias_axes\": null"), "3,4",
        false, 3, 4, "2, 3");
    expect_product(
        LAYER("EinsumDense", "\"equation\": \"abc,bcde->ade\", \"output_shape\": [2, 2], \"bias_axes\": \"de\""),
        "2,3,2,2 2,2", true, 6, 4, "2, 3");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(activations_compute_what_they_say),
                                       cmocka_unit_test(einsums_are_products_over_the_last_axes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
