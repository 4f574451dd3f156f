/* DEQUANTIZE of weights with a scale for each channel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "exec/exec.h"

static octet_context context, *ctx = &context;
static octet_graph *graph;

/* A constant [2,3,2] with n scales along the axis. */
static octet_status build(octet_type type, int32_t axis, uint32_t n, int32_t zero_point, octet_exec **exec) {
    static const int8_t data[24] = {1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, 127};
    static const float scales[3] = {0.5f, 2, 10};
    const int32_t zero_points[3] = {zero_point, -1, 0};
    const octet_shape shape = octet_shape_make(3, (const int32_t[]){2, 3, 2}), scalar = {0};
    uint32_t w, x, y;
    octet_context_init(ctx);
    *exec = NULL;
    assert_int_equal(octet_graph_create(ctx, "test", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(ctx, graph, "x", OCTET_FLOAT32, &scalar, &x), OCTET_OK);
    assert_int_equal(octet_graph_add_input(ctx, graph, x, "x"), OCTET_OK);
    assert_int_equal(octet_graph_add_constant(ctx, graph, "w", type, &shape, data, &w), OCTET_OK);
    assert_int_equal(octet_value_set_quantization(ctx, graph, w, n, axis, scales, zero_points), OCTET_OK);
    assert_int_equal(octet_graph_emit(ctx, graph, OCTET_OP_DEQUANTIZE, "layer", NULL, &w, 1, NULL, &y, 1), OCTET_OK);
    assert_int_equal(octet_graph_add_output(ctx, graph, y, "y"), OCTET_OK);
    return octet_exec_create(ctx, graph, NULL, exec);
}

static void end(octet_exec *exec) {
    octet_exec_destroy(ctx, exec);
    octet_graph_destroy(ctx, graph);
    assert_int_equal(ctx->memory_bytes, 0);
}

static void expect(int32_t axis, uint32_t n, const float expected[12]) {
    octet_exec *exec;
    octet_runner *runner;
    if (build(OCTET_INT8, axis, n, 1, &exec) != OCTET_OK) fail_msg("%s", ctx->message);
    assert_int_equal(octet_runner_create(ctx, exec, 1, &runner), OCTET_OK);
    octet_runner_run(runner, NULL);
    assert_memory_equal(octet_runner_value(runner, graph->outputs[0].value), expected, 12 * sizeof *expected);
    octet_runner_destroy(ctx, runner);
    end(exec);
}

static void each_channel_has_its_scale_and_zero_point(void **state) {
    (void)state;
    expect(0, 2, (const float[12]){0, 0.5f, 1, 1.5f, 2, 2.5f, 0, -2, -4, -6, -8, 256});
    expect(1, 3, (const float[12]){0, 0.5f, 8, 10, 50, 60, -1, -1.5f, -4, -6, -50, 1270});
    expect(2, 2, (const float[12]){0, 6, 1, 10, 2, 14, -1, -2, -2, -6, -3, 256});
}

static void scales_that_fit_no_channels_are_refused(void **state) {
    (void)state;
    static const struct {
        octet_type type;
        int32_t axis;
        uint32_t n;
        int32_t zero_point;
        octet_status status;
        const char *words;
    } cases[] = {
        {OCTET_INT8, 0, 3, 0, OCTET_MODEL, "tensor w has 3 scales along axis 0"},
        {OCTET_INT8, 3, 2, 0, OCTET_MODEL, "tensor w has 2 scales along axis 3"},
        {OCTET_INT8, 0, 2, 300, OCTET_MODEL, "tensor w has zero point 300"},
        {OCTET_INT16, 0, 2, 0, OCTET_UNSUPPORTED, "DEQUANTIZE"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        octet_exec *exec;
        assert_int_equal(build(cases[i].type, cases[i].axis, cases[i].n, cases[i].zero_point, &exec), cases[i].status);
        if (strstr(ctx->message, cases[i].words) == NULL) fail_msg("%s: %s", cases[i].words, ctx->message);
        end(exec);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_channel_has_its_scale_and_zero_point),
                                       cmocka_unit_test(scales_that_fit_no_channels_are_refused)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
