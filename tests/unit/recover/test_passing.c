/* The mean error of what an activation lets through, against sums written out. */
#include "recover/passing.h"

#include "support/recovery.h"

enum { N = 3 };

/* y = scale * x for each of N channels, then the operator of code `next`, or the fused activation. */
static uint32_t build(recovery_fixture *f, float scale, octet_activation fused, octet_operator_code next) {
    octet_options o = {0};
    uint32_t x, y, w;
    float weights[N * N] = {0};
    for (int i = 0; i < N; i++) weights[i * N + i] = scale;
    recovery_expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    recovery_expect_ok(f, octet_graph_add_value(&f->ctx, f->graph, "x", OCTET_FLOAT32, &(octet_shape){2, {1, N}}, &x));
    recovery_expect_ok(f, octet_graph_add_input(&f->ctx, f->graph, x, "x"));
    recovery_expect_ok(
        f, octet_graph_add_constant(&f->ctx, f->graph, "w", OCTET_FLOAT32, &(octet_shape){2, {N, N}}, weights, &w));
    o.fully_connected.activation = fused;
    y = recovery_emit(f, OCTET_OP_FULLY_CONNECTED, (uint32_t[]){x, w, OCTET_NONE}, 3, &o);
    const uint32_t result = y;
    o = (octet_options){0};
    if (next == OCTET_OP_LEAKY_RELU) o.leaky_relu.alpha = 0.5f;
    uint32_t inputs[2] = {y, OCTET_NONE}, n = 1;
    if (next == OCTET_OP_PRELU) {
        static const float slopes[N] = {0.0f, -1.0f, 2.0f};
        recovery_expect_ok(f, octet_graph_add_constant(&f->ctx, f->graph, "a", OCTET_FLOAT32, &(octet_shape){1, {N}},
                                                       slopes, &inputs[1]));
        n = 2;
    }
    y = recovery_emit(f, next, inputs, n, &o);
    recovery_expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    return result;
}

static void slopes_are_those_of_the_activation(void **state) {
    (void)state;
    static const struct {
        octet_activation fused;
        octet_operator_code next;
        bool is_found;
        float below[N], top;
    } cases[] = {
        {OCTET_ACTIVATION_RELU, OCTET_OP_TANH, true, {0, 0, 0}, INFINITY},
        {OCTET_ACTIVATION_RELU6, OCTET_OP_TANH, true, {0, 0, 0}, 5.875f},
        {OCTET_ACTIVATION_NONE, OCTET_OP_RELU6, true, {0, 0, 0}, 5.875f},
        {OCTET_ACTIVATION_NONE, OCTET_OP_LEAKY_RELU, true, {0.25f, 0.25f, 0.25f}, INFINITY},
        {OCTET_ACTIVATION_NONE, OCTET_OP_PRELU, true, {0, 1, 4}, INFINITY},
        {OCTET_ACTIVATION_NONE, OCTET_OP_TANH, false, {0}, INFINITY},
        {OCTET_ACTIVATION_RELU_N1_TO_1, OCTET_OP_RELU, false, {0}, INFINITY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        static recovery_fixture f;
        octet_arena arena = {0};
        octet_passing found;
        octet_context_init(&f.ctx);
        const uint32_t result = build(&f, 1.0f, cases[i].fused, cases[i].next);
        float scale[1] = {0.125f};
        int32_t zero_point[1] = {0};
        f.graph->values[result].quantization = (octet_quantization){.n = 1, .scale = scale, .zero_point = zero_point};
        const octet_weighted layer = {0, 0, N};
        recovery_expect_ok(
            &f, octet_passing_find(&f.ctx, &arena, f.graph, f.graph, &layer, OCTET_NONE, OCTET_NONE, &found));
        assert_int_equal(found.below != NULL, cases[i].is_found);
        if (found.below != NULL) assert_memory_equal(found.below, cases[i].below, sizeof cases[i].below);
        assert_true(found.top == cases[i].top);
        octet_arena_free(&f.ctx, &arena);
        octet_graph_destroy(&f.ctx, f.graph);
        assert_int_equal(f.ctx.memory_bytes, 0);
    }
}

/* Runs of y = x and of z = 0.75 x, whose mean errors by hand are those of the elements that count. */
static void only_what_passes_counts(void **state) {
    (void)state;
    static const float x[4][N] = {{1, -2, -1}, {3, -4, 8}, {-2, 4, 9}, {-1, 2, -3}};
    float below[N] = {0.0f, 0.25f, 0.0f};
    static recovery_fixture f[2];
    octet_lockstep runs[2];
    octet_passing passing = {0, 0, OCTET_NONE, OCTET_NONE, below, 6.0f};
    octet_arena arena = {0};
    const float *const inputs[] = {&x[0][0]};
    double error[N];
    octet_context_init(&f[0].ctx);
    octet_context_init(&f[1].ctx);
    for (int i = 0; i < 2; i++) {
        const uint32_t result = build(&f[i], i == 0 ? 1.0f : 0.75f, OCTET_ACTIVATION_NONE, OCTET_OP_RELU);
        if (i == 0) passing.value = result;
        else passing.quantized = result;
        const octet_recover_source source = {
            .graph = f[i].graph, .inputs = inputs, .n_runs = 4, .most_bytes = SIZE_MAX};
        recovery_expect_ok(&f[i], octet_lockstep_start(&f[0].ctx, &arena, &source, f[i].graph, &runs[i]));
        octet_lockstep_step(&runs[i], 0);
    }
    recovery_expect_ok(&f[0], octet_passing_error(&f[0].ctx, &arena, &passing, &runs[0], &runs[1], N, error));
    assert_true(fabs(error[0] - ((0.25 * 1 + 0.25 * 3) / (2 + 4))) < 1e-6);
    assert_true(fabs(error[1] - ((0.25 * 4 + 0.25 * 2 + 0.25 * -0.5 + 0.25 * -1) / (2.5 + 4))) < 1e-6);
    assert_true(fabs(error[2] - (0.0)) < 1e-6); /* 8 and 9 stay above 6, the rest below 0 */
    passing.skip_value = passing.value, passing.skip_quantized = passing.quantized; /* twice as much is added */
    passing.top = INFINITY;
    recovery_expect_ok(&f[0], octet_passing_error(&f[0].ctx, &arena, &passing, &runs[0], &runs[1], N, error));
    assert_true(fabs(error[0] - ((0.5 * 1 + 0.5 * 3) / (2 + 4))) < 1e-6);
    assert_true(fabs(error[2] - ((0.5 * 8 + 0.5 * 9) / (2 + 4))) < 1e-6);
    for (int i = 0; i < 2; i++) octet_lockstep_finish(&f[0].ctx, &runs[i]);
    octet_arena_free(&f[0].ctx, &arena);
    for (int i = 0; i < 2; i++) octet_graph_destroy(&f[i].ctx, f[i].graph);
    assert_int_equal(f[0].ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slopes_are_those_of_the_activation),
        cmocka_unit_test(only_what_passes_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
