/* Every cause has figures for which it is named and figures for which it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "layers/cause.h"

/* 20 steps of signal, of which 0.3 steps of error are added: 36.5 dB; half of the error is inherited. */
static octet_layer_row plain(void) {
    octet_layer_row row = {.layer = "l",
                           .op = "CONV_2D",
                           .code = OCTET_OP_CONV_2D,
                           .has_step = true,
                           .has_added = true,
                           .has_weights = true,
                           .scale = 0.1,
                           .signal_rms = 2.0,
                           .added_share = 0.5,
                           .shift_left = 1.0,
                           .low = -12.8,
                           .high = 12.7,
                           .min = -10.0,
                           .max = 10.0};
    row.added_db = 20.0 * log10(20.0 / 0.3);
    row.sqnr_db = row.added_db - 3.0;
    return row;
}

static void expect(const octet_layer_row *given, octet_cause cause, const char *words) {
    octet_context ctx;
    octet_arena arena = {0};
    octet_layer_row row = *given;
    octet_context_init(&ctx);
    assert_int_equal(octet_cause_find(&ctx, &arena, &row), OCTET_OK);
    assert_int_equal(row.cause, cause);
    if (strstr(row.why, words) == NULL) fail_msg("'%s' has no '%s'", row.why, words);
    octet_arena_free(&ctx, &arena);
}

static void add_steps(octet_layer_row *row, double steps) {
    row->added_db = 20.0 * log10(row->signal_rms / row->scale / steps);
    row->sqnr_db = row->added_db - 3.0;
}

static void rounding_is_coarse(void **state) {
    (void)state;
    octet_layer_row row = plain();
    assert_true(fabs(octet_cause_added_steps(&row) - 0.3) < 1e-9);
    expect(&row, OCTET_CAUSE_COARSE, "20 steps of 0.1");
    row.sqnr_db = 80.0;
    expect(&row, OCTET_CAUSE_NONE, "");
}

static void error_is_inherited(void **state) {
    (void)state;
    octet_layer_row row = plain();
    row.added_share = 0.09;
    expect(&row, OCTET_CAUSE_INHERITED, "91 %");
    row.added_db = 34.0; /* it adds much all the same */
    assert_false(octet_cause_is_inherited(&row));
    row = plain();
    row.added_share = 0.11;
    assert_false(octet_cause_is_inherited(&row));
    row.added_share = 0.0, row.has_added = false;
    assert_false(octet_cause_is_inherited(&row));
}

static void softmax_has_a_ceiling(void **state) {
    (void)state;
    octet_layer_row row = plain();
    row.code = OCTET_OP_SOFTMAX, row.op = "SOFTMAX", row.scale = 1.0 / 256, row.signal_rms = 0.4;
    row.has_weights = false;
    add_steps(&row, 0.3);
    expect(&row, OCTET_CAUSE_CEILING, "SOFTMAX codes of 0.00391");
    add_steps(&row, 0.7);
    assert_false(octet_cause_is_ceiling(&row));
    row = plain();
    assert_false(octet_cause_is_ceiling(&row));
}

static void operands_are_cut(void **state) {
    (void)state;
    octet_layer_row row = plain();
    row.cut_energy_share = 0.26, row.cut_share = 0.012, row.max = 15.5;
    expect(&row, OCTET_CAUSE_CUT, "1.2 % of the values lie beyond the range -12.8..12.7, here -10..15.5; calibrate");
    row.shared_with = "pool";
    expect(&row, OCTET_CAUSE_CUT, "the range is that of pool");
    row.cut_energy_share = 0.24;
    assert_false(octet_cause_is_cut(&row));
}

static void weights_shift_means(void **state) {
    (void)state;
    octet_layer_row row = plain();
    row.shift_share = 0.62, row.shift_steps = 0.4;
    expect(&row, OCTET_CAUSE_SHIFT, "62 % of the error that it adds); --recover fast");
    row.shift_left = 0.4; /* taken back already */
    assert_false(octet_cause_is_shift(&row));
    row.shift_left = 0.5, row.shift_steps = 0.1;
    assert_false(octet_cause_is_shift(&row));
    row.shift_steps = 0.4, row.shift_share = 0.29;
    assert_false(octet_cause_is_shift(&row));
    row.shift_share = 0.62, row.has_weights = false;
    assert_false(octet_cause_is_shift(&row));
}

static void scales_are_shared(void **state) {
    (void)state;
    octet_layer_row row = plain();
    row.has_weights = false, row.shared_with = "add_2", row.min = 0.0, row.max = 5.1;
    expect(&row, OCTET_CAUSE_SHARED, "that of add_2, and needs 20 % of the range");
    row.max = 12.7 + 0.2;
    assert_false(octet_cause_is_shared(&row));
    row.max = 5.1, row.shared_with = NULL;
    assert_false(octet_cause_is_shared(&row));
}

static void one_channel_sets_the_scale(void **state) {
    (void)state;
    octet_layer_row row = plain();
    row.outlier_ratio = 9.0, row.outlier_channel = 17;
    expect(&row, OCTET_CAUSE_OUTLIER, "channel 17 reaches 9 times");
    row.outlier_ratio = 7.9;
    assert_false(octet_cause_is_outlier(&row));
}

static void weights_are_rounded(void **state) {
    (void)state;
    octet_layer_row row = plain();
    add_steps(&row, 1.5);
    expect(&row, OCTET_CAUSE_WEIGHTS, "1.5 steps");
    row.has_weights = false;
    assert_false(octet_cause_is_weights(&row));
    row = plain();
    assert_false(octet_cause_is_weights(&row));
    row.has_step = false; /* float activations, rounded weights */
    expect(&row, OCTET_CAUSE_WEIGHTS, "rounding of the weights");
}

static void operators_compute_something_else(void **state) {
    (void)state;
    octet_layer_row row = plain();
    row.has_weights = false, row.op = "REVERSE_V2";
    add_steps(&row, 30.0);
    expect(&row, OCTET_CAUSE_OPERATOR, "REVERSE_V2 adds 30 steps");
    add_steps(&row, 0.6);
    assert_false(octet_cause_is_operator(&row));
    row.has_weights = true;
    add_steps(&row, 30.0);
    assert_false(octet_cause_is_operator(&row));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rounding_is_coarse),
        cmocka_unit_test(error_is_inherited),
        cmocka_unit_test(softmax_has_a_ceiling),
        cmocka_unit_test(operands_are_cut),
        cmocka_unit_test(weights_shift_means),
        cmocka_unit_test(scales_are_shared),
        cmocka_unit_test(one_channel_sets_the_scale),
        cmocka_unit_test(weights_are_rounded),
        cmocka_unit_test(operators_compute_something_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
