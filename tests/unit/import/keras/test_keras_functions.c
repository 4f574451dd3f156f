/* Functions among the layers, on one matrix: results worked out by hand. */
#include "support/keras_call.h"

/* [[1, 2, 3], [4, -5, 6]] */
static const float x[6] = {1, 2, 3, 4, -5, 6};

/* One call on x; `arguments` are what follows the tensor. */
static size_t run(int version, const char *name, const char *arguments, const char *config, float *found) {
    char all[1024];
    snprintf(all, sizeof all, version == 2 ? "[@, {%s}]" : "@%s", arguments);
    const keras_call call = {version, "2, 3", name, all, config};
    return keras_call_run(&call, x, found);
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
    {2, "compat.v1.norm", "\"ord\": \"euclidean\", \"axis\": -1", "", 2, {3.7416574f, 8.774964f}},
    {3, "Norm", "", ", \"ord\": 1, \"axis\": 2, \"keepdims\": true", 2, {6, 15}},
    {3, "Logsumexp", "", ", \"axis\": -1, \"keepdims\": false", 2, {3.407606f, 6.126945f}},
    {2, "reduce_logsumexp", "\"axis\": [1, 2]", "", 1, {6.1907797f}},
    {2, "math.expm1", "", "", 6, {1.7182818f, 6.389056f, 19.085537f, 53.59815f, -0.9932621f, 402.4288f}},
    {2, "math.reciprocal", "", "", 6, {1, 0.5f, 0.33333334f, 0.25f, -0.2f, 0.16666667f}},
    {3, "Exp2", "", "", 6, {2, 4, 8, 16, 0.03125f, 64}},
    {2,
     "math.l2_normalize",
     "\"axis\": 1",
     "",
     6,
     {0.24253563f, 0.37139067f, 0.4472136f, 0.9701425f, -0.9284767f, 0.8944272f}},
    {2, "compat.v1.nn.crelu", "\"axis\": -1", "", 12, {1, 2, 3, 0, 0, 0, 4, 0, 6, 0, 5, 0}},
    {3, "Threshold", "", ", \"threshold\": 2.5, \"default_value\": -1.0", 6, {-1, -1, 3, 4, -1, 6}},
    {3, "Diff", "", ", \"n\": 1, \"axis\": -1", 4, {1, 1, -9, 11}},
    {3, "Moveaxis", "", ", \"source\": 1, \"destination\": 2", 6, {1, 4, 2, -5, 3, 6}},
    {2, "slice", "\"begin\": [0, 1, 0], \"size\": [-1, 1, 2]", "", 2, {4, -5}},
    {2, "strided_slice", "\"begin\": [0, 0, 0], \"end\": [1, 2, 3], \"strides\": [1, 1, 2]", "", 4, {1, 3, 4, 6}},
    {2,
     "compat.v1.pad",
     "\"paddings\": [[0, 0], [0, 0], [1, 1]], \"mode\": \"REFLECT\"",
     "",
     10,
     {2, 1, 2, 3, 2, -5, 4, -5, 6, -5}},
    {3, "Pad", "", ", \"pad_width\": [[0, 0], [0, 0], [1, 0]], \"mode\": \"symmetric\"", 8, {1, 1, 2, 3, 4, 4, -5, 6}},
    {2,
     "compat.v1.pad",
     "\"paddings\": [[0, 0], [0, 1], [0, 0]], \"constant_values\": 7",
     "",
     9,
     {1, 2, 3, 4, -5, 6, 7, 7, 7}},
    {3, "Triu", "", ", \"k\": 1", 6, {0, 2, 3, 0, 0, 6}},
    {2, "tensordot", "\"b\": [[1, 0], [0, 1], [1, 1]], \"axes\": 1", "", 4, {4, 5, 10, 1}},
    {2, "tensordot", "\"b\": [[1, 2], [3, 4]], \"axes\": [[1], [0]]", "", 6, {13, 18, -13, -16, 21, 30}},
    {3, "Inner", ", [1.0, 0.5, 2.0]", "", 2, {8, 13.5f}},
    {3, "Einsum", "", ", \"subscripts\": \"abc->ac\"", 3, {5, -3, 9}},
    {3, "Einsum", ", [[1.0, 2.0], [3.0, 4.0]]", ", \"subscripts\": \"...tc,tu->...uc\"", 6, {13, -13, 21, 18, -16, 30}},
    {3, "Einsum", ", [2.0, 3.0]", ", \"subscripts\": \"abc,b->abc\"", 6, {2, 4, 6, 12, -15, 18}},
    {3,
     "BatchNorm",
     ", [1.0, 2.0, 3.0], [1.0, 4.0, 0.25], [0.0, 1.0, 0.0], null",
     ", \"axis\": -1, \"epsilon\": 0.0",
     6,
     {0, 1, 0, 3, -2.5f, 6}},
    {3, "MaxPool", "", ", \"pool_size\": 2, \"strides\": null, \"padding\": \"valid\"", 3, {4, 2, 6}},
    {3,
     "LayerNorm",
     ", [1.0, 2.0, 0.5], [0.0, 1.0, -1.0]",
     ", \"axis\": -1, \"epsilon\": null",
     6,
     {-1.2247449f, 1, -0.38762756f, 0.48771311f, -1.786932f, -0.54712354f}},
    {3,
     "RMSNorm",
     ", [1.0, 2.0, 0.5]",
     ", \"axis\": -1, \"epsilon\": 0.0",
     6,
     {0.46291006f, 1.8516402f, 0.69436508f, 0.78954202f, -1.9738551f, 0.59215653f}},
    {3, "Celu", "", ", \"alpha\": 0.5", 6, {1, 2, 3, 4, -0.4999773f, 6}},
    {2, "nn.leaky_relu", "\"alpha\": 0.5", "", 6, {1, 2, 3, 4, -2.5f, 6}},
    {3, "LeakyRelu", "", ", \"negative_slope\": 0.25", 6, {1, 2, 3, 4, -1.25f, 6}},
    {3, "SoftShrink", "", ", \"threshold\": 2.0", 6, {0, 0, 1, 2, -3, 4}},
    {3, "HardShrink", "", ", \"threshold\": 2.5", 6, {0, 0, 3, 4, -5, 6}},
    {3, "SparsePlus", "", "", 6, {1, 2, 3, 4, 0, 6}},
    {3, "HardSigmoid", "", "", 6, {0.6666667f, 0.8333333f, 1, 1, 0, 1}},
    {2, "keras.activations.hard_sigmoid", "", "", 6, {0.7f, 0.9f, 1, 1, 0, 1}},
    {2, "nn.silu", "\"beta\": 0.0", "", 6, {0.5f, 1, 1.5f, 2, -2.5f, 3}},
    {2,
     "quantization.fake_quant_with_min_max_args",
     "\"min\": -2.0, \"max\": 4.0, \"num_bits\": 2",
     "",
     6,
     {2, 2, 4, 4, -2, 4}},
    {2, "math.asinh", "", "", 6, {0.8813736f, 1.4436355f, 1.8184465f, 2.0947125f, -2.3124383f, 2.4917798f}},
    {2, "math.atan2", "\"x\": 1.0", "", 6, {0.7853982f, 1.1071488f, 1.2490458f, 1.3258177f, -1.3734008f, 1.4056476f}},
    {3, "Arctan2", ", -1.0", "", 6, {2.3561945f, 2.0344439f, 1.8925469f, 1.815775f, -1.7681919f, 1.7359451f}},
    {3, "Fmod", ", 1.5", "", 6, {1, 0.5f, 0, 1, -0.5f, 0}},
    {2, "math.divide_no_nan", "\"y\": [[[2.0, 0.0, 4.0]]]", "", 6, {0.5f, 0, 0.75f, 2, 0, 1.5f}},
    {2, "sort", "\"axis\": -1, \"direction\": \"DESCENDING\"", "", 6, {3, 2, 1, 6, 4, -5}},
    {3, "Sort", "", ", \"axis\": 1", 6, {1, -5, 3, 4, 2, 6}},
    {3, "Median", "", ", \"axis\": 1, \"keepdims\": true", 3, {2.5f, -1.5f, 4.5f}},
    {3, "Quantile", ", 0.25", ", \"axis\": [2], \"method\": \"linear\", \"keepdims\": false", 2, {1.5f, -0.5f}},
    {3, "Sparsemax", "", ", \"axis\": -1", 6, {0, 0, 1, 0, 0, 1}},
    {2, "math.cumprod", "\"axis\": 2", "", 6, {1, 2, 6, 4, -20, -120}},
    {2, "math.cumprod", "\"axis\": 2, \"exclusive\": true, \"reverse\": true", "", 6, {6, 3, 1, -30, 6, 1}},
    {3, "Cumprod", "", ", \"axis\": null, \"dtype\": null", 6, {1, 2, 6, 24, -120, -720}},
    {3, "Average", ", [1.0, 2.0, 1.0]", ", \"axis\": 2", 2, {2, 0}},
    {3, "Take", ", [[2, 0], [1, -1]]", ", \"axis\": 2", 8, {3, 1, 2, 3, 6, 4, -5, 6}},
    {2, "compat.v1.gather", "\"indices\": 1, \"axis\": 1", "", 3, {4, -5, 6}},
    {3, "TakeAlongAxis", ", [[[2], [0]]]", ", \"axis\": 2", 2, {3, 4}},
    {3, "TakeAlongAxis", ", [[[1, 0, -1]]]", ", \"axis\": 1", 3, {4, 2, 6}},
    {2, "gather_nd", "\"indices\": [[0, 1, 2], [0, 0, 1]]", "", 2, {6, 2}},
    {2, "compat.v1.boolean_mask", "\"mask\": [true, false, true], \"axis\": 2", "", 4, {1, 3, 4, 6}},
    {2, "reverse_sequence", "\"seq_lengths\": [2], \"seq_axis\": 2, \"batch_axis\": 0", "", 6, {2, 1, 3, -5, 4, 6}},
    {2, "linalg.band_part", "\"num_lower\": 0, \"num_upper\": 1", "", 6, {1, 2, 0, 0, -5, 6}},
    {2, "linalg.diag_part", "", "", 2, {1, -5}},
    {3, "Trace", "", ", \"offset\": 1, \"axis1\": 1, \"axis2\": 2", 1, {8}},
    {3, "Rot90", "", ", \"k\": 1, \"axes\": [1, 2]", 6, {3, 6, 2, -5, 1, 4}},
    {3, "Repeat", "", ", \"repeats\": [0, 2, 1], \"axis\": 2", 6, {2, 2, 3, -5, -5, 6}},
    {3, "Roll", "", ", \"shift\": 1, \"axis\": null", 6, {6, 1, 2, 3, 4, -5}},
    {3, "Flip", "", ", \"axis\": null", 6, {6, -5, 4, 3, 2, 1}},
    {3, "Norm", "", ", \"ord\": Infinity, \"axis\": 2, \"keepdims\": false", 2, {3, 6}},
    {3,
     "Einsum",
     ", [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [[1.0, 2.0], [3.0, 4.0]]",
     ", \"subscripts\": \"abc,cd,de->abe\"",
     4,
     {19, 28, 13, 24}},
    {3, "Einsum", ", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]", ", \"subscripts\": \"abc,cb\"", 1, {46}},
    {3, "Einsum", ", [[[1.0, 2.0], [3.0, 4.0]]]", ", \"subscripts\": \"abc,abb->ac\"", 3, {17, -18, 27}},
    {3, "Moveaxis", "", ", \"source\": [1, 2], \"destination\": [-1, 0]", 6, {1, 4, 2, -5, 3, 6}},
    {3,
     "Normalize",
     "",
     ", \"axis\": 1, \"order\": 1, \"epsilon\": null",
     6,
     {0.2f, 0.2857143f, 0.33333334f, 0.8f, -0.71428573f, 0.6666667f}},
    {3,
     "BatchNorm",
     ", [1.0, 2.0], [1.0, 4.0], null, null",
     ", \"axis\": 1, \"epsilon\": 0.0",
     6,
     {0, 1, 2, 1, -3.5f, 2}},
    {3, "Round", "", ", \"decimals\": -1", 6, {0, 0, 0, 0, 0, 10}},
    {3, "Ptp", "", ", \"axis\": 2, \"keepdims\": false", 2, {2, 11}},
    {3, "ExtractSequences", "", ", \"sequence_length\": 2, \"sequence_stride\": 1", 8, {1, 2, 2, 3, 4, -5, -5, 6}},
    {2,
     "clip_by_norm",
     "\"clip_norm\": 1.0, \"axes\": [1]",
     "",
     6,
     {0.24253563f, 0.37139067f, 0.4472136f, 0.9701425f, -0.9284767f, 0.8944272f}},
    {2, "keras.backend.batch_flatten", "", "", 6, {1, 2, 3, 4, -5, 6}},
    {2, "image.adjust_brightness", "\"delta\": 0.5", "", 6, {1.5f, 2.5f, 3.5f, 4.5f, -4.5f, 6.5f}},
    {3, "AdaptiveAveragePool", "", ", \"output_size\": 1", 3, {2.5f, -1.5f, 4.5f}},
    {3, "Append", ", [7.0, 8.0]", ", \"axis\": null", 8, {1, 2, 3, 4, -5, 6, 7, 8}},
    {3, "FullLike", ", 2.5", "", 6, {2.5f, 2.5f, 2.5f, 2.5f, 2.5f, 2.5f}},
    {3,
     "Conv",
     ", [[[1.0], [0.0], [1.0]], [[0.0], [1.0], [0.0]]]",
     ", \"strides\": 1, \"padding\": \"valid\"",
     1,
     {-1}},
};

