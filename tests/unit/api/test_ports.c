/* octet_compare of files that list inputs and outputs in another order: the same verdict. */
#include "api/handles.h"
#include "export/tflite/tflite.h"
#include "support/mnist.h"

enum { N_SAMPLES = 40, N_X = 3, N_Z = 2, N_Y = 4 };

static const float w_x[N_Y * N_X] = {1, 0.5f, -0.25f, -1, 2, 0.125f, 0.3f, 0.7f, -0.9f, 0.2f, 0.4f, -2},
                             w_z[N_Y * N_Z] = {0.3f, -1, 0.6f, 2, -0.7f, 0.1f, 0.9f, 0.4f};
static float x[N_SAMPLES * N_X], z[N_SAMPLES * N_Z];

static uint32_t add_dense(octet_graph *graph, const char *input, int32_t n, const float *weights) {
    const octet_shape shape = {2, {1, n}}, of_weights = {2, {N_Y, n}};
    uint32_t inputs[3] = {0, 0, OCTET_NONE}, y;
    GOOD(octet_graph_add_value(ctx, graph, input, OCTET_FLOAT32, &shape, &inputs[0]));
    GOOD(octet_graph_add_input(ctx, graph, inputs[0], input));
    GOOD(octet_graph_add_constant(ctx, graph, "w", OCTET_FLOAT32, &of_weights, weights, &inputs[1]));
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, input, NULL, inputs, 3, NULL, &y, 1));
    return y;
}

/* Two dense layers, whose sum is one output and the second of which is the other. */
static octet_model *make_model(octet_buffer *file) {
    octet_graph *graph = NULL;
    octet_model *model = NULL;
    uint32_t sum;
    GOOD(octet_graph_create(ctx, "two", &graph));
    const uint32_t parts[] = {add_dense(graph, "x", N_X, w_x), add_dense(graph, "z", N_Z, w_z)};
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_ADD, "add", NULL, parts, 2, NULL, &sum, 1));
    GOOD(octet_graph_add_output(ctx, graph, sum, "sum"));
    GOOD(octet_graph_add_output(ctx, graph, parts[1], "part"));
    GOOD(octet_export_tflite(ctx, graph, file));
    octet_graph_destroy(ctx, graph);
    GOOD(octet_model_load_bytes(ctx, file->data, file->size, "two", NULL, &model));
    return model;
}

static void swap(octet_port *ports) {
    const octet_port first = ports[0];
    ports[0] = ports[1];
    ports[1] = first;
}

static octet_data *make_data(void) {
    static const int64_t of_x[] = {N_SAMPLES, N_X}, of_z[] = {N_SAMPLES, N_Z};
    octet_array_view views[2] = {OCTET_ARRAY_VIEW_INIT, OCTET_ARRAY_VIEW_INIT};
    octet_data *data = NULL;
    for (int i = 0; i < N_SAMPLES * N_X; i++) x[i] = (float)((i * 37) % 101) / 50.0f - 1.0f;
    for (int i = 0; i < N_SAMPLES * N_Z; i++) z[i] = (float)((i * 53) % 97) / 24.0f - 2.0f;
    views[0].name = "x", views[0].data = x, views[0].dims = of_x;
    views[1].name = "z", views[1].data = z, views[1].dims = of_z;
    for (int i = 0; i < 2; i++) views[i].type = "float32", views[i].rank = 2;
    GOOD(octet_data_from_arrays(ctx, views, 2, NULL, NULL, &data));
    return data;
}

static double fidelity(const octet_model *model, const octet_model *quantized, octet_data *data) {
    octet_verdict *verdict = NULL;
    GOOD(octet_compare(ctx, model, quantized, data, NULL, NULL, &verdict));
    const double db = octet_verdict_fidelity(verdict);
    octet_verdict_destroy(ctx, verdict);
    return db;
}

static void the_order_of_ports_does_not_count(void **state) {
    octet_buffer file = {0};
    octet_model *model = make_model(&file), *quantized = NULL, *other = NULL;
    octet_data *data = make_data();
    void *bytes = NULL;
    size_t size;
    (void)state;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    const double expected = fidelity(model, quantized, data);
    assert_true(expected > 25.0 && expected < 80.0);
    swap(quantized->graph->inputs);
    swap(quantized->graph->outputs);
    GOOD(octet_model_write_bytes(ctx, quantized, &bytes, &size));
    GOOD(octet_model_load_bytes(ctx, bytes, size, "other", NULL, &other));
    assert_true(fidelity(model, other, data) == expected);
    octet_model_destroy(ctx, other);
    octet_bytes_free(ctx, bytes);
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
    octet_buffer_free(ctx, &file);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(the_order_of_ports_does_not_count, start, end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
