/* Functions among the layers, on one matrix: results worked out by hand. */
#include "support/keras_run.h"

/* [[1, 2, 3], [4, -5, 6]] */
static const float x[6] = {1, 2, 3, 4, -5, 6};

/* One call: a TFOpLambda of Keras 2, an Operation of Keras 3; `arguments` are what follows the tensor. */
static size_t run(int version, const char *name, const char *arguments, const char *config, float *found) {
    char model[2048];
    const char *input = "{\"class_name\": \"InputLayer\", \"name\": \"in\", \"config\": {\"name\": \"in\", \"%s\": [null, 2, 3]}, "
                        "\"inbound_nodes\": []}";
    char first[256];
    snprintf(first, sizeof first, input, version == 3 ? "batch_shape" : "batch_input_shape");
    if (version == 2) {
        snprintf(model, sizeof model,
                 "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [%s, {\"class_name\": \"TFOpLambda\", "
                 "\"name\": \"f\", \"config\": {\"name\": \"f\", \"function\": \"%s\"}, \"inbound_nodes\": [[\"in\", 0, 0, {%s}]]}], "
                 "\"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"f\", 0, 0]]}}",
                 first, name, arguments);
    } else {
        snprintf(model, sizeof model,
                 "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [%s, {\"class_name\": \"%s\", "
                 "\"module\": \"keras.src.ops.numpy\", \"name\": \"f\", \"config\": {\"name\": \"f\"%s}, \"inbound_nodes\": [{\"args\": "
                 "[{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, 2, 3], \"dtype\": \"float32\", \"keras_history\": "
                 "[\"in\", 0, 0]}}%s], \"kwargs\": {}}]}], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"f\", 0, 0]]}}",
                 first, name, config, arguments);
    }
    return keras_run_model(version, model, "", x, 6, found);
}

static const struct {
    int version;
    const char *name, *arguments, *config;
    size_t n;
    float expected[12];
} cases[] = {
    {2, "roll", "\"shift\": 1, \"axis\": 2", "", 6, {3, 1, 2, 6, 4, -5}},
    {3, "Roll", "", ", \"shift\": -1, \"axis\": [1]", 6, {4, -5, 6, 1, 2, 3}},
    {2, "math.cumsum", "\"axis\": 2", "", 6, {1, 3, 6, 4, -1, 5}},
    {3, "Cumsum", "", ", \"axis\": 1", 6, {1, 2, 3, 5, -3, 9}},
    {2, "compat.v1.norm", "\"ord\": \"euclidean\", \"axis\": -1", "", 2, {3.7416574F, 8.774964F}},
    {3, "Norm", "", ", \"ord\": 1, \"axis\": 2, \"keepdims\": true", 2, {6, 15}},
    {3, "Logsumexp", "", ", \"axis\": -1, \"keepdims\": false", 2, {3.407606F, 6.126945F}},
    {2, "reduce_logsumexp", "\"axis\": [1, 2]", "", 1, {6.1907797F}},
    {2, "math.expm1", "", "", 6, {1.7182818F, 6.389056F, 19.085537F, 53.59815F, -0.9932621F, 402.4288F}},
    {2, "math.reciprocal", "", "", 6, {1, 0.5F, 0.33333334F, 0.25F, -0.2F, 0.16666667F}},
    {3, "Exp2", "", "", 6, {2, 4, 8, 16, 0.03125F, 64}},
    {2, "math.l2_normalize", "\"axis\": 1", "", 6, {0.24253563F, 0.37139067F, 0.4472136F, 0.9701425F, -0.9284767F, 0.8944272F}},
    {2, "compat.v1.nn.crelu", "\"axis\": -1", "", 12, {1, 2, 3, 0, 0, 0, 4, 0, 6, 0, 5, 0}},
    {3, "Threshold", "", ", \"threshold\": 2.5, \"default_value\": -1.0", 6, {-1, -1, 3, 4, -1, 6}},
    {3, "Diff", "", ", \"n\": 1, \"axis\": -1", 4, {1, 1, -9, 11}},
    {3, "Moveaxis", "", ", \"source\": 1, \"destination\": 2", 6, {1, 4, 2, -5, 3, 6}},
    {2, "slice", "\"begin\": [0, 1, 0], \"size\": [-1, 1, 2]", "", 2, {4, -5}},
    {2, "strided_slice", "\"begin\": [0, 0, 0], \"end\": [1, 2, 3], \"strides\": [1, 1, 2]", "", 4, {1, 3, 4, 6}},
    {2, "compat.v1.pad", "\"paddings\": [[0, 0], [0, 0], [1, 1]], \"mode\": \"REFLECT\"", "", 10, {2, 1, 2, 3, 2, -5, 4, -5, 6, -5}},
    {3, "Pad", "", ", \"pad_width\": [[0, 0], [0, 0], [1, 0]], \"mode\": \"symmetric\"", 8, {1, 1, 2, 3, 4, 4, -5, 6}},
    {2, "compat.v1.pad", "\"paddings\": [[0, 0], [0, 1], [0, 0]], \"constant_values\": 7", "", 9, {1, 2, 3, 4, -5, 6, 7, 7, 7}},
    {3, "Triu", "", ", \"k\": 1", 6, {0, 2, 3, 0, 0, 6}},
    {2, "tensordot", "\"b\": [[1, 0], [0, 1], [1, 1]], \"axes\": 1", "", 4, {4, 5, 10, 1}},
    {2, "tensordot", "\"b\": [[1, 2], [3, 4]], \"axes\": [[1], [0]]", "", 6, {13, 18, -13, -16, 21, 30}},
    {3, "Inner", ", [1.0, 0.5, 2.0]", "", 2, {8, 13.5F}},
    {3, "Einsum", "", ", \"subscripts\": \"abc->ac\"", 3, {5, -3, 9}},
    {3, "Einsum", ", [[1.0, 2.0], [3.0, 4.0]]", ", \"subscripts\": \"...tc,tu->...uc\"", 6, {13, -13, 21, 18, -16, 30}},
    {3, "Einsum", ", [2.0, 3.0]", ", \"subscripts\": \"abc,b->abc\"", 6, {2, 4, 6, 12, -15, 18}},
    {3, "BatchNorm", ", [1.0, 2.0, 3.0], [1.0, 4.0, 0.25], [0.0, 1.0, 0.0], null", ", \"axis\": -1, \"epsilon\": 0.0", 6,
     {0, 1, 0, 3, -2.5F, 6}},
    {3, "MaxPool", "", ", \"pool_size\": 2, \"strides\": null, \"padding\": \"valid\"", 3, {4, 2, 6}},
    {3, "Conv", ", [[[1.0], [0.0], [1.0]], [[0.0], [1.0], [0.0]]]", ", \"strides\": 1, \"padding\": \"valid\"", 1, {-1}},
};

