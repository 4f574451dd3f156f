/* Files of quantization-aware training, written here in both layouts of Keras 2. */
#include "support/keras_files.h"

#include <math.h>

#include "import/import.h"
#include "octet/octet.h"
#include "passes/passes.h"
#include "support/ports.h"

#define LAYER(name, config) "{\"class_name\": \"" name "\", \"config\": {" config "}}"
#define INPUT LAYER("InputLayer", "\"batch_input_shape\": [null, 3, 3, 1], \"name\": \"in\"")
#define QUANTIZER \
    "\"quantizer\": {\"class_name\": \"AllValuesQuantizer\", \"config\": {\"num_bits\": 8, \"narrow_range\": false}}"
#define AWARE(activation) \
    "\"activation\": {\"class_name\": \"QuantizeAwareActivation\", \"config\": {\"activation\": " activation "}}"
#define CONFIG(name, weights, activations, output)                                                 \
    "\"quantize_config\": {\"class_name\": \"" name "\", \"config\": {\"weight_attrs\": [" weights \
    "], \"activation_attrs\": [" activations "], \"quantize_output\": " output "}}"
#define WRAPPER(name, layer, config) \
    LAYER("QuantizeWrapperV2", "\"name\": \"" name "\", \"trainable\": true, \"layer\": " layer ", " config)

/* A convolution whose ReLU follows behind batch normalization, which is what
 * rounds; then a dense layer with its softmax. */
