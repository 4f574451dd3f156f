/* Calibration of part K of N of the samples, as processes of a cluster do it: saved, loaded, merged in any tree. */
#include <string.h>

#include "octet/octet.h"
#include "support/fixture.h"
#include "support/mnist.h"

enum { SAMPLES = 70 };

typedef struct file {
    void *bytes;
    size_t size;
} file;

static octet_model *model;
static octet_data *data;

static octet_conversion options_of(const char *method) {
    octet_conversion options = OCTET_CONVERSION_INIT;
    options.n_samples = SAMPLES;
    options.seed = 3;
    options.calibration = method;
    options.looks_at_samples = true;
    return options;
}

static octet_statistics *part_of(const char *method, uint32_t part, uint32_t n) {
    octet_statistics *statistics = NULL;
    octet_conversion options = options_of(method);
    options.part = part;
    options.n_parts = n;
    options.n_threads = 1 + part % 2;
    GOOD(octet_statistics_create(ctx, model, &statistics));
    GOOD(octet_statistics_add_data(ctx, statistics, model, data, &options));
    return statistics;
}

static file save(octet_statistics *statistics) {
    file f = {0};
    GOOD(octet_statistics_save_bytes(ctx, statistics, &f.bytes, &f.size));
    octet_statistics_destroy(ctx, statistics);
    return f;
}

static octet_statistics *merge(const file *parts, uint32_t n) {
    octet_statistics *all = NULL;
    if (n == 1) {
        GOOD(octet_statistics_load_bytes(ctx, parts[0].bytes, parts[0].size, "part", &all));
        return all;
    }
    all = merge(parts + n / 3 + 1, n - n / 3 - 1); /* a tree that leans to one side */
    octet_statistics *rest = merge(parts, n / 3 + 1);
    GOOD(octet_statistics_merge(ctx, all, rest));
    octet_statistics_destroy(ctx, rest);
    return all;
}

static void expect_same(file a, file b) {
    assert_int_equal(a.size, b.size);
    assert_memory_equal(a.bytes, b.bytes, a.size);
}

