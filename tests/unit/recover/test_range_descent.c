/* Coordinate descent over the ranges of a small network, one of which is far too wide. */
#include "recover/range_descent.h"

#include "recover/judge.h"
#include "support/recovery.h"

/* A convolution, a dense layer. */
static void build(recovery_fixture *f) {
    octet_options o = {0};
    uint32_t x, y, shape;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(
        f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    o.conv_2d.padding = OCTET_PADDING_SAME, o.conv_2d.activation = OCTET_ACTIVATION_RELU;
    o.conv_2d.stride_h = o.conv_2d.stride_w = 2, o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    const uint32_t w = recovery_constant(f, "w", (octet_shape){4, {4, 3, 3, 3}}, 0.5f, 1);
    const uint32_t b = recovery_constant(f, "b", (octet_shape){1, {4}}, 0.01f, 2);
    y = recovery_emit(f, OCTET_OP_CONV_2D, (uint32_t[]){x, w, b}, 3, &o);
    recovery_expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (int32_t[]){1, 64}, 2, &shape));
    y = recovery_emit(f, OCTET_OP_RESHAPE, (uint32_t[]){y, shape}, 2, NULL);
    o = (octet_options){0};
    const uint32_t d = recovery_constant(f, "d", (octet_shape){2, {RECOVERY_OUTPUT, 64}}, 0.5f, 3);
    y = recovery_emit(f, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){y, d, OCTET_NONE}, 3, &o);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

static int setup(void **state) {
    const int failed = recovery_prepare(state, build);
    recovery_fixture *f = *state;
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) f->statistics->rows[1].ranges[h].max *= 4.0f;
    return failed;
}

static double judge(recovery_fixture *f, const octet_recover_source *source, const octet_graph *graph,
                    const octet_statistics *statistics) {
    octet_judge *made;
    double db;
    recovery_expect_ok(f, octet_judge_create(&f->ctx, source, &made));
    recovery_expect_ok(f, octet_judge_measure_centred(&f->ctx, made, graph, statistics, 0, RECOVERY_SAMPLES, &db));
    octet_judge_destroy(&f->ctx, made);
    return db;
}

static octet_observed_range range_of(const octet_statistics *statistics, uint32_t row) {
    return octet_statistics_range(&statistics->rows[row]);
}

static void ranges_shrink_to_what_counts(void **state) {
    recovery_fixture *f = *state;
    const float *inputs[1];
    const octet_recover_source source = recovery_source(f, inputs);
    octet_recovered out;
    recovery_expect_ok(f, octet_recover_range_descent(&f->ctx, &source, &out));
    assert_true(out.n_changed > 0);
    const octet_observed_range before = range_of(f->statistics, 1), after = range_of(out.statistics, 1);
    assert_true(after.max < 0.6f * before.max);
    assert_float_equal(range_of(out.statistics, 0).max, range_of(f->statistics, 0).max, 0.0);
    assert_float_equal(range_of(out.statistics, 3).max, range_of(f->statistics, 3).max, 0.0);
    const double was = judge(f, &source, f->graph, f->statistics);
    const double is = judge(f, &source, out.graph, out.statistics);
    if (!(is > was + 3.0)) fail_msg("%g dB, was %g dB", is, was);
    recovery_give_back(f, &out);
}

/* Each trial rounds all weights anew: where that takes longer than the trials may, there are none. */
static void a_network_of_many_weights_is_left_alone(void **state) {
    recovery_fixture *f = *state;
    const octet_shape shape = {1, {12000000}};
    const float *inputs[1];
    void *data;
    uint32_t v;
    recovery_expect_ok(f, octet_graph_add_space(&f->ctx, f->graph, "unread", OCTET_INT8, &shape, &data, &v));
    octet_statistics_free(&f->ctx, f->statistics);
    recovery_calibrate(f);
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) f->statistics->rows[1].ranges[h].max *= 4.0f;
    const octet_recover_source source = recovery_source(f, inputs);
    octet_recovered out;
    recovery_expect_ok(f, octet_recover_range_descent(&f->ctx, &source, &out));
    assert_int_equal(out.n_changed, 0);
    recovery_give_back(f, &out);
}

static void threads_do_not_count(void **state) {
    recovery_fixture *f = *state;
    const float *inputs[1];
    octet_recover_source source = recovery_source(f, inputs);
    octet_recovered one, three;
    recovery_expect_ok(f, octet_recover_range_descent(&f->ctx, &source, &one));
    recovery_expect_ok(f, octet_pool_create(&f->ctx, 3, &source.pool));
    recovery_expect_ok(f, octet_recover_range_descent(&f->ctx, &source, &three));
    octet_pool_destroy(&f->ctx, source.pool);
    for (uint32_t i = 0; i < one.statistics->n_rows; i++) {
        const octet_observed_range a = range_of(one.statistics, i), b = range_of(three.statistics, i);
        assert_true(a.min == b.min && a.max == b.max);
    }
    recovery_give_back(f, &one);
    recovery_give_back(f, &three);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(ranges_shrink_to_what_counts, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(a_network_of_many_weights_is_left_alone, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(threads_do_not_count, setup, recovery_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