static void functions_compute_what_they_say(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float found[KERAS_RUN_MOST];
        const size_t n = run(cases[i].version, cases[i].name, cases[i].arguments, cases[i].config, found);
        if (n != cases[i].n) fail_msg("%s: %zu results, expected %zu", cases[i].name, n, cases[i].n);
        for (size_t j = 0; j < n; j++) {
            const float bound = 2e-6f * fmaxf(1, fabsf(cases[i].expected[j]));
            if (!(fabsf(found[j] - cases[i].expected[j]) <= bound))
                fail_msg("%s: result %zu is %.9g, expected %.9g", cases[i].name, j, (double)found[j],
                         (double)cases[i].expected[j]);
        }
    }
}

/* A Functional model of Keras 2: the input [1,2,3], then these functions, the last of which, "f", gives the result. */
#define FUNCTIONS(layers)                                                                                             \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [{\"class_name\": \"InputLayer\", " \
    "\"name\": \"in\", "                                                                                              \
    "\"config\": {\"name\": \"in\", \"batch_input_shape\": [null, 2, 3]}, \"inbound_nodes\": []}, " layers            \
    "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"f\", 0, 0]]}}"
#define FUNCTION(name, function, node)                                                        \
    "{\"class_name\": \"TFOpLambda\", \"name\": \"" name "\", \"config\": {\"name\": \"" name \
    "\", \"function\": \"" function "\"}, "                                                   \
    "\"inbound_nodes\": [" node "]}"

