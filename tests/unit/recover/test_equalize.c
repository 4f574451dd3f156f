/* Equalization of a small network whose channels differ in size: same function, less noise. */
#include "recover/equalize.h"

#include "recover/groups.h"
#include "support/recovery.h"

enum { N = 8 };

static octet_activation activation = OCTET_ACTIVATION_RELU;

static const octet_options *convolution(octet_activation fused) {
    static octet_options o;
    o = (octet_options){0};
    o.conv_2d.padding = OCTET_PADDING_SAME, o.conv_2d.activation = fused;
    o.conv_2d.stride_h = o.conv_2d.stride_w = o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    return &o;
}

/* What multiplies channel c. */
static float size_of(size_t c) { return 1.0f / (float)(1 << c); }

/* Output channels grow by their size, or input channels by its inverse. */
static uint32_t constant(recovery_fixture *f, const char *name, octet_shape shape, uint64_t seed, bool out, bool in) {
    const uint32_t v = recovery_constant(f, name, shape, 0.5f, seed);
    float *data = (float *)(uintptr_t)f->graph->values[v].data;
    const size_t n = octet_shape_elements(&shape), inner = n / (size_t)shape.dims[0];
    for (size_t i = 0; i < n; i++) {
        if (out) data[i] *= size_of(i / inner);
        if (in) data[i] /= size_of(i % N);
    }
    return v;
}

