/* report/verdict_lines: grades at their borders, and sentences. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "report/verdict_lines.h"

static octet_evaluation before, after;
static char sentence[OCTET_VERDICT_SENTENCE];

static octet_verdict make(octet_measure measure) {
    before = after = (octet_evaluation){.model = "m",
                                        .split = "test",
                                        .n_samples = 1000,
                                        .measure = measure,
                                        .has_accuracy = measure == OCTET_MEASURE_CLASS,
                                        .has_classes = measure == OCTET_MEASURE_CLASS,
                                        .accuracy = 0.95};
    return (octet_verdict){.before = {&before, "float32", 4000},
                           .after = {&after, "int8", 1000},
                           .n_agree = 990,
                           .agreement = 0.99,
                           .signal_to_noise_db = 25.0};
}

static void grades_change_at_their_borders(void **state) {
    (void)state;
    octet_verdict v = make(OCTET_MEASURE_CLASS);
    const double drops[] = {-1.0, 0.5, 0.51, 2.0, 2.01};
    const octet_tone tones[] = {OCTET_TONE_GOOD, OCTET_TONE_GOOD, OCTET_TONE_FAIR, OCTET_TONE_FAIR, OCTET_TONE_POOR};
    for (int i = 0; i < 5; i++) {
        v.drop_points = drops[i];
        assert_int_equal(octet_verdict_grade(&v), tones[i]);
    }
    before.has_accuracy = false; /* by agreement, which has borders of its own */
    v.drop_points = 1.0;
    assert_int_equal(octet_verdict_grade(&v), OCTET_TONE_GOOD);
    v.drop_points = 5.1;
    assert_int_equal(octet_verdict_grade(&v), OCTET_TONE_POOR);
    after.n_not_finite = 1;
    v.drop_points = 0.0;
    assert_int_equal(octet_verdict_grade(&v), OCTET_TONE_POOR);
    v = make(OCTET_MEASURE_ERROR);
    before.root_mean_square_error = 1.0;
    after.root_mean_square_error = 1.05;
    assert_int_equal(octet_verdict_grade(&v), OCTET_TONE_FAIR);
    v = make(OCTET_MEASURE_NONE);
    assert_int_equal(octet_verdict_grade(&v), OCTET_TONE_FAIR);
    v.signal_to_noise_db = (double)INFINITY;
    assert_int_equal(octet_verdict_grade(&v), OCTET_TONE_GOOD);
    v.signal_to_noise_db = 19.9;
    assert_int_equal(octet_verdict_grade(&v), OCTET_TONE_POOR);
    v.signal_to_noise_db = (double)NAN;
    assert_int_equal(octet_verdict_grade(&v), OCTET_TONE_POOR);
}

static void a_sentence_has_the_cost_and_the_size(void **state) {
    (void)state;
    octet_verdict v = make(OCTET_MEASURE_CLASS);
    after.accuracy = 0.9375;
    v.drop_points = 1.25;
    assert_string_equal(
        octet_verdict_sentence(&v, sentence),
        "int8 costs 1.25 points of accuracy: 93.75 % instead of 95.00 %. The file is 4.00 times smaller: "
        "1,000 bytes instead of 4,000.");
    v.drop_points = 0.0;
    assert_non_null(strstr(octet_verdict_sentence(&v, sentence), "int8 costs no accuracy"));
    before.has_accuracy = false;
    assert_non_null(strstr(octet_verdict_sentence(&v, sentence), "answers 10 of 1,000 samples differently"));
    v = make(OCTET_MEASURE_NONE);
    assert_non_null(strstr(octet_verdict_sentence(&v, sentence), "noise of 5.6 % on the outputs (25.0 dB)"));
}

static void times_are_left_out_where_pages_are_compared(void **state) {
    octet_verdict_line lines[OCTET_VERDICT_MOST_LINES];
    (void)state;
    octet_verdict v = make(OCTET_MEASURE_CLASS);
    const uint32_t n = octet_verdict_list_lines(&v, true, lines);
    assert_string_equal(lines[n - 1].name, "time per sample");
    assert_int_equal(octet_verdict_list_lines(&v, false, lines), n - 1);
    for (uint32_t i = 0; i < n - 1; i++) assert_string_not_equal(lines[i].name, "time per sample");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(grades_change_at_their_borders),
                                       cmocka_unit_test(a_sentence_has_the_cost_and_the_size),
                                       cmocka_unit_test(times_are_left_out_where_pages_are_compared)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