static const char config[] =
    "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": [" INPUT
    ", " LAYER("QuantizeLayer", "\"name\": \"q\", " QUANTIZER) ", " WRAPPER(
        "quant_conv",
        LAYER("Conv2D", "\"name\": \"conv\", \"filters\": 2, \"kernel_size\": 2, " AWARE(
                            "{\"class_name\": \"NoOpActivation\", \"config\": {}}")),
        CONFIG(
            "Default8BitConvQuantizeConfig", "\"kernel\"", "\"activation\"",
            "false")) ", " WRAPPER("quant_bn",
                                   LAYER("BatchNormalization", "\"name\": \"bn\", \"axis\": [3], \"epsilon\": 0.0"),
                                   "\"quantize_config\": {\"class_name\": \"NoOpQuantizeConfig\", \"config\": "
                                   "{}}") ", " WRAPPER("quant_relu", LAYER("ReLU", "\"name\": \"relu\""),
                                                       CONFIG(
                                                           "Default8BitQuantizeConfig", "", "",
                                                           "true")) ", " WRAPPER("quant_flat",
                                                                                 LAYER("Flatten", "\"name\": \"flat\""),
                                                                                 CONFIG(
                                                                                     "Default8BitQuantizeConfig", "",
                                                                                     "",
                                                                                     "false")) ", " WRAPPER("qua"
                                                                                                            "nt_"
                                                                                                            "den"
                                                                                                            "se",
                                                                                                            LAYER(
                                                                                                                "Dense",
                                                                                                                "\"name"
                                                                                                                "\": "
                                                                                                                "\"dens"
                                                                                                                "e\", "
                                                                                                                "\"unit"
                                                                                                                "s\": "
                                                                                                                "2,"
                                                                                                                " " AWARE(
                                                                                                                    "\""
                                                                                                                    "so"
                                                                                                                    "ft"
                                                                                                                    "ma"
                                                                                                                    "x"
                                                                                                                    "\"")),
                                                                                                            CONFIG(
                                                                                                                "Defaul"
                                                                                                                "t8BitQ"
                                                                                                                "uantiz"
                                                                                                                "eConfi"
                                                                                                                "g",
                                                                                                                "\"kern"
                                                                                                                "el\"",
                                                                                                                "\"acti"
                                                                                                                "vation"
                                                                                                                "\"",
                                                                                                                "fals"
                                                                                                                "e")) "]}}";

static const float low[] = {-1.0f, -2.0f}, high[] = {1.0f, 2.0f}, step[] = {-1.0f};
/* [2,2,1,2]: channel 0 reaches beyond its range, channel 1 has 0.01 on no step. */
static const float kernel[] = {1.5f, 0.01f, -0.5f, 2.0f, 0.25f, -1.0f, 0.0f, 0.5f};
static const float gamma_[] = {2.0f, -3.0f}, zeros[] = {0.0f, 0.0f}, ones[] = {1.0f, 1.0f};

#define SCALAR \
    0, { 0 }
static const keras_weight in_h5[] = {
    {"q", "q/q_min:0", SCALAR, low},
    {"q", "q/q_max:0", SCALAR, high},
    {"q", "q/optimizer_step:0", SCALAR, step},
    {"quant_conv", "conv/kernel:0", 4, {2, 2, 1, 2}, kernel},
    {"quant_conv", "conv/bias:0", 1, {2}, zeros},
    {"quant_conv", "quant_conv/optimizer_step:0", SCALAR, step},
    {"quant_conv", "quant_conv/kernel_min:0", 1, {2}, low},
    {"quant_conv", "quant_conv/kernel_max:0", 1, {2}, high},
    {"quant_bn", "bn/gamma:0", 1, {2}, gamma_},
    {"quant_bn", "bn/beta:0", 1, {2}, ones},
    {"quant_bn", "bn/moving_mean:0", 1, {2}, zeros},
    {"quant_bn", "bn/moving_variance:0", 1, {2}, ones},
    {"quant_bn", "quant_bn/optimizer_step:0", SCALAR, step},
    {"quant_relu", "quant_relu/optimizer_step:0", SCALAR, step},
    {"quant_relu", "quant_relu/output_min:0", SCALAR, low},
    {"quant_relu", "quant_relu/output_max:0", SCALAR, high + 1},
    {"quant_flat", "quant_flat/optimizer_step:0", SCALAR, step},
    {"quant_dense", "dense/kernel:0", 2, {8, 2}, NULL},
    {"quant_dense", "dense/bias:0", 1, {2}, zeros},
    {"quant_dense", "quant_dense/optimizer_step:0", SCALAR, step},
    {"quant_dense", "quant_dense/kernel_min:0", SCALAR, low + 1},
    {"quant_dense", "quant_dense/kernel_max:0", SCALAR, high + 1},
    {"quant_dense", "quant_dense/pre_activation_min:0", SCALAR, low},
    {"quant_dense", "quant_dense/pre_activation_max:0", SCALAR, high},
};

/* The same as .keras has it: the wrapper takes the trainable weights over, the rounded one a second time. */
static const keras_weight in_keras[] = {
    {"layers/quantize_layer/vars", "0", SCALAR, low},
    {"layers/quantize_layer/vars", "1", SCALAR, high},
    {"layers/quantize_layer/vars", "2", SCALAR, step},
    {"layers/quantize_wrapper_v2/vars", "0", 4, {2, 2, 1, 2}, kernel},
    {"layers/quantize_wrapper_v2/vars", "1", 1, {2}, zeros},
    {"layers/quantize_wrapper_v2/vars", "2", 4, {2, 2, 1, 2}, kernel},
    {"layers/quantize_wrapper_v2/vars", "3", SCALAR, step},
    {"layers/quantize_wrapper_v2/vars", "4", 1, {2}, low},
    {"layers/quantize_wrapper_v2/vars", "5", 1, {2}, high},
    {"layers/quantize_wrapper_v2/layer/vars", "0", 1, {2}, zeros},
    {"layers/quantize_wrapper_v2_1/vars", "0", 1, {2}, gamma_},
    {"layers/quantize_wrapper_v2_1/vars", "1", 1, {2}, ones},
    {"layers/quantize_wrapper_v2_1/vars", "2", SCALAR, step},
    {"layers/quantize_wrapper_v2_1/layer/vars", "0", 1, {2}, gamma_},
    {"layers/quantize_wrapper_v2_1/layer/vars", "1", 1, {2}, ones},
    {"layers/quantize_wrapper_v2_1/layer/vars", "2", 1, {2}, zeros},
    {"layers/quantize_wrapper_v2_1/layer/vars", "3", 1, {2}, ones},
    {"layers/quantize_wrapper_v2_2/vars", "0", SCALAR, step},
    {"layers/quantize_wrapper_v2_2/vars", "1", SCALAR, low},
    {"layers/quantize_wrapper_v2_2/vars", "2", SCALAR, high + 1},
    {"layers/quantize_wrapper_v2_3/vars", "0", SCALAR, step},
    {"layers/quantize_wrapper_v2_4/vars", "0", 2, {8, 2}, NULL},
    {"layers/quantize_wrapper_v2_4/vars", "1", 1, {2}, zeros},
    {"layers/quantize_wrapper_v2_4/vars", "2", 2, {8, 2}, NULL},
    {"layers/quantize_wrapper_v2_4/vars", "3", SCALAR, step},
    {"layers/quantize_wrapper_v2_4/vars", "4", SCALAR, low + 1},
    {"layers/quantize_wrapper_v2_4/vars", "5", SCALAR, high + 1},
    {"layers/quantize_wrapper_v2_4/vars", "6", SCALAR, low},
    {"layers/quantize_wrapper_v2_4/vars", "7", SCALAR, high},
};

static void expect_range(const octet_graph *graph, uint32_t k, float min, float max) {
    const octet_operator *op = &graph->operators[k];
    assert_int_equal(op->code, OCTET_OP_FAKE_QUANT);
    assert_true(op->options.fake_quant.min == min && op->options.fake_quant.max == max &&
                op->options.fake_quant.n_bits == 8);
}

static void check(octet_context *ctx, octet_graph *graph) {
    /* Rounded, and the numbers before: channel 0 by steps of 2 / 254, channel 1 of 4 / 254. */
    const octet_value *weights = octet_graph_input(graph, &graph->operators[1], 1);
    const float *w = weights->data;
    assert_int_equal(weights->trained.n, 2);
    assert_true(fabs(weights->trained.scales[1] - 4.0 / 254.0) < 1e-18);
    assert_true(w[0] == 127.0f * (float)(2.0 / 254.0) && w[1] == -64.0f * (float)(2.0 / 254.0));
    assert_true(w[4] == 1.0f * (float)(4.0 / 254.0) && w[6] == -64.0f * (float)(4.0 / 254.0)); /* -63.5 away from 0 */
    assert_true(weights->trained.raw[0] == 1.5f && weights->trained.raw[4] == 0.01f);

    assert_int_equal(octet_passes_run(ctx, graph), OCTET_OK);
    static const octet_operator_code codes[] = {OCTET_OP_FAKE_QUANT, OCTET_OP_CONV_2D,         OCTET_OP_FAKE_QUANT,
                                                OCTET_OP_RESHAPE,    OCTET_OP_FULLY_CONNECTED, OCTET_OP_FAKE_QUANT,
                                                OCTET_OP_SOFTMAX};
    assert_int_equal(graph->n_operators, 7);
    for (uint32_t k = 0; k < 7; k++) assert_int_equal(graph->operators[k].code, codes[k]);
    expect_range(graph, 0, -1.0f, 1.0f);
    expect_range(graph, 2, -1.0f, 2.0f);
    expect_range(graph, 5, -1.0f, 1.0f);
    /* The factors of batch normalization, 2 and -3, are in the weights, in what they
     * were and, without sign, in their scales. */
    weights = octet_graph_input(graph, &graph->operators[1], 1);
    assert_int_equal(weights->trained.n, 2);
    assert_true(fabs(weights->trained.scales[1] - 12.0 / 254.0) < 1e-17);
    assert_true(weights->trained.raw[0] == 3.0f && weights->trained.raw[4] == 0.01f * -3.0f);
    assert_int_equal(octet_graph_input(graph, &graph->operators[4], 1)->trained.n, 1);
}

static void both_layouts_are_read(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        const char *path =
            i == 0 ? keras_write_h5("qat.h5", config, "2.15.0", in_h5, sizeof in_h5 / sizeof *in_h5, false)
                   : keras_write_zip("qat.keras", config, "2.15.0", in_keras, sizeof in_keras / sizeof *in_keras);
        octet_context ctx;
        octet_graph *graph = NULL;
        octet_context_init(&ctx);
        if (octet_import_keras(&ctx, path, NULL, NULL, &graph) != OCTET_OK) fail_msg("%s: %s", path, ctx.message);
        check(&ctx, graph);
        octet_graph_destroy(&ctx, graph);
        assert_int_equal(ctx.memory_bytes, 0);
    }
}

