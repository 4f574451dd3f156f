/* octet_model_run_data: results in memory equal those of an interpreter; parts that are numbered apart are merged. */
#include <string.h>

#include "octet/octet.h"
#include "support/fixture.h"
#include "support/mnist.h"

enum { N = 23, PIXELS = 784, CLASSES = 10 };
static float images[N * PIXELS];
static int64_t labels[N];

static void make_samples(void) {
    for (size_t i = 0; i < N * PIXELS; i++) images[i] = (float)(i * 2654435761u % 256u) / 255.0f;
    for (size_t i = 0; i < N; i++) labels[i] = (int64_t)(i % CLASSES);
}

/* Samples first..first+n of an array of `type`, with labels. */
static octet_data *data_of(const char *type, const void *numbers, size_t element, size_t first, int64_t n) {
    const int64_t dims[] = {n, PIXELS}, counts[] = {n};
    octet_array_view view = OCTET_ARRAY_VIEW_INIT, classes = OCTET_ARRAY_VIEW_INIT;
    octet_data *data = NULL;
    view.type = type;
    view.rank = 2;
    view.dims = dims;
    view.data = (const uint8_t *)numbers + first * PIXELS * element;
    classes.type = "int64";
    classes.rank = 1;
    classes.dims = counts;
    classes.data = labels + first;
    GOOD(octet_data_from_arrays(ctx, &view, 1, &classes, NULL, &data));
    return data;
}

static octet_model *quantize(const octet_model *model) {
    octet_data *data = data_of("float32", images, sizeof *images, 0, N);
    octet_model *quantized = NULL;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    octet_data_close(ctx, data);
    return quantized;
}

static void run(const octet_model *model, octet_data *data, bool real, void *out) {
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    void *const outputs[] = {out};
    uint64_t n = 0;
    options.n_threads = 2;
    GOOD(octet_model_count_samples(ctx, model, data, &options, &n));
    assert_int_equal(n, N);
    GOOD(octet_model_run_data(ctx, model, data, &options, real, outputs, n));
}

static void results_are_those_of_an_interpreter(void **state) {
    (void)state;
    octet_model *model = load("mnist_fc_k2.h5");
    octet_interpreter *interpreter = NULL;
    octet_data *data = data_of("float32", images, sizeof *images, 0, N);
    float got[N][CLASSES], expected[CLASSES];
    run(model, data, true, got);
    GOOD(octet_interpreter_create(ctx, model, NULL, &interpreter));
    for (size_t i = 0; i < N; i++) {
        octet_interpreter_set_input(interpreter, 0, images + i * PIXELS);
        octet_interpreter_run(interpreter);
        octet_interpreter_get_output(interpreter, 0, expected);
        assert_memory_equal(got[i], expected, sizeof expected);
    }
    octet_interpreter_destroy(ctx, interpreter);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

/* Numbers of the input's own type are taken as they are, and outputs are given as they are; the same data are scaled
 * for another model afterwards. */
static void integers_are_taken_as_they_are(void **state) {
    (void)state;
    static int8_t stored[N * PIXELS];
    octet_model *model = load("mnist_fc_k2.h5"), *quantized = quantize(model);
    octet_interpreter *interpreter = NULL;
    int8_t of_real[N][CLASSES], of_stored[N][CLASSES];
    float scores[N][CLASSES];
    GOOD(octet_interpreter_create(ctx, quantized, NULL, &interpreter));
    for (size_t i = 0; i < N; i++) {
        octet_interpreter_set_input(interpreter, 0, images + i * PIXELS);
        memcpy(stored + i * PIXELS, octet_interpreter_input(interpreter, 0), PIXELS);
    }
    octet_interpreter_destroy(ctx, interpreter);
    octet_data *real_data = data_of("float32", images, sizeof *images, 0, N),
               *stored_data = data_of("int8", stored, 1, 0, N);
    run(quantized, real_data, false, of_real);
    run(quantized, stored_data, false, of_stored);
    assert_memory_equal(of_real, of_stored, sizeof of_real);
    run(model, stored_data, true, scores);
    for (size_t i = 0; i < N; i++) assert_float_equal(scores[i][0], scores[i][0], 0); /* not NaN */
    octet_data_close(ctx, real_data);
    octet_data_close(ctx, stored_data);
    octet_model_destroy(ctx, quantized);
    octet_model_destroy(ctx, model);
}

static bool stop(void *user, const char *what, uint64_t done, uint64_t total) {
    (void)user, (void)what, (void)done, (void)total;
    return false;
}

static void wrong_room_and_stops_are_told(void **state) {
    (void)state;
    octet_model *model = load("mnist_fc_k2.h5");
    octet_data *data = data_of("float32", images, sizeof *images, 0, N);
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    float scores[N][CLASSES];
    void *const outputs[] = {scores};
    uint64_t n = 0;
    assert_int_equal(octet_model_run_data(ctx, model, data, NULL, true, outputs, N - 1), OCTET_USAGE);
    assert_non_null(strstr(octet_context_message(ctx), "room for 22 samples"));
    octet_context_clear_error(ctx);
    options.progress = stop;
    assert_int_equal(octet_model_run_data(ctx, model, data, &options, true, outputs, N), OCTET_CANCELLED);
    octet_context_clear_error(ctx);
    options.limit = 5;
    GOOD(octet_model_count_samples(ctx, model, data, &options, &n));
    assert_int_equal(n, 5);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

/* Two parts from arrays of their own: both begin with a sample 0, until they are numbered. */
static void parts_are_numbered(void **state) {
    (void)state;
    octet_model *model = load("mnist_fc_k2.h5");
    octet_data *parts[] = {data_of("float32", images, sizeof *images, 0, 9),
                           data_of("float32", images, sizeof *images, 9, N - 9),
                           data_of("float32", images, sizeof *images, 0, N)};
    octet_evaluation *evaluations[3] = {NULL, NULL, NULL};
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    GOOD(octet_evaluate(ctx, model, parts[0], NULL, &evaluations[0]));
    options.number_from = 9;
    GOOD(octet_evaluate(ctx, model, parts[1], &options, &evaluations[1]));
    GOOD(octet_evaluate(ctx, model, parts[2], NULL, &evaluations[2]));
    GOOD(octet_evaluation_merge(ctx, &evaluations[0], evaluations[1]));
    assert_int_equal(octet_evaluation_n_samples(evaluations[0]), N);
    assert_true(octet_evaluation_loss(evaluations[0]) == octet_evaluation_loss(evaluations[2]));
    assert_true(octet_evaluation_accuracy(evaluations[0]) == octet_evaluation_accuracy(evaluations[2]));
    for (size_t i = 0; i < 3; i++) {
        octet_evaluation_destroy(ctx, evaluations[i]);
        octet_data_close(ctx, parts[i]);
    }
    octet_model_destroy(ctx, model);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_those_of_an_interpreter), cmocka_unit_test(integers_are_taken_as_they_are),
        cmocka_unit_test(wrong_room_and_stops_are_told), cmocka_unit_test(parts_are_numbered)};
    make_samples();
    return cmocka_run_group_tests(tests, start, end);
}
