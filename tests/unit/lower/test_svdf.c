/* SVDF over several runs: int8 against LiteRT's numbers, float against the definition, hybrid near it. */
#include "support/fixture.h"

#include <math.h>

#include "exec/exec.h"

enum { BATCH = 2, FEATURES = 3, UNITS = 2, RANK = 2, FILTERS = UNITS * RANK, MEMORY = 3, RUNS = 5 };

static const int8_t features[FILTERS * FEATURES] = {-28, 79, 112, 62, 103, -9, 17, -54, -119, 101, 104, 63};
static const int16_t times[FILTERS * MEMORY] = {2460, 19057, -30049, -12591, -25080, -3891,
                                                -112, 3186,  -2634,  28648,  -5039,  30748};
static const int32_t bias[UNITS] = {2000000, -3000000};
static const int8_t x[RUNS][BATCH * FEATURES] = {{-84, 77, 75, -63, 47, -98},
                                                 {84, -42, -3, 18, 126, -7},
                                                 {9, -22, -87, 105, 62, 1},
                                                 {82, -25, 16, 78, -123, -70},
                                                 {-128, 80, 4, -18, 36, -23}};
/* ai-edge-litert 2.3.0, BUILTIN_REF, with the scales below. */
static const int8_t y[RUNS][BATCH * UNITS] = {
    {-122, 19, 46, -87}, {120, -9, -108, 111}, {69, -65, -74, 22}, {-30, 63, 56, -35}, {-98, -119, -86, 117}};
static const float x_scale = 0.05f, feature_scale = 0.01f, time_scale = 3e-5f, state_scale = 0.002f, y_scale = 0.06f;
enum { X_ZERO = 7, Y_ZERO = -5 };

static octet_context ctx;

static uint32_t add(octet_graph *graph, octet_type type, int32_t rows, int32_t columns, float scale, int32_t zero,
                    const void *data) {
    uint32_t value;
    const octet_shape shape = {columns > 0 ? 2 : 1, {rows, columns}};
    octet_status status = data != NULL ? octet_graph_add_constant(&ctx, graph, "c", type, &shape, data, &value)
                                       : octet_graph_add_value(&ctx, graph, "v", type, &shape, &value);
    if (status == OCTET_OK && scale > 0) status = octet_value_set_quantization(&ctx, graph, value, 1, 0, &scale, &zero);
    assert_int_equal(status, OCTET_OK);
    return value;
}

static octet_graph *make(void) {
    octet_graph *graph;
    octet_context_init(&ctx);
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    return graph;
}

/* Ends the graph and runs it RUNS times; results of all runs. */
static void run(octet_graph *graph, const uint32_t *inputs, octet_activation activation, const void *data,
                size_t x_bytes, void *out, size_t y_bytes) {
    octet_exec *exec = NULL;
    octet_runner *runner = NULL;
    uint32_t result;
    const octet_options options = {.svdf = {activation, RANK, false}};
    assert_int_equal(octet_graph_add_input(&ctx, graph, inputs[0], "x"), OCTET_OK);
    assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_SVDF, "svdf", NULL, inputs, 5, &options, &result, 1),
                     OCTET_OK);
    if (graph->values[result].type == OCTET_INT8)
        assert_int_equal(octet_value_set_quantization(&ctx, graph, result, 1, 0, &y_scale, &(int32_t){Y_ZERO}),
                         OCTET_OK);
    assert_int_equal(octet_graph_add_output(&ctx, graph, result, "y"), OCTET_OK);
    if (octet_graph_verify(&ctx, graph, "test") != OCTET_OK ||
        octet_exec_create(&ctx, graph, NULL, &exec) != OCTET_OK ||
        octet_runner_create(&ctx, exec, 1, &runner) != OCTET_OK)
        fail_msg("%s", ctx.message);
    assert_true(octet_graph_is_stream(graph));
    for (size_t i = 0; i < RUNS; i++) {
        memcpy(octet_runner_value(runner, inputs[0]), (const char *)data + i * x_bytes, x_bytes);
        octet_runner_run(runner, NULL);
        memcpy((char *)out + i * y_bytes, octet_runner_value(runner, result), y_bytes);
    }
    octet_runner_destroy(&ctx, runner);
    octet_exec_destroy(&ctx, exec);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void int8_equals_litert(void **state) {
    (void)state;
    int8_t found[RUNS][BATCH * UNITS];
    octet_graph *graph = make();
    const uint32_t inputs[5] = {add(graph, OCTET_INT8, BATCH, FEATURES, x_scale, X_ZERO, NULL),
                                add(graph, OCTET_INT8, FILTERS, FEATURES, feature_scale, 0, features),
                                add(graph, OCTET_INT16, FILTERS, MEMORY, time_scale, 0, times),
                                add(graph, OCTET_INT32, UNITS, 0, time_scale * state_scale, 0, bias),
                                add(graph, OCTET_INT16, BATCH, FILTERS * MEMORY, state_scale, 0, NULL)};
    graph->values[inputs[4]].is_variable = true;
    run(graph, inputs, OCTET_ACTIVATION_RELU, x, sizeof x[0], found, sizeof found[0]);
    assert_memory_equal(found, y, sizeof y);
}

