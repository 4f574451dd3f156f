/* Attention with masks and over several axes, against the same layer on the steps that the mask leaves. */
#include "support/keras_run.h"

enum { MOST = KERAS_RUN_MOST, STEPS = 5, FEATURES = 2, N = STEPS * FEATURES };

#define NODE(class_name, name, config, inbound)                                                               \
    "{\"class_name\": \"" class_name "\", \"name\": \"" name "\", \"config\": {\"name\": \"" name "\"" config \
    "}, \"inbound_nodes\": [" inbound "]}"
#define MODEL(input, layers, output)                                                                   \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [" input ", " layers \
    "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"" output "\", 0, 0]]}}"
#define CALL(from, arguments) "[[\"" from "\", 0, 0, {\"value\": [\"" from "\", 0, 0]" arguments "}]]"
#define PAIR(from, arguments) "[[\"" from "\", 0, 0, {" arguments "}], [\"" from "\", 0, 0, {" arguments "}]]"

static const float x[N] = {0.5f, -1, 1, 0.25f, -0.75f, 2, 0.125f, -0.5f, -1.5f, 1};

/* Layers whose call ends with the text %s of its arguments, on an input of %d steps. */
static const struct {
    const char *name, *model, *weights;
} layers[] = {
    {"MultiHeadAttention",
     MODEL("%s", NODE("MultiHeadAttention", "a", ", \"num_heads\": 2, \"key_dim\": 3", CALL("%s", "%s")), "a"),
     "2,2,3 2,3 2,2,3 2,3 2,2,3 2,3 2,3,2 2"},
    {"MultiHeadAttention that drops in training",
     MODEL("%s",
           NODE("MultiHeadAttention", "a", ", \"num_heads\": 2, \"key_dim\": 3, \"dropout\": 0.5", CALL("%s", "%s")),
           "a"),
     "2,2,3 2,3 2,2,3 2,3 2,2,3 2,3 2,3,2 2"},
    {"GroupedQueryAttention",
     MODEL("%s",
           NODE("GroupedQueryAttention", "a", ", \"head_dim\": 3, \"num_query_heads\": 4, \"num_key_value_heads\": 2",
                CALL("%s", "%s")),
           "a"),
     "2,4,3 4,3 2,2,3 2,3 2,2,3 2,3 4,3,2 2"},
    {"Attention", MODEL("%s", NODE("Attention", "a", ", \"use_scale\": true", PAIR("%s", "%s")), "a"), " "},
    {"Attention by concatenation",
     MODEL("%s", NODE("Attention", "a", ", \"score_mode\": \"concat\"", PAIR("%s", "%s")), "a"), " "},
    {"AdditiveAttention", MODEL("%s", NODE("AdditiveAttention", "a", "", PAIR("%s", "%s")), "a"), "2"},
};

#define INPUT \
    "{\"class_name\": \"InputLayer\", \"name\": \"in\", \"config\": {\"name\": \"in\", \"batch_input_shape\": [null, "
#define MASK ", " NODE("Masking", "m", ", \"mask_value\": 9", "[[\"in\", 0, 0, {}]]")

/* The model of layer i with its blanks filled in: the input first, then sources (in quotes) and arguments. */
static void fill(char *out, size_t size, size_t i, int n_steps, bool masked, const char *arguments) {
    char input[512];
    snprintf(input, sizeof input, INPUT "%d, 2]}, \"inbound_nodes\": []}%s", n_steps, masked ? MASK : "");
    const char *at = layers[i].model, *from = masked ? "m" : "in";
    size_t length = 0;
    for (const char *next; (next = strstr(at, "%s")) != NULL; at = next + 2) {
        const char *value = length == 0 ? input : next[-1] == '"' && next[2] == '"' ? from : arguments;
        length += (size_t)snprintf(out + length, size - length, "%.*s%s", (int)(next - at), at, value);
        assert_true(length < size);
    }
    assert_true(length + strlen(at) < size);
    strcpy(out + length, at);
}

static size_t run(int version, size_t i, int n_steps, bool masked, const char *arguments, const float *data,
                  float *found) {
    char model[2048];
    fill(model, sizeof model, i, n_steps, masked, arguments);
    return keras_run_model(version, model, layers[i].weights, data, (size_t)n_steps * FEATURES, found);
}

static bool takes_pairs(size_t i) {
    return strstr(layers[i].name, "Head") == NULL && strstr(layers[i].name, "Grouped") == NULL;
}

/* A causal query is the last one of the sequence that ends with it. */
static void a_causal_query_sees_what_was_before(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        for (int version = 2; version <= 3; version++) {
            float found[MOST], before[MOST];
            const char *arguments = takes_pairs(i) ? "\"use_causal_mask\": true" : ", \"use_causal_mask\": true";
            assert_int_equal(run(version, i, STEPS, false, arguments, x, found), N);
            for (int n = 1; n <= STEPS; n++) {
                assert_int_equal(run(version, i, n, false, "", x, before), n * FEATURES);
                keras_expect_near(found + FEATURES * (n - 1), before + FEATURES * (n - 1), FEATURES, layers[i].name);
            }
        }
    }
}

