/* octet_report_render: the same page for any number of threads; large models and hostile names. */
#include <math.h>
#include <string.h>

#include "base/context.h"
#include "formats/json.h"
#include "layers/table.h"
#include "report/verdict.h"
#include "support/mnist.h"
#include "support/well_formed.h"

enum { MOST_BYTES = 1000 * 1000 };

static octet_run_options run_options(uint32_t n_threads, uint64_t limit) {
    octet_run_options options = OCTET_RUN_OPTIONS_INIT;
    options.n_threads = n_threads;
    options.limit = limit;
    return options;
}

static octet_model *quantize(const octet_model *model, octet_data *data) {
    octet_model *quantized = NULL;
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    return quantized;
}

static char *report_on_pair(const octet_model *model, const octet_model *quantized, octet_data *data,
                            const octet_run_options *run, octet_rendering as) {
    octet_report report = OCTET_REPORT_INIT;
    octet_verdict *verdict = NULL;
    octet_layers *layers = NULL;
    char *text = NULL;
    GOOD(octet_compare(ctx, model, quantized, data, NULL, run, &verdict));
    GOOD(octet_compare_layers(ctx, model, quantized, data, run, &layers));
    report.model = model;
    report.quantized = quantized;
    report.data = data;
    report.verdict = verdict;
    report.layers = layers;
    report.run = run;
    report.command = "octet compare a b";
    if (as == OCTET_AS_CSV) assert_int_equal(octet_report_render(ctx, &report, as, &text), OCTET_USAGE);
    else GOOD(octet_report_render(ctx, &report, as, &text));
    octet_layers_destroy(ctx, layers);
    octet_verdict_destroy(ctx, verdict);
    return text;
}

static char *page_of_pair(const octet_model *model, const octet_model *quantized, octet_data *data,
                          uint32_t n_threads) {
    const octet_run_options run = run_options(n_threads, 600);
    return report_on_pair(model, quantized, data, &run, OCTET_AS_HTML);
}

