/* A .tflite with inputs of other shapes than it states, the signatures that it offers, ranges of training. */
#include "api/handles.h"
#include "export/tflite/tflite.h"
#include "support/mnist.h"

/* dense of [1,2,3], whose batch is open in the file. */
static octet_buffer make_file(void) {
    static const float weights[4 * 3] = {1, 2, 3, -1, 0.5f, 0, 2, -2, 1, 0, 0, 4};
    octet_graph *graph = NULL;
    octet_buffer file = {0};
    uint32_t inputs[3] = {0, 0, OCTET_NONE}, y;
    GOOD(octet_graph_create(ctx, "dense", &graph));
    GOOD(octet_graph_add_value(ctx, graph, "x", OCTET_FLOAT32, &(octet_shape){3, {1, 2, 3}}, &inputs[0]));
    GOOD(octet_graph_add_input(ctx, graph, inputs[0], "x"));
    GOOD(octet_graph_add_constant(ctx, graph, "w", OCTET_FLOAT32, &(octet_shape){2, {4, 3}}, weights, &inputs[1]));
    const octet_options options = {.fully_connected.keep_num_dims = true};
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "dense", NULL, inputs, 3, &options, &y, 1));
    GOOD(octet_graph_add_output(ctx, graph, y, "y"));
    GOOD(octet_export_tflite(ctx, graph, &file));
    octet_graph_destroy(ctx, graph);
    return file;
}

static octet_model *load_shaped(const octet_buffer *file, const char *shape, bool resize, octet_status expected) {
    octet_load_options options = OCTET_LOAD_OPTIONS_INIT;
    octet_model *model = NULL;
    options.input_shape = shape;
    options.resize = resize;
    const octet_status status = octet_model_load_bytes(ctx, file->data, file->size, "file", &options, &model);
    if (status != expected) fail_msg("%s: %s", shape, octet_context_message(ctx));
    octet_context_clear_error(ctx);
    return model;
}

static void shapes_follow_from_those_of_inputs(void **state) {
    octet_buffer file = make_file();
    octet_model *model = load_shaped(&file, "5,1,3", true, OCTET_OK);
    octet_interpreter *interpreter = NULL;
    octet_tensor x = OCTET_TENSOR_INIT, y = OCTET_TENSOR_INIT;
    (void)state;
    octet_model_input(model, 0, &x);
    octet_model_output(model, 0, &y);
    assert_memory_equal(x.dims, ((int32_t[]){5, 1, 3}), 3 * sizeof(int32_t));
    assert_memory_equal(y.dims, ((int32_t[]){5, 1, 4}), 3 * sizeof(int32_t));
    GOOD(octet_interpreter_create(ctx, model, NULL, &interpreter));
    float *in = octet_interpreter_input(interpreter, 0);
    for (int i = 0; i < 15; i++) in[i] = (float)i;
    octet_interpreter_run(interpreter);
    const float *out = octet_interpreter_output(interpreter, 0);
    assert_memory_equal(out + 16, ((float[]){80, -5.5f, 12, 56}), 4 * sizeof(float));
    octet_interpreter_destroy(ctx, interpreter);
    octet_model_destroy(ctx, model);
    octet_buffer_free(ctx, &file);
}

static void only_resize_replaces_what_the_file_fixes(void **state) {
    octet_buffer file = make_file();
    (void)state;
    assert_null(load_shaped(&file, "5,2,3", false, OCTET_USAGE));
    octet_model *model = load_shaped(&file, "7,3", true, OCTET_OK); /* another rank, which this operator takes */
    octet_tensor y = OCTET_TENSOR_INIT;
    octet_model_output(model, 0, &y);
    assert_int_equal(y.rank, 2);
    octet_model_destroy(ctx, model);
    assert_null(load_shaped(&file, "5,2,4", true, OCTET_MODEL)); /* 4 numbers where the weights take 3 */
    octet_buffer_free(ctx, &file);
}

