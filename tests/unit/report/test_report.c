/* report: evaluation, text and verdict on crafted scores; what is JSON must parse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "formats/json.h"
#include "report/layers.h"
#include "report/text.h"
#include "report/verdict.h"

static void counts_and_times_read_well(void **state) {
    char text[OCTET_TEXT_SIZE];
    (void)state;
    assert_string_equal(octet_text_count(0, text), "0");
    assert_string_equal(octet_text_count(999, text), "999");
    assert_string_equal(octet_text_count(1000, text), "1,000");
    assert_string_equal(octet_text_count(12345678, text), "12,345,678");
    assert_string_equal(octet_text_time(0.0, text), "0 ns");
    assert_string_equal(octet_text_time(850.0, text), "850 ns");
    assert_string_equal(octet_text_time(999.9, text), "1.00 us");
    assert_string_equal(octet_text_time(17432.0, text), "17.4 us");
    assert_string_equal(octet_text_time(1.25e9, text), "1.25 s");
}

/* Four samples, three classes. Probabilities need not sum to 1: Keras divides by the sum. */
static octet_evaluation *evaluate(octet_context *ctx, const float scores[4][3], octet_scores kind) {
    static const int32_t labels[4] = {0, 1, 2, 0};
    octet_evaluation *evaluation = NULL;
    assert_int_equal(octet_evaluation_make(ctx, "model", "test", 4, 3, kind, OCTET_MEASURE_CLASS, &evaluation),
                     OCTET_OK);
    for (uint64_t i = 4; i-- > 0;) octet_evaluation_record(evaluation, i, scores[i], labels[i], NULL, 1000 * (i + 1));
    octet_evaluation_finish(evaluation);
    return evaluation;
}

static const float probabilities[4][3] = {
    {0.5f, 0.25f, 0.25f}, {0.1f, 0.2f, 0.1f}, {1.0f, 0.0f, 0.0f}, {0.4f, 0.4f, 0.2f}};

