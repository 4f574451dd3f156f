/* octet_compare_layers against plain loops over the values of two interpreters. */
#include <math.h>
#include <string.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figures_equal_plain_loops, start, end),
        cmocka_unit_test_setup_teardown(wrong_models_are_refused, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
