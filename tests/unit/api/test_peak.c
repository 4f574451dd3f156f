/* How much memory reading and quantizing a model take, in proportion to its file. */
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "octet/octet.h"
#include "support/keras_files.h"
#include "support/sanitized.h"

enum { SMALL = 64, LARGE = 3200, N_SAMPLES = 8 }; /* units and features: 16 KB and 41 MB */

typedef octet_status work(octet_context *ctx, const octet_model *model, int n_features);

static const char *write_model(const char *name, int n, bool is_zip) {
    char config[512];
    const hsize_t side = (hsize_t)n;
    keras_weight weights[2] = {
        {is_zip ? "layers/dense/vars" : "dense", is_zip ? "0" : "dense/kernel:0", 2, {side, side}, NULL},
        {is_zip ? "layers/dense/vars" : "dense", is_zip ? "1" : "dense/bias:0", 1, {side}, NULL}};
    float *numbers = malloc(side * side * sizeof *numbers);
    assert_non_null(numbers);
    uint32_t state = 1;
    for (hsize_t i = 0; i < side * side; i++) {
        state = state * 1664525u + 1013904223u;
        numbers[i] = (float)(state >> 8) / 16777216.0f - 0.5f;
    }
    weights[0].data = weights[1].data = numbers;
    snprintf(config, sizeof config,
             "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"m\", \"layers\": [{\"class_name\": \"Dense\", "
             "\"config\": {\"name\": \"dense\", \"batch_input_shape\": [null, %d], \"batch_shape\": [null, %d], "
             "\"units\": %d, \"activation\": \"linear\", \"use_bias\": true}}], \"build_input_shape\": [null, %d]}}",
             n, n, n, n);
    const char *path = is_zip ? keras_write_zip(name, config, "3.4.1", weights, 2)
                              : keras_write_h5(name, config, "2.4.0", weights, 2, false);
    if (is_zip) { /* as Keras stores it */
        zip_t *zip = zip_open(path, 0, NULL);
        assert_non_null(zip);
        assert_int_equal(zip_set_file_compression(zip, 2, ZIP_CM_STORE, 0), 0);
        assert_int_equal(zip_close(zip), 0);
    }
    free(numbers);
    return path;
}

static octet_status summarize(octet_context *ctx, const octet_model *model, int n_features) {
    char *text = NULL;
    (void)n_features;
    const octet_status status = octet_model_summary(ctx, model, OCTET_AS_TEXT, &text);
    octet_text_free(ctx, text);
    return status;
}

/* Calibrates, quantizes, compares and writes, as `octet quantize` does. */
static octet_status quantize(octet_context *ctx, const octet_model *model, int n_features) {
    static float samples[N_SAMPLES * LARGE];
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) samples[i] = (float)(i % 17) / 16.0f;
    const int64_t dims[2] = {N_SAMPLES, n_features};
    octet_array_view input = OCTET_ARRAY_VIEW_INIT;
    input.type = "float32";
    input.rank = 2;
    input.dims = dims;
    input.data = samples;
    octet_data *data = NULL;
    octet_model *quantized = NULL;
    octet_verdict *verdict = NULL;
    octet_run_options run = OCTET_RUN_OPTIONS_INIT;
    run.n_threads = 1;
    octet_status status = octet_data_from_arrays(ctx, &input, 1, NULL, NULL, &data);
    if (status == OCTET_OK) status = octet_model_quantize(ctx, model, data, NULL, &quantized, NULL);
    if (status == OCTET_OK) status = octet_compare(ctx, model, quantized, data, NULL, &run, &verdict);
    if (status == OCTET_OK) status = octet_model_write(ctx, quantized, fixture_path("out.tflite"));
    octet_verdict_destroy(ctx, verdict);
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    return status;
}

/* The most memory, in bytes, of a process that does it and of octet-hdf5 together, as if both had it at one time. */
static long peak_of(const char *path, int n_features, work *what) {
    int ends[2];
    long peak = -1;
    assert_int_equal(pipe(ends), 0);
    const pid_t id = fork();
    assert_true(id >= 0);
    if (id == 0) {
        octet_context *ctx = NULL;
        octet_model *model = NULL;
        struct rusage own = {0}, helper = {0};
        octet_status status = octet_context_create(&ctx);
        if (status == OCTET_OK) status = octet_model_load(ctx, path, NULL, &model);
        if (status == OCTET_OK) status = what(ctx, model, n_features);
        if (status != OCTET_OK) fprintf(stderr, "%s\n", ctx != NULL ? octet_context_message(ctx) : "no context");
        octet_model_destroy(ctx, model);
        octet_context_destroy(ctx);
        getrusage(RUSAGE_SELF, &own);
        getrusage(RUSAGE_CHILDREN, &helper);
        if (status == OCTET_OK) peak = 1024 * (own.ru_maxrss + helper.ru_maxrss);
        _exit(write(ends[1], &peak, sizeof peak) == sizeof peak ? 0 : 1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &peak, sizeof peak), sizeof peak);
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(id, &status, 0), id);
    assert_true(peak > 0);
    return peak;
}

static long size_of(const char *path) {
    struct stat info;
    assert_int_equal(stat(path, &info), 0);
    return (long)info.st_size;
}

/* What a large model takes beside a small one, by the bytes that its file has more. */
static void check_growth(bool is_zip, work *what, double limit) {
    char small[512], large[512];
    snprintf(small, sizeof small, "%s", write_model(is_zip ? "small.keras" : "small.h5", SMALL, is_zip));
    snprintf(large, sizeof large, "%s", write_model(is_zip ? "large.keras" : "large.h5", LARGE, is_zip));
    const double growth = (double)(peak_of(large, LARGE, what) - peak_of(small, SMALL, what)),
                 factor = growth / (double)(size_of(large) - size_of(small));
    printf("%s: %.2f times the file, the limit is %.1f\n", strrchr(large, '/') + 1, factor, limit);
    if (!IS_SANITIZED) assert_true(factor < limit);
}

static void reading_takes_the_file_once(void **state) {
    (void)state;
    check_growth(false, summarize, 1.3);
    check_growth(true, summarize, 1.3);
}

static void quantizing_takes_it_twice(void **state) {
    (void)state;
    check_growth(false, quantize, 2.2);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(reading_takes_the_file_once),
                                       cmocka_unit_test(quantizing_takes_it_twice)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