static void a_page_is_the_same_every_time(void **state) {
    octet_model *model = load("mnist_cnn_k2.h5");
    octet_data *data = open_mnist();
    octet_model *quantized = quantize(model, data);
    char *pages[3] = {page_of_pair(model, quantized, data, 1), page_of_pair(model, quantized, data, 2),
                      page_of_pair(model, quantized, data, 3)};
    (void)state;
    assert_well_formed(pages[0]);
    assert_string_equal(pages[0], pages[1]);
    assert_string_equal(pages[0], pages[2]);
    static const char *const expected[] = {
        ">Good</h2>",          "Worst layer: dense_4", "Nothing has to be done",
        "class=\"histogram\"", "class=\"spans\"",      "<caption>Difference</caption>",
        "alt=\"Sample ",       "octet compare a b",    "hash "};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        if (strstr(pages[0], expected[i]) == NULL) fail_msg("the page has no %s", expected[i]);
    for (size_t i = 0; i < 3; i++) octet_text_free(ctx, pages[i]);
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

static void a_report_is_also_text_and_json(void **state) {
    const octet_run_options run = run_options(0, 100);
    octet_model *model = load("mnist_cnn_k2.h5");
    octet_data *data = open_mnist();
    octet_model *quantized = quantize(model, data);
    octet_json_document json;
    (void)state;
    char *text = report_on_pair(model, quantized, data, &run, OCTET_AS_TEXT);
    assert_non_null(strstr(text, "\nWorst layer: "));
    assert_non_null(strstr(text, "\naccuracy  "));
    octet_text_free(ctx, text);
    text = report_on_pair(model, quantized, data, &run, OCTET_AS_JSON);
    GOOD(octet_json_parse(ctx, (octet_bytes){(const uint8_t *)text, strlen(text)}, "report", &json));
    assert_non_null(strstr(text, "\"counts\": ["));
    octet_json_free(ctx, &json);
    octet_text_free(ctx, text);
    assert_null(report_on_pair(model, quantized, data, &run, OCTET_AS_CSV));
    octet_context_clear_error(ctx);
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

static void a_page_of_one_model(void **state) {
    const octet_run_options run = run_options(0, 300);
    octet_model *model = load("mnist_fc_k2.h5");
    octet_data *data = open_mnist();
    octet_report report = OCTET_REPORT_INIT;
    octet_evaluation *evaluation = NULL;
    char *page = NULL;
    (void)state;
    assert_int_equal(octet_report_render(ctx, &report, OCTET_AS_HTML, &page), OCTET_USAGE);
    octet_context_clear_error(ctx);
    GOOD(octet_evaluate(ctx, model, data, &run, &evaluation));
    report.model = model;
    report.data = data;
    report.evaluation = evaluation;
    report.run = &run;
    report.with_times = true;
    GOOD(octet_report_render(ctx, &report, OCTET_AS_HTML, &page));
    assert_well_formed(page);
    assert_non_null(strstr(page, "Weakest class"));
    assert_non_null(strstr(page, "Wrong answers"));
    assert_non_null(strstr(page, "Time of each operator"));
    octet_text_free(ctx, page);
    octet_evaluation_destroy(ctx, evaluation);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

/* ---- Many layers with long names, many classes, many flips ---- */

enum { N_ROWS = 500, N_CLASSES = 1000, N_SAMPLES = 10000 };

static octet_evaluation *many_answers(int32_t off, char names[N_CLASSES][300]) {
    octet_evaluation *e = NULL;
    GOOD(octet_evaluation_make(ctx, "big", "test", N_SAMPLES, N_CLASSES, OCTET_SCORES_PROBABILITIES,
                               OCTET_MEASURE_CLASS, &e));
    GOOD(OCTET_NEW(ctx, &e->arena, N_CLASSES, &e->class_names));
    for (int32_t i = 0; i < N_CLASSES; i++) e->class_names[i] = names[i];
    for (int32_t i = 0; i < N_SAMPLES; i++) {
        e->labels[i] = i % N_CLASSES;
        e->answers[i] = i % 3 == 0 ? (e->labels[i] + off) % N_CLASSES : e->labels[i];
        e->losses[i] = 0.1;
    }
    octet_evaluation_finish(e);
    return e;
}

static octet_layers *many_layers(char names[N_CLASSES][300]) {
    static uint64_t bins[OCTET_MEASURE_BINS];
    octet_arena arena = {0};
    octet_layers *layers = NULL;
    GOOD(OCTET_NEW(ctx, &arena, 1, &layers));
    GOOD(OCTET_NEW(ctx, &arena, N_ROWS, &layers->rows));
    GOOD(OCTET_NEW(ctx, &arena, N_ROWS, &layers->worst));
    for (uint64_t i = 0; i < OCTET_MEASURE_BINS; i++) bins[i] = (i * 7919) % 10007;
    for (uint32_t i = 0; i < N_ROWS; i++) {
        layers->worst[i] = i;
        layers->rows[i] = (octet_layer_row){.layer = names[i],
                                            .op = "CONV_2D",
                                            .tensor = names[i],
                                            .partner = names[i],
                                            .type = "int8",
                                            .n_elements = 123456789,
                                            .has_step = true,
                                            .has_added = true,
                                            .scale = 1.0 / 3.0,
                                            .zero_point = -128,
                                            .sqnr_db = 0.1 * i,
                                            .added_db = 0.12 * i,
                                            .inherited_db = 33.3,
                                            .cosine = 0.123456,
                                            .error = {1.0 / 3.0, 2.0 / 3.0, 0.1, 123.456},
                                            .low = -1.0 / 3.0,
                                            .high = 1e6 / 7.0,
                                            .min = -10.0,
                                            .max = 2e5,
                                            .cut_share = 0.123,
                                            .bins = bins,
                                            .weights = {.bins = bins, .n_elements = 99999, .n_scales = 256},
                                            .cause = OCTET_CAUSE_SHIFT,
                                            .why = names[i]};
    }
    layers->n_rows = N_ROWS;
    layers->n_samples = N_SAMPLES;
    layers->split = "test";
    layers->output = N_ROWS - 1;
    layers->arena = arena;
    return layers;
}

static void large_and_hostile_models_fit(void **state) {
    static char names[N_CLASSES][300];
    octet_arena arena = {0};
    octet_verdict *verdict = NULL;
    octet_report report = OCTET_REPORT_INIT;
    octet_model *model = load("mnist_fc_k2.h5");
    octet_data *data = open_mnist();
    char *page = NULL;
    (void)state;
    for (int i = 0; i < N_CLASSES; i++) {
        memset(names[i], "<>&\"'"[i % 5], sizeof names[i] - 1);
        snprintf(names[i], 40, "</b><script>alert(%d)</script>\"'&", i);
        names[i][strlen(names[i])] = '<';
    }
    GOOD(OCTET_NEW(ctx, &arena, 1, &verdict));
    *verdict = (octet_verdict){.before = {many_answers(0, names), "float32", 4000000},
                               .after = {many_answers(7, names), "int8", 1000000}};
    verdict->arena = arena;
    GOOD(octet_verdict_finish(ctx, verdict));
    octet_layers *layers = many_layers(names);
    report.model = report.quantized = model;
    report.data = data;
    report.verdict = verdict;
    report.layers = layers;
    GOOD(octet_report_render(ctx, &report, OCTET_AS_HTML, &page));
    assert_well_formed(page);
    assert_true(strlen(page) < MOST_BYTES);
    assert_null(strstr(page, "<script>alert"));
    assert_non_null(strstr(page, "whose recall fell most"));
    assert_non_null(strstr(page, "Histograms") != NULL ? page : strstr(page, "histograms for the first"));
    assert_non_null(strstr(page, " are shown here"));
    octet_text_free(ctx, page);
    octet_layers_destroy(ctx, layers);
    octet_verdict_destroy(ctx, verdict);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(a_page_is_the_same_every_time, start, end),
                                       cmocka_unit_test_setup_teardown(a_report_is_also_text_and_json, start, end),
                                       cmocka_unit_test_setup_teardown(a_page_of_one_model, start, end),
                                       cmocka_unit_test_setup_teardown(large_and_hostile_models_fit, start, end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
