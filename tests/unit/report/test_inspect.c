/* Tables of inspect and summary, and their JSON, over a small graph. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "report/inspect.h"
#include "report/summary.h"
#include "report/table.h"

static octet_graph *make(octet_context *ctx) {
    octet_graph *graph;
    uint32_t x, w, y;
    const octet_shape in = {2, {1, 4}}, weights = {2, {3, 4}}, out = {2, {1, 3}};
    const int8_t data[12] = {1};
    const float scale = 0.5f, scales[3] = {0.25f, 0.5f, 0.125f};
    const int32_t zero = -128, zeros[3] = {0};
    assert_int_equal(octet_graph_create(ctx, "m.tflite", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(ctx, graph, "x", OCTET_INT8, &in, &x), OCTET_OK);
    assert_int_equal(octet_graph_add_constant(ctx, graph, "w\"1\"", OCTET_INT8, &weights, data, &w), OCTET_OK);
    assert_int_equal(octet_graph_add_value(ctx, graph, "dense/MatMul;dense/BiasAdd", OCTET_INT8, &out, &y), OCTET_OK);
    assert_int_equal(octet_value_set_quantization(ctx, graph, x, 1, 0, &scale, &zero), OCTET_OK);
    assert_int_equal(octet_value_set_quantization(ctx, graph, w, 3, 0, scales, zeros), OCTET_OK);
    assert_int_equal(octet_value_set_quantization(ctx, graph, y, 1, 0, &scale, &zero), OCTET_OK);
    assert_int_equal(octet_graph_add_input(ctx, graph, x, "image"), OCTET_OK);
    octet_options options = {0};
    options.fully_connected.activation = OCTET_ACTIVATION_RELU;
    const uint32_t inputs[] = {x, w, OCTET_NONE};
    assert_int_equal(octet_graph_add_operator(ctx, graph, OCTET_OP_FULLY_CONNECTED, "dense", inputs, 3, &options, &y, 1,
                                              OCTET_NONE, NULL),
                     OCTET_OK);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "scores"), OCTET_OK);
    return graph;
}

static void inspect_text(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph = make(&ctx);
    octet_buffer out = {0};
    const int32_t version = 4;
    const size_t offsets[] = {0, SIZE_MAX, 64};
    const octet_inspection in = {.graph = graph,
                                 .model = "m.tflite",
                                 .file_bytes = 1234,
                                 .versions = &version,
                                 .arena_bytes = 128,
                                 .offsets = offsets};
    assert_int_equal(octet_inspect_write_text(&ctx, &in, &out), OCTET_OK);
    assert_string_equal((const char *)out.data,
                        "m.tflite: 1,234 bytes\n\n"
                        "input   image   int8  [1,4]  scale 0.5, zero point -128\n"
                        "output  scores  int8  [1,3]  scale 0.5, zero point -128\n"
                        "\nOperators (1)\n"
                        "#  operator         version  inputs  outputs  options\n"
                        "0  FULLY_CONNECTED        4  0 1 -   2        activation=RELU\n"
                        "\nTensors\n"
                        "#  tensor        type  shape  scale       zero point  axis  bytes  kept      offset\n"
                        "0  x             int8  [1,4]  0.5               -128            4                 0\n"
                        "1  w\"1\"          int8  [3,4]  0.125..0.5           0  0        12  constant\n"
                        "2  dense/MatMul  int8  [1,3]  0.5               -128            3                64\n"
                        "\nConstants   12 bytes\n"
                        "Activations 128 bytes, planned\n");
    octet_buffer_free(&ctx, &out);
    assert_int_equal(octet_inspect_write_json(&ctx, &in, &out), OCTET_OK);
    assert_non_null(strstr((const char *)out.data, "\"name\":\"w\\\"1\\\"\""));
    assert_non_null(
        strstr((const char *)out.data, "\"inputs\":[0,1,null],\"outputs\":[2],\"options\":{\"activation\":\"RELU\""));
    octet_buffer_free(&ctx, &out);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void summary_of_layers(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph = make(&ctx);
    octet_buffer out = {0};
    const octet_layer layers[] = {
        {.name = "flatten", .class_name = "Flatten", .output_shape = {2, {-1, 784}}, .inputs = ""},
        {.name = "dense",
         .class_name = "Dense",
         .output_shape = {2, {-1, 128}},
         .n_parameters = 104938,
         .n_trainable = 104938,
         .inputs = "flatten"},
    };
    for (int i = 0; i < 2; i++) assert_int_equal(octet_graph_add_layer(&ctx, graph, &layers[i]), OCTET_OK);
    assert_int_equal(octet_summary_write_text(&ctx, graph, "m.h5", &out), OCTET_OK);
    assert_string_equal((const char *)out.data, "m.h5\n\n"
                                                "Layer (type)       Output Shape  Param #\n"
                                                "flatten (Flatten)  (None, 784)         0\n"
                                                "dense (Dense)      (None, 128)   104,938\n"
                                                "\n"
                                                "Total params: 104,938 (409.91 KB)\n"
                                                "Trainable params: 104,938 (409.91 KB)\n"
                                                "Non-trainable params: 0 (0.00 B)\n");
    octet_buffer_free(&ctx, &out);
    const octet_layer branch = {
        .name = "add", .class_name = "Add", .output_shape = {2, {-1, 128}}, .inputs = "flatten, dense"};
    assert_int_equal(octet_graph_add_layer(&ctx, graph, &branch), OCTET_OK);
    assert_int_equal(octet_summary_write_text(&ctx, graph, "m.h5", &out), OCTET_OK);
    assert_non_null(strstr((const char *)out.data, "add (Add)          (None, 128)         0  flatten, dense\n"));
    octet_buffer_free(&ctx, &out);
    assert_int_equal(octet_summary_write_json(&ctx, graph, "m.h5", &out), OCTET_OK);
    assert_non_null(strstr((const char *)out.data, "\"output_shape\":[null,784]"));
    octet_buffer_free(&ctx, &out);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void summary_of_operators(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_graph *graph = make(&ctx);
    octet_buffer out = {0};
    assert_int_equal(octet_summary_write_text(&ctx, graph, "m.tflite", &out), OCTET_OK);
    assert_non_null(
        strstr((const char *)out.data, "0  FULLY_CONNECTED  dense/MatMul  int8  [1,3]         12     12\n"));
    assert_non_null(strstr((const char *)out.data, "\n1 operators, 12 constants in 12 bytes\n"));
    octet_buffer_free(&ctx, &out);
    octet_graph_destroy(&ctx, graph);
}

static void long_names(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_table table = {.n_columns = 1};
    octet_buffer out = {0};
    assert_int_equal(octet_table_cell(&ctx, &table, "%s", "name"), OCTET_OK);
    assert_int_equal(octet_table_name(&ctx, &table, "abcdefghijkl", 8), OCTET_OK);
    assert_int_equal(
        octet_table_name(&ctx, &table, "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4", 8),
        OCTET_OK);
    assert_int_equal(octet_table_name(&ctx, &table,
                                      "abc\x1b\xff"
                                      "fgh;x",
                                      8),
                     OCTET_OK);
    assert_int_equal(octet_table_write(&ctx, &table, 1, &out), OCTET_OK);
    assert_string_equal((const char *)out.data,
                        " name\n ...hijkl\n ...\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\n abc??fgh\n");
    octet_buffer_free(&ctx, &out);
    octet_table_free(&ctx, &table);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inspect_text),
        cmocka_unit_test(summary_of_layers),
        cmocka_unit_test(summary_of_operators),
        cmocka_unit_test(long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
