/* The ladder over a small network with a global pool: which steps stay, and that nothing but the samples decides. */
#include "recover/ladder.h"

#include "recover/global_mean.h"
#include "support/recovery.h"

/* CONV_2D, AVERAGE_POOL_2D over a half of the picture, another over the rest, a dense layer. */
static void build(recovery_fixture *f) {
    octet_options o = {0};
    uint32_t x, y, shape;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(
        f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    o.conv_2d.padding = OCTET_PADDING_SAME, o.conv_2d.activation = OCTET_ACTIVATION_RELU;
    o.conv_2d.stride_h = o.conv_2d.stride_w = o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    const uint32_t w = recovery_constant(f, "w", (octet_shape){4, {16, 3, 3, 3}}, 0.05f, 1);
    for (int c = 0; c < 16; c++) ((float *)(uintptr_t)f->graph->values[w].data)[27 * c + c] = c % 2 == 0 ? 3.0f : -3.0f;
    const uint32_t b = recovery_constant(f, "b", (octet_shape){1, {16}}, 1.0f, 2);
    y = recovery_emit(f, OCTET_OP_CONV_2D, (uint32_t[]){x, w, b}, 3, &o);
    o = (octet_options){
        .pool_2d = {.padding = OCTET_PADDING_VALID, .stride_h = 2, .stride_w = 2, .filter_h = 2, .filter_w = 2}};
    y = recovery_emit(f, OCTET_OP_AVERAGE_POOL_2D, &y, 1, &o);
    o.pool_2d.stride_h = o.pool_2d.stride_w = o.pool_2d.filter_h = o.pool_2d.filter_w = 4;
    y = recovery_emit(f, OCTET_OP_AVERAGE_POOL_2D, &y, 1, &o);
    recovery_expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (int32_t[]){1, 16}, 2, &shape));
    y = recovery_emit(f, OCTET_OP_RESHAPE, (uint32_t[]){y, shape}, 2, NULL);
    o = (octet_options){0};
    const uint32_t d = recovery_constant(f, "d", (octet_shape){2, {RECOVERY_OUTPUT, 16}}, 0.5f, 3);
    y = recovery_emit(f, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){y, d, OCTET_NONE}, 3, &o);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

static int setup(void **state) { return recovery_prepare(state, build); }

static octet_recovered climb(recovery_fixture *f, uint32_t n_threads, size_t n_runs, octet_ladder *ladder) {
    const float *inputs[1];
    octet_recover_source source = recovery_source(f, inputs);
    octet_recovered out;
    source.n_runs = n_runs;
    recovery_expect_ok(f, octet_pool_create(&f->ctx, n_threads, &source.pool));
    recovery_expect_ok(f, octet_recover_ladder(&f->ctx, &source, &out, ladder));
    octet_pool_destroy(&f->ctx, source.pool);
    return out;
}

static void a_global_pool_becomes_a_mean_with_a_scale_of_its_own(void **state) {
    recovery_fixture *f = *state;
    const float *inputs[1];
    const octet_recover_source source = recovery_source(f, inputs);
    octet_recovered out;
    octet_graph *before, *after;
    recovery_expect_ok(f, octet_recover_global_mean(&f->ctx, &source, &out));
    assert_int_equal(out.n_changed, 1);
    assert_int_equal(out.graph->operators[1].code, OCTET_OP_AVERAGE_POOL_2D);
    assert_int_equal(out.graph->operators[2].code, OCTET_OP_MEAN);
    recovery_expect_ok(f, octet_quantize_graph(&f->ctx, f->graph, f->statistics, &f->options, &before));
    recovery_expect_ok(f, octet_quantize_graph(&f->ctx, out.graph, out.statistics, &f->options, &after));
    const float shared = octet_graph_output(before, &before->operators[2], 0)->quantization.scale[0];
    const float own = octet_graph_output(after, &after->operators[2], 0)->quantization.scale[0];
    assert_float_equal(shared, octet_graph_output(after, &after->operators[1], 0)->quantization.scale[0], 0.0);
    assert_true(own < 0.9f * shared);
    octet_graph_destroy(&f->ctx, before);
    octet_graph_destroy(&f->ctx, after);
    recovery_give_back(f, &out);
}