static void expect(const char *model, const float *expected) {
    float found[KERAS_RUN_MOST];
    assert_int_equal(keras_run_model(2, model, "", x, 6, found), 6);
    keras_expect_near(found, expected, 6, model);
}

static void conditions_are_constants_or_casts(void **state) {
    (void)state;
    expect(FUNCTIONS(FUNCTION(
               "f", "where", "[\"_CONSTANT_VALUE\", -1, [[true, false, true]], {\"x\": [\"in\", 0, 0], \"y\": -9.0}]")),
           (const float[]){1, -9, 3, 4, -9, 6});
    expect(
        FUNCTIONS(FUNCTION("m", "math.maximum", "[\"in\", 0, 0, {\"y\": 2.0}]") ", " FUNCTION(
            "d", "math.subtract", "[\"m\", 0, 0, {\"y\": 2.0}]") ", " FUNCTION("c", "cast",
                                                                               "[\"d\", 0, 0, {\"dtype\": "
                                                                               "\"bool\"}]") ", " FUNCTION("f", "where",
                                                                                                           "[\"c\", "
                                                                                                           "0, 0, "
                                                                                                           "{\"x\": "
                                                                                                           "[\"in\","
                                                                                                           " 0, 0], "
                                                                                                           "\"y\": "
                                                                                                           "0.5}]")),
        (const float[]){0.5f, 0.5f, 3, 4, 0.5f, 6});
}

