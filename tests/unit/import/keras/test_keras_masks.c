/* Masked sequences against the same layers on what is left of them when the masked steps are cut out. */
#include "support/keras_run.h"

enum { FEATURES = 2, MOST = KERAS_RUN_MOST };

#define MASKING(value) LAYER("Masking", "\"mask_value\": " value) ", "
#define BOTH(layer)                                                                                     \
    "{\"class_name\": \"Bidirectional\", \"config\": {\"name\": \"both\", \"merge_mode\": \"concat\", " \
    "\"layer\": " layer "}}"

/* A cell for each step; a Reshape alone would end the mask. */
#define CELLS                                                                                          \
    LAYER("TimeDistributed", "\"layer\": {\"class_name\": \"Reshape\", \"config\": {\"name\": \"r\", " \
                             "\"target_shape\": [1, 2]}}")                                             \
    ", "
#define CONV_LSTM(more) \
    LAYER("ConvLSTM1D", "\"filters\": 3, \"kernel_size\": [1], \"recurrent_activation\": \"sigmoid\"" more)

/* Steps 0, 2, 5 of six are masked. */
static const float padded[6 * FEATURES] = {-2, -2, 0.5f, -2, -2, -2, 1, 0.25f, -0.75f, 0, -2, -2};
static const float left[3 * FEATURES] = {0.5f, -2, 1, 0.25f, -0.75f, 0};

static const struct {
    const char *layer, *weights;
} recurrent[] = {
    {LAYER("LSTM", "\"units\": 3, \"unroll\": true"), "2,12 3,12 12"},
    {LAYER("GRU", "\"units\": 3, \"reset_after\": true"), "2,9 3,9 2,9"},
    {LAYER("GRU", "\"units\": 3, \"reset_after\": false, \"use_bias\": false"), "2,9 3,9"},
    {LAYER("SimpleRNN", "\"units\": 3"), "2,3 3,3 3"},
    {CELLS CONV_LSTM(""), "1,2,12 1,3,12 12"},
    {CELLS CONV_LSTM(", \"go_backwards\": true"), "1,2,12 1,3,12 12"},
    {CELLS CONV_LSTM(", \"return_sequences\": true") ", " CONV_LSTM(""), "1,2,12 1,3,12 12 1,3,12 1,3,12 12"},
    {CELLS BOTH(CONV_LSTM("")), "1,2,12 1,3,12 12 1,2,12 1,3,12 12"},
    {LAYER("RNN", "\"unroll\": true, \"cell\": " LAYER("LSTMCell", "\"units\": 3")), "2,12 3,12 12"},
    {BOTH(LAYER("GRU", "\"units\": 3, \"reset_after\": true")), "2,9 3,9 2,9 2,9 3,9 2,9"},
};

static void masked_steps_leave_the_state(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof recurrent / sizeof *recurrent; i++) {
        char masked[1024];
        float found[MOST], expected[MOST];
        snprintf(masked, sizeof masked, MASKING("-2") "%s", recurrent[i].layer);
        const size_t n = keras_run(2, "6,2", masked, recurrent[i].weights, padded, 6 * FEATURES, found);
        assert_int_equal(keras_run(2, "3,2", recurrent[i].layer, recurrent[i].weights, left, 3 * FEATURES, expected),
                         n);
        keras_expect_near(found, expected, n, recurrent[i].layer);
    }
}

/* Of results at every step: a masked one repeats that before it, zeros at first; in a Bidirectional it is zero. */
static void masked_results_repeat_or_are_zero(void **state) {
    (void)state;
    static const int source[6] = {-1, 0, 0, 1, 2, 2};
    static const char gru[] = LAYER("GRU", "\"units\": 3, \"return_sequences\": true");
    float found[MOST], plain[MOST], expected[MOST] = {0};
    assert_int_equal(keras_run(2, "3,2", gru, "2,9 3,9 9", left, 3 * FEATURES, plain), 9);
    assert_int_equal(keras_run(2, "6,2", MASKING("-2") LAYER("GRU", "\"units\": 3, \"return_sequences\": true"),
                               "2,9 3,9 9", padded, 12, found),
                     18);
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 3 && source[i] >= 0; j++) expected[3 * i + j] = plain[3 * source[i] + j];
    }
    keras_expect_near(found, expected, 18, "GRU");
    memset(expected, 0, sizeof expected);
    assert_int_equal(keras_run(2, "3,2", BOTH(LAYER("GRU", "\"units\": 3, \"return_sequences\": true")),
                               "2,9 3,9 9 2,9 3,9 9", left, 6, plain),
                     18);
    assert_int_equal(keras_run(2, "6,2", MASKING("-2") BOTH(LAYER("GRU", "\"units\": 3, \"return_sequences\": true")),
                               "2,9 3,9 9 2,9 3,9 9", padded, 12, found),
                     36);
    static const int kept[3] = {1, 3, 4};
    for (int i = 0; i < 3; i++) memcpy(expected + 6 * kept[i], plain + 6 * i, 6 * sizeof(float));
    keras_expect_near(found, expected, 36, "Bidirectional");
}

