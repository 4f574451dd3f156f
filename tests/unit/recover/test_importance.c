/* Importance through single operators, against what a change of each element does to the outputs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "exec/exec.h"
#include "recover/importance.h"

enum { MOST = 512 };

static octet_context ctx;

static void expect_ok(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx.message);
}

static void fill(float *out, size_t n) {
    uint64_t seed = 3;
    for (size_t i = 0; i < n; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        out[i] = (float)((int64_t)(seed >> 33) - (1 << 30)) / (float)(1 << 30);
    }
}

/* The sum of the squares of all outputs where one element of the data is 1 and all others 0: the operators here are
 * linear and have no bias. */
static double effect_of(octet_runner *runner, const octet_graph *graph, size_t element) {
    const uint32_t in = graph->inputs[0].value, out = graph->outputs[0].value;
    float *x = octet_runner_value(runner, in);
    double sum = 0.0;
    memset(x, 0, octet_value_bytes(&graph->values[in]));
    x[element] = 1.0f;
    octet_runner_run(runner, NULL);
    const float *y = octet_runner_value(runner, out);
    for (size_t i = 0; i < octet_shape_elements(&graph->values[out].shape); i++) sum += (double)y[i] * (double)y[i];
    return sum;
}

static void expect_effects(const octet_graph *graph) {
    octet_exec *exec;
    octet_runner *runner;
    octet_arena arena = {0};
    double **importance, effects[64] = {0};
    const octet_value *data = &graph->values[graph->inputs[0].value];
    const size_t n = octet_shape_elements(&data->shape), n_channels = (size_t)data->shape.dims[data->shape.rank - 1];
    expect_ok(octet_exec_create(&ctx, graph, NULL, &exec));
    expect_ok(octet_runner_create(&ctx, exec, 1, &runner));
    for (size_t i = 0; i < n; i++)
        effects[i % n_channels] += effect_of(runner, graph, i) / ((double)n / (double)n_channels);
    expect_ok(octet_importance_find(&ctx, &arena, graph, &importance));
    for (size_t c = 0; c < n_channels; c++) {
        const double found = importance[graph->inputs[0].value][c];
        if (!(fabs(found - effects[c]) < 1e-6 * (1.0 + effects[c])))
            fail_msg("channel %zu: %g, should be %g", c, found, effects[c]);
    }
    octet_arena_free(&ctx, &arena);
    octet_runner_destroy(&ctx, runner);
    octet_exec_destroy(&ctx, exec);
}

/* One operator. second: the shape of a constant float operand; rank 0: none. axes: of MEAN, else NULL. */
static void expect_importance(octet_operator_code code, octet_shape in, octet_shape second,
                              const octet_options *options, const octet_shape *axes) {
    static float weights[MOST];
    octet_graph *graph;
    uint32_t inputs[3] = {OCTET_NONE, OCTET_NONE, OCTET_NONE}, y, n = 1;
    octet_context_init(&ctx);
    fill(weights, MOST);
    expect_ok(octet_graph_create(&ctx, "test", &graph));
    expect_ok(octet_graph_add_value(&ctx, graph, "x", OCTET_FLOAT32, &in, &inputs[0]));
    expect_ok(octet_graph_add_input(&ctx, graph, inputs[0], "x"));
    if (second.rank > 0) {
        expect_ok(octet_graph_add_constant(&ctx, graph, "w", OCTET_FLOAT32, &second, weights, &inputs[1]));
        n = 3;
    }
    if (axes != NULL) {
        expect_ok(octet_graph_add_i32(&ctx, graph, "axes", axes->dims, axes->rank, &inputs[1]));
        n = 2;
    }
    expect_ok(octet_graph_emit(&ctx, graph, code, "layer", NULL, inputs, n, options, &y, 1));
    expect_ok(octet_graph_add_output(&ctx, graph, y, "y"));
    expect_effects(graph);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void convolutions(void **state) {
    octet_options o = {.conv_2d = {.padding = OCTET_PADDING_VALID, .stride_h = 2, .stride_w = 2}};
    (void)state;
    o.conv_2d.dilation_h = o.conv_2d.dilation_w = 1;
    expect_importance(OCTET_OP_CONV_2D, (octet_shape){4, {1, 4, 6, 3}}, (octet_shape){4, {5, 2, 2, 3}}, &o, NULL);
    o = (octet_options){.depthwise_conv_2d = {.padding = OCTET_PADDING_VALID, .stride_h = 2, .stride_w = 2}};
    o.depthwise_conv_2d.dilation_h = o.depthwise_conv_2d.dilation_w = 1;
    o.depthwise_conv_2d.depth_multiplier = 2;
    expect_importance(OCTET_OP_DEPTHWISE_CONV_2D, (octet_shape){4, {1, 4, 6, 3}}, (octet_shape){4, {1, 2, 2, 6}}, &o,
                      NULL);
}

static void dense_layers_of_rows_and_of_whole_pictures(void **state) {
    const octet_options o = {0};
    (void)state;
    expect_importance(OCTET_OP_FULLY_CONNECTED, (octet_shape){2, {3, 7}}, (octet_shape){2, {4, 7}}, &o, NULL);
    expect_importance(OCTET_OP_FULLY_CONNECTED, (octet_shape){4, {1, 2, 3, 5}}, (octet_shape){2, {4, 30}}, &o, NULL);
}

static void averages(void **state) {
    octet_options o = {0};
    const octet_shape axes = {2, {1, 2}};
    (void)state;
    expect_importance(OCTET_OP_MEAN, (octet_shape){4, {1, 4, 6, 3}}, (octet_shape){0}, &o, &axes);
    o.pool_2d.padding = OCTET_PADDING_VALID;
    o.pool_2d.stride_h = o.pool_2d.filter_h = 2, o.pool_2d.stride_w = o.pool_2d.filter_w = 3;
    expect_importance(OCTET_OP_AVERAGE_POOL_2D, (octet_shape){4, {1, 4, 6, 3}}, (octet_shape){0}, &o, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convolutions),
        cmocka_unit_test(dense_layers_of_rows_and_of_whole_pictures),
        cmocka_unit_test(averages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