/* The sum over the filters of a unit and over what the last MEMORY runs gave them, before the first run zeros. */
static float defined(int run_index, int batch, int unit) {
    double sum = (double)bias[unit] * (double)time_scale * (double)state_scale;
    for (int f = unit * RANK; f < (unit + 1) * RANK; f++) {
        for (int t = 0; t < MEMORY; t++) {
            const int at = run_index - (MEMORY - 1 - t);
            for (int i = 0; at >= 0 && i < FEATURES; i++)
                sum += (double)times[f * MEMORY + t] * (double)time_scale * (double)features[f * FEATURES + i] *
                       (double)feature_scale * (double)(x[at][batch * FEATURES + i] - X_ZERO) * (double)x_scale;
        }
    }
    return (float)sum;
}

static void floats_follow_the_definition(void **state) {
    (void)state;
    float real_x[RUNS][BATCH * FEATURES], w[FILTERS * FEATURES], t[FILTERS * MEMORY], b[UNITS],
        found[RUNS][BATCH * UNITS];
    int8_t t8[FILTERS * MEMORY];
    for (int i = 0; i < RUNS * BATCH * FEATURES; i++)
        ((float *)real_x)[i] = (float)(((const int8_t *)x)[i] - X_ZERO) * x_scale;
    for (int i = 0; i < FILTERS * FEATURES; i++) w[i] = (float)features[i] * feature_scale;
    for (int i = 0; i < UNITS; i++) b[i] = (float)bias[i] * time_scale * state_scale;
    for (int i = 0; i < FILTERS * MEMORY; i++) {
        t[i] = (float)times[i] * time_scale;
        t8[i] = (int8_t)lrintf((float)times[i] / 256.0f);
    }
    for (int hybrid = 0; hybrid < 2; hybrid++) {
        octet_graph *graph = make();
        const uint32_t inputs[5] = {add(graph, OCTET_FLOAT32, BATCH, FEATURES, 0, 0, NULL),
                                    hybrid ? add(graph, OCTET_INT8, FILTERS, FEATURES, feature_scale, 0, features)
                                           : add(graph, OCTET_FLOAT32, FILTERS, FEATURES, 0, 0, w),
                                    hybrid ? add(graph, OCTET_INT8, FILTERS, MEMORY, 256 * time_scale, 0, t8)
                                           : add(graph, OCTET_FLOAT32, FILTERS, MEMORY, 0, 0, t),
                                    add(graph, OCTET_FLOAT32, UNITS, 0, 0, 0, b),
                                    add(graph, OCTET_FLOAT32, BATCH, FILTERS * MEMORY, 0, 0, NULL)};
        graph->values[inputs[4]].is_variable = true;
        run(graph, inputs, OCTET_ACTIVATION_RELU, real_x, sizeof real_x[0], found, sizeof found[0]);
        for (int i = 0; i < RUNS * BATCH * UNITS; i++) {
            const float real = defined(i / (BATCH * UNITS), i / UNITS % BATCH, i % UNITS),
                        expected = real > 0 ? real : 0;
            const float bound = hybrid ? 0.15f : 1e-5f;
            if (!(fabsf(((float *)found)[i] - expected) <= bound))
                fail_msg("result %d is %g, expected %g", i, (double)((float *)found)[i], (double)expected);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(int8_equals_litert),
        cmocka_unit_test(floats_follow_the_definition),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
