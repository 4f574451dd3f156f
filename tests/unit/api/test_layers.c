/* octet_compare_layers against plain loops over the values of two interpreters. */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "export/tflite/tflite.h"
#include "octet/octet.h"
#include "support/fixture.h"
#include "support/mnist.h"

enum { N_SAMPLES = 12, N_PIXELS = 784 };

static float images[N_SAMPLES * N_PIXELS];

/* Blurred squares that no two samples share. */
static octet_data *make_data(void) {
    octet_array_view view = OCTET_ARRAY_VIEW_INIT;
    octet_data *data = NULL;
    for (int s = 0; s < N_SAMPLES; s++)
        for (int i = 0; i < N_PIXELS; i++) {
            const int x = i % 28 - 4 - s, y = i / 28 - 8 - s % 5;
            images[s * N_PIXELS + i] = x >= 0 && x < 9 && y >= 0 && y < 7 + s ? 0.5f + 0.04f * (float)s : 0.0f;
        }
    view.data = images;
    view.type = "float32";
    view.rank = 4;
    static const int64_t dims[] = {N_SAMPLES, 28, 28, 1};
    view.dims = dims;
    GOOD(octet_data_from_arrays(ctx, &view, 1, NULL, NULL, &data));
    return data;
}

static octet_interpreter *make(const octet_model *model) {
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    octet_interpreter *interpreter = NULL;
    options.keep_values = true;
    GOOD(octet_interpreter_create(ctx, model, &options, &interpreter));
    return interpreter;
}

static uint32_t tensor_named(const octet_model *model, const char *name) {
    octet_tensor tensor = OCTET_TENSOR_INIT;
    for (uint32_t i = 0; i < octet_model_n_tensors(model); i++) {
        octet_model_tensor(model, i, &tensor);
        if (!tensor.is_constant && strcmp(tensor.name, name) == 0) return i;
    }
    fail_msg("no tensor %s", name);
    return 0;
}

static double real_at(const octet_tensor *tensor, const void *data, size_t i) {
    if (strcmp(tensor->type, "float32") == 0) return (double)((const float *)data)[i];
    assert_string_equal(tensor->type, "int8");
    return (double)(tensor->scale * (float)(((const int8_t *)data)[i] - tensor->zero_point));
}

static void near(double a, double b) {
    if (!(fabs(a - b) <= 1e-6 * fmax(1.0, fabs(b)))) fail_msg("%.12g is not %.12g", a, b);
}

static void check_row(const octet_layer_figures *row, const octet_model *const *models,
                      octet_interpreter *const *interpreters) {
    const uint32_t places[] = {tensor_named(models[0], row->float_name), row->tensor_index};
    octet_tensor tensors[] = {OCTET_TENSOR_INIT, OCTET_TENSOR_INIT};
    double signal = 0, noise = 0, error = 0, largest = 0, low = 0, high = 0;
    for (int m = 0; m < 2; m++) octet_model_tensor(models[m], places[m], &tensors[m]);
    for (int s = 0; s < N_SAMPLES; s++) {
        const void *data[2];
        for (int m = 0; m < 2; m++) {
            octet_interpreter_set_input(interpreters[m], 0, images + s * N_PIXELS);
            octet_interpreter_run(interpreters[m]);
            data[m] = octet_interpreter_value(interpreters[m], places[m]);
        }
        for (size_t i = 0; i < tensors[1].n_elements; i++) {
            const double f = real_at(&tensors[0], data[0], i), e = real_at(&tensors[1], data[1], i) - f;
            signal += f * f, noise += e * e, error += e, largest = fmax(largest, fabs(e));
            low += ((const int8_t *)data[1])[i] == -128, high += ((const int8_t *)data[1])[i] == 127;
        }
    }
    const double n = (double)tensors[1].n_elements * N_SAMPLES;
    near(row->sqnr_db, 10.0 * log10(signal / noise));
    near(row->mean_error, error / n);
    near(row->mean_squared_error, noise / n);
    near(row->stddev, sqrt(noise / n - error / n * error / n));
    near(row->max_abs_error, largest);
    near(row->low_share, low / n);
    near(row->high_share, high / n);
    near(row->scale, (double)tensors[1].scale);
    assert_int_equal(row->zero_point, tensors[1].zero_point);
    assert_int_equal(row->n_elements, tensors[1].n_elements);
}