/* Steps 0 and 3 are masked: the others see what they see when these are cut out. */
static void a_masked_step_is_not_seen(void **state) {
    (void)state;
    static const float padded[N] = {9, 9, 1, 0.25f, -0.75f, 2, 9, 9, -1.5f, 1},
                       left[6] = {1, 0.25f, -0.75f, 2, -1.5f, 1};
    static const int kept[3] = {1, 2, 4};
    for (size_t i = 0; i < sizeof layers / sizeof *layers; i++) {
        for (int version = 2; version <= 3; version++) {
            float found[MOST], expected[MOST];
            assert_int_equal(run(version, i, STEPS, true, "", padded, found), N);
            assert_int_equal(run(version, i, 3, false, "", left, expected), 6);
            for (int j = 0; j < 3; j++)
                keras_expect_near(found + FEATURES * kept[j], expected + FEATURES * j, FEATURES, layers[i].name);
            const float zeros[FEATURES] = {0};
            if (takes_pairs(i)) keras_expect_near(found, zeros, FEATURES, layers[i].name);
        }
    }
}

#define AXES(shape, axes)                                                                                  \
    MODEL(NODE("InputLayer", "in", ", \"batch_input_shape\": [null, " shape "]", ""),                      \
          NODE("MultiHeadAttention", "a", ", \"num_heads\": 2, \"key_dim\": 3, \"attention_axes\": " axes, \
               CALL("in", "")),                                                                            \
          "a")

/* Attention over one of two axes is one attention per row; over both, one attention over all positions. */
static void axes_are_attended_by_themselves_or_together(void **state) {
    (void)state;
    static const char weights[] = "2,2,3 2,3 2,2,3 2,3 2,2,3 2,3 2,3,2 2";
    float data[24], found[MOST], expected[MOST];
    for (int i = 0; i < 24; i++) data[i] = (float)((i * 7) % 11 - 5) / 4;
    for (int version = 2; version <= 3; version++) {
        assert_int_equal(keras_run_model(version, AXES("3,4,2", "[2]"), weights, data, 24, found), 24);
        for (int i = 0; i < 24; i += 8)
            assert_int_equal(keras_run_model(version, AXES("4,2", "null"), weights, data + i, 8, expected + i), 8);
        keras_expect_near(found, expected, 24, "second axis");
        assert_int_equal(keras_run_model(version, AXES("3,4,2", "[1, 2]"), weights, data, 24, found), 24);
        assert_int_equal(keras_run_model(version, AXES("12,2", "null"), weights, data, 24, expected), 24);
        keras_expect_near(found, expected, 24, "both axes");
        assert_int_equal(keras_run_model(version, AXES("3,4,2", "null"), weights, data, 24, found), 24);
        keras_expect_near(found, expected, 24, "no axes said");
        assert_int_equal(keras_run_model(version, AXES("1,1,3,4,2", "[3]"), weights, data, 24, found), 24);
        assert_int_equal(keras_run_model(version, AXES("3,4,2", "[1]"), weights, data, 24, expected), 24);
        keras_expect_near(found, expected, 24, "an axis among five");
    }
}

/* Two numbers for each query, as [1,2] or [2,1]. */
static void the_result_has_the_shape_that_is_asked_for(void **state) {
    (void)state;
    static const char *const shapes[] = {"null", "[2]", "[1, 2]", "[2, 1]"};
    static const char *const ends[] = {"2,3,2 2", "2,3,2 2", "2,3,1,2 1,2", "2,3,2,1 2,1"};
    for (int version = 2; version <= 3; version++) {
        float found[4][MOST];
        for (int i = 0; i < 4; i++) {
            char model[2048], config[128], weights[64];
            snprintf(config, sizeof config, ", \"num_heads\": 2, \"key_dim\": 3, \"output_shape\": %s", shapes[i]);
            snprintf(model, sizeof model,
                     MODEL(NODE("InputLayer", "in", ", \"batch_input_shape\": [null, 5, 2]", ""),
                           NODE("MultiHeadAttention", "a", "%s", CALL("in", "")), "a"),
                     config);
            snprintf(weights, sizeof weights, "2,2,3 2,3 2,2,3 2,3 2,2,3 2,3 %s", ends[i]);
            assert_int_equal(keras_run_model(version, model, weights, x, N, found[i]), N);
            keras_expect_near(found[i], found[0], N, shapes[i]);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_causal_query_sees_what_was_before),
        cmocka_unit_test(a_masked_step_is_not_seen),
        cmocka_unit_test(axes_are_attended_by_themselves_or_together),
        cmocka_unit_test(the_result_has_the_shape_that_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
