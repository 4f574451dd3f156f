/* Recurrent layers against others that must give the same numbers. Weights all start from the same numbers, so that
 * layers of equal shapes have equal weights. */
#include "support/keras_run.h"

enum { MOST = KERAS_RUN_MOST };

static const float sequence[8] = {0.5f, -2, 1, 0.25f, -0.75f, 0, 1.5f, -0.5f};

#define RNN(cells, more)                                                                                            \
    LAYER("RNN", "\"cell\": {\"class_name\": \"StackedRNNCells\", \"config\": {\"name\": \"s\", \"cells\": [" cells \
                 "]}}" more)
#define CELLS LAYER("GRUCell", "\"units\": 3, \"reset_after\": true") ", " LAYER("LSTMCell", "\"units\": 2")
#define GRU(more) LAYER("GRU", "\"units\": 3, \"reset_after\": true, \"return_sequences\": true" more)

static void stacked_cells_are_layers_in_a_row(void **state) {
    (void)state;
    static const char weights[] = "2,9 3,9 2,9 3,8 2,8 8";
    static const char *const pairs[][2] = {
        {RNN(CELLS, ""), GRU("") ", " LAYER("LSTM", "\"units\": 2")},
        {RNN(CELLS, ", \"return_sequences\": true"),
         GRU("") ", " LAYER("LSTM", "\"units\": 2, \"return_sequences\": true")},
        {RNN(CELLS, ", \"go_backwards\": true"), GRU(", \"go_backwards\": true") ", " LAYER("LSTM", "\"units\": 2")},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        float found[MOST], expected[MOST];
        const size_t n = keras_run(3, "4,2", pairs[i][0], weights, sequence, 8, found);
        assert_int_equal(keras_run(3, "4,2", pairs[i][1], weights, sequence, 8, expected), n);
        keras_expect_near(found, expected, n, pairs[i][0]);
    }
}

/* With a kernel of one cell on one cell. */
static void a_convolution_of_one_cell_is_an_lstm(void **state) {
    (void)state;
    static const char convolution[] = LAYER(
        "ConvLSTM2D",
        "\"filters\": 3, \"kernel_size\": [1, 1], \"recurrent_activation\": \"sigmoid\", \"return_sequences\": true");
    static const char backwards[] =
        LAYER("ConvLSTM1D", "\"filters\": 3, \"kernel_size\": [1], \"recurrent_activation\": \"sigmoid\", "
                            "\"return_sequences\": true, \"go_backwards\": true, \"use_bias\": false");
    float found[MOST], expected[MOST];
    assert_int_equal(keras_run(3, "4,1,1,2", convolution, "1,1,2,12 1,1,3,12 12", sequence, 8, found), 12);
    assert_int_equal(keras_run(3, "4,2", LAYER("LSTM", "\"units\": 3, \"return_sequences\": true"), "2,12 3,12 12",
                               sequence, 8, expected),
                     12);
    keras_expect_near(found, expected, 12, "ConvLSTM2D");
    assert_int_equal(keras_run(2, "4,1,2", backwards, "1,2,12 1,3,12", sequence, 8, found), 12);
    assert_int_equal(
        keras_run(
            2, "4,2",
            LAYER("LSTM", "\"units\": 3, \"return_sequences\": true, \"go_backwards\": true, \"use_bias\": false"),
            "2,12 3,12", sequence, 8, expected),
        12);
    keras_expect_near(found, expected, 12, "ConvLSTM1D");
}

/* The state's convolution is padded, whatever that of the input is: cells at the rim hear of fewer neighbours. */
static void the_state_is_convolved_over_its_neighbours(void **state) {
    (void)state;
    static const char layer[] =
        LAYER("ConvLSTM1D",
              "\"filters\": 1, \"kernel_size\": [3], \"recurrent_activation\": \"linear\", \"activation\": \"linear\", "
              "\"use_bias\": false");
    static const float x[10] = {1, 0, 2, 0, 1, 0, 1, 0, 3, 0};
    float found[MOST], h[3], c[3], w[12], expected[3];
    for (int i = 0; i < 12; i++) w[i] = 0.5f * sinf((float)i + 1.0f); /* as keras_run makes weights: [3,1,4] */
    for (int at = 0; at < 3; at++) {
        float gates[4] = {0};
        for (int k = 0; k < 12; k++) gates[k % 4] += x[at + k / 4] * w[k];
        c[at] = gates[0] * gates[2];
        h[at] = gates[3] * c[at];
    }
    for (int at = 0; at < 3; at++) {
        float gates[4] = {0};
        for (int k = 0; k < 12; k++) {
            gates[k % 4] += x[5 + at + k / 4] * w[k];
            if (at + k / 4 >= 1 && at + k / 4 <= 3) gates[k % 4] += h[at + k / 4 - 1] * w[k];
        }
        expected[at] = gates[3] * (gates[1] * c[at] + gates[0] * gates[2]);
    }
    assert_int_equal(keras_run(3, "2,5,1", layer, "3,1,4 3,1,4", x, 10, found), 3);
    keras_expect_near(found, expected, 3, layer);
}