/* What the last dense layer adds: its float weights, in plain loops, on the int8 numbers that it read. */
static void check_added(const octet_layer_figures *row, const octet_layer_figures *before,
                        const octet_model *const *models, octet_interpreter *const *interpreters) {
    octet_tensor read = OCTET_TENSOR_INIT, given = OCTET_TENSOR_INIT, weights = OCTET_TENSOR_INIT,
                 bias = OCTET_TENSOR_INIT, constant = OCTET_TENSOR_INIT;
    octet_model_tensor(models[1], before->tensor_index, &read);
    octet_model_tensor(models[1], row->tensor_index, &given);
    for (uint32_t i = 0; i < octet_model_n_tensors(models[0]); i++) {
        octet_model_tensor(models[0], i, &constant);
        if (!constant.is_constant) continue;
        if (constant.rank == 2 && constant.dims[0] == 10) weights = constant;
        if (constant.rank == 1 && constant.dims[0] == 10 && strcmp(constant.type, "float32") == 0) bias = constant;
    }
    assert_int_equal(weights.dims[1], read.n_elements);
    const float *w = octet_interpreter_value(interpreters[0], weights.index),
                *b = octet_interpreter_value(interpreters[0], bias.index);
    const uint32_t real = tensor_named(models[0], row->float_name);
    double signal = 0, added = 0;
    for (int s = 0; s < N_SAMPLES; s++) {
        for (int m = 0; m < 2; m++) {
            octet_interpreter_set_input(interpreters[m], 0, images + s * N_PIXELS);
            octet_interpreter_run(interpreters[m]);
        }
        const float *f = octet_interpreter_value(interpreters[0], real);
        for (size_t o = 0; o < 10; o++) {
            double sum = (double)b[o];
            for (size_t i = 0; i < read.n_elements; i++)
                sum += (double)w[o * read.n_elements + i] *
                       real_at(&read, octet_interpreter_value(interpreters[1], read.index), i);
            const double a = real_at(&given, octet_interpreter_value(interpreters[1], given.index), o) - sum;
            signal += (double)f[o] * (double)f[o], added += a * a;
        }
    }
    const double mean_square = added / (10 * N_SAMPLES);
    if (fabs(row->added_mean_squared_error - mean_square) > 1e-4 * mean_square)
        fail_msg("added: %.9g, not %.9g", row->added_mean_squared_error, mean_square);
    if (fabs(row->added_db - 10.0 * log10(signal / added)) > 1e-3)
        fail_msg("added: %.6f dB, not %.6f dB", row->added_db, 10.0 * log10(signal / added));
}

static void figures_equal_plain_loops(void **state) {
    (void)state;
    octet_data *data = make_data();
    octet_model *quantized = NULL, *model = load("mnist_cnn_k2.h5");
    octet_layers *layers = NULL;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    GOOD(octet_compare_layers(ctx, model, quantized, data, NULL, &layers));
    const octet_model *const models[] = {model, quantized};
    octet_interpreter *const interpreters[] = {make(model), make(quantized)};
    octet_layer_figures row = OCTET_LAYER_FIGURES_INIT, before = OCTET_LAYER_FIGURES_INIT;
    const uint32_t n = octet_layers_n_rows(layers);
    uint32_t n_dense = 0;
    assert_int_equal(n, 7);
    for (uint32_t i = 0; i < n; i++) {
        octet_layers_row(layers, i, &row);
        check_row(&row, models, interpreters);
        assert_true(row.has_added);
        if (i > 0) octet_layers_row(layers, i - 1, &before);
        if (strcmp(row.layer, "dense_4") != 0) continue;
        n_dense++;
        check_added(&row, &before, models, interpreters);
    }
    assert_int_equal(n_dense, 1);
    octet_layers_row(layers, octet_layers_worst(layers, 0), &row);
    for (uint32_t i = 0; i < n; i++) {
        octet_layers_row(layers, i, &before);
        assert_true(before.added_db >= row.added_db);
    }
    for (int m = 0; m < 2; m++) octet_interpreter_destroy(ctx, interpreters[m]);
    octet_layers_destroy(ctx, layers);
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, model);
    octet_data_close(ctx, data);
}

