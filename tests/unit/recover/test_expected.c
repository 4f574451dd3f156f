/* Mean maps, and the mean of a layer's output from them, against outputs that are computed one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "exec/exec.h"
#include "recover/expected.h"
#include "recover/geometry.h"
#include "recover/mean_map.h"

enum { N_SAMPLES = 5, MOST = 4096 };

static octet_context ctx;

static void expect_ok(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx.message);
}

static float next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (float)((int64_t)(*seed >> 33) - (1 << 30)) / (float)(1 << 30);
}

static void fill(uint64_t *seed, float *out, size_t n) {
    for (size_t i = 0; i < n; i++) out[i] = next(seed);
}

/* One operator without bias; every channel's mean over samples and places is what octet_expected_output says. */
static void expect_means(octet_operator_code code, octet_shape in, octet_shape filter, const octet_options *options,
                         const int32_t *out_shape) {
    static float weights[MOST], x[MOST];
    uint64_t seed = 7;
    octet_graph *graph;
    octet_exec *exec;
    octet_runner *runner;
    octet_arena arena = {0};
    octet_mean_map map;
    uint32_t data, w, y, shape, inputs[3];
    double sums[64] = {0}, means[MOST], expected[64];
    octet_context_init(&ctx);
    fill(&seed, weights, octet_shape_elements(&filter));
    expect_ok(octet_graph_create(&ctx, "test", &graph));
    expect_ok(octet_graph_add_value(&ctx, graph, "x", OCTET_FLOAT32, &in, &data));
    expect_ok(octet_graph_add_input(&ctx, graph, data, "x"));
    expect_ok(octet_graph_add_constant(&ctx, graph, "w", OCTET_FLOAT32, &filter, weights, &w));
    inputs[0] = data, inputs[1] = w, inputs[2] = OCTET_NONE;
    if (code == OCTET_OP_TRANSPOSE_CONV) {
        expect_ok(octet_graph_add_i32(&ctx, graph, "shape", out_shape, 4, &shape));
        inputs[0] = shape, inputs[2] = data;
    }
    expect_ok(octet_graph_emit(&ctx, graph, code, "layer", NULL, inputs, 3, options, &y, 1));
    expect_ok(octet_graph_add_output(&ctx, graph, y, "y"));
    expect_ok(octet_exec_create(&ctx, graph, NULL, &exec));
    expect_ok(octet_runner_create(&ctx, exec, 1, &runner));
    expect_ok(octet_mean_map_create(&ctx, &arena, &graph->values[data], 1.0f, &map));
    const octet_operator *op = &graph->operators[0];
    const size_t n_channels = octet_geometry_n_channels(graph, op);
    const size_t n_out = octet_shape_elements(&graph->values[y].shape);
    for (int sample = 0; sample < N_SAMPLES; sample++) {
        fill(&seed, x, octet_shape_elements(&in));
        memcpy(octet_runner_value(runner, data), x, octet_shape_elements(&in) * sizeof *x);
        octet_runner_run(runner, NULL);
        octet_mean_map_add(&map, &graph->values[data], x);
        const float *results = octet_runner_value(runner, y);
        for (size_t i = 0; i < n_out; i++) sums[i % n_channels] += (double)results[i];
    }
    octet_mean_map_read(&map, &graph->values[data], means);
    assert_true(octet_geometry_is_known(code));
    expect_ok(octet_expected_output(&ctx, &arena, graph, op, means, expected));
    for (size_t c = 0; c < n_channels; c++) {
        const double mean = sums[c] / (N_SAMPLES * (double)(n_out / n_channels));
        if (fabs(mean - expected[c]) > 1e-5)
            fail_msg("%s, channel %zu: %.9g, expected %.9g", octet_operator_name(code), c, expected[c], mean);
    }
    octet_runner_destroy(&ctx, runner);
    octet_exec_destroy(&ctx, exec);
    octet_graph_destroy(&ctx, graph);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
}

static octet_options conv(octet_padding padding, int32_t stride, int32_t dilation) {
    octet_options o = {0};
    o.conv_2d.padding = padding;
    o.conv_2d.stride_h = stride, o.conv_2d.stride_w = stride + 1;
    o.conv_2d.dilation_h = dilation, o.conv_2d.dilation_w = dilation;
    return o;
}

static void a_convolution(void **state) {
    (void)state;
    const octet_shape in = {4, {1, 9, 7, 4}}, filter = {4, {6, 3, 2, 4}}, grouped = {4, {6, 3, 3, 2}};
    const octet_options plain = conv(OCTET_PADDING_VALID, 1, 1), strided = conv(OCTET_PADDING_SAME, 2, 1),
                        dilated = conv(OCTET_PADDING_SAME, 1, 2);
    expect_means(OCTET_OP_CONV_2D, in, filter, &plain, NULL);
    expect_means(OCTET_OP_CONV_2D, in, filter, &strided, NULL);
    expect_means(OCTET_OP_CONV_2D, in, filter, &dilated, NULL);
    expect_means(OCTET_OP_CONV_2D, in, grouped, &strided, NULL);
}