/* Both ways in time, Keras 3 makes the masked results of a convolution zero; Keras 2 repeats them, as it does one way.
 */
static void masked_results_of_convolutions(void **state) {
    (void)state;
    static const char weights[] = "1,2,12 1,3,12 12 1,2,12 1,3,12 12";
    static const char both[] = MASKING("-2") CELLS BOTH(CONV_LSTM(", \"return_sequences\": true"));
    static const char plain[] = CELLS BOTH(CONV_LSTM(", \"return_sequences\": true"));
    static const int kept[3] = {1, 3, 4};
    for (int version = 2; version <= 3; version++) {
        float found[MOST], expected[MOST];
        assert_int_equal(keras_run(version, "6,2", both, weights, padded, 12, found), 36);
        assert_int_equal(keras_run(version, "3,2", plain, weights, left, 6, expected), 18);
        for (int i = 0; i < 3; i++) keras_expect_near(found + 6 * kept[i], expected + 6 * i, 6, "Bidirectional");
        static const float zeros[6] = {0};
        const float forward[6] = {expected[0], expected[1], expected[2], expected[9], expected[10], expected[11]};
        keras_expect_near(found + 12, version == 3 ? zeros : forward, 6, "a masked step");
    }
}

static void a_mask_goes_through_layers_that_keep_it(void **state) {
    (void)state;
    static const char layers[] = LAYER("Dense", "\"units\": 2") ", " LAYER("Dropout", "\"rate\": 0.5") ", " LAYER(
        "GlobalAveragePooling1D", "\"keepdims\": false");
    char masked[1024];
    float found[MOST], expected[MOST];
    snprintf(masked, sizeof masked, MASKING("-2") "%s", layers);
    assert_int_equal(keras_run(2, "6,2", masked, "2,2 2", padded, 12, found), 2);
    assert_int_equal(keras_run(2, "3,2", layers, "2,2 2", left, 6, expected), 2);
    keras_expect_near(found, expected, 2, "GlobalAveragePooling1D");
}

static void an_embedding_masks_zero(void **state) {
    (void)state;
    static const float indices[5] = {3, 0, 1, 0, 0}, shorter[2] = {3, 1};
    for (int version = 2; version <= 3; version++) {
        float found[MOST], expected[MOST];
        assert_int_equal(
            keras_run(version, "5",
                      LAYER("Embedding", "\"input_dim\": 4, \"output_dim\": 2, \"mask_zero\": true") ", " LAYER(
                          "SimpleRNN", "\"units\": 3"),
                      "4,2 2,3 3,3 3", indices, 5, found),
            3);
        assert_int_equal(
            keras_run(version, "2",
                      LAYER("Embedding", "\"input_dim\": 4, \"output_dim\": 2") ", " LAYER("SimpleRNN", "\"units\": 3"),
                      "4,2 2,3 3,3 3", shorter, 2, expected),
            3);
        keras_expect_near(found, expected, 3, "Embedding");
    }
}

#define NODE(class_name, name, config, inbound)                                                               \
    "{\"class_name\": \"" class_name "\", \"name\": \"" name "\", \"config\": {\"name\": \"" name "\"" config \
    "}, \"inbound_nodes\": [" inbound "]}"
#define TWO_MASKS(joint)                                                                                               \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [" NODE(                             \
        "InputLayer", "in", ", \"batch_input_shape\": [null, 4, 2]",                                                   \
        "") ", " NODE("Masking", "a", ", \"mask_value\": -2",                                                          \
                      "[[\"in\", 0, 0, {}]]") ", " NODE("Masking", "b", ", \"mask_value\": 3",                         \
                                                        "[[\"in\", 0, 0, {}]]") ", " joint                             \
                                                                                ", " NODE(                             \
                                                                                    "GlobalAveragePooling1D", "mean",  \
                                                                                    "",                                \
                                                                                    "[[\"joint\", 0, 0, {}]]") "], "   \
                                                                                                               "\"inp" \
                                                                                                               "ut_"   \
                                                                                                               "layer" \
                                                                                                               "s\": " \
                                                                                                               "[["    \
                                                                                                               "\"in"  \
                                                                                                               "\", "  \
                                                                                                               "0, "   \
                                                                                                               "0]], " \
                                                                                                               "\"out" \
                                                                                                               "put_"  \
                                                                                                               "layer" \
                                                                                                               "s\": " \
                                                                                                               "[["    \
                                                                                                               "\"mea" \
                                                                                                               "n\", " \
                                                                                                               "0, "   \
                                                                                                               "0]]}}"