/* A quantized file as the original, a float one as the quantized: one sentence each. */
static void wrong_models_are_refused(void **state) {
    (void)state;
    octet_data *data = make_data();
    octet_model *quantized = NULL, *model = load("mnist_cnn_k2.h5"), *other = load("mnist_fc_k2.h5");
    octet_layers *layers = NULL;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    assert_int_equal(octet_compare_layers(ctx, quantized, quantized, data, NULL, &layers), OCTET_USAGE);
    assert_non_null(strstr(octet_context_message(ctx), "the float model comes first"));
    octet_context_clear_error(ctx);
    assert_int_equal(octet_compare_layers(ctx, model, model, data, NULL, &layers), OCTET_USAGE);
    assert_non_null(strstr(octet_context_message(ctx), "nothing in it is quantized"));
    octet_context_clear_error(ctx);
    assert_int_equal(octet_compare_layers(ctx, other, quantized, data, NULL, &layers), OCTET_DATA);
    assert_non_null(strstr(octet_context_message(ctx), "not made from the network"));
    octet_context_clear_error(ctx);
    assert_null(layers);
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, model);
    octet_model_destroy(ctx, other);
    octet_data_close(ctx, data);
}

/* ---- A small network ---- */

enum { N_POINTS = 5, N_IN = 3, N_HIDDEN = 4 };
static const float points[N_POINTS * N_IN] = {1, 2, 3, -4, 5, 6, 7, -8, 9, 0.5f, -1, 2, 20, 1, 1};

/* [batch,3] -> dense, RELU -> dense: the last operator reads what the first one rounded. */
static octet_model *make_model(int32_t batch, octet_buffer *file) {
    static const float w[N_HIDDEN * N_IN] = {1, 0.5f, -0.25f, -1, 2, 0.125f, 0.3f, 0.7f, -0.9f, 0.2f, 0.4f, -2};
    static const float v[2 * N_HIDDEN] = {0.3f, -1, 0.6f, 2, -0.7f, 0.1f, 0.9f, 0.4f};
    const octet_options relu = {.fully_connected = {.activation = OCTET_ACTIVATION_RELU}};
    const octet_shape shape = {2, {batch, N_IN}}, first = {2, {N_HIDDEN, N_IN}}, second = {2, {2, N_HIDDEN}};
    octet_graph *graph = NULL;
    octet_model *model = NULL;
    uint32_t inputs[3] = {0, 0, OCTET_NONE}, y;
    GOOD(octet_graph_create(ctx, "points", &graph));
    GOOD(octet_graph_add_value(ctx, graph, "x", OCTET_FLOAT32, &shape, &inputs[0]));
    GOOD(octet_graph_add_input(ctx, graph, inputs[0], "x"));
    GOOD(octet_graph_add_constant(ctx, graph, "w", OCTET_FLOAT32, &first, w, &inputs[1]));
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "a", "net/a/Relu", inputs, 3, &relu, &y, 1));
    inputs[0] = y;
    GOOD(octet_graph_add_constant(ctx, graph, "v", OCTET_FLOAT32, &second, v, &inputs[1]));
    GOOD(octet_graph_emit(ctx, graph, OCTET_OP_FULLY_CONNECTED, "b", "net/b/MatMul", inputs, 3, NULL, &y, 1));
    GOOD(octet_graph_add_output(ctx, graph, y, "y"));
    GOOD(octet_export_tflite(ctx, graph, file));
    octet_graph_destroy(ctx, graph);
    GOOD(octet_model_load_bytes(ctx, file->data, file->size, "points", NULL, &model));
    return model;
}

static octet_data *make_points(void) {
    static const int64_t dims[] = {N_POINTS, N_IN};
    octet_array_view view = OCTET_ARRAY_VIEW_INIT;
    octet_data *data = NULL;
    view.data = points;
    view.type = "float32";
    view.rank = 2;
    view.dims = dims;
    GOOD(octet_data_from_arrays(ctx, &view, 1, NULL, NULL, &data));
    return data;
}