/* A node's tensors are its arguments one by one, or one list where the function takes a list. */
static void a_node_of_tensorflow_may_take_a_list(void **state) {
    (void)state;
#define NODE(op)                                                                                            \
    "{\"class_name\": \"TensorFlowOpLayer\", \"name\": \"f\", \"config\": {\"name\": \"f\", \"node_def\": " \
    "\"{\\\"op\\\": "                                                                                       \
    "\\\"" op "\\\"}\"}, \"inbound_nodes\": [[[\"in\", 0, 0, {}], [\"in\", 0, 0, {}]]]}"
    expect(FUNCTIONS(NODE("AddN")), (const float[]){2, 4, 6, 8, -10, 12});
    expect(FUNCTIONS(NODE("Mul")), (const float[]){1, 4, 9, 16, 25, 36});
}

static void ranges_are_constants(void **state) {
    (void)state;
    expect(
        FUNCTIONS(
            FUNCTION("s", "compat.v1.shape", "[\"in\", 0, 0, {}]") ", " FUNCTION("g", "__operators__.getitem", "[\"s\", 0, 0, {\"slice_spec\": 2}]") ", " FUNCTION(
                "r", "range",
                "[\"g\", 0, 0, {\"dtype\": \"float32\"}]") ", " FUNCTION("f", "math.add",
                                                                         "[\"in\", 0, 0, {\"y\": [\"r\", 0, 0]}]")),
        (const float[]){1, 3, 5, 4, -4, 8});
    expect(
        FUNCTIONS(FUNCTION("s", "compat.v1.shape", "[\"in\", 0, 0, {}]") ", " FUNCTION(
            "g", "__operators__.getitem",
            "[\"s\", 0, 0, {\"slice_spec\": 2}]") ", " FUNCTION("r", "range",
                                                                "[\"g\", 0, 0, {\"limit\": -3, \"delta\": -2, "
                                                                "\"dtype\": \"float32\"}]") ", " FUNCTION("f",
                                                                                                          "math.add",
                                                                                                          "[\"in\", 0, "
                                                                                                          "0, {\"y\": "
                                                                                                          "[\"r\", 0, "
                                                                                                          "0]}]")),
        (const float[]){4, 3, 2, 7, -4, 5});
}

