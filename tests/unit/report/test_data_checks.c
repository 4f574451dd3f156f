/* Each check of calibration data where it has to speak, and right beside that where it has to be silent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "report/data_checks.h"

enum { MOST = 4 };

typedef struct said {
    octet_context ctx;
    octet_arena arena;
    const char *texts[MOST], *names[MOST];
    uint32_t n;
} said;

static void ask(said *s, const octet_calibration_facts *facts, const octet_data_checks *checks, const char *silence) {
    octet_warning_list list = {&s->arena, s->texts, s->names, &s->n, MOST, 0};
    octet_context_init(&s->ctx);
    assert_int_equal(octet_warnings_read(&s->ctx, silence, &list.silenced), OCTET_OK);
    assert_int_equal(octet_data_checks_warn(&s->ctx, facts, checks, false, &list), OCTET_OK);
}

/* Whether `name` and nothing else is said, with these words; and nothing once it is silenced. */
static void expect(octet_calibration_facts facts, octet_data_checks checks, const char *name, const char *words) {
    said s = {.n = 0}, silent = {.n = 0};
    ask(&s, &facts, &checks, NULL);
    assert_int_equal(s.n, name != NULL ? 1 : 0);
    if (name != NULL) {
        assert_string_equal(s.names[0], name);
        if (strstr(s.texts[0], words) == NULL) fail_msg("\"%s\" does not say \"%s\"", s.texts[0], words);
        ask(&silent, &facts, &checks, name);
        assert_int_equal(silent.n, 0);
    }
    octet_arena_free(&s.ctx, &s.arena);
    octet_arena_free(&silent.ctx, &silent.arena);
}

static const octet_calibration_facts good = {100, 100, 0.005, 100};

static void good_data_are_silent(void **state) {
    (void)state;
    expect(good, (octet_data_checks){0}, NULL, NULL);
    expect(good, (octet_data_checks){.n_looked = 64, .n_classes = 10}, NULL, NULL);
}

static void the_number_of_samples(void **state) {
    (void)state;
    octet_calibration_facts facts = good;
    facts.n_samples = facts.n_distinct = 19;
    expect(facts, (octet_data_checks){0}, "few-samples", "calibrated on 19 samples");
    facts.n_samples = facts.n_distinct = 20;
    expect(facts, (octet_data_checks){0}, NULL, NULL);
}

static void repetitions(void **state) {
    (void)state;
    octet_calibration_facts facts = good;
    facts.n_distinct = 49;
    expect(facts, (octet_data_checks){0}, "repeats", "only 49 of 100");
    facts.n_distinct = 50;
    expect(facts, (octet_data_checks){0}, NULL, NULL);
}

static void ranges_that_still_move(void **state) {
    (void)state;
    octet_calibration_facts facts = {100, 100, 0.031, 240};
    expect(facts, (octet_data_checks){0}, "unsettled", "by 3.1 % in the mean: about 240 samples would do");
    facts.last_tenth = 0.02;
    expect(facts, (octet_data_checks){0}, NULL, NULL);
}

static void samples_of_one_number(void **state) {
    (void)state;
    octet_data_checks checks = {.n_looked = 50, .n_constant = 6, .constant_sample = 3};
    expect(good, checks, "constant-samples",
           "6 of 50 calibration samples are one number all over (the first: sample 3");
    checks.n_constant = 5;
    expect(good, checks, NULL, NULL);
}

static void samples_of_noise(void **state) {
    (void)state;
    octet_data_checks checks = {.n_looked = 50, .n_noise = 6, .noise_sample = 7};
    expect(good, checks, "noise-samples", "6 of 50 calibration samples look like noise");
    checks.n_noise = 5;
    expect(good, checks, NULL, NULL);
}

static void classes_without_a_sample(void **state) {
    (void)state;
    octet_data_checks checks = {.n_looked = 50, .n_classes = 10, .n_missing = 2, .missing = {3, 7}};
    expect(good, checks, "missing-classes", "of 2 of the 10 classes (3, 7):");
    checks = (octet_data_checks){.n_classes = 100, .n_missing = 9, .missing = {1, 2, 3, 4, 5, 6, 7, 8}};
    expect(good, checks, "missing-classes", "9 of the 100 classes (1, 2, 3, 4, 5, 6, 7, 8, ...)");
    checks.n_missing = 0;
    expect(good, checks, NULL, NULL);
    checks.n_missing = 2; /* of so few samples that is told already */
    expect((octet_calibration_facts){10, 10, 0.0, 10}, checks, "few-samples", "calibrated on 10 samples");
}

static void what_the_first_layers_make_of_the_data(void **state) {
    (void)state;
    octet_data_checks checks = {.normalizing_layer = "normalization", .normalized_min = -25.0, .normalized_max = 1.0};
    expect(good, checks, "first-layers", "normalization, which normalizes the input, makes -25 to 1");
    checks.normalized_min = -19.0;
    expect(good, checks, NULL, NULL);
    checks.normalized_min = 0.0;
    checks.normalized_max = 0.004;
    expect(good, checks, "first-layers", "makes 0 to 0.004");
    checks.normalizing_layer = NULL;
    expect(good, checks, NULL, NULL);
    checks.dead_layer = "conv";
    expect(good, checks, "first-layers", "conv, the first layer with weights, gives nothing but zeros");
}

static void names_are_read(void **state) {
    (void)state;
    octet_context ctx;
    uint32_t set;
    octet_context_init(&ctx);
    assert_int_equal(octet_warnings_read(&ctx, NULL, &set), OCTET_OK);
    assert_int_equal(set, 0);
    assert_int_equal(octet_warnings_read(&ctx, "fidelity,repeats", &set), OCTET_OK);
    assert_int_equal(set, 1u << OCTET_WARNING_FIDELITY | 1u << OCTET_WARNING_REPEATS);
    static const char *const bad[] = {"few", "repeats,", ",repeats", "repeats fidelity", "few-samples2"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        octet_context_clear(&ctx);
        assert_int_equal(octet_warnings_read(&ctx, bad[i], &set), OCTET_USAGE);
    }
    for (uint32_t w = 0; w < OCTET_N_WARNINGS; w++) assert_non_null(octet_warning_names[w]);
    assert_null(octet_warning_names[OCTET_N_WARNINGS]);
}

static void a_full_list_takes_no_more(void **state) {
    (void)state;
    const char *texts[1], *names[1];
    uint32_t n = 0;
    const octet_warning_list list = {NULL, texts, names, &n, 1, 0};
    octet_warning_put(&list, OCTET_WARNING_ERROR, "first");
    octet_warning_put(&list, OCTET_WARNING_ERROR, "second");
    assert_int_equal(n, 1);
    assert_string_equal(texts[0], "first");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_data_are_silent),
        cmocka_unit_test(the_number_of_samples),
        cmocka_unit_test(repetitions),
        cmocka_unit_test(ranges_that_still_move),
        cmocka_unit_test(samples_of_one_number),
        cmocka_unit_test(samples_of_noise),
        cmocka_unit_test(classes_without_a_sample),
        cmocka_unit_test(what_the_first_layers_make_of_the_data),
        cmocka_unit_test(names_are_read),
        cmocka_unit_test(a_full_list_takes_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
