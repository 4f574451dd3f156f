/* Bias correction of a small network: what it takes back, and that nothing but the samples decides. */
#include "recover/bias.h"

#include "support/recovery.h"

/* What a convolution computes goes on through a pool to an ADD, and through another convolution. */
static void build_residual(recovery_fixture *f) {
    octet_options o = {0};
    uint32_t x, y, z;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(
        f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    o.conv_2d.padding = OCTET_PADDING_SAME;
    o.conv_2d.stride_h = o.conv_2d.stride_w = o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    const uint32_t w = recovery_constant(f, "w", (octet_shape){4, {RECOVERY_OUTPUT, 3, 3, 3}}, 0.02f, 1);
    for (int c = 0; c < RECOVERY_OUTPUT; c++) ((float *)(uintptr_t)f->graph->values[w].data)[27 * c] = 2.0f;
    y = recovery_emit(f, OCTET_OP_CONV_2D, (uint32_t[]){x, w, OCTET_NONE}, 3, &o);
    o = (octet_options){
        .pool_2d = {.padding = OCTET_PADDING_SAME, .stride_h = 1, .stride_w = 1, .filter_h = 3, .filter_w = 3}};
    y = recovery_emit(f, OCTET_OP_MAX_POOL_2D, &y, 1, &o);
    o = (octet_options){0};
    o.conv_2d.stride_h = o.conv_2d.stride_w = o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    const uint32_t v = recovery_constant(f, "v", (octet_shape){4, {RECOVERY_OUTPUT, 1, 1, RECOVERY_OUTPUT}}, 0.1f, 2);
    z = recovery_emit(f, OCTET_OP_CONV_2D, (uint32_t[]){y, v, OCTET_NONE}, 3, &o);
    o = (octet_options){0};
    y = recovery_emit(f, OCTET_OP_ADD, (uint32_t[]){y, z}, 2, &o);
    o.pool_2d.stride_h = o.pool_2d.stride_w = 1, o.pool_2d.filter_h = o.pool_2d.filter_w = 8;
    o.pool_2d.padding = OCTET_PADDING_VALID;
    y = recovery_emit(f, OCTET_OP_AVERAGE_POOL_2D, &y, 1, &o);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

/* CONV_3D, which has no integer kernel, of the same samples. */
static void build_island(recovery_fixture *f) {
    octet_options o = {0};
    uint32_t x, y;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(
        f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){5, {1, 4, 4, 4, 3}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    o.conv_3d.stride_d = o.conv_3d.stride_h = o.conv_3d.stride_w = 1;
    o.conv_3d.dilation_d = o.conv_3d.dilation_h = o.conv_3d.dilation_w = 1;
    const uint32_t w = recovery_constant(f, "w", (octet_shape){5, {2, 2, 2, 3, 4}}, 0.5f, 1);
    y = recovery_emit(f, OCTET_OP_CONV_3D,
                      (uint32_t[]){x, w, recovery_constant(f, "b", (octet_shape){1, {4}}, 0.5f, 2)}, 3, &o);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

static int setup(void **state) { return recovery_prepare(state, recovery_build); }
static int setup_residual(void **state) { return recovery_prepare(state, build_residual); }
static int setup_island(void **state) { return recovery_prepare(state, build_island); }

static octet_recovered correct(recovery_fixture *f, uint32_t n_threads, size_t most_bytes) {
    const float *inputs[1];
    octet_recover_source source = recovery_source(f, inputs);
    source.most_bytes = most_bytes;
    octet_recovered out;
    recovery_expect_ok(f, octet_pool_create(&f->ctx, n_threads, &source.pool));
    recovery_expect_ok(f, octet_recover_bias(&f->ctx, &source, &out));
    octet_pool_destroy(&f->ctx, source.pool);
    return out;
}

static void it_takes_back_the_mean_error_of_every_output(void **state) {
    recovery_fixture *f = *state;
    double shift_before, square_before, shift, square;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    assert_int_equal(corrected.n_changed, 3);
    assert_int_equal(corrected.n_runs, RECOVERY_SAMPLES);
    recovery_measure(f, f->graph, f->statistics, &shift_before, &square_before);
    recovery_measure(f, corrected.graph, corrected.statistics, &shift, &square);
    if (!(shift < 0.3 * shift_before && square < 0.7 * square_before))
        fail_msg("shift %g, was %g; square %g, was %g", shift, shift_before, square, square_before);
    recovery_give_back(f, &corrected);
}

static void a_layer_before_an_add_takes_back_what_the_other_operand_is_off(void **state) {
    recovery_fixture *f = *state;
    double shift_before, shift, square;
    f->options.output_type = OCTET_FLOAT32;
    for (uint32_t i = 1; i < 3; i++) /* the largest numbers of the first convolution and of the pool are cut */
        for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) f->statistics->rows[i].ranges[h].max *= 0.85f;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    assert_int_equal(corrected.n_changed, 2);
    recovery_measure(f, f->graph, f->statistics, &shift_before, &square);
    recovery_measure(f, corrected.graph, corrected.statistics, &shift, &square);
    if (!(shift < 0.6 * shift_before)) fail_msg("shift %g, was %g", shift, shift_before);
    recovery_give_back(f, &corrected);
}

static void the_float_graph_stays_and_shared_biases_part(void **state) {
    recovery_fixture *f = *state;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    const octet_graph *g = corrected.graph;
    assert_int_equal(f->graph->operators[0].inputs[2], f->graph->operators[1].inputs[2]);
    assert_int_not_equal(g->operators[0].inputs[2], g->operators[1].inputs[2]);
    assert_int_equal(f->graph->operators[3].inputs[2], OCTET_NONE);
    assert_int_not_equal(g->operators[3].inputs[2], OCTET_NONE);
    recovery_give_back(f, &corrected);
}

static void threads_do_not_count(void **state) {
    recovery_fixture *f = *state;
    octet_recovered one = correct(f, 1, SIZE_MAX), three = correct(f, 3, SIZE_MAX);
    for (uint32_t k = 0; k < one.graph->n_operators; k++) {
        if (one.graph->operators[k].n_inputs < 3) continue;
        const octet_value *a = octet_graph_input(one.graph, &one.graph->operators[k], 2);
        const octet_value *b = octet_graph_input(three.graph, &three.graph->operators[k], 2);
        assert_memory_equal(a->data, b->data, octet_value_bytes(a));
    }
    recovery_give_back(f, &one);
    recovery_give_back(f, &three);
}

static void little_memory_takes_fewer_samples(void **state) {
    recovery_fixture *f = *state;
    octet_recovered corrected = correct(f, 1, 1);
    assert_int_equal(corrected.n_runs, 1);
    recovery_give_back(f, &corrected);
}

static void int16_and_one_scale_for_all_weights_work_alike(void **state) {
    recovery_fixture *f = *state;
    double shift_before, square_before, shift, square;
    f->options.per_tensor = true;
    f->options.mode = OCTET_MODE_INT16X8;
    f->options.input_type = f->options.output_type = OCTET_INT16;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    recovery_measure(f, f->graph, f->statistics, &shift_before, &square_before);
    recovery_measure(f, corrected.graph, corrected.statistics, &shift, &square);
    if (!(shift < 0.2 * shift_before)) fail_msg("shift %g, was %g", shift, shift_before);
    recovery_give_back(f, &corrected);
}

static void a_layer_that_stays_in_float_is_left_alone(void **state) {
    recovery_fixture *f = *state;
    octet_recovered corrected = correct(f, 1, SIZE_MAX);
    assert_int_equal(corrected.n_changed, 0);
    recovery_give_back(f, &corrected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_takes_back_the_mean_error_of_every_output, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(a_layer_before_an_add_takes_back_what_the_other_operand_is_off, setup_residual,
                                        recovery_teardown),
        cmocka_unit_test_setup_teardown(the_float_graph_stays_and_shared_biases_part, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(threads_do_not_count, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(little_memory_takes_fewer_samples, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(int16_and_one_scale_for_all_weights_work_alike, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(a_layer_that_stays_in_float_is_left_alone, setup_island, recovery_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