/* Two convolutions of one row of channels, their sum, a pool of maxima and a dense layer. */
static void build(recovery_fixture *f) {
    octet_options o = {0};
    uint32_t x, shape;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(
        f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){4, {1, 8, 8, 3}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    const uint32_t b = constant(f, "b", (octet_shape){1, {N}}, 2, true, false);
    const uint32_t w = constant(f, "w", (octet_shape){4, {N, 3, 3, 3}}, 1, true, false);
    const uint32_t first = recovery_emit(f, OCTET_OP_CONV_2D, (uint32_t[]){x, w, b}, 3, convolution(activation));
    const uint32_t v = constant(f, "v", (octet_shape){4, {N, 3, 3, N}}, 3, true, true);
    const uint32_t second =
        recovery_emit(f, OCTET_OP_CONV_2D, (uint32_t[]){first, v, b}, 3, convolution(OCTET_ACTIVATION_NONE));
    o.arithmetic.activation = OCTET_ACTIVATION_RELU;
    uint32_t y = recovery_emit(f, OCTET_OP_ADD, (uint32_t[]){first, second}, 2, &o);
    o = (octet_options){
        .pool_2d = {.padding = OCTET_PADDING_VALID, .stride_h = 4, .stride_w = 4, .filter_h = 4, .filter_w = 4}};
    y = recovery_emit(f, OCTET_OP_MAX_POOL_2D, &y, 1, &o);
    recovery_expect_ok(f, octet_graph_add_i32(&f->ctx, f->graph, "shape", (int32_t[]){1, 4 * N}, 2, &shape));
    y = recovery_emit(f, OCTET_OP_RESHAPE, (uint32_t[]){y, shape}, 2, NULL);
    o = (octet_options){0};
    const uint32_t d = constant(f, "d", (octet_shape){2, {RECOVERY_OUTPUT, 4 * N}}, 4, false, true);
    y = recovery_emit(f, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){y, d, OCTET_NONE}, 3, &o);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

static int setup(void **state) {
    activation = OCTET_ACTIVATION_RELU;
    return recovery_prepare(state, build);
}

static int setup_relu6(void **state) {
    activation = OCTET_ACTIVATION_RELU6;
    return recovery_prepare(state, build);
}

static octet_recovered equalize(recovery_fixture *f, uint32_t n_threads) {
    return recovery_apply(f, octet_recover_equalize, f->graph, f->statistics, n_threads);
}

static void values_are_grouped_through_sums_pools_and_shapes(void **state) {
    recovery_fixture *f = *state;
    octet_arena arena = {0};
    octet_groups groups;
    recovery_expect_ok(f, octet_groups_find(&f->ctx, &arena, f->graph, &groups));
    assert_int_equal(groups.n, 1);
    assert_int_equal(groups.n_channels[0], N);
    for (uint32_t k = 0; k < f->graph->n_operators; k++)
        assert_int_equal(groups.group_of[f->graph->operators[k].outputs[0]],
                         k + 1 < f->graph->n_operators ? 0 : OCTET_NONE);
    assert_int_equal(groups.group_of[f->graph->inputs[0].value], OCTET_NONE);
    octet_arena_free(&f->ctx, &arena);
}

static void noise_falls_and_the_function_stays(void **state) {
    recovery_fixture *f = *state;
    static float before[RECOVERY_SAMPLES * RECOVERY_OUTPUT], after[RECOVERY_SAMPLES * RECOVERY_OUTPUT];
    double shift, square_before, square;
    octet_recovered out = equalize(f, 1);
    assert_int_equal(out.n_changed, 1);
    recovery_run(f, f->graph, before);
    recovery_run(f, out.graph, after);
    assert_memory_equal(before, after, sizeof before);
    recovery_measure(f, f->graph, f->statistics, &shift, &square_before);
    recovery_measure(f, out.graph, out.statistics, &shift, &square);
    if (!(square < 0.02 * square_before)) fail_msg("square %g, was %g", square, square_before);
    recovery_give_back(f, &out);
}

/* Ranges are those that the changed graph has, and wider by as much as the statistics are. */
static void ranges_follow_the_channels(void **state) {
    recovery_fixture *f = *state;
    const uint32_t v = f->graph->operators[2].outputs[0];
    octet_arena arena = {0};
    uint32_t *rows;
    octet_recovered out = equalize(f, 1), wider;
    octet_statistics *own = f->statistics;
    octet_graph *graph = f->graph;
    f->graph = out.graph;
    recovery_calibrate(f);
    recovery_expect_ok(f, octet_statistics_bind(&f->ctx, &arena, f->statistics, f->graph, &rows));
    const float seen = octet_statistics_range(&f->statistics->rows[rows[v]]).max;
    assert_true(fabsf(octet_statistics_range(&out.statistics->rows[rows[v]]).max / seen - 1.0f) < 1e-5f);
    octet_statistics_free(&f->ctx, f->statistics);
    f->graph = graph, f->statistics = own;
    for (int h = 0; h < OCTET_STATISTICS_HALVES; h++) own->rows[rows[v]].ranges[h].max *= 2.0f;
    wider = equalize(f, 1);
    assert_true(fabsf(octet_statistics_range(&wider.statistics->rows[rows[v]]).max / seen - 2.0f) < 1e-5f);
    recovery_give_back(f, &out);
    recovery_give_back(f, &wider);
    octet_arena_free(&f->ctx, &arena);
}

static void relu6_is_left_alone(void **state) {
    recovery_fixture *f = *state;
    octet_recovered out = equalize(f, 1);
    assert_int_equal(out.n_changed, 0);
    recovery_give_back(f, &out);
}

static void one_scale_for_all_weights_works_alike(void **state) {
    recovery_fixture *f = *state;
    double shift, square_before, square;
    f->options.per_tensor = true;
    octet_recovered out = equalize(f, 1);
    recovery_measure(f, f->graph, f->statistics, &shift, &square_before);
    recovery_measure(f, out.graph, out.statistics, &shift, &square);
    if (!(square < 0.02 * square_before)) fail_msg("square %g, was %g", square, square_before);
    recovery_give_back(f, &out);
}

static void threads_do_not_count(void **state) {
    recovery_fixture *f = *state;
    octet_recovered one = equalize(f, 1), three = equalize(f, 3);
    for (uint32_t v = 0; v < one.graph->n_values; v++) {
        const octet_value *a = &one.graph->values[v], *b = &three.graph->values[v];
        if (octet_value_is_constant(a)) assert_memory_equal(a->data, b->data, octet_value_bytes(a));
    }
    for (uint32_t r = 0; r < one.statistics->n_rows; r++)
        assert_true(one.statistics->rows[r].ranges[0].max == three.statistics->rows[r].ranges[0].max);
    recovery_give_back(f, &one);
    recovery_give_back(f, &three);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_are_grouped_through_sums_pools_and_shapes, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(noise_falls_and_the_function_stays, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(ranges_follow_the_channels, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(relu6_is_left_alone, setup_relu6, recovery_teardown),
        cmocka_unit_test_setup_teardown(one_scale_for_all_weights_works_alike, setup, recovery_teardown),
        cmocka_unit_test_setup_teardown(threads_do_not_count, setup, recovery_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