static void sizes_are_computed_before_the_model_runs(void **state) {
    (void)state;
    expect(
        FUNCTIONS(
            FUNCTION("s", "compat.v1.shape", "[\"in\", 0, 0, {}]") ", " FUNCTION("a", "__operators__.getitem", "[\"s\", 0, 0, {\"slice_spec\": 1}]") ", " FUNCTION("b", "__operators__.getitem", "[\"s\", 0, 0, {\"slice_spec\": 2}]") ", " FUNCTION(
                "m", "math.multiply",
                "[\"a\", 0, 0, {\"y\": [\"b\", 0, 0]}]") ", " FUNCTION("d", "compat.v1.floor_div",
                                                                       "[\"m\", 0, 0, {\"y\": 2}]") ", " FUNCTION("r",
                                                                                                                  "resh"
                                                                                                                  "ape",
                                                                                                                  "[\"i"
                                                                                                                  "n\","
                                                                                                                  " 0, "
                                                                                                                  "0, "
                                                                                                                  "{\"s"
                                                                                                                  "hape"
                                                                                                                  "\": "
                                                                                                                  "[-1,"
                                                                                                                  " ["
                                                                                                                  "\"d"
                                                                                                                  "\", "
                                                                                                                  "0, "
                                                                                                                  "0], "
                                                                                                                  "2]}"
                                                                                                                  "]") ", " FUNCTION("f",
                                                                                                                                     "reverse",
                                                                                                                                     "[\"r\", 0, 0, {\"axis\": [2]}]")),
        (const float[]){2, 1, 4, 3, 6, -5});
}

/* Parts of a shape are sizes: [3, 2] by a slice that goes backwards, and from the parts of unstack. */
static void parts_of_shapes_stay_known(void **state) {
    (void)state;
#define SHAPE FUNCTION("s", "compat.v1.shape", "[\"in\", 0, 0, {}]")
#define BACKWARDS                          \
    FUNCTION("p", "__operators__.getitem", \
             "[\"s\", 0, 0, {\"slice_spec\": {\"start\": null, \"stop\": 0, \"step\": -1}}]")
#define BY_NUMBERS FUNCTION("p", "strided_slice", "[\"s\", 0, 0, {\"begin\": [-1], \"end\": [0], \"strides\": [-1]}]")
#define UNSTACKED FUNCTION("p", "unstack", "[\"s\", 0, 0, {}]")
#define RESHAPED(sizes) FUNCTION("r", "reshape", "[\"in\", 0, 0, {\"shape\": " sizes "}]")
#define SCALED FUNCTION("m", "math.multiply", "[\"s\", 0, 0, {\"y\": 30000}]")
#define SQUARED FUNCTION("f", "math.multiply", "[\"m\", 0, 0, {\"y\": [\"m\", 0, 0]}]")
#define REVERSED FUNCTION("f", "reverse", "[\"r\", 0, 0, {\"axis\": [1]}]")
    static const float expected[6] = {2, 1, 4, 3, 6, -5};
    expect(FUNCTIONS(SHAPE ", " BACKWARDS ", " RESHAPED("[\"p\", 0, 0]") ", " REVERSED), expected);
    expect(FUNCTIONS(SHAPE ", " BY_NUMBERS ", " RESHAPED("[\"p\", 0, 0]") ", " REVERSED), expected);
    expect(FUNCTIONS(SHAPE ", " UNSTACKED ", " RESHAPED("[[\"p\", 0, 2], [\"p\", 0, 1]]") ", " REVERSED), expected);
}