/* Five samples in runs of two: the copy that fills the last run does not count. */
static void batches_do_not_count(void **state) {
    (void)state;
    octet_data *data = make_points();
    octet_layers *layers[2] = {NULL, NULL};
    for (int32_t batch = 1; batch <= 2; batch++) {
        octet_buffer file = {0};
        octet_model *model = make_model(batch, &file), *quantized = NULL;
        GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
        GOOD(octet_compare_layers(ctx, model, quantized, data, NULL, &layers[batch - 1]));
        octet_model_destroy(ctx, quantized);
        octet_model_destroy(ctx, model);
        octet_buffer_free(ctx, &file);
    }
    assert_int_equal(octet_layers_n_rows(layers[0]), 3);
    assert_int_equal(octet_layers_n_rows(layers[1]), 3);
    for (uint32_t i = 0; i < 3; i++) {
        octet_layer_figures a = OCTET_LAYER_FIGURES_INIT, b = OCTET_LAYER_FIGURES_INIT;
        octet_layers_row(layers[0], i, &a);
        octet_layers_row(layers[1], i, &b);
        assert_string_equal(a.layer, b.layer);
        assert_string_equal(a.layer, i == 0 ? "x" : i == 1 ? "a" : "b");
        near(a.sqnr_db, b.sqnr_db);
        near(a.mean_error, b.mean_error);
        near(a.max_abs_error, b.max_abs_error);
        near(a.low_share, b.low_share);
        assert_true(a.has_added && b.has_added);
        near(a.added_db, b.added_db);
    }
    octet_layers_destroy(ctx, layers[0]);
    octet_layers_destroy(ctx, layers[1]);
    octet_data_close(ctx, data);
}

static void every_lack_of_memory_is_told(void **state) {
    (void)state;
    octet_buffer file = {0};
    octet_data *data = make_points();
    octet_model *model = make_model(1, &file), *quantized = NULL;
    octet_layers *layers = NULL;
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    octet_status status = OCTET_NOMEM;
    options.n_threads = 1;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    const size_t before = ctx->memory_bytes;
    uint64_t n = 0;
    while (status != OCTET_OK) {
        ctx->fail_allocation = ctx->n_allocations + ++n;
        status = octet_compare_layers(ctx, model, quantized, data, &options, &layers);
        ctx->fail_allocation = 0;
        if (status == OCTET_OK) break;
        assert_int_equal(status, OCTET_NOMEM);
        assert_null(layers);
        assert_int_equal(ctx->memory_bytes, before);
        octet_context_clear_error(ctx);
    }
    assert_true(n > 20);
    octet_layers_destroy(ctx, layers);
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, model);
    octet_data_close(ctx, data);
    octet_buffer_free(ctx, &file);
}

/* The same text whatever the number of threads, and each way to render it. */
static void threads_do_not_count(void **state) {
    (void)state;
    octet_data *data = make_data();
    octet_model *quantized = NULL, *model = load("mnist_fc_k2.h5");
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    for (int as = OCTET_AS_TEXT; as <= OCTET_AS_CSV; as++) {
        char *texts[2] = {NULL, NULL};
        for (uint32_t t = 0; t < 2; t++) {
            octet_run_options options = OCTET_RUN_OPTIONS_INIT;
            octet_layers *layers = NULL;
            options.n_threads = 1 + 2 * t;
            GOOD(octet_compare_layers(ctx, model, quantized, data, &options, &layers));
            GOOD(octet_layers_render(ctx, layers, true, (octet_rendering)as, &texts[t]));
            octet_layers_destroy(ctx, layers);
        }
        assert_string_equal(texts[0], texts[1]);
        octet_text_free(ctx, texts[0]);
        octet_text_free(ctx, texts[1]);
    }
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, model);
    octet_data_close(ctx, data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figures_equal_plain_loops, start, end),
        cmocka_unit_test_setup_teardown(batches_do_not_count, start, end),
        cmocka_unit_test_setup_teardown(every_lack_of_memory_is_told, start, end),
        cmocka_unit_test_setup_teardown(threads_do_not_count, start, end),
        cmocka_unit_test_setup_teardown(wrong_models_are_refused, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