static void a_depthwise_convolution_with_a_multiplier(void **state) {
    (void)state;
    octet_options o = {0};
    o.depthwise_conv_2d.padding = OCTET_PADDING_SAME;
    o.depthwise_conv_2d.stride_h = o.depthwise_conv_2d.stride_w = 2;
    o.depthwise_conv_2d.dilation_h = o.depthwise_conv_2d.dilation_w = 1;
    o.depthwise_conv_2d.depth_multiplier = 2;
    expect_means(OCTET_OP_DEPTHWISE_CONV_2D, (octet_shape){4, {1, 6, 5, 3}}, (octet_shape){4, {1, 3, 3, 6}}, &o, NULL);
}

static void a_transposed_convolution(void **state) {
    (void)state;
    octet_options o = {0};
    o.transpose_conv.stride_h = o.transpose_conv.stride_w = 2;
    o.transpose_conv.padding = OCTET_PADDING_SAME;
    expect_means(OCTET_OP_TRANSPOSE_CONV, (octet_shape){4, {1, 4, 5, 3}}, (octet_shape){4, {2, 3, 3, 3}}, &o,
                 (int32_t[]){1, 8, 10, 2});
    o.transpose_conv.padding = OCTET_PADDING_VALID;
    expect_means(OCTET_OP_TRANSPOSE_CONV, (octet_shape){4, {1, 4, 5, 3}}, (octet_shape){4, {2, 3, 3, 3}}, &o,
                 (int32_t[]){1, 9, 11, 2});
}

static void a_convolution_in_three_dimensions(void **state) {
    (void)state;
    octet_options o = {0};
    o.conv_3d.padding = OCTET_PADDING_SAME;
    o.conv_3d.stride_d = 1, o.conv_3d.stride_h = 2, o.conv_3d.stride_w = 1;
    o.conv_3d.dilation_d = o.conv_3d.dilation_h = o.conv_3d.dilation_w = 1;
    expect_means(OCTET_OP_CONV_3D, (octet_shape){5, {1, 4, 5, 3, 2}}, (octet_shape){5, {3, 3, 2, 2, 4}}, &o, NULL);
}

static void a_dense_layer_of_rows(void **state) {
    (void)state;
    octet_options o = {0};
    o.fully_connected.keep_num_dims = true;
    expect_means(OCTET_OP_FULLY_CONNECTED, (octet_shape){3, {1, 5, 8}}, (octet_shape){2, {3, 8}}, &o, NULL);
}

static void integers_are_read_as_real_numbers(void **state) {
    (void)state;
    const float scale = 0.5f;
    const int32_t zero_point = -3;
    const int8_t samples[3][2] = {{-3, 127}, {-1, 125}, {-2, -128}};
    octet_graph *graph;
    octet_arena arena = {0};
    octet_mean_map map, other;
    uint32_t v;
    double means[2];
    octet_context_init(&ctx);
    expect_ok(octet_graph_create(&ctx, "test", &graph));
    expect_ok(octet_graph_add_value(&ctx, graph, "x", OCTET_INT8, &(octet_shape){1, {2}}, &v));
    expect_ok(octet_value_set_quantization(&ctx, graph, v, 1, 0, &scale, &zero_point));
    expect_ok(octet_mean_map_create(&ctx, &arena, &graph->values[v], 0.0f, &map));
    expect_ok(octet_mean_map_create(&ctx, &arena, &graph->values[v], 0.0f, &other));
    for (int i = 0; i < 3; i++) octet_mean_map_add(i == 1 ? &other : &map, &graph->values[v], samples[i]);
    octet_mean_map_merge(&map, &other);
    octet_mean_map_read(&map, &graph->values[v], means);
    assert_true(fabs(means[0] - 0.5 * (-2.0 + 3.0)) < 1e-12);
    assert_true(fabs(means[1] - 0.5 * (124.0 / 3.0 + 3.0)) < 1e-12);
    octet_graph_destroy(&ctx, graph);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_convolution),
        cmocka_unit_test(a_depthwise_convolution_with_a_multiplier),
        cmocka_unit_test(a_transposed_convolution),
        cmocka_unit_test(a_convolution_in_three_dimensions),
        cmocka_unit_test(a_dense_layer_of_rows),
        cmocka_unit_test(integers_are_read_as_real_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
