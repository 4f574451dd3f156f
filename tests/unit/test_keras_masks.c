/* Masked sequences against the same layers on what is left of them when the masked steps are cut out. */
#include "support/fixture.h"

#include <math.h>

#include "base/buffer.h"
#include "exec/exec.h"
#include "support/keras_model.h"

enum { FEATURES = 2, MOST = 64 };

/* "4,12 3,12": the dimensions of every weight. */
static size_t parse_weights(const char *text, uint8_t *out) {
    size_t n = 0;
    while (*text != '\0') {
        const size_t rank = n++;
        out[rank] = 0;
        for (char *end; *text != '\0' && *text != ' '; text = *end == ',' ? end + 1 : end, out[rank]++)
            out[n++] = (uint8_t)strtol(text, &end, 10);
        text += *text == ' ';
    }
    return n;
}

/* A Sequential of `layers` (JSON objects, separated by commas) on an input of `shape`, run once. Returns the number of results. */
static size_t run(int version, const char *shape, const char *layers, const char *weights, const float *x, size_t n, float *y) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer json = {0};
    octet_graph *graph;
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    uint8_t dims[64];
    static float numbers[KERAS_MODEL_MAX_ELEMENTS];
    for (size_t i = 0; i < KERAS_MODEL_MAX_ELEMENTS; i++) numbers[i] = 0.5F * sinf((float)i + 1.0F);
    octet_buffer_format(&ctx, &json,
                        "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": [{\"class_name\": \"InputLayer\", "
                        "\"config\": {\"name\": \"in\", \"%s\": [null, %s]}}, %s]}}",
                        version == 3 ? "batch_shape" : "batch_input_shape", shape, layers);
    keras_shapes given = {.bytes = {dims, parse_weights(weights, dims)}, .data = numbers};
    octet_status status = keras_model_build(&ctx, (octet_bytes){json.data, json.size}, version, &given, NULL, &graph);
    octet_buffer_free(&ctx, &json);
    if (status == OCTET_OK) status = octet_exec_create(&ctx, graph, NULL, &exec);
    if (status == OCTET_OK) status = octet_runner_create(&ctx, exec, 1, &runner);
    if (status != OCTET_OK) fail_msg("%s: %s", layers, ctx.message);
    const octet_value *in = &graph->values[graph->inputs[0].value], *out = &graph->values[graph->outputs[0].value];
    assert_int_equal(octet_shape_elements(&in->shape), n);
    memcpy(octet_runner_value(runner, graph->inputs[0].value), x, n * sizeof *x);
    octet_runner_run(runner, NULL);
    const size_t n_results = octet_shape_elements(&out->shape);
    assert_true(n_results <= MOST);
    memcpy(y, octet_runner_value(runner, graph->outputs[0].value), n_results * sizeof *y);
    octet_runner_destroy(&ctx, runner);
    octet_exec_destroy(&ctx, exec);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
    return n_results;
}

static void expect_near(const float *found, const float *expected, size_t n, const char *what) {
    for (size_t i = 0; i < n; i++) {
        if (!(fabsf(found[i] - expected[i]) <= 1e-6F))
            fail_msg("%s: result %zu is %.9g, expected %.9g", what, i, (double)found[i], (double)expected[i]);
    }
}

#define LAYER(name, config) "{\"class_name\": \"" name "\", \"config\": {\"name\": \"" name "\", " config "}}"
#define MASKING(value) LAYER("Masking", "\"mask_value\": " value) ", "
#define BOTH(layer)                                                                                                                        \
    "{\"class_name\": \"Bidirectional\", \"config\": {\"name\": \"both\", \"merge_mode\": \"concat\", \"layer\": " layer "}}"

/* Steps 0, 2, 5 of six are masked. */
static const float padded[6 * FEATURES] = {-2, -2, 0.5F, -2, -2, -2, 1, 0.25F, -0.75F, 0, -2, -2};
static const float left[3 * FEATURES] = {0.5F, -2, 1, 0.25F, -0.75F, 0};

static const struct {
    const char *layer, *weights;
} recurrent[] = {
    {LAYER("LSTM", "\"units\": 3, \"unroll\": true"), "2,12 3,12 12"},
    {LAYER("GRU", "\"units\": 3, \"reset_after\": true"), "2,9 3,9 2,9"},
    {LAYER("GRU", "\"units\": 3, \"reset_after\": false, \"use_bias\": false"), "2,9 3,9"},
    {LAYER("SimpleRNN", "\"units\": 3"), "2,3 3,3 3"},
    {LAYER("RNN", "\"unroll\": true, \"cell\": " LAYER("LSTMCell", "\"units\": 3")), "2,12 3,12 12"},
    {BOTH(LAYER("GRU", "\"units\": 3, \"reset_after\": true")), "2,9 3,9 2,9 2,9 3,9 2,9"},
};

static void masked_steps_leave_the_state(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof recurrent / sizeof *recurrent; i++) {
        char masked[512];
        float found[MOST], expected[MOST];
        snprintf(masked, sizeof masked, MASKING("-2") "%s", recurrent[i].layer);
        const size_t n = run(2, "6,2", masked, recurrent[i].weights, padded, 6 * FEATURES, found);
        assert_int_equal(run(2, "3,2", recurrent[i].layer, recurrent[i].weights, left, 3 * FEATURES, expected), n);
        expect_near(found, expected, n, recurrent[i].layer);
    }
}