static void a_pool_with_an_activation_stays(void **state) {
    recovery_fixture *f = *state;
    const float *inputs[1];
    octet_recovered out;
    f->graph->operators[2].options.pool_2d.activation = OCTET_ACTIVATION_RELU6;
    octet_statistics_free(&f->ctx, f->statistics);
    recovery_calibrate(f);
    const octet_recover_source source = recovery_source(f, inputs);
    recovery_expect_ok(f, octet_recover_global_mean(&f->ctx, &source, &out));
    assert_int_equal(out.n_changed, 0);
    recovery_give_back(f, &out);
}

static const octet_ladder_row *row_of(const octet_ladder *ladder, const char *step) {
    for (uint32_t i = 0; i < ladder->n_rows; i++)
        if (strcmp(ladder->rows[i].step, step) == 0) return &ladder->rows[i];
    fail_msg("no step %s", step);
    return NULL;
}

static void steps_that_gain_stay(void **state) {
    recovery_fixture *f = *state;
    double shift, before, after;
    octet_ladder ladder;
    octet_recovered out = climb(f, 1, RECOVERY_SAMPLES, &ladder);
    const octet_ladder_row *bias = row_of(&ladder, "bias correction"),
                           *mean = row_of(&ladder, "MEAN for a global pool");
    assert_true(bias->is_judged && bias->is_kept && bias->gain_db > 1.0);
    assert_true(mean->is_judged && mean->is_kept && mean->gain_db > 1.0);
    assert_int_equal(ladder.n_samples, RECOVERY_SAMPLES);
    assert_in_range(ladder.n_first, RECOVERY_SAMPLES / 3, RECOVERY_SAMPLES - RECOVERY_SAMPLES / 3);
    recovery_measure(f, f->graph, f->statistics, &shift, &before);
    recovery_measure(f, out.graph, out.statistics, &shift, &after);
    if (!(after < 0.25 * before)) fail_msg("mean square of errors: %g, was %g", after, before);
    recovery_give_back(f, &out);
}

static void expect_same_constants(const octet_graph *a, const octet_graph *b) {
    assert_int_equal(a->n_values, b->n_values);
    for (uint32_t v = 0; v < a->n_values; v++)
        if (octet_value_is_constant(&a->values[v]))
            assert_memory_equal(a->values[v].data, b->values[v].data, octet_value_bytes(&a->values[v]));
}

static void threads_and_the_order_of_samples_do_not_count(void **state) {
    recovery_fixture *f = *state;
    static float reversed[RECOVERY_SAMPLES * RECOVERY_INPUT];
    octet_ladder ladder[3];
    octet_recovered one = climb(f, 1, RECOVERY_SAMPLES, &ladder[0]), three = climb(f, 3, RECOVERY_SAMPLES, &ladder[1]);
    for (int i = 0; i < RECOVERY_SAMPLES; i++)
        memcpy(reversed + i * RECOVERY_INPUT, f->samples + (RECOVERY_SAMPLES - 1 - i) * RECOVERY_INPUT,
               RECOVERY_INPUT * sizeof(float));
    memcpy(f->samples, reversed, sizeof reversed);
    octet_recovered other = climb(f, 1, RECOVERY_SAMPLES, &ladder[2]);
    expect_same_constants(one.graph, three.graph);
    expect_same_constants(one.graph, other.graph);
    assert_true(ladder[0].rows[0].gain_db == ladder[1].rows[0].gain_db);
    recovery_give_back(f, &one);
    recovery_give_back(f, &three);
    recovery_give_back(f, &other);
}

static void one_sample_is_not_judged(void **state) {
    recovery_fixture *f = *state;
    octet_ladder ladder;
    octet_recovered out = climb(f, 1, 1, &ladder);
    assert_true(ladder.rows[0].is_kept && !ladder.rows[0].is_judged);
    assert_int_equal(out.n_changed, 2);
    for (uint32_t i = 1; i < ladder.n_rows; i++) assert_false(ladder.rows[i].is_kept);
    recovery_give_back(f, &out);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_global_pool_becomes_a_mean_with_a_scale_of_its_own, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(a_pool_with_an_activation_stays, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(steps_that_gain_stay, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(threads_and_the_order_of_samples_do_not_count, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(one_sample_is_not_judged, setup, recovery_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
