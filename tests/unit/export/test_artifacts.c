/* Artifacts: names of layers, order of axes, formats, macros that are legal and differ, the C array. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "export/artifacts/array_files.h"
#include "export/artifacts/artifacts.h"

static octet_context context, *ctx = &context;
static octet_arena arena;
static octet_buffer text;
static octet_graph *graph;

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx->message);
}

static int set_up(void **state) {
    (void)state;
    octet_context_init(ctx);
    good(octet_graph_create(ctx, "test", &graph));
    return 0;
}
static int tear_down(void **state) {
    (void)state;
    octet_buffer_free(ctx, &text);
    octet_arena_free(ctx, &arena);
    octet_graph_destroy(ctx, graph);
    graph = NULL;
    return ctx->memory_bytes != 0;
}

static uint32_t quantized(uint32_t value, float scale, int32_t zero_point) {
    good(octet_value_set_quantization(ctx, graph, value, 1, 0, &scale, &zero_point));
    return value;
}

static uint32_t constant(const char *name, octet_type type, octet_shape shape, const void *data) {
    uint32_t v;
    good(octet_graph_add_constant(ctx, graph, name, type, &shape, data, &v));
    return quantized(v, 0.25f, 0);
}

#define SHAPE(...) octet_shape_make((int32_t)(sizeof((int32_t[]){__VA_ARGS__}) / 4), (const int32_t[]){__VA_ARGS__})

static uint32_t emit(octet_operator_code code, const char *name, octet_options options, const uint32_t *inputs,
                     uint32_t n) {
    uint32_t v;
    good(octet_graph_emit(ctx, graph, code, "layer", name, inputs, n, &options, &v, 1));
    return quantized(v, 0.5f, -1);
}

/* [1,2,3,1] by 1x1 convolutions to [1,2,3,2], by a depthwise one, flattened, to [1,2]. */
static void build(void) {
    static const int8_t filter[] = {1, 2}, depthwise[] = {3, 4},
                        dense[] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                   12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23};
    static const int32_t bias[] = {7, -8}, flat[] = {1, 12};
    const octet_shape shape = SHAPE(1, 2, 3, 1);
    uint32_t x, to;
    good(octet_graph_add_value(ctx, graph, "x", OCTET_INT8, &shape, &x));
    good(octet_graph_add_input(ctx, graph, quantized(x, 0.5f, -1), "x"));
    const uint32_t conv[] = {x, constant("w", OCTET_INT8, SHAPE(2, 1, 1, 1), filter),
                             constant("b", OCTET_INT32, SHAPE(2), bias)};
    const uint32_t y =
        emit(OCTET_OP_CONV_2D, "a/b:0",
             (octet_options){.conv_2d = {OCTET_PADDING_VALID, OCTET_ACTIVATION_NONE, 1, 1, 1, 1, 0}}, conv, 3);
    const uint32_t wise[] = {y, constant("w", OCTET_INT8, SHAPE(1, 1, 1, 2), depthwise), OCTET_NONE};
    const uint32_t z = emit(
        OCTET_OP_DEPTHWISE_CONV_2D, "a.b:0",
        (octet_options){.depthwise_conv_2d = {OCTET_PADDING_VALID, OCTET_ACTIVATION_RELU, 1, 1, 1, 1, 1}}, wise, 3);
    good(octet_graph_add_i32(ctx, graph, "shape", flat, 2, &to));
    const uint32_t reshape[] = {z, to};
    const uint32_t f = emit(OCTET_OP_RESHAPE, "9 lives", (octet_options){{0}}, reshape, 2);
    const uint32_t fc[] = {f, constant("w", OCTET_INT8, SHAPE(2, 12), dense),
                           constant("b", OCTET_INT32, SHAPE(2), bias)};
    const uint32_t out = emit(OCTET_OP_FULLY_CONNECTED, "fc2_input",
                              (octet_options){.fully_connected = {OCTET_ACTIVATION_NONE, false, false, 0}}, fc, 3);
    good(octet_graph_add_output(ctx, graph, out, "y"));
    good(octet_graph_verify(ctx, graph, "test"));
}

static octet_artifacts plan_of(octet_artifact_naming naming, bool planar) {
    octet_artifacts plan;
    good(octet_artifacts_plan(ctx, &arena, graph, naming, planar, &plan));
    return plan;
}

static void test_layers(void **state) {
    (void)state;
    build();
    octet_artifacts plan = plan_of(OCTET_ARTIFACT_NAMES_LAYER, false);
    assert_int_equal(plan.n_weighted, 3);
    assert_string_equal(plan.layers[0].name, "conv0");
    assert_string_equal(plan.layers[1].name, "dwconv1");
    assert_string_equal(plan.layers[2].name, "reshape0");
    assert_string_equal(plan.layers[3].name, "fc2");
    assert_string_equal(plan.layers[3].weights.name, "fc2_W");
    assert_null(plan.layers[1].bias.data);
    assert_true(plan.layers[0].has_one_scale);
    assert_memory_equal(plan.layers[1].weights.shape.dims, ((const int32_t[]){2, 1, 1, 1}), 16);
    assert_memory_equal(plan.layers[1].weights.data, "\3\4", 2);
    plan = plan_of(OCTET_ARTIFACT_NAMES_KIND, false);
    assert_string_equal(plan.layers[3].name, "fc0");
}