static void patches_are_cut_from_pictures(void **state) {
    (void)state;
    static const char *const overlapping = "\"strides\": [1, 1, 1, 1]", *const apart = "\"strides\": [1, 2, 1, 1]";
    for (int i = 0; i < 2; i++) {
        char model[2048];
        snprintf(model, sizeof model,
                 FUNCTIONS(FUNCTION("p", "reshape", "[\"in\", 0, 0, {\"shape\": [-1, 2, 3, 1]}]") ", " FUNCTION(
                     "f", "image.extract_patches",
                     "[\"p\", 0, 0, {\"sizes\": [1, 2, 1, 1], %s, \"rates\": [1, 1, 1, 1], "
                     "\"padding\": \"VALID\"}]")),
                 i == 0 ? overlapping : apart);
        expect(model, (const float[]){1, 4, 2, -5, 3, 6});
    }
}

#define PICTURE(function, arguments)                                                                \
    FUNCTIONS(FUNCTION("p", "reshape", "[\"in\", 0, 0, {\"shape\": [-1, 2, 3, 1]}]") ", " FUNCTION( \
        "f", function, "[\"p\", 0, 0, {" arguments "}]"))

static void pictures_are_cut_and_filled(void **state) {
    (void)state;
    static const struct {
        const char *model;
        size_t n;
        float expected[9];
    } pictures[] = {
        {PICTURE("image.pad_to_bounding_box",
                 "\"offset_height\": 1, \"offset_width\": 0, \"target_height\": 3, \"target_width\": 3"),
         9,
         {0, 0, 0, 1, 2, 3, 4, -5, 6}},
        {PICTURE("image.resize_with_crop_or_pad", "\"target_height\": 3, \"target_width\": 1"), 3, {2, -5, 0}},
        {PICTURE("nn.conv2d_transpose",
                 "\"filters\": [[[[1.0]], [[10.0]]]], \"output_shape\": [1, 2, 4, 1], \"strides\": 1, "
                 "\"padding\": \"VALID\""),
         8,
         {1, 12, 23, 30, 4, 35, -44, 60}},
        {PICTURE("image.transpose", ""), 6, {1, 4, 2, -5, 3, 6}},
        {PICTURE("compat.v1.image.resize_nearest_neighbor", "\"size\": [2, 2]"), 4, {1, 2, 4, -5}},
        {PICTURE("compat.v1.image.resize_bilinear", "\"size\": [1, 5], \"align_corners\": true"),
         5,
         {1, 1.5f, 2, 2.5f, 3}},
        {PICTURE("nn.separable_conv2d",
                 "\"depthwise_filter\": [[[[1.0]], [[2.0]]]], \"pointwise_filter\": [[[[3.0]]]], "
                 "\"strides\": [1, 1, 1, 1], \"padding\": \"VALID\""),
         4,
         {15, 24, -18, 21}},
    };
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        float found[KERAS_RUN_MOST];
        assert_int_equal(keras_run_model(2, pictures[i].model, "", x, 6, found), pictures[i].n);
        keras_expect_near(found, pictures[i].expected, pictures[i].n, pictures[i].model);
    }
}

static octet_graph *build(octet_context *ctx, int version, const char *model) {
    keras_shapes none = {.bytes = {NULL, 0}};
    octet_graph *graph = NULL;
    octet_context_init(ctx);
    return keras_model_build(ctx, (octet_bytes){(const uint8_t *)model, strlen(model)}, version, &none, NULL, &graph) ==
                   OCTET_OK
               ? graph
               : NULL;
}