static void quantizing_needs_no_samples(void **state) {
    (void)state;
    static const char *const modes[] = {"int8", "int16x8", "dynamic", "float16", "float32"};
    const char *path = keras_write_h5("qat.h5", config, "2.15.0", in_h5, sizeof in_h5 / sizeof *in_h5, false);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        octet_context *user;
        octet_model *model, *quantized;
        octet_conversion conversion = OCTET_CONVERSION_INIT;
        conversion.mode = modes[i];
        assert_int_equal(octet_context_create(&user), OCTET_OK);
        assert_int_equal(octet_model_load(user, path, NULL, &model), OCTET_OK);
        if (octet_model_quantize(user, model, NULL, &conversion, &quantized, NULL) != OCTET_OK)
            fail_msg("%s: %s", modes[i], octet_context_message(user));
        const octet_tensor in = input_of(quantized, 0), out = output_of(quantized, 0);
        if (i == 0) {
            assert_true(in.scale == (float)(2.0 / 255.0) &&
                        in.zero_point == 0); /* 127.5 away from 0, and then less 128 */
            assert_true(out.scale == 1.0f / 256.0f && out.zero_point == -128);
        } else {
            assert_string_equal(in.type, "float32");
        }
        octet_model_destroy(user, quantized);
        octet_model_destroy(user, model);
        octet_context_destroy(user);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_layouts_are_read),
                                       cmocka_unit_test(quantizing_needs_no_samples)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