static void functions_compute_what_they_say(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float found[KERAS_RUN_MOST];
        const size_t n = run(cases[i].version, cases[i].name, cases[i].arguments, cases[i].config, found);
        if (n != cases[i].n) fail_msg("%s: %zu results, expected %zu", cases[i].name, n, cases[i].n);
        for (size_t j = 0; j < n; j++) {
            const float bound = 2e-6F * fmaxf(1, fabsf(cases[i].expected[j]));
            if (!(fabsf(found[j] - cases[i].expected[j]) <= bound))
                fail_msg("%s: result %zu is %.9g, expected %.9g", cases[i].name, j, (double)found[j], (double)cases[i].expected[j]);
        }
    }
}

/* A Functional model of Keras 2: the input [1,2,3], then these functions, the last of which, "f", gives the result. */
#define FUNCTIONS(layers) \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [{\"class_name\": \"InputLayer\", \"name\": \"in\", " \
    "\"config\": {\"name\": \"in\", \"batch_input_shape\": [null, 2, 3]}, \"inbound_nodes\": []}, " layers \
    "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"f\", 0, 0]]}}"
#define FUNCTION(name, function, node) \
    "{\"class_name\": \"TFOpLambda\", \"name\": \"" name "\", \"config\": {\"name\": \"" name "\", \"function\": \"" function "\"}, " \
    "\"inbound_nodes\": [" node "]}"

static void expect(const char *model, const float *expected) {
    float found[KERAS_RUN_MOST];
    assert_int_equal(keras_run_model(2, model, "", x, 6, found), 6);
    keras_expect_near(found, expected, 6, model);
}

static void conditions_are_constants_or_casts(void **state) {
    (void)state;
    expect(FUNCTIONS(FUNCTION("f", "where", "[\"_CONSTANT_VALUE\", -1, [[true, false, true]], {\"x\": [\"in\", 0, 0], \"y\": -9.0}]")),
           (const float[]){1, -9, 3, 4, -9, 6});
    expect(FUNCTIONS(FUNCTION("m", "math.maximum", "[\"in\", 0, 0, {\"y\": 2.0}]") ", "
                     FUNCTION("d", "math.subtract", "[\"m\", 0, 0, {\"y\": 2.0}]") ", "
                     FUNCTION("c", "cast", "[\"d\", 0, 0, {\"dtype\": \"bool\"}]") ", "
                     FUNCTION("f", "where", "[\"c\", 0, 0, {\"x\": [\"in\", 0, 0], \"y\": 0.5}]")),
           (const float[]){0.5F, 0.5F, 3, 4, 0.5F, 6});
}

static void ranges_are_constants(void **state) {
    (void)state;
    expect(FUNCTIONS(FUNCTION("s", "compat.v1.shape", "[\"in\", 0, 0, {}]") ", "
                     FUNCTION("g", "__operators__.getitem", "[\"s\", 0, 0, {\"slice_spec\": 2}]") ", "
                     FUNCTION("r", "range", "[\"g\", 0, 0, {\"dtype\": \"float32\"}]") ", "
                     FUNCTION("f", "math.add", "[\"in\", 0, 0, {\"y\": [\"r\", 0, 0]}]")),
           (const float[]){1, 3, 5, 4, -4, 8});
    expect(FUNCTIONS(FUNCTION("s", "compat.v1.shape", "[\"in\", 0, 0, {}]") ", "
                     FUNCTION("g", "__operators__.getitem", "[\"s\", 0, 0, {\"slice_spec\": 2}]") ", "
                     FUNCTION("r", "range", "[\"g\", 0, 0, {\"limit\": -3, \"delta\": -2, \"dtype\": \"float32\"}]") ", "
                     FUNCTION("f", "math.add", "[\"in\", 0, 0, {\"y\": [\"r\", 0, 0]}]")),
           (const float[]){4, 3, 2, 7, -4, 5});
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(functions_compute_what_they_say),
                                       cmocka_unit_test(conditions_are_constants_or_casts), cmocka_unit_test(ranges_are_constants)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
