/* Range search of a small network with a channel that is wide and does not count. */
#include "recover/range_search.h"

#include "support/recovery.h"

/* A convolution whose first channel is 1.3 times as wide as the others, and a dense layer that hardly reads it. */
static void build(recovery_fixture *f) {
    octet_options o = {0};
    uint32_t x, shape;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(
        f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    o.conv_2d.padding = OCTET_PADDING_SAME, o.conv_2d.activation = OCTET_ACTIVATION_NONE;
    o.conv_2d.stride_h = o.conv_2d.stride_w = 4, o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    const uint32_t w = recovery_constant(f, "w", (octet_shape){4, {8, 3, 3, 3}}, 0.5f, 1);
    for (int i = 0; i < 27; i++) ((float *)(uintptr_t)f->graph->values[w].data)[i] = i % 2 == 0 ? 0.9f : -0.9f;
    uint32_t y = recovery_emit(f, OCTET_OP_CONV_2D, (uint32_t[]){x, w, OCTET_NONE}, 3, &o);
    recovery_expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (int32_t[]){1, 32}, 2, &shape));
    y = recovery_emit(f, OCTET_OP_RESHAPE, (uint32_t[]){y, shape}, 2, NULL);
    o = (octet_options){0};
    const uint32_t d = recovery_constant(f, "d", (octet_shape){2, {RECOVERY_OUTPUT, 32}}, 0.5f, 4);
    for (int i = 0; i < RECOVERY_OUTPUT * 32; i += 8) ((float *)(uintptr_t)f->graph->values[d].data)[i] *= 1e-3f;
    y = recovery_emit(f, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){y, d, OCTET_NONE}, 3, &o);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

static int setup(void **state) { return recovery_prepare(state, build); }

static octet_recovered search(recovery_fixture *f, uint32_t n_threads) {
    return recovery_apply(f, octet_recover_ranges, f->graph, f->statistics, n_threads);
}

static octet_observed_range range_of(recovery_fixture *f, const octet_graph *graph, const octet_statistics *statistics,
                                     uint32_t value) {
    octet_arena arena = {0};
    uint32_t *rows_of;
    recovery_expect_ok(f, octet_statistics_bind(&f->ctx, &arena, statistics, graph, &rows_of));
    const octet_observed_range range = octet_statistics_range(&statistics->rows[rows_of[value]]);
    octet_arena_free(&f->ctx, &arena);
    return range;
}

static bool is_cut(recovery_fixture *f, const octet_recovered *out, uint32_t value) {
    const octet_observed_range before = range_of(f, f->graph, f->statistics, value);
    const octet_observed_range after = range_of(f, out->graph, out->statistics, value);
    assert_true(after.min >= before.min && after.max <= before.max && after.max >= before.max * 0.799f);
    return after.max - after.min < 0.97f * (before.max - before.min);
}

static void a_wide_channel_that_does_not_count_is_cut(void **state) {
    recovery_fixture *f = *state;
    double shift, square_before, square;
    octet_recovered out = search(f, 1);
    assert_int_equal(out.n_changed, 1);
    assert_true(is_cut(f, &out, f->graph->operators[0].outputs[0]));
    recovery_measure(f, f->graph, f->statistics, &shift, &square_before);
    recovery_measure(f, out.graph, out.statistics, &shift, &square);
    if (!(square < square_before)) fail_msg("square %g, was %g", square, square_before);
    recovery_give_back(f, &out);
}

static void inputs_and_logits_keep_their_ranges(void **state) {
    recovery_fixture *f = *state;
    octet_recovered out = search(f, 1);
    assert_false(is_cut(f, &out, f->graph->inputs[0].value));
    assert_false(is_cut(f, &out, f->graph->outputs[0].value));
    recovery_give_back(f, &out);
}

/* These samples would do with less than half of it, and others of the same statistics would not. */
static void what_other_samples_reached_is_not_cut(void **state) {
    recovery_fixture *f = *state;
    for (uint32_t r = 0; r < f->statistics->n_rows; r++)
        for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) {
            f->statistics->rows[r].ranges[h].min *= 2.0f;
            f->statistics->rows[r].ranges[h].max *= 2.0f;
        }
    octet_recovered out = search(f, 1);
    assert_int_equal(out.n_changed, 0);
    recovery_give_back(f, &out);
}

static void int16_has_enough_steps(void **state) {
    recovery_fixture *f = *state;
    f->options.mode = OCTET_MODE_INT16X8;
    f->options.input_type = f->options.output_type = OCTET_INT16;
    octet_recovered out = search(f, 1);
    assert_int_equal(out.n_changed, 0);
    recovery_give_back(f, &out);
}

static void threads_do_not_count(void **state) {
    recovery_fixture *f = *state;
    octet_recovered one = search(f, 1), three = search(f, 3);
    for (uint32_t r = 0; r < one.statistics->n_rows; r++)
        assert_memory_equal(one.statistics->rows[r].ranges, three.statistics->rows[r].ranges,
                            sizeof one.statistics->rows[r].ranges);
    recovery_give_back(f, &one);
    recovery_give_back(f, &three);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_wide_channel_that_does_not_count_is_cut, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(inputs_and_logits_keep_their_ranges, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(what_other_samples_reached_is_not_cut, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(int16_has_enough_steps, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(threads_do_not_count, setup, recovery_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