static void accuracy_and_loss_are_those_of_keras(void **state) {
    octet_context ctx;
    (void)state;
    octet_context_init(&ctx);
    octet_evaluation *e = evaluate(&ctx, probabilities, OCTET_SCORES_PROBABILITIES);
    assert_int_equal(e->n_right, 3); /* the third is wrong; of equal scores the first counts */
    assert_true(fabs(e->accuracy - 0.75) < 1e-12);
    const double loss = (-log(0.5) - log(0.5) - log(1e-7) - log(0.4)) / 4.0;
    assert_true(fabs(e->loss - loss) < 1e-6);
    octet_arena arena = {0};
    octet_confusion confusion;
    assert_int_equal(octet_evaluation_count_confusion(&ctx, &arena, e, &confusion), OCTET_OK);
    const uint64_t expected[9] = {2, 0, 0, 0, 1, 0, 1, 0, 0};
    assert_int_equal(confusion.n, 3);
    assert_memory_equal(confusion.counts, expected, sizeof expected);
    assert_true(confusion.recall[0] == 1.0 && confusion.recall[2] == 0.0);
    octet_arena_free(&ctx, &arena);
    octet_evaluation_free(&ctx, e);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void logits_go_through_softmax(void **state) {
    const float logits[4][3] = {{1000.0f, 0.0f, 0.0f}, {0.0f, 1.0f, 0.0f}, {0.0f, 0.0f, -1000.0f}, {0.0f, 0.0f, 0.0f}};
    octet_context ctx;
    (void)state;
    octet_context_init(&ctx);
    octet_evaluation *e = evaluate(&ctx, logits, OCTET_SCORES_LOGITS);
    const double loss = (0.0 + log(exp(1.0) + 2.0) - 1.0 + log(2.0) + 1000.0 + log(3.0)) / 4.0;
    assert_true(fabs(e->loss - loss) < 1e-9);
    octet_evaluation_free(&ctx, e);
}

static void one_score_is_binary(void **state) {
    octet_context ctx;
    octet_evaluation *e = NULL;
    const float scores[3] = {0.9f, 0.5f, 0.2f};
    const int32_t labels[3] = {1, 0, 1};
    (void)state;
    octet_context_init(&ctx);
    assert_int_equal(
        octet_evaluation_make(&ctx, "m", "test", 3, 1, OCTET_SCORES_PROBABILITIES, OCTET_MEASURE_CLASS, &e), OCTET_OK);
    for (uint64_t i = 0; i < 3; i++) octet_evaluation_record(e, i, &scores[i], labels[i], NULL, 1);
    octet_evaluation_finish(e);
    assert_int_equal(e->n_right, 2); /* 1/2 itself is not above it */
    assert_true(fabs(e->loss - (-log(0.9) - log(0.5) - log(0.2)) / 3.0) < 1e-6);
    octet_evaluation_free(&ctx, e);
}

static octet_verdict *judge(octet_context *ctx, const float before[4][3], const float after[4][3]) {
    octet_arena arena = {0};
    octet_verdict *v = NULL;
    assert_int_equal(OCTET_NEW(ctx, &arena, 1, &v), OCTET_OK);
    v->arena = arena;
    v->before = (octet_verdict_side){evaluate(ctx, before, OCTET_SCORES_PROBABILITIES), "float32", 400};
    v->after = (octet_verdict_side){evaluate(ctx, after, OCTET_SCORES_PROBABILITIES), "int8", 100};
    v->calibration = (octet_verdict_calibration){.given = true,
                                                 .n_samples = 100,
                                                 .n_distinct = 100,
                                                 .max = 1.0,
                                                 .late_layer = "dense",
                                                 .method = "minmax",
                                                 .statistics_bytes = 525000};
    v->before.evaluation->max = v->before.evaluation->raw_max = 1.0;
    v->n_outputs = v->n_distances = 1;
    assert_int_equal(OCTET_NEW(ctx, &v->arena, 2, &v->outputs), OCTET_OK);
    assert_int_equal(OCTET_NEW(ctx, &v->arena, 2, &v->distances), OCTET_OK);
    v->outputs[0] = (octet_report_port){.name = "first", .type = "int8"};
    v->outputs[1] = (octet_report_port){.name = "second", .type = "int8"};
    return v;
}

static void a_verdict_is_text_and_json(void **state) {
    octet_context ctx;
    octet_buffer text = {0}, json = {0};
    (void)state;
    octet_context_init(&ctx);
    octet_verdict *v = judge(&ctx, probabilities, probabilities);
    assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
    assert_int_equal(v->n_agree, 4);
    assert_int_equal(v->n_warnings, 0);
    assert_int_equal(octet_verdict_write_text(&ctx, v, "out.tflite", &text), OCTET_OK);
    assert_non_null(strstr((const char *)text.data, "4.00 times smaller"));
    assert_int_equal(octet_verdict_write_json(&ctx, v, "out.tflite", &json), OCTET_OK);
    octet_json_document document;
    double accuracy = 0.0;
    assert_int_equal(octet_json_parse(&ctx, (octet_bytes){json.data, json.size}, "verdict", &document), OCTET_OK);
    assert_true(octet_json_number(octet_json_get(octet_json_get(document.root, "original"), "accuracy"), &accuracy));
    assert_true(accuracy == 0.75);
    const octet_json *noise = octet_json_get(document.root, "signal_to_noise_db"); /* equal outputs: infinite */
    assert_int_equal(octet_json_kind_of(noise), OCTET_JSON_NULL);
    octet_json_free(&ctx, &document);
    octet_buffer_free(&ctx, &text);
    octet_buffer_free(&ctx, &json);
    octet_verdict_free(&ctx, v);
    assert_int_equal(ctx.memory_bytes, 0);
}

/* A model without classes answers numbers: their error is said, not how often its largest one is the same. */
static void numbers_have_an_error_and_no_agreement(void **state) {
    octet_context ctx;
    octet_buffer text = {0}, json = {0};
    (void)state;
    octet_context_init(&ctx);
    octet_verdict *v = judge(&ctx, probabilities, probabilities);
    v->before.evaluation->has_accuracy = v->after.evaluation->has_accuracy = false;
    v->before.evaluation->measure = v->after.evaluation->measure = OCTET_MEASURE_NONE;
    v->before.evaluation->has_classes = v->after.evaluation->has_classes = false;
    v->distances[0].mean_square = 4.0;
    v->distances[0].mean_square_difference = 0.0625;
    assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
    assert_int_equal(octet_verdict_write_text(&ctx, v, "out.tflite", &text), OCTET_OK);
    assert_null(strstr((const char *)text.data, "agreement"));
    assert_non_null(
        strstr((const char *)text.data, "0.25   from the original's outputs, whose own root of the mean square is 2"));
    assert_int_equal(octet_verdict_write_json(&ctx, v, "out.tflite", &json), OCTET_OK);
    assert_null(strstr((const char *)json.data, "agreement"));
    assert_non_null(strstr((const char *)json.data, "\"root_mean_square_error\": 0.25"));
    octet_buffer_free(&ctx, &text);
    octet_buffer_free(&ctx, &json);
    octet_verdict_free(&ctx, v);
    assert_int_equal(ctx.memory_bytes, 0);
}

static octet_evaluation *hold_against(octet_context *ctx, octet_measure measure, const float *scores, size_t n_scores,
                                      size_t row, const float *targets, size_t n_targets) {
    octet_evaluation *e = NULL;
    assert_int_equal(octet_evaluation_make(ctx, "m", "test", 2, n_scores, OCTET_SCORES_PROBABILITIES, measure, &e),
                     OCTET_OK);
    e->row = row;
    e->n_targets = n_targets;
    for (uint64_t i = 0; i < 2; i++)
        octet_evaluation_record(e, i, scores + i * n_scores, 0, targets + i * n_targets, 1);
    octet_evaluation_finish(e);
    return e;
}

static void targets_give_errors(void **state) {
    octet_context ctx;
    octet_buffer text = {0};
    const float scores[4] = {1.0f, 2.0f, 3.0f, 4.0f}, targets[4] = {1.0f, 4.0f, 3.0f, 0.0f};
    (void)state;
    octet_context_init(&ctx);
    octet_evaluation *e = hold_against(&ctx, OCTET_MEASURE_ERROR, scores, 2, 2, targets, 2);
    assert_true(e->mean_absolute_error == 1.5);
    assert_true(fabs(e->root_mean_square_error - sqrt(5.0)) < 1e-12);
    assert_true(fabs(e->target_deviation - sqrt(2.5)) < 1e-12);
    assert_int_equal(octet_evaluation_write_text(&ctx, e, false, &text), OCTET_OK);
    assert_non_null(strstr((const char *)text.data, "error     1.5 mean absolute, 2.23607 root of the mean square"));
    octet_buffer_free(&ctx, &text);
    octet_evaluation_free(&ctx, e);
}

static void several_labels_are_counted_one_by_one(void **state) {
    octet_context ctx;
    const float scores[6] = {0.9f, 0.2f, 0.8f, 0.1f, 0.6f, 0.4f}, targets[6] = {1.0f, 0.0f, 0.0f, 0.0f, 1.0f, 1.0f};
    (void)state;
    octet_context_init(&ctx);
    octet_evaluation *e = hold_against(&ctx, OCTET_MEASURE_ELEMENTS, scores, 3, 3, targets, 3);
    assert_int_equal(e->n_right, 4);
    assert_true(fabs(e->accuracy - 4.0 / 6.0) < 1e-12);
    assert_true(fabs(e->loss + (log(0.9) + log(0.8) + log(0.2) + log(0.9) + log(0.6) + log(0.4)) / 6.0) < 1e-6);
    octet_evaluation_free(&ctx, e);
}

static void pixels_have_classes_as_numbers_or_one_hot(void **state) {
    octet_context ctx;
    const float scores[8] = {0.9f, 0.1f, 0.3f, 0.7f, 0.6f, 0.4f, 0.2f, 0.8f};
    const float numbers[4] = {0.0f, 1.0f, 1.0f, 1.0f}, rows[8] = {1.0f, 0.0f, 0.0f, 1.0f, 0.0f, 1.0f, 0.0f, 1.0f};
    (void)state;
    octet_context_init(&ctx);
    octet_evaluation *a = hold_against(&ctx, OCTET_MEASURE_ROWS, scores, 4, 2, numbers, 2);
    octet_evaluation *b = hold_against(&ctx, OCTET_MEASURE_ROWS, scores, 4, 2, rows, 4);
    assert_int_equal(a->n_right, 3);
    assert_int_equal(b->n_right, 3);
    assert_true(a->accuracy == 0.75 && b->accuracy == 0.75 && a->loss == b->loss);
    octet_evaluation_free(&ctx, a);
    octet_evaluation_free(&ctx, b);
}

static bool warns(octet_context *ctx, octet_verdict *v, const char *words) {
    bool found = false;
    assert_int_equal(octet_verdict_finish(ctx, v), OCTET_OK);
    for (uint32_t i = 0; i < v->n_warnings; i++) found = found || strstr(v->warnings[i], words) != NULL;
    octet_verdict_free(ctx, v);
    return found;
}

static void bytes_that_are_divided_twice_are_named(void **state) {
    octet_context ctx;
    char text[OCTET_EVALUATION_SENTENCE];
    (void)state;
    octet_context_init(&ctx);
    octet_evaluation *e = evaluate(&ctx, probabilities, OCTET_SCORES_PROBABILITIES);
    e->raw_max = 255.0;
    e->max = 1.0;
    assert_string_equal(octet_evaluation_doubt_scaling(e, text), "");
    e->own_scaling = "rescaling: x * 0.00392157";
    assert_string_equal(octet_evaluation_doubt_scaling(e, text), ""); /* it does not say from where */
    e->expects_bytes = true;
    assert_non_null(strstr(octet_evaluation_doubt_scaling(e, text), "leave the scaling to the model"));
    assert_non_null(strstr(text, e->own_scaling));
    e->raw_max = 1.0;
    assert_non_null(strstr(octet_evaluation_doubt_scaling(e, text), "--scale 255"));
    e->raw_max = e->max = 255.0;
    assert_string_equal(octet_evaluation_doubt_scaling(e, text), "");
    octet_evaluation_free(&ctx, e);
}

/* Whether a warning of the finished verdict holds these words. */
static bool says(const octet_verdict *v, const char *words) {
    for (uint32_t i = 0; i < v->n_warnings; i++)
        if (strstr(v->warnings[i], words) != NULL) return true;
    return false;
}

static void the_worst_output_is_judged(void **state) {
    octet_context ctx;
    octet_buffer text = {0};
    (void)state;
    octet_context_init(&ctx);
    octet_verdict *v = judge(&ctx, probabilities, probabilities);
    v->n_outputs = v->n_distances = 2;
    v->distances[0] = (octet_verdict_distance){.mean_square = 1.0, .mean_square_difference = 1e-4};
    v->distances[1] = (octet_verdict_distance){.mean_square = 1.0, .mean_square_difference = 0.9};
    assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
    assert_int_equal(v->worst, 1);
    assert_true(v->signal_to_noise_db < 1.0);
    assert_true(says(v, "the fidelity of second is 0.5 dB") && says(v, "--mode int16x8"));
    assert_int_equal(octet_verdict_write_text(&ctx, v, NULL, &text), OCTET_OK);
    assert_non_null(strstr((const char *)text.data, "of second, the worst of 2"));
    octet_buffer_free(&ctx, &text);
    octet_verdict_free(&ctx, v);
}

static void a_fidelity_of_20_db_is_silent(void **state) {
    octet_context ctx;
    (void)state;
    octet_context_init(&ctx);
    octet_verdict *v = judge(&ctx, probabilities, probabilities);
    v->distances[0] = (octet_verdict_distance){.mean_square = 1.0, .mean_square_difference = 0.0099};
    assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
    assert_int_equal(v->n_warnings, 0);
    octet_verdict_free(&ctx, v);
    v = judge(&ctx, probabilities, probabilities);
    v->after.type = "int16x8";
    v->distances[0] = (octet_verdict_distance){.mean_square = 1.0, .mean_square_difference = 0.0101};
    assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
    assert_true(says(v, "the fidelity of the output is 20.0 dB") && says(v, "--mode dynamic"));
    assert_false(says(v, "--mode int16x8"));
    octet_verdict_free(&ctx, v);
}

static void columns_of_one_value_are_named(void **state) {
    octet_context ctx;
    octet_verdict_column columns[4] = {{{-50, -49}, {60, 61}},       /* wide */
                                       {{0.3f, 0.5f}, {0.7f, 0.5f}}, /* lost */
                                       {{0.3f, 0.5f}, {0.7f, 0.5f}},
                                       {{0.5f, 0.5f}, {0.5f, 0.5f}}}; /* the same always */
    (void)state;
    octet_context_init(&ctx);
    octet_verdict_distance distance = {
        .mean_square = 1.0, .mean_square_difference = 0.5, .n_numbers = 400.0, .n_columns = 4, .columns = columns};
    octet_verdict *v = judge(&ctx, probabilities, probabilities);
    v->distances[0] = distance;
    assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
    assert_true(says(v, "first: columns 1..2 take one value") && says(v, "an output of their own"));
    assert_false(says(v, "fidelity")); /* said once */
    octet_verdict_free(&ctx, v);
    v = judge(&ctx, probabilities, probabilities);
    columns[1].max[1] = columns[2].max[1] = 0.75f;
    v->distances[0] = distance;
    assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
    assert_false(says(v, "take one value"));
    octet_verdict_free(&ctx, v);
    v = judge(&ctx, probabilities, probabilities);
    columns[1].max[1] = columns[2].max[1] = 0.5f;
    distance.are_shares = true;
    v->distances[0] = distance;
    assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
    assert_false(says(v, "take one value"));
    octet_verdict_free(&ctx, v);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void narrow_columns_of_an_input_are_named(void **state) {
    octet_context ctx;
    float min[3] = {0.0f, 990.0f, 0.0f}, max[3] = {25.0f, 1020.0f, 0.002f};
    octet_verdict_input seen = {.n_columns = 3, .min = min, .max = max};
    octet_report_port port = {
        .name = "x", .type = "int8", .quantized = true, .scale = 4.0f, .own_layer = "normalization"};
    (void)state;
    octet_context_init(&ctx);
    for (int i = 0; i < 3; i++) { /* fires; high fidelity; columns alike */
        octet_verdict *v = judge(&ctx, probabilities, probabilities);
        if (i == 2) max[2] = 17.0f;
        v->seen = &seen;
        v->inputs = &port;
        v->n_inputs = 1;
        v->distances[0] = (octet_verdict_distance){.mean_square = 1.0, .mean_square_difference = i == 1 ? 0.0009 : 0.5};
        assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
        assert_int_equal(says(v, "input x: column 2 (0..0.002) spans"), i == 0);
        assert_int_equal(says(v, "--input-type float32, which leaves normalization in float"), i == 0);
        assert_int_equal(says(v, "the columns named above are why"), i == 0);
        octet_verdict_free(&ctx, v);
    }
}

static void an_outlier_is_named(void **state) {
    octet_context ctx;
    octet_verdict_input seen = {
        .has_outlier = true, .outlier_sample = 37, .outlier_column = 2, .outlier_reach = 900.0, .usual_reach = 3.0};
    octet_report_port port = {.name = "x", .type = "int8"};
    (void)state;
    octet_context_init(&ctx);
    for (int i = 0; i < 2; i++) {
        octet_verdict *v = judge(&ctx, probabilities, probabilities);
        seen.has_outlier = i == 0;
        v->seen = &seen;
        v->inputs = &port;
        v->n_inputs = 1;
        v->calibration.last_tenth = 0.5;
        assert_int_equal(octet_verdict_finish(&ctx, v), OCTET_OK);
        assert_int_equal(says(v, "calibration sample 37 (from 0) reaches 900 in column 2 of input x"), i == 0);
        assert_int_equal(says(v, "samples would do"), i == 1);
        octet_verdict_free(&ctx, v);
    }
}

static void what_looks_wrong_is_said(void **state) {
    const float worse[4][3] = {{0.0f, 1.0f, 0.0f}, {0.0f, 1.0f, 0.0f}, {1.0f, 0.0f, 0.0f}, {1.0f, 0.0f, 0.0f}};
    octet_context ctx;
    (void)state;
    octet_context_init(&ctx);
    octet_verdict *v = judge(&ctx, probabilities, worse);
    assert_true(warns(&ctx, v, "accuracy fell by 25.00 points"));
    v = judge(&ctx, probabilities, probabilities);
    v->calibration.n_samples = 5;
    assert_true(warns(&ctx, v, "calibrated on 5 samples"));
    v = judge(&ctx, probabilities, probabilities);
    v->calibration.n_distinct = 3;
    assert_true(warns(&ctx, v, "only 3 of 100"));
    v = judge(&ctx, probabilities, probabilities);
    v->calibration.last_tenth = 0.5;
    assert_true(warns(&ctx, v, "50.0 %"));
    v = judge(&ctx, probabilities, probabilities);
    v->calibration.last_tenth = 0.5;
    v->silenced = 1u << OCTET_WARNING_UNSETTLED;
    assert_false(warns(&ctx, v, "50.0 %"));
    v = judge(&ctx, probabilities, probabilities);
    v->before.evaluation->max = 255.0;
    assert_true(warns(&ctx, v, "calibration data only from 0 to 1"));
}

static void a_cosine_that_is_not_known_is_a_question_mark(void **state) {
    char text[OCTET_TEXT_SIZE];
    (void)state;
    assert_string_equal(octet_layers_cosine(0.99978, text), "0.9998");
    assert_string_equal(octet_layers_cosine((double)NAN, text), "?");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_times_read_well),

        cmocka_unit_test(a_cosine_that_is_not_known_is_a_question_mark),
        cmocka_unit_test(accuracy_and_loss_are_those_of_keras),
        cmocka_unit_test(logits_go_through_softmax),
        cmocka_unit_test(one_score_is_binary),
        cmocka_unit_test(a_verdict_is_text_and_json),
        cmocka_unit_test(numbers_have_an_error_and_no_agreement),
        cmocka_unit_test(targets_give_errors),
        cmocka_unit_test(several_labels_are_counted_one_by_one),
        cmocka_unit_test(pixels_have_classes_as_numbers_or_one_hot),
        cmocka_unit_test(bytes_that_are_divided_twice_are_named),
        cmocka_unit_test(the_worst_output_is_judged),
        cmocka_unit_test(a_fidelity_of_20_db_is_silent),
        cmocka_unit_test(columns_of_one_value_are_named),
        cmocka_unit_test(narrow_columns_of_an_input_are_named),
        cmocka_unit_test(an_outlier_is_named),
        cmocka_unit_test(what_looks_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