/* Of results at every step: a masked one repeats that before it, zeros at first; in a Bidirectional it is zero. */
static void masked_results_repeat_or_are_zero(void **state) {
    (void)state;
    static const int source[6] = {-1, 0, 0, 1, 2, 2};
    static const char gru[] = LAYER("GRU", "\"units\": 3, \"return_sequences\": true");
    float found[MOST], plain[MOST], expected[MOST] = {0};
    assert_int_equal(run(2, "3,2", gru, "2,9 3,9 9", left, 3 * FEATURES, plain), 9);
    assert_int_equal(run(2, "6,2", MASKING("-2") LAYER("GRU", "\"units\": 3, \"return_sequences\": true"), "2,9 3,9 9", padded, 12, found),
                     18);
    for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 3 && source[i] >= 0; j++) expected[3 * i + j] = plain[3 * source[i] + j];
    }
    expect_near(found, expected, 18, "GRU");
    memset(expected, 0, sizeof expected);
    assert_int_equal(run(2, "3,2", BOTH(LAYER("GRU", "\"units\": 3, \"return_sequences\": true")), "2,9 3,9 9 2,9 3,9 9", left, 6, plain),
                     18);
    assert_int_equal(run(2, "6,2", MASKING("-2") BOTH(LAYER("GRU", "\"units\": 3, \"return_sequences\": true")), "2,9 3,9 9 2,9 3,9 9",
                         padded, 12, found),
                     36);
    static const int kept[3] = {1, 3, 4};
    for (int i = 0; i < 3; i++) memcpy(expected + 6 * kept[i], plain + 6 * i, 6 * sizeof(float));
    expect_near(found, expected, 36, "Bidirectional");
}

static void a_mask_goes_through_layers_that_keep_it(void **state) {
    (void)state;
    static const char layers[] =
        LAYER("Dense", "\"units\": 2") ", " LAYER("Dropout", "\"rate\": 0.5") ", " LAYER("GlobalAveragePooling1D", "\"keepdims\": false");
    char masked[512];
    float found[MOST], expected[MOST];
    snprintf(masked, sizeof masked, MASKING("-2") "%s", layers);
    assert_int_equal(run(2, "6,2", masked, "2,2 2", padded, 12, found), 2);
    assert_int_equal(run(2, "3,2", layers, "2,2 2", left, 6, expected), 2);
    expect_near(found, expected, 2, "GlobalAveragePooling1D");
}

static void an_embedding_masks_zero(void **state) {
    (void)state;
    static const float indices[5] = {3, 0, 1, 0, 0}, shorter[2] = {3, 1};
    for (int version = 2; version <= 3; version++) {
        float found[MOST], expected[MOST];
        assert_int_equal(
            run(version, "5",
                LAYER("Embedding", "\"input_dim\": 4, \"output_dim\": 2, \"mask_zero\": true") ", " LAYER("SimpleRNN", "\"units\": 3"),
                "4,2 2,3 3,3 3", indices, 5, found),
            3);
        assert_int_equal(run(version, "2",
                             LAYER("Embedding", "\"input_dim\": 4, \"output_dim\": 2") ", " LAYER("SimpleRNN", "\"units\": 3"),
                             "4,2 2,3 3,3 3", shorter, 2, expected),
                         3);
        expect_near(found, expected, 3, "Embedding");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(masked_steps_leave_the_state),
        cmocka_unit_test(masked_results_repeat_or_are_zero),
        cmocka_unit_test(a_mask_goes_through_layers_that_keep_it),
        cmocka_unit_test(an_embedding_masks_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