/* Where two masks meet, Keras 2 keeps the steps of both, Keras 3 those of either, and all of them beside a sequence
 * without a mask. */
static void masks_meet_as_the_version_has_it(void **state) {
    (void)state;
    static const float x[8] = {-2, -2, 3, 3, 1, 2, 0.5f, 4};
    static const struct {
        const char *model;
        size_t n;
        float expected[2][4]; /* of Keras 2 and 3 */
    } cases[] = {
        {TWO_MASKS(NODE("Add", "joint", "", "[[\"a\", 0, 0, {}], [\"b\", 0, 0, {}]]")), 2, {{1.5f, 6}, {1, 3.25f}}},
        {TWO_MASKS(NODE("Add", "joint", "", "[[\"a\", 0, 0, {}], [\"in\", 0, 0, {}]]")), 2, {{3, 6}, {1.75f, 4}}},
        {TWO_MASKS(NODE("Concatenate", "joint", ", \"axis\": -1", "[[\"a\", 0, 0, {}], [\"b\", 0, 0, {}]]")),
         4,
         {{0.75f, 3, 0.75f, 3}, {1.125f, 2.25f, -0.125f, 1}}},
        {TWO_MASKS(NODE("Concatenate", "joint", ", \"axis\": 1", "[[\"a\", 0, 0, {}], [\"b\", 0, 0, {}]]")),
         2,
         {{2.0f / 3, 13.0f / 6}, {2.0f / 3, 13.0f / 6}}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int version = 2; version <= 3; version++) {
            float found[MOST];
            assert_int_equal(keras_run_model(version, cases[i].model, "", x, 8, found), cases[i].n);
            keras_expect_near(found, cases[i].expected[version - 2], cases[i].n, cases[i].model);
        }
    }
}

/* Keras 3 finds no mask for a call with an initial state; Keras 2 does. */
static void an_initial_state_hides_the_mask_in_keras_3(void **state) {
    (void)state;
    static const float x[8] = {1, 2, 0.5f, 4, -2, -2, -2, -2};
    static const char model[] = "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [" NODE(
        "InputLayer", "in", ", \"batch_input_shape\": [null, 4, 2]",
        "") ", " NODE("GlobalMaxPooling1D", "h", "",
                      "[[\"in\", 0, 0, {}]]") ", " NODE("Masking", "a", ", \"mask_value\": -2",
                                                        "[[\"in\", 0, 0, {}]]") ", " NODE("SimpleRNN", "r",
                                                                                          ", \"units\": 2",
                                                                                          "[[\"a\", 0, 0, "
                                                                                          "{\"initial_state\": [\"h\", "
                                                                                          "0, 0]}]]") "], "
                                                                                                      "\"input_"
                                                                                                      "layers\": "
                                                                                                      "[[\"in\", 0, "
                                                                                                      "0]], "
                                                                                                      "\"output_"
                                                                                                      "layers\": "
                                                                                                      "[[\"r\", 0, "
                                                                                                      "0]]}}";
    float found[2][MOST], w[4], h[2];
    for (int i = 0; i < 4; i++) w[i] = 0.5f * sinf((float)i + 1.0f); /* as keras_run makes weights: every one of them */
    for (int version = 2; version <= 3; version++) {
        assert_int_equal(keras_run_model(version, model, "2,2 2,2 2", x, 8, found[version - 2]), 2);
        h[0] = 1, h[1] = 4;
        for (int step = 0; step < (version == 2 ? 2 : 4); step++) {
            const float *in = step < 2 ? x + 2 * step : (const float[2]){0, 0};
            const float next[2] = {tanhf(in[0] * w[0] + in[1] * w[2] + w[0] + h[0] * w[0] + h[1] * w[2]),
                                   tanhf(in[0] * w[1] + in[1] * w[3] + w[1] + h[0] * w[1] + h[1] * w[3])};
            memcpy(h, next, sizeof h);
        }
        keras_expect_near(found[version - 2], h, 2, version == 2 ? "Keras 2" : "Keras 3");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masked_steps_leave_the_state),
        cmocka_unit_test(masked_results_repeat_or_are_zero),
        cmocka_unit_test(masked_results_of_convolutions),
        cmocka_unit_test(a_mask_goes_through_layers_that_keep_it),
        cmocka_unit_test(an_embedding_masks_zero),
        cmocka_unit_test(masks_meet_as_the_version_has_it),
        cmocka_unit_test(an_initial_state_hides_the_mask_in_keras_3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