#define GELU_OF(scale, half)                                                                                           \
    FUNCTIONS(FUNCTION("h", "math.multiply", "[\"in\", 0, 0, {\"y\": " half "}]") ", " FUNCTION(                       \
        "d", "math.multiply",                                                                                          \
        "[\"in\", 0, 0, {\"y\": " scale                                                                                \
        "}]") ", " FUNCTION("e", "math.erf",                                                                           \
                            "[\"d\", 0, 0, {}]") ", " FUNCTION("o", "__operators__.add",                               \
                                                               "[\"e\", 0, 0, {\"y\": 1.0}]") ", " FUNCTION("f",       \
                                                                                                            "math."    \
                                                                                                            "multipl"  \
                                                                                                            "y",       \
                                                                                                            "[\"h\", " \
                                                                                                            "0, 0, "   \
                                                                                                            "{\"y\": " \
                                                                                                            "[\"o\", " \
                                                                                                            "0, "      \
                                                                                                            "0]}]"))

static void a_gelu_that_is_written_out_is_one_operator(void **state) {
    (void)state;
    static const struct {
        const char *model;
        bool is_gelu;
    } models[] = {
        {GELU_OF("0.70710678", "0.5"), true}, {GELU_OF("0.7", "0.5"), false}, {GELU_OF("0.70710678", "0.25"), false}};
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        octet_context ctx;
        octet_graph *graph = build(&ctx, 2, models[i].model);
        assert_non_null(graph);
        const uint32_t last = graph->values[graph->outputs[0].value].producer;
        assert_int_equal(graph->operators[last].code == OCTET_OP_GELU, models[i].is_gelu);
        octet_graph_destroy(&ctx, graph);
    }
    float found[KERAS_RUN_MOST];
    static const float expected[6] = {0.8427008f, 0.9953223f, 0.9999779f, 1, -1, 1};
    assert_int_equal(run(2, "math.erf", "", "", found), 6);
    for (int i = 0; i < 6; i++) assert_true(fabsf(found[i] - expected[i]) <= 4e-6f);
}

static void arguments_that_no_function_reads_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *model, *sentence;
    } models[] = {
        {FUNCTIONS(FUNCTION("f", "nn.relu", "[\"in\", 0, 0, {\"beta\": 2.0}]")), "is called with beta"},
        {FUNCTIONS(FUNCTION("f", "nn.relu", "[\"in\", 0, 0, {\"beta\": 0.0}]")), NULL},
        {FUNCTIONS(FUNCTION("f", "roll", "[\"in\", 0, 0, {\"shift\": 1, \"axis\": 9}]")),
         "axis is outside of 3 dimensions"},
        {FUNCTIONS(FUNCTION("f", "gather_nd", "[\"in\", 0, 0, {\"indices\": [0.5]}]")), "a place is no whole number"},
        {FUNCTIONS(FUNCTION("f", "compat.v1.gather", "[\"in\", 0, 0, {\"indices\": [3], \"axis\": 2}]")),
         "place 3 is outside of 3 cells"},
        {FUNCTIONS(SHAPE ", " SCALED ", " SQUARED), "computes a size beyond 32 bits"},
        {FUNCTIONS(SHAPE ", " FUNCTION("f", "__operators__.getitem", "[\"s\", 0, 0, {\"slice_spec\": 3}]")),
         "takes index 3 of axis 0 of size 3"},
        {FUNCTIONS(FUNCTION("f", "math.polygamma", "[\"in\", 0, 0, {}]")), "the function polygamma is not supported"},
    };
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        octet_context ctx;
        octet_graph *graph = build(&ctx, 2, models[i].model);
        if (models[i].sentence == NULL) octet_graph_destroy(&ctx, graph);
        else if (graph != NULL || strstr(ctx.message, models[i].sentence) == NULL)
            fail_msg("%s: %s", models[i].sentence, ctx.message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(functions_compute_what_they_say),
                                       cmocka_unit_test(conditions_are_constants_or_casts),
                                       cmocka_unit_test(ranges_are_constants),
                                       cmocka_unit_test(sizes_are_computed_before_the_model_runs),
                                       cmocka_unit_test(parts_of_shapes_stay_known),
                                       cmocka_unit_test(patches_are_cut_from_pictures),
                                       cmocka_unit_test(pictures_are_cut_and_filled),
                                       cmocka_unit_test(a_gelu_that_is_written_out_is_one_operator),
                                       cmocka_unit_test(a_node_of_tensorflow_may_take_a_list),
                                       cmocka_unit_test(arguments_that_no_function_reads_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
