/* Arrays that are fed in the model's own types, float32 beside int8, and SOFTMAX of int8 that gives int16. */
#include <string.h>

#include "export/tflite/tflite.h"
#include "formats/npy.h"
#include "octet/octet.h"
#include "support/fixture.h"
#include "support/mnist.h"

/* Bytes of LiteRT's reference kernel. */
static const int8_t x[10] = {89, 35, 2, -59, -50, -118, -109, -124, -84, 80};
static const int16_t y[10] = {5343, -30207, -32276, -32745, -32731, -32767, -32766, -32767, -32761, -8467};
static const float extra[3] = {0.5f, -1, 2};

static void quantize(octet_graph *graph, uint32_t value, float scale, int32_t zero_point) {
    GOOD(octet_value_set_quantization(ctx, graph, value, 1, 0, &scale, &zero_point));
}

/* extra: float32 [1,3], which nothing reads; x: int8 [1,10] -> SOFTMAX -> int16. */
static const char *write_model(void) {
    static const octet_options options = {.softmax = {.beta = 1.0f}};
    const octet_shape three = {2, {1, 3}}, ten = {2, {1, 10}};
    octet_graph *graph = NULL;
    octet_buffer file = {0};
    uint32_t values[3];
    GOOD(octet_graph_create(ctx, "m", &graph));
    GOOD(octet_graph_add_value(ctx, graph, "extra", OCTET_FLOAT32, &three, &values[0]));
    GOOD(octet_graph_add_value(ctx, graph, "x", OCTET_INT8, &ten, &values[1]));
    GOOD(octet_graph_add_value(ctx, graph, "y", OCTET_INT16, &ten, &values[2]));
    quantize(graph, values[1], 0.05f, 3);
    quantize(graph, values[2], 1.0f / 65536, INT16_MIN);
    GOOD(octet_graph_add_input(ctx, graph, values[0], "extra"));
    GOOD(octet_graph_add_input(ctx, graph, values[1], "x"));
    GOOD(octet_graph_add_operator(ctx, graph, OCTET_OP_SOFTMAX, "softmax", &values[1], 1, &options, &values[2], 1,
                                  OCTET_NONE, NULL));
    GOOD(octet_graph_add_output(ctx, graph, values[2], "y"));
    GOOD(octet_export_tflite(ctx, graph, &file));
    const char *path = fixture_write("own.tflite", file.data, file.size);
    octet_graph_destroy(ctx, graph);
    octet_buffer_free(ctx, &file);
    return path;
}

static void float32_is_fed_beside_int8(void **state) {
    (void)state;
    octet_model *model = NULL;
    GOOD(octet_model_load(ctx, write_model(), NULL, &model));
    const char *x_path = fixture_path("x.npy"), *extra_path = fixture_path("extra.npy");
    GOOD(octet_npy_save(ctx, x_path, "|i1", 2, (const int32_t[]){1, 10}, x));
    GOOD(octet_npy_save(ctx, extra_path, "<f4", 2, (const int32_t[]){1, 3}, extra));
    char paths[1200];
    snprintf(paths, sizeof paths, "x=%s,extra=%s", x_path, extra_path);
    octet_open_options data = OCTET_OPEN_OPTIONS_INIT;
    data.path = paths;
    octet_array_files files = OCTET_ARRAY_FILES_INIT;
    files.data = &data;
    files.output = fixture_path("y.npy");
    uint64_t n = 0;
    GOOD(octet_model_run_files(ctx, model, &files, NULL, &n));
    assert_int_equal(n, 1);
    octet_file file;
    octet_array array;
    GOOD(octet_file_open(ctx, files.output, &file));
    GOOD(octet_npy_parse(ctx, file.bytes, "y", &array));
    assert_int_equal(array.n_elements, 10);
    assert_memory_equal(array.data, y, sizeof y);
    octet_file_close(ctx, &file);
    octet_model_destroy(ctx, model);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(float32_is_fed_beside_int8)};
    return cmocka_run_group_tests(tests, start, end);
}
