/* Calibrating through octet.h: statistics of a model, and a model that stays as it is. */
#include <string.h>

#include "export/tflite/tflite.h"
#include "octet/octet.h"
#include "support/fixture.h"
#include "support/mnist.h"

typedef struct file {
    void *bytes;
    size_t size;
} file;

static file bytes_of(octet_model *model) {
    file f = {0};
    GOOD(octet_model_write_bytes(ctx, model, &f.bytes, &f.size));
    return f;
}

static void expect_same(file a, file b) {
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
}

static void quantizing_leaves_the_model_as_it_was(void **state) {
    (void)state;
    octet_model *model = load("mnist_cnn_k2.h5"), *quantized = NULL;
    octet_data *data = open_mnist();
    const file before = bytes_of(model);
    size_t size = 0;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    const file after = bytes_of(model);
    expect_same(before, after);
    GOOD(octet_model_size(ctx, model, &size));
    assert_int_equal(size, before.size);
    assert_int_equal(size, 176672);
    octet_bytes_free(ctx, before.bytes);
    octet_bytes_free(ctx, after.bytes);
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

/* ---- Parts against one run ---- */

enum { SAMPLES = 64 };

/* 0 .. SAMPLES - 1, each once, in an order of its own for each seed. */
static void shuffle(uint32_t seed, uint32_t order[SAMPLES]) {
    for (uint32_t i = 0; i < SAMPLES; i++) order[i] = i;
    for (uint32_t i = SAMPLES - 1; i > 0; i--) {
        seed = seed * 1664525u + 1013904223u;
        const uint32_t j = (seed >> 8) % (i + 1), kept = order[i];
        order[i] = order[j];
        order[j] = kept;
    }
}

/* octet_conversion.calibration of what follows. */
static const char *method;

/* Adds n samples of the training split, chosen by a file of indices; some of them twice. */
static void add_indices(octet_statistics *statistics, octet_model *model, octet_data *data, const uint32_t *indices,
                        uint32_t n) {
    char text[16 * SAMPLES] = "";
    size_t size = 0;
    for (uint32_t i = 0; i < n; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "%u\n", indices[i] / 10 * 10 + indices[i] % 7);
    octet_conversion options = OCTET_CONVERSION_INIT;
    options.indices = fixture_write("indices", text, size);
    options.calibration = method;
    GOOD(octet_statistics_add_data(ctx, statistics, model, data, &options));
}

static file save(const octet_statistics *statistics) {
    file f = {0};
    GOOD(octet_statistics_save_bytes(ctx, statistics, &f.bytes, &f.size));
    return f;
}

static file quantize(octet_model *model, const octet_statistics *statistics) {
    octet_model *quantized = NULL;
    octet_conversion options = OCTET_CONVERSION_INIT;
    options.calibration = method;
    GOOD(octet_model_quantize_with(ctx, model, statistics, &options, &quantized));
    const file f = bytes_of(quantized);
    octet_model_destroy(ctx, quantized);
    return f;
}

static void expect_parts_to_give_the_bytes_of_one_run(void) {
    octet_model *model = load("mnist_cnn_k2.h5");
    octet_data *data = open_mnist();
    octet_statistics *whole = NULL;
    octet_calibration seen = OCTET_CALIBRATION_INIT;
    uint32_t order[SAMPLES];
    shuffle(1, order);
    GOOD(octet_statistics_create(ctx, model, &whole));
    add_indices(whole, model, data, order, SAMPLES);
    const file saved = save(whole), made = quantize(model, whole);
    static const uint32_t n_parts[3] = {2, 7, 32};
    for (uint32_t round = 0; round < 3; round++) {
        octet_statistics *merged = NULL, *part = NULL;
        shuffle(2 + round, order);
        GOOD(octet_statistics_create(ctx, model, &merged));
        for (uint32_t p = 0; p < n_parts[round]; p++) {
            const uint32_t first = p * SAMPLES / n_parts[round], end = (p + 1) * SAMPLES / n_parts[round];
            GOOD(octet_statistics_create(ctx, model, &part));
            add_indices(part, model, data, order + first, end - first);
            const file sent = save(part); /* as from another machine */
            octet_statistics_destroy(ctx, part);
            GOOD(octet_statistics_load_bytes(ctx, sent.bytes, sent.size, "part", &part));
            GOOD(octet_statistics_merge(ctx, merged, part));
            octet_statistics_destroy(ctx, part);
            octet_bytes_free(ctx, sent.bytes);
        }
        const file got = save(merged), remade = quantize(model, merged);
        expect_same(got, saved);
        expect_same(remade, made);
        octet_statistics_describe(merged, &seen);
        assert_int_equal(seen.n_samples, SAMPLES);
        assert_in_range(seen.n_distinct, 40, SAMPLES - 1);
        assert_true(seen.late_growth > 0.0 && seen.late_layer[0] != '\0');
        assert_true(seen.raw_min == 0.0 && seen.raw_max == 255.0 && seen.min == 0.0 && seen.max == 1.0);
        octet_bytes_free(ctx, got.bytes);
        octet_bytes_free(ctx, remade.bytes);
        octet_statistics_destroy(ctx, merged);
    }
    octet_bytes_free(ctx, saved.bytes);
    octet_bytes_free(ctx, made.bytes);
    octet_statistics_destroy(ctx, whole);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

static void shuffled_parts_give_the_bytes_of_one_run(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        method = i == 0 ? NULL : "auto";
        expect_parts_to_give_the_bytes_of_one_run();
    }
    method = NULL;
}

static void expect_the_model_of_the_data(void) {
    octet_model *model = load("mnist_fc_k2.h5"), *quantized = NULL;
    octet_data *data = open_mnist();
    octet_statistics *statistics = NULL, *loaded = NULL;
    octet_calibration seen = OCTET_CALIBRATION_INIT, described = OCTET_CALIBRATION_INIT;
    const char *path = fixture_path("saved.stat");
    octet_conversion options = OCTET_CONVERSION_INIT;
    options.calibration = method;
    GOOD(octet_model_quantize(ctx, model, data, &options, &quantized, &seen));
    GOOD(octet_statistics_create(ctx, model, &statistics));
    GOOD(octet_statistics_add_data(ctx, statistics, model, data, &options));
    GOOD(octet_statistics_save(ctx, statistics, path));
    GOOD(octet_statistics_load(ctx, path, &loaded));
    const file expected = bytes_of(quantized), got = quantize(model, loaded);
    expect_same(got, expected);
    octet_statistics_describe(loaded, &described);
    assert_int_equal(described.n_distinct, seen.n_distinct);
    assert_true(described.late_growth == seen.late_growth && described.max == seen.max);
    assert_string_equal(seen.method, method != NULL ? method : "minmax");
    assert_true(seen.statistics_bytes >= described.statistics_bytes && described.statistics_bytes > 65536 * 8);
    octet_bytes_free(ctx, expected.bytes);
    octet_bytes_free(ctx, got.bytes);
    octet_statistics_destroy(ctx, loaded);
    octet_statistics_destroy(ctx, statistics);
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

static void data_and_statistics_of_them_give_the_same_model(void **state) {
    (void)state;
    for (uint32_t i = 0; (method = octet_choice_name("calibration", i)) != NULL; i++) expect_the_model_of_the_data();
    method = "percentile=99.5";
    expect_the_model_of_the_data();
    method = NULL;
}

/* ---- Samples in arrays; models made here ---- */

static octet_context inner;
static octet_graph *graph;

#define MADE(call) assert_int_equal((call), OCTET_OK)

static uint32_t begin_graph(int32_t rank, const int32_t *dims) {
    uint32_t x;
    const octet_shape shape = octet_shape_make(rank, dims);
    octet_context_init(&inner);
    MADE(octet_graph_create(&inner, "made", &graph));
    MADE(octet_graph_add_value(&inner, graph, "x", OCTET_FLOAT32, &shape, &x));
    MADE(octet_graph_add_input(&inner, graph, x, "x"));
    return x;
}

static uint32_t add_constant(int32_t rank, const int32_t *dims, const float *data) {
    uint32_t v;
    const octet_shape shape = octet_shape_make(rank, dims);
    MADE(octet_graph_add_constant(&inner, graph, "c", OCTET_FLOAT32, &shape, data, &v));
    return v;
}

/* The bytes outlive the model. */
static octet_model *end_graph(uint32_t y, octet_buffer *bytes) {
    octet_model *model = NULL;
    MADE(octet_graph_add_output(&inner, graph, y, "y"));
    MADE(octet_export_tflite(&inner, graph, bytes));
    octet_graph_destroy(&inner, graph);
    GOOD(octet_model_load_bytes(ctx, bytes->data, bytes->size, "made", NULL, &model));
    return model;
}

enum { FEATURES = 3, ROWS = 30 };
static float rows[ROWS * FEATURES];

static octet_model *dense_model(int32_t batch, octet_buffer *bytes) {
    static const float weights[2 * FEATURES] = {1, 0.5f, -0.25f, -1, 2, 0.125f};
    uint32_t y, inputs[3] = {begin_graph(2, (const int32_t[]){batch, FEATURES}), 0, OCTET_NONE};
    inputs[1] = add_constant(2, (const int32_t[]){2, FEATURES}, weights);
    MADE(octet_graph_emit(&inner, graph, OCTET_OP_FULLY_CONNECTED, "dense", "y", inputs, 3, NULL, &y, 1));
    for (int i = 0; i < ROWS * FEATURES; i++) rows[i] = (float)(i * 7919 % 101) / 8.0f - 5.0f;
    return end_graph(y, bytes);
}

static void add_rows(octet_statistics *statistics, octet_model *model, uint32_t first, uint32_t end) {
    const float *input = rows + FEATURES * first;
    octet_conversion options = OCTET_CONVERSION_INIT;
    options.calibration = method;
    GOOD(octet_statistics_add(ctx, statistics, model, &input, end - first, &options));
}

/* A model of a fixed batch takes several samples a run; in which company a sample runs does not count. */
static void batches_of_arrays_merge_too(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        const int32_t batch = i % 2 == 0 ? 1 : 4;
        method = i < 2 ? NULL : "auto";
        octet_buffer bytes = {0};
        octet_model *model = dense_model(batch, &bytes);
        octet_statistics *whole = NULL, *merged = NULL;
        octet_calibration seen = OCTET_CALIBRATION_INIT;
        GOOD(octet_statistics_create(ctx, model, &whole));
        GOOD(octet_statistics_create(ctx, model, &merged));
        add_rows(whole, model, 0, ROWS);
        add_rows(merged, model, 17, ROWS);
        add_rows(merged, model, 0, 2);
        add_rows(merged, model, 2, 2);
        add_rows(merged, model, 2, 17);
        const file expected = save(whole), got = save(merged);
        expect_same(got, expected);
        octet_statistics_describe(merged, &seen);
        assert_int_equal(seen.n_samples, ROWS);
        assert_int_equal(seen.n_distinct, ROWS);
        assert_true(seen.min == -5.0 && seen.raw_max == seen.max);
        octet_bytes_free(ctx, expected.bytes);
        octet_bytes_free(ctx, got.bytes);
        octet_statistics_destroy(ctx, whole);
        octet_statistics_destroy(ctx, merged);
        octet_model_destroy(ctx, model);
        octet_buffer_free(&inner, &bytes);
    }
    method = NULL;
}

static octet_model *lstm_model(octet_buffer *bytes) {
    static const float numbers[FEATURES] = {0.5f, -0.25f, 1.0f};
    const octet_shape cell = octet_shape_make(2, (const int32_t[]){1, 1});
    uint32_t y, inputs[24];
    for (int i = 0; i < 24; i++) inputs[i] = OCTET_NONE;
    inputs[0] = begin_graph(3, (const int32_t[]){1, 1, FEATURES});
    for (int i = 1; i < 9; i++) inputs[i] = add_constant(2, (const int32_t[]){1, i < 5 ? FEATURES : 1}, numbers);
    for (int i = 12; i < 16; i++) inputs[i] = add_constant(1, (const int32_t[]){1}, numbers);
    for (int i = 18; i < 20; i++) {
        MADE(octet_graph_add_value(&inner, graph, "state", OCTET_FLOAT32, &cell, &inputs[i]));
        graph->values[inputs[i]].is_variable = true;
    }
    const octet_options options = {.lstm = {.activation = OCTET_ACTIVATION_TANH, .cell_clip = 10.0f}};
    MADE(octet_graph_emit(&inner, graph, OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, "lstm", "y", inputs, 24, &options, &y,
                          1));
    return end_graph(y, bytes);
}

#define REFUSED(call, code, part)                                                       \
    do {                                                                                \
        assert_int_equal((call), (code));                                               \
        if (strstr(octet_context_message(ctx), (part)) == NULL)                         \
            fail_msg("\"%s\" does not say \"%s\"", octet_context_message(ctx), (part)); \
        octet_context_clear_error(ctx);                                                 \
    } while (0)

static void a_model_with_state_takes_its_samples_at_once_when_strict(void **state) {
    (void)state;
    octet_buffer bytes = {0};
    octet_model *model = lstm_model(&bytes), *quantized = NULL;
    octet_statistics *first = NULL, *second = NULL;
    const float *input = rows;
    octet_conversion strict = OCTET_CONVERSION_INIT;
    strict.strict_tensorflow = true;
    GOOD(octet_statistics_create(ctx, model, &first));
    GOOD(octet_statistics_create(ctx, model, &second));
    GOOD(octet_statistics_add(ctx, first, model, &input, 9, &strict));
    add_rows(second, model, 9, ROWS);
    REFUSED(octet_statistics_add(ctx, first, model, &input, 1, &strict), OCTET_DATA, "must be added in one call");
    REFUSED(octet_statistics_add(ctx, second, model, &input, 1, &strict), OCTET_DATA, "must be added in one call");
    REFUSED(octet_statistics_merge(ctx, first, second), OCTET_DATA, "parts cannot be merged");
    REFUSED(octet_model_quantize_with(ctx, model, first, NULL, &quantized), OCTET_DATA, "without strict_tensorflow");
    REFUSED(octet_model_quantize_with(ctx, model, second, &strict, &quantized), OCTET_DATA, "with strict_tensorflow");
    GOOD(octet_model_quantize_with(ctx, model, first, &strict, &quantized));
    octet_model_destroy(ctx, quantized);
    const file made = quantize(model, second);
    octet_bytes_free(ctx, made.bytes);
    octet_statistics_destroy(ctx, first);
    octet_statistics_destroy(ctx, second);
    octet_model_destroy(ctx, model);
    octet_buffer_free(&inner, &bytes);
}

/* Parts in any order give the file of all samples in one run. */
static void the_state_of_an_lstm_begins_with_zeros_in_each_sample(void **state) {
    (void)state;
    octet_buffer bytes = {0};
    octet_model *model = lstm_model(&bytes);
    octet_statistics *whole = NULL, *parts = NULL;
    GOOD(octet_statistics_create(ctx, model, &whole));
    GOOD(octet_statistics_create(ctx, model, &parts));
    add_rows(whole, model, 0, ROWS);
    add_rows(parts, model, 9, ROWS);
    add_rows(parts, model, 0, 9);
    const file expected = quantize(model, whole), got = quantize(model, parts);
    assert_int_equal(got.size, expected.size);
    assert_memory_equal(got.bytes, expected.bytes, got.size);
    octet_bytes_free(ctx, expected.bytes);
    octet_bytes_free(ctx, got.bytes);
    octet_statistics_destroy(ctx, whole);
    octet_statistics_destroy(ctx, parts);
    octet_model_destroy(ctx, model);
    octet_buffer_free(&inner, &bytes);
}

/* What a method needs is there when every part was gathered for it. */
static void statistics_that_lack_what_the_method_needs_are_refused(void **state) {
    (void)state;
    octet_buffer bytes = {0};
    octet_model *model = dense_model(1, &bytes), *quantized = NULL;
    octet_statistics *whole = NULL, *plain = NULL;
    octet_conversion options = OCTET_CONVERSION_INIT;
    GOOD(octet_statistics_create(ctx, model, &whole));
    GOOD(octet_statistics_create(ctx, model, &plain));
    add_rows(plain, model, 0, 10);
    method = "auto";
    add_rows(whole, model, 10, ROWS);
    options.calibration = "mse";
    REFUSED(octet_model_quantize_with(ctx, model, plain, &options, &quantized), OCTET_DATA,
            "lacks what this one reads");
    GOOD(octet_model_quantize_with(ctx, model, whole, &options, &quantized));
    octet_model_destroy(ctx, quantized);
    GOOD(octet_statistics_merge(ctx, whole, plain));
    REFUSED(octet_model_quantize_with(ctx, model, whole, &options, &quantized), OCTET_DATA,
            "lacks what this one reads");
    options.calibration = "percentile=10";
    REFUSED(octet_model_quantize_with(ctx, model, whole, &options, &quantized), OCTET_USAGE, "above 50, at most 100");
    options.calibration = "best";
    REFUSED(octet_model_quantize_with(ctx, model, whole, &options, &quantized), OCTET_USAGE, "'best': use minmax");
    method = NULL;
    octet_statistics_destroy(ctx, whole);
    octet_statistics_destroy(ctx, plain);
    octet_model_destroy(ctx, model);
    octet_buffer_free(&inner, &bytes);
}

/* Gathered once, for whatever method comes. */
static void all_kinds_serve_every_method(void **state) {
    (void)state;
    octet_buffer bytes = {0};
    octet_model *model = dense_model(1, &bytes);
    octet_statistics *all = NULL, *loaded = NULL;
    const float *input = rows;
    octet_conversion options = OCTET_CONVERSION_INIT;
    options.gather_all = true;
    GOOD(octet_statistics_create(ctx, model, &all));
    GOOD(octet_statistics_add(ctx, all, model, &input, ROWS, &options));
    const file saved = save(all);
    GOOD(octet_statistics_load_bytes(ctx, saved.bytes, saved.size, "all", &loaded));
    for (uint32_t i = 0; (method = octet_choice_name("calibration", i)) != NULL; i++) {
        octet_statistics *own = NULL;
        GOOD(octet_statistics_create(ctx, model, &own));
        add_rows(own, model, 0, ROWS);
        const file expected = quantize(model, own), got = quantize(model, loaded);
        expect_same(got, expected);
        octet_bytes_free(ctx, expected.bytes);
        octet_bytes_free(ctx, got.bytes);
        octet_statistics_destroy(ctx, own);
    }
    octet_bytes_free(ctx, saved.bytes);
    octet_statistics_destroy(ctx, all);
    octet_statistics_destroy(ctx, loaded);
    octet_model_destroy(ctx, model);
    octet_buffer_free(&inner, &bytes);
}

static void what_does_not_fit_is_refused(void **state) {
    (void)state;
    octet_model *model = load("mnist_cnn_k2.h5"), *other = load("mnist_fc_k2.h5"), *quantized = NULL;
    octet_statistics *statistics = NULL, *unmade = NULL;
    const float *input = rows;
    GOOD(octet_statistics_create(ctx, model, &statistics));
    REFUSED(octet_model_quantize_with(ctx, other, statistics, NULL, &quantized), OCTET_DATA, "another model");
    REFUSED(octet_statistics_add(ctx, statistics, other, &input, 0, NULL), OCTET_DATA, "another model");
    REFUSED(octet_model_quantize_with(ctx, model, NULL, NULL, &quantized), OCTET_USAGE, "needs samples");
    REFUSED(octet_model_quantize_with(ctx, model, statistics, NULL, &quantized), OCTET_MODEL, "no calibrated range");
    REFUSED(octet_statistics_load_bytes(ctx, "something", 9, "s", &unmade), OCTET_FORMAT, "no file of statistics");
    REFUSED(octet_statistics_load(ctx, fixture_path("missing"), &unmade), OCTET_IO, "missing");
    octet_conversion dynamic = OCTET_CONVERSION_INIT;
    dynamic.mode = "dynamic";
    GOOD(octet_model_quantize_with(ctx, model, NULL, &dynamic, &quantized));
    REFUSED(octet_statistics_create(ctx, quantized, &unmade), OCTET_USAGE, "quantized already");
    octet_model_destroy(ctx, quantized);
    octet_statistics_destroy(ctx, statistics);
    octet_model_destroy(ctx, other);
    octet_model_destroy(ctx, model);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(quantizing_leaves_the_model_as_it_was),
        CASE(shuffled_parts_give_the_bytes_of_one_run),
        CASE(data_and_statistics_of_them_give_the_same_model),
        CASE(batches_of_arrays_merge_too),
        CASE(the_state_of_an_lstm_begins_with_zeros_in_each_sample),
        CASE(a_model_with_state_takes_its_samples_at_once_when_strict),
        CASE(statistics_that_lack_what_the_method_needs_are_refused),
        CASE(all_kinds_serve_every_method),
        CASE(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