/* Of an input [2,2,2], whose first dimension the file fixes. */
static size_t run_fixed(const char *layers, const char *weights, const float *x, float *y) {
    char model[2048];
    const int length = snprintf(model, sizeof model,
                                "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": "
                                "[{\"class_name\": \"InputLayer\", \"config\": {\"name\": \"in\", "
                                "\"batch_input_shape\": [2, 2, 2]}}, %s]}}",
                                layers);
    assert_in_range(length, 1, sizeof model - 1);
    return keras_run_model(2, model, weights, x, 8, y);
}

/* [2,2,n] with its first two axes exchanged. */
static void turn(const float *x, size_t n, float *y) {
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < 2; j++) memcpy(y + (j * 2 + i) * n, x + (i * 2 + j) * n, n * sizeof *x);
}

static void time_major_layers_read_steps_before_batch(void **state) {
    (void)state;
    static const struct {
        const char *class_name, *config, *weights;
        size_t n; /* numbers in a step of the results; 0: the last step only */
    } cases[] = {
        {"LSTM", "\"units\": 3, \"return_sequences\": true", "2,12 3,12 12", 3},
        {"LSTM", "\"units\": 3", "2,12 3,12 12", 0},
        {"LSTM", "\"units\": 3, \"return_sequences\": true, \"unroll\": true", "2,12 3,12 12", 3},
        {"GRU", "\"units\": 3, \"reset_after\": true, \"return_sequences\": true, \"go_backwards\": true",
         "2,9 3,9 2,9", 3},
        {"SimpleRNN", "\"units\": 3, \"return_sequences\": true", "2,3 3,3 3", 3},
        {"RNN", "\"return_sequences\": true, \"cell\": " LAYER("GRUCell", "\"units\": 3, \"reset_after\": true"),
         "2,9 3,9 2,9", 3},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char layer[2][512];
        float turned[8], found[MOST], expected[MOST], back[MOST];
        for (int j = 0; j < 2; j++)
            snprintf(layer[j], sizeof layer[j],
                     "{\"class_name\": \"%s\", \"config\": {\"name\": \"x\", %s, \"time_major\": %s}}",
                     cases[i].class_name, cases[i].config, j == 0 ? "false" : "true");
        const size_t n = run_fixed(layer[0], cases[i].weights, sequence, expected);
        turn(sequence, 2, turned);
        assert_int_equal(run_fixed(layer[1], cases[i].weights, turned, found), n);
        if (cases[i].n > 0) turn(found, cases[i].n, back);
        keras_expect_near(cases[i].n > 0 ? back : found, expected, n, layer[1]);
    }
}

static void the_later_half_of_a_time_major_bidirectional_goes_back_in_time(void **state) {
    (void)state;
    static const char *const layers[2] = {
        LAYER("Bidirectional",
              "\"layer\": " LAYER("LSTM", "\"units\": 1, \"return_sequences\": true, \"time_major\": false")),
        LAYER("Bidirectional",
              "\"layer\": " LAYER("LSTM", "\"units\": 1, \"return_sequences\": true, \"time_major\": true"))};
    float turned[8], found[MOST], expected[MOST], back[MOST];
    turn(sequence, 2, turned);
    assert_int_equal(run_fixed(layers[0], "2,4 1,4 4 2,4 1,4 4", sequence, expected), 8);
    assert_int_equal(run_fixed(layers[1], "2,4 1,4 4 2,4 1,4 4", turned, found), 8);
    turn(found, 2, back);
    keras_expect_near(back, expected, 8, layers[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stacked_cells_are_layers_in_a_row),
        cmocka_unit_test(a_convolution_of_one_cell_is_an_lstm),
        cmocka_unit_test(the_state_is_convolved_over_its_neighbours),
        cmocka_unit_test(time_major_layers_read_steps_before_batch),
        cmocka_unit_test(the_later_half_of_a_time_major_bidirectional_goes_back_in_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