/* Columns (h * 3 + w) * 2 + c become c * 6 + h * 3 + w; so do maps, and maps that were flattened. */
static void test_planes(void **state) {
    (void)state;
    static const int8_t columns[12] = {0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11};
    octet_artifact_array array;
    int8_t two[24];
    build();
    for (int i = 0; i < 24; i++) two[i] = (int8_t)i;
    const octet_artifacts plan = plan_of(OCTET_ARTIFACT_NAMES_LAYER, true);
    const octet_artifact_layer *dense = &plan.layers[3];
    assert_true(dense->is_permuted);
    assert_memory_equal(dense->weights.data, columns, 12);
    for (int i = 0; i < 12; i++) assert_int_equal(((const int8_t *)dense->weights.data)[12 + i], 12 + columns[i]);
    assert_int_equal(dense->weights.shape.rank, 2);
    for (int k = 1; k < 3; k++) { /* the map, and the map flattened */
        const uint32_t value = plan.layers[k].op->outputs[0];
        good(octet_artifacts_tensors(ctx, &arena, &plan, "t", value, OCTET_INT8, 2, two, &array));
        assert_memory_equal(array.data, columns, 12);
        assert_int_equal(array.shape.rank, k == 1 ? 4 : 2);
        assert_int_equal(array.shape.dims[0], 2);
        assert_int_equal(array.shape.dims[1], k == 1 ? 2 : 12);
    }
}

static void test_formats(void **state) {
    (void)state;
    static const int16_t numbers[3] = {-1, 0, 258};
    const octet_artifact_array array = {
        .name = "t", .axes = "[n]", .type = OCTET_INT16, .shape = SHAPE(3), .data = numbers};
    static const char *const expected[OCTET_N_ARRAY_FORMATS] = {
        NULL, NULL, "// t: int16, [n] [3], 3 words of 16 bits, two's complement\nFFFF\n0000\n0102\n",
        "; t: int16, [n] [3], 3 words of 16 bits, two's complement\nmemory_initialization_radix=16;\n"
        "memory_initialization_vector=\nFFFF,\n0000,\n0102;\n",
        "-- t: int16, [n] [3], two's complement\nDEPTH = 3;\nWIDTH = 16;\nADDRESS_RADIX = HEX;\nDATA_RADIX = HEX;\n"
        "CONTENT\nBEGIN\n0 : FFFF;\n1 : 0000;\n2 : 0102;\nEND;\n"};
    for (octet_array_format f = OCTET_ARRAY_BIN; f < OCTET_N_ARRAY_FORMATS; f++) {
        text.size = 0;
        good(octet_array_append(ctx, f, &array, &text));
        if (expected[f] != NULL) assert_string_equal((const char *)text.data, expected[f]);
        if (f == OCTET_ARRAY_BIN) assert_memory_equal(text.data, numbers, sizeof numbers);
    }
}

/* Names that would be one macro, that begin with a digit, and one that a layer has taken. */
static void test_macros(void **state) {
    (void)state;
    static const char *const lines[] = {"#define CONV0_INPUT_SCALE 5.000000000e-01f\n",
                                        "#define CONV0_INPUT_ZERO_POINT (-1)\n",
                                        "#define FC2_MULTIPLIER 1073741824\n",
                                        "#define FC2_SHIFT (-1)\n",
                                        "#define A_B_0_SCALE ",
                                        "#define A_B_0_2_SCALE ",
                                        "#define T_9_LIVES_SCALE ",
                                        "#define FC2_INPUT_SCALE ",
                                        "#define FC2_INPUT_2_SCALE ",
                                        "#define W_3_SCALE "};
    octet_artifact_report report = {.model = "m"};
    build();
    const octet_artifacts plan = plan_of(OCTET_ARTIFACT_NAMES_LAYER, false);
    good(octet_artifacts_write_macros(ctx, &plan, &report, &text));
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *found = strstr((const char *)text.data, lines[i]);
        if (found == NULL) fail_msg("%s is missing in %s", lines[i], (const char *)text.data);
        assert_null(strstr(found + 1, lines[i]));
    }
}

static void test_float_weights(void **state) {
    (void)state;
    static const float numbers[4] = {1, 2, 3, 4};
    const octet_shape shape = SHAPE(1, 2), square = SHAPE(2, 2);
    uint32_t x, w, y;
    octet_artifacts plan;
    good(octet_graph_add_value(ctx, graph, "x", OCTET_FLOAT32, &shape, &x));
    good(octet_graph_add_input(ctx, graph, x, "x"));
    good(octet_graph_add_constant(ctx, graph, "w", OCTET_FLOAT32, &square, numbers, &w));
    const octet_options options = {.fully_connected = {OCTET_ACTIVATION_NONE, false, false, 0}};
    good(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "dense", NULL, (const uint32_t[]){x, w, OCTET_NONE}, 3,
                          &options, &y, 1));
    good(octet_graph_add_output(ctx, graph, y, "y"));
    assert_int_equal(octet_artifacts_plan(ctx, &arena, graph, OCTET_ARTIFACT_NAMES_LAYER, false, &plan),
                     OCTET_UNSUPPORTED);
    assert_non_null(strstr(ctx->message, "dense: FULLY_CONNECTED has no int8 weights"));
}

static void test_c_array(void **state) {
    (void)state;
    uint8_t bytes[17];
    for (int i = 0; i < 17; i++) bytes[i] = (uint8_t)(i * 16);
    good(octet_artifacts_write_c_array(ctx, "net", "m.tflite", (octet_bytes){bytes, sizeof bytes}, &text));
    assert_non_null(strstr((const char *)text.data, "net_ALIGN const unsigned char net[] = {\n    0x00, 0x10, 0x20,"));
    assert_non_null(strstr((const char *)text.data, "0xf0,\n    0x00,\n};\nconst unsigned int net_len = 17u;\n"));
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {CASE(test_layers), CASE(test_planes),        CASE(test_formats),
                                       CASE(test_macros), CASE(test_float_weights), CASE(test_c_array)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