static void refused(octet_status got, octet_status expected, const char *words) {
    assert_int_equal(got, expected);
    if (strstr(octet_context_message(ctx), words) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", octet_context_message(ctx), words);
    octet_context_clear_error(ctx);
}

static void expect_whole(const char *method, uint32_t n) {
    file parts[32] = {{0}};
    for (uint32_t i = 0; i < n; i++) parts[i] = save(part_of(method, 1 + (i * 11 + 3) % n, n));
    const file all = save(merge(parts, n)), whole = save(part_of(method, 0, 0));
    expect_same(all, whole);
    octet_bytes_free(ctx, all.bytes);
    octet_bytes_free(ctx, whole.bytes);
    for (uint32_t i = 0; i < n; i++) octet_bytes_free(ctx, parts[i].bytes);
}

static void parts_give_the_bytes_of_the_whole(void **state) {
    (void)state;
    static const uint32_t numbers[] = {1, 2, 7, 32};
    for (uint32_t k = 0; k < 4; k++) {
        expect_whole(NULL, numbers[k]);
        for (uint32_t m = 0; octet_choice_name("calibration", m) != NULL; m++)
            if (numbers[k] == 7) expect_whole(octet_choice_name("calibration", m), 7);
    }
}

static file quantized_bytes(const octet_conversion *options, octet_data *from, octet_calibration *seen, char **text) {
    octet_model *quantized = NULL;
    octet_verdict *verdict = NULL;
    octet_run_options run = OCTET_RUN_OPTIONS_INIT;
    file f = {0};
    run.limit = 200;
    GOOD(octet_model_quantize(ctx, model, from, options, &quantized, seen));
    GOOD(octet_model_write_bytes(ctx, quantized, &f.bytes, &f.size));
    seen->time_ns = 0;
    GOOD(octet_compare(ctx, model, quantized, data, seen, &run, &verdict));
    octet_verdict_destroy(ctx, verdict);
    GOOD(octet_model_receipt(ctx, quantized, "out", OCTET_AS_TEXT, text));
    octet_model_destroy(ctx, quantized);
    return f;
}

/* The model, what calibration saw and the warnings, by every method, and with recovery, which takes samples too. */
static void statistics_give_what_data_give(void **state) {
    (void)state;
    octet_statistics *all = part_of("auto", 0, 0);
    for (uint32_t m = 0; octet_choice_name("calibration", m) != NULL; m++) {
        octet_calibration a = OCTET_CALIBRATION_INIT, b = OCTET_CALIBRATION_INIT;
        octet_conversion options = options_of(octet_choice_name("calibration", m));
        options.recover = m == 1 ? "fast" : NULL;
        char *x, *y;
        const file expected = quantized_bytes(&options, data, &a, &x);
        options.statistics = all;
        const file got = quantized_bytes(&options, m == 1 ? data : NULL, &b, &y);
        expect_same(got, expected);
        assert_string_equal(x, y);
        assert_memory_equal(&a, &b, sizeof a);
        octet_bytes_free(ctx, expected.bytes);
        octet_bytes_free(ctx, got.bytes);
        octet_text_free(ctx, x);
        octet_text_free(ctx, y);
    }
    octet_statistics_destroy(ctx, all);
}

static void missing_parts_are_told(void **state) {
    (void)state;
    octet_conversion options = options_of(NULL);
    octet_model *quantized = NULL;
    octet_statistics *some = part_of(NULL, 2, 7), *more = part_of(NULL, 5, 7), *other = part_of(NULL, 3, 8),
                     *whole = part_of(NULL, 1, 1);
    char *missing;
    GOOD(octet_statistics_merge(ctx, some, more));
    GOOD(octet_statistics_missing(ctx, some, &missing));
    assert_string_equal(missing, "1, 3, 4, 6, 7 of 7");
    octet_text_free(ctx, missing);
    GOOD(octet_statistics_missing(ctx, whole, &missing));
    assert_null(missing);
    options.statistics = some;
    refused(octet_model_quantize(ctx, model, NULL, &options, &quantized, NULL), OCTET_DATA, "lacks the parts 1, 3, 4");
    options.allow_missing = true;
    GOOD(octet_model_quantize(ctx, model, NULL, &options, &quantized, NULL));
    octet_model_destroy(ctx, quantized);
    refused(octet_statistics_merge(ctx, some, more), OCTET_DATA, "part 5/7 is there twice");
    refused(octet_statistics_merge(ctx, some, other), OCTET_DATA, "one cut");
    refused(octet_statistics_merge(ctx, some, whole), OCTET_DATA, "the other parts of its whole");
    octet_statistics *const made[] = {some, more, other, whole};
    for (int i = 0; i < 4; i++) octet_statistics_destroy(ctx, made[i]);
}

/* Another choice of samples, other scaling, parts that are none. */
static void parts_of_something_else_are_refused(void **state) {
    (void)state;
    octet_open_options open = OCTET_OPEN_OPTIONS_INIT;
    octet_data *scaled = NULL;
    octet_conversion options = options_of(NULL);
    octet_statistics *some = part_of(NULL, 1, 2), *other = NULL;
    open.path = mnist;
    open.preset = "raw";
    options.part = options.n_parts = 2;
    GOOD(octet_data_open(ctx, &open, &scaled));
    GOOD(octet_statistics_create(ctx, model, &other));
    GOOD(octet_statistics_add_data(ctx, other, model, scaled, &options));
    refused(octet_statistics_merge(ctx, some, other), OCTET_DATA, "by type; preset raw");
    octet_statistics_destroy(ctx, other);
    options.seed = 4;
    GOOD(octet_statistics_create(ctx, model, &other));
    GOOD(octet_statistics_add_data(ctx, other, model, data, &options));
    refused(octet_statistics_merge(ctx, some, other), OCTET_DATA, "different samples");
    options.part = 3;
    refused(octet_statistics_add_data(ctx, other, model, data, &options), OCTET_USAGE, "part 3/2");
    options.n_parts = SAMPLES + 1;
    refused(octet_statistics_add_data(ctx, other, model, data, &options), OCTET_USAGE, "would be empty");
    octet_statistics_destroy(ctx, other);
    octet_statistics_destroy(ctx, some);
    octet_data_close(ctx, scaled);
}

static int open_both(void **state) {
    if (start(state) != 0) return -1;
    model = load("mnist_fc_k2.h5");
    data = open_mnist();
    return 0;
}

static int close_both(void **state) {
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
    return end(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_give_the_bytes_of_the_whole),
        cmocka_unit_test(statistics_give_what_data_give),
        cmocka_unit_test(missing_parts_are_told),
        cmocka_unit_test(parts_of_something_else_are_refused),
    };
    return cmocka_run_group_tests(tests, open_both, close_both);
}