static void what_is_not_open_is_in_the_signature_as_it_is(void **state) {
    octet_buffer file = make_file();
    octet_model *model = load_shaped(&file, NULL, false, OCTET_OK);
    octet_tensor x = OCTET_TENSOR_INIT;
    (void)state;
    octet_model_input(model, 0, &x);
    assert_memory_equal(x.dims_signature, x.dims, sizeof x.dims);
    model->graph->values[x.index].open = 1;
    octet_model_input(model, 0, &x);
    assert_memory_equal(x.dims_signature, ((int32_t[]){-1, 2, 3}), 3 * sizeof(int32_t));
    octet_model_destroy(ctx, model);
    octet_buffer_free(ctx, &file);
}

static void an_open_batch_is_written(void **state) {
    octet_buffer file = make_file();
    octet_model *model = load_shaped(&file, NULL, false, OCTET_OK);
    octet_buffer again = {0};
    octet_tensor x = OCTET_TENSOR_INIT, y = OCTET_TENSOR_INIT;
    (void)state;
    model->graph->open_batch = true;
    GOOD(octet_export_tflite(ctx, model->graph, &again));
    octet_model_destroy(ctx, model);
    model = load_shaped(&again, NULL, false, OCTET_OK);
    octet_model_input(model, 0, &x);
    octet_model_output(model, 0, &y);
    assert_memory_equal(x.dims_signature, ((int32_t[]){-1, 2, 3}), 3 * sizeof(int32_t));
    assert_memory_equal(y.dims_signature, ((int32_t[]){-1, 2, 4}), 3 * sizeof(int32_t));
    octet_model_destroy(ctx, model);
    octet_buffer_free(ctx, &file);
    octet_buffer_free(ctx, &again);
}

static void signatures_have_names(void **state) {
    octet_buffer file = make_file();
    octet_model *model = load_shaped(&file, NULL, false, OCTET_OK);
    (void)state;
    assert_int_equal(octet_model_n_signatures(model), 1);
    assert_string_equal(octet_model_signature(model, 0), "serving_default");
    assert_int_equal(octet_model_current_signature(model), 0);
    octet_model_destroy(ctx, model);
    octet_buffer_free(ctx, &file);
}

static void training_leaves_ranges(void **state) {
    octet_buffer file = make_file();
    octet_model *model = load_shaped(&file, NULL, false, OCTET_OK), *trained = NULL, *quantized = NULL;
    octet_graph *graph = NULL;
    uint32_t x, y;
    bool is_trained = true;
    (void)state;
    GOOD(octet_model_is_trained(ctx, model, &is_trained));
    assert_false(is_trained);
    GOOD(octet_graph_create(ctx, "trained", &graph));
    GOOD(octet_graph_add_value(ctx, graph, "x", OCTET_FLOAT32, &(octet_shape){2, {1, 4}}, &x));
    GOOD(octet_graph_add_input(ctx, graph, x, "x"));
    const octet_options range = {.fake_quant = {.min = -1.0f, .max = 1.0f, .n_bits = 8}};
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_FAKE_QUANT, "range", NULL, &x, 1, &range, &y, 1));
    GOOD(octet_graph_add_output(ctx, graph, y, "y"));
    GOOD(octet_api_wrap(ctx, graph, "trained", OCTET_KIND_TFLITE, &trained));
    GOOD(octet_model_is_trained(ctx, trained, &is_trained));
    assert_true(is_trained);
    GOOD(octet_model_quantize(ctx, trained, NULL, NULL, &quantized, NULL));
    assert_int_equal(octet_model_is_trained(ctx, quantized, &is_trained), OCTET_USAGE);
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, trained);
    octet_model_destroy(ctx, model);
    octet_buffer_free(ctx, &file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(shapes_follow_from_those_of_inputs, start, end),
        cmocka_unit_test_setup_teardown(only_resize_replaces_what_the_file_fixes, start, end),
        cmocka_unit_test_setup_teardown(what_is_not_open_is_in_the_signature_as_it_is, start, end),
        cmocka_unit_test_setup_teardown(an_open_batch_is_written, start, end),
        cmocka_unit_test_setup_teardown(signatures_have_names, start, end),
        cmocka_unit_test_setup_teardown(training_leaves_ranges, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
