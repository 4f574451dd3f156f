/* Several samples in one run give, for each, the bytes of a run of one; or the graph is left as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "exec/exec.h"
#include "graph/widen.h"
#include "import/import.h"
#include "support/random_net.h"

enum { SAMPLES = 3, NETS = 3000, LEAST_WIDENED = 200 };

static octet_context context, *const ctx = &context;

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), context.message);
}

static octet_runner *open_runner(const octet_graph *graph, octet_exec **exec) {
    octet_runner *runner;
    good(octet_exec_create(ctx, graph, NULL, exec));
    good(octet_runner_create(ctx, *exec, 1, &runner));
    return runner;
}

static void fill(const octet_value *value, octet_case_random *random, size_t n, void *data) {
    for (size_t i = 0; i < n; i++) {
        if (value->type == OCTET_FLOAT32) ((float *)data)[i] = 0.01f * (float)case_range(random, -300, 300);
        else ((int8_t *)data)[i] = (int8_t)case_u32(random);
    }
}

/* The outputs of each sample alone are what they are among others. */
static void compare_runs(const octet_graph *graph, const octet_graph *wide, uint32_t seed) {
    octet_exec *exec, *wide_exec;
    octet_runner *runner = open_runner(graph, &exec), *wide_runner = open_runner(wide, &wide_exec);
    octet_case_random random = {seed + 1};
    const uint32_t x = graph->inputs[0].value;
    const size_t n = octet_shape_elements(&graph->values[x].shape), size = octet_value_bytes(&graph->values[x]);
    uint8_t *wide_x = octet_runner_value(wide_runner, x), *samples = malloc(SAMPLES * size);
    assert_non_null(samples);
    fill(&graph->values[x], &random, SAMPLES * n, samples);
    memcpy(wide_x, samples, SAMPLES * size);
    octet_runner_run(wide_runner, NULL);
    for (uint32_t s = 0; s < SAMPLES; s++) {
        memcpy(octet_runner_value(runner, x), samples + s * size, size);
        octet_runner_run(runner, NULL);
        for (uint32_t i = 0; i < graph->n_outputs; i++) {
            const uint32_t y = graph->outputs[i].value;
            const size_t n_bytes = octet_value_bytes(&graph->values[y]);
            if (memcmp((const uint8_t *)octet_runner_value(wide_runner, y) + s * n_bytes, octet_runner_value(runner, y),
                       n_bytes) != 0)
                fail_msg("net %u: output %u of sample %u differs", seed, i, s);
        }
    }
    free(samples);
    octet_runner_destroy(ctx, runner);
    octet_runner_destroy(ctx, wide_runner);
    octet_exec_destroy(ctx, exec);
    octet_exec_destroy(ctx, wide_exec);
}

/* Whether it could be widened. */
static bool check(const octet_graph *graph, uint32_t seed) {
    octet_arena arena = {0};
    octet_graph wide;
    bool is_wide;
    good(octet_graph_widen(ctx, &arena, graph, SAMPLES, &wide, &is_wide));
    if (is_wide) compare_runs(graph, &wide, seed);
    octet_arena_free(ctx, &arena);
    return is_wide;
}

static void random_nets_give_the_same_bytes(void **state) {
    (void)state;
    uint32_t n_widened = 0;
    for (uint32_t seed = 0; seed < NETS; seed++) {
        octet_graph *graph = random_net_make(ctx, seed);
        if (graph->n_inputs == 1) n_widened += check(graph, seed);
        octet_graph_destroy(ctx, graph);
    }
    if (n_widened < LEAST_WIDENED) fail_msg("%u nets of %d were widened", n_widened, NETS);
    assert_int_equal(context.memory_bytes, 0);
}

static void keras_models_give_the_same_bytes(void **state) {
    (void)state;
    static const char *const paths[] = {OCTET_EXAMPLES "/mnist/mnist_fc_k2.h5",
                                        OCTET_EXAMPLES "/mnist/mnist_cnn_k2.h5"};
    for (uint32_t i = 0; i < 2; i++) {
        octet_graph *graph;
        octet_model_kind kind;
        good(octet_import(ctx, paths[i], NULL, &kind, &graph));
        assert_true(check(graph, i));
        octet_graph_destroy(ctx, graph);
    }
    assert_int_equal(context.memory_bytes, 0);
}

static uint32_t add(octet_graph *graph, octet_shape shape, octet_type type, const void *data) {
    uint32_t v;
    good(octet_graph_add_value(ctx, graph, "v", type, &shape, &v));
    graph->values[v].data = data;
    return v;
}

/* A dense layer from x of one shape and type, with these weights. */
static bool dense_is_widened(octet_shape x_shape, octet_shape y_shape, octet_type x_type, octet_type w_type) {
    static const float zeros[64];
    octet_graph *graph;
    const octet_options none = {0};
    good(octet_graph_create(ctx, "dense", &graph));
    const uint32_t x = add(graph, x_shape, x_type, NULL),
                   w = add(graph, octet_shape_make(2, (const int32_t[]){2, 4}), w_type, zeros),
                   y = add(graph, y_shape, x_type, NULL);
    const uint32_t inputs[] = {x, w, OCTET_NONE};
    good(octet_graph_add_operator(ctx, graph, OCTET_OP_FULLY_CONNECTED, "dense", inputs, 3, &none, &y, 1, 0, NULL));
    good(octet_graph_add_input(ctx, graph, x, "x"));
    good(octet_graph_add_output(ctx, graph, y, "y"));
    octet_arena arena = {0};
    octet_graph wide;
    bool is_wide;
    good(octet_graph_widen(ctx, &arena, graph, SAMPLES, &wide, &is_wide));
    octet_arena_free(ctx, &arena);
    octet_graph_destroy(ctx, graph);
    return is_wide;
}

static void others_stay_as_they_are(void **state) {
    (void)state;
    const octet_shape row = octet_shape_make(2, (const int32_t[]){1, 4}),
                      out = octet_shape_make(2, (const int32_t[]){1, 2}),
                      rows = octet_shape_make(2, (const int32_t[]){3, 4}),
                      outs = octet_shape_make(2, (const int32_t[]){3, 2}),
                      steps = octet_shape_make(3, (const int32_t[]){1, 3, 4});
    assert_true(dense_is_widened(row, out, OCTET_FLOAT32, OCTET_FLOAT32));
    assert_false(dense_is_widened(row, out, OCTET_FLOAT32, OCTET_INT8)); /* hybrid: quantizes what it reads */
    assert_false(dense_is_widened(row, out, OCTET_INT16, OCTET_INT8));
    assert_false(dense_is_widened(rows, outs, OCTET_FLOAT32, OCTET_FLOAT32));  /* has a batch already */
    assert_false(dense_is_widened(steps, outs, OCTET_FLOAT32, OCTET_FLOAT32)); /* takes a sample for three */
    assert_int_equal(context.memory_bytes, 0);
}

int main(void) {
    octet_context_init(ctx);
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_nets_give_the_same_bytes),
                                       cmocka_unit_test(keras_models_give_the_same_bytes),
                                       cmocka_unit_test(others_stay_as_they_are)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
