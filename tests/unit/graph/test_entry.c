/* graph/entry.h: what a model does to its input first, on graphs of a few operators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "graph/entry.h"

static const octet_shape pixels = {.rank = 4, .dims = {1, 2, 2, 3}};
static octet_context ctx;

/* A graph with one input of pixels, named x. */
static octet_graph *start(uint32_t *x) {
    octet_graph *graph;
    octet_context_init(&ctx);
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(&ctx, graph, "x", OCTET_FLOAT32, &pixels, x), OCTET_OK);
    assert_int_equal(octet_graph_add_input(&ctx, graph, *x, "x"), OCTET_OK);
    return graph;
}

/* x (op) numbers, or numbers (op) x. */
static uint32_t with_constant(octet_graph *graph, octet_operator_code code, uint32_t x, const float *numbers, int32_t n,
                              bool constant_first) {
    const octet_shape shape = {.rank = 1, .dims = {n}};
    const octet_options options = {0};
    uint32_t constant, y;
    assert_int_equal(octet_graph_add_constant(&ctx, graph, "c", OCTET_FLOAT32, &shape, numbers, &constant), OCTET_OK);
    const uint32_t inputs[2] = {constant_first ? constant : x, constant_first ? x : constant};
    assert_int_equal(octet_graph_emit(&ctx, graph, code, octet_operator_name(code), NULL, inputs, 2, &options, &y, 1),
                     OCTET_OK);
    return y;
}

static uint32_t unary(octet_graph *graph, octet_operator_code code, uint32_t x) {
    uint32_t y;
    assert_int_equal(octet_graph_emit(&ctx, graph, code, octet_operator_name(code), NULL, &x, 1, NULL, &y, 1),
                     OCTET_OK);
    return y;
}

/* The entry of a graph whose last value is y. */
static octet_entry finish(octet_graph *graph, uint32_t y) {
    static char layer[64];
    assert_int_equal(octet_graph_add_output(&ctx, graph, unary(graph, OCTET_OP_EXP, y), "y"), OCTET_OK);
    assert_int_equal(octet_graph_find_entries(&ctx, graph), OCTET_OK);
    octet_entry entry = graph->inputs[0].entry;
    if (entry.layer != NULL) entry.layer = strcpy(layer, entry.layer);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
    return entry;
}

/* The entry of x (op) number, then (op) number. */
static octet_entry two_steps(octet_operator_code first, float a, octet_operator_code second, float b) {
    uint32_t x;
    octet_graph *graph = start(&x);
    x = with_constant(graph, first, x, &a, 1, false);
    return finish(graph, with_constant(graph, second, x, &b, 1, false));
}

static void nothing_is_found_without_constants(void **state) {
    uint32_t x;
    (void)state;
    octet_graph *graph = start(&x);
    const octet_entry entry = finish(graph, x);
    assert_null(entry.layer);
    assert_false(entry.expects_bytes);
}

static void divisions_by_255_expect_bytes(void **state) {
    (void)state;
    const octet_entry entry = two_steps(OCTET_OP_DIV, 127.5f, OCTET_OP_SUB, 1.0f);
    assert_string_equal(entry.layer, "DIV");
    assert_true(entry.expects_bytes && entry.is_uniform);
    assert_true(fabs(entry.scale - 1 / 127.5) < 1e-12 && entry.offset == -1.0);
    assert_true(two_steps(OCTET_OP_MUL, 1 / 255.0f, OCTET_OP_ADD, 0.0f).expects_bytes);
}

/* A normalization of x / 255 is told by its numbers; so is one whose steps cancel each other. */
static void values_near_1_stay_values_near_1(void **state) {
    (void)state;
    const octet_entry entry = two_steps(OCTET_OP_SUB, 0.485f, OCTET_OP_DIV, 0.229f);
    assert_non_null(entry.layer);
    assert_false(entry.expects_bytes);
    assert_false(two_steps(OCTET_OP_MUL, 255.0f, OCTET_OP_MUL, 1 / 255.0f).expects_bytes);
    assert_false(two_steps(OCTET_OP_MUL, 2.0f, OCTET_OP_SUB, 1.0f).expects_bytes);
}

static void a_mean_of_each_channel_expects_bytes(void **state) {
    const float means[3] = {103.9f, 116.8f, 123.7f}, one = 255.0f;
    uint32_t x;
    (void)state;
    octet_graph *graph = start(&x);
    octet_entry entry = finish(graph, with_constant(graph, OCTET_OP_SUB, x, means, 3, false));
    assert_true(entry.expects_bytes && !entry.is_uniform && entry.offset < -103.0);
    graph = start(&x);
    entry = finish(graph, with_constant(graph, OCTET_OP_SUB, x, &one, 1, true)); /* 255 - x */
    assert_true(entry.expects_bytes && entry.scale == -1.0 && entry.offset == 255.0);
}

static void operators_that_move_stand_between(void **state) {
    const octet_options options = {.cast = {OCTET_UINT8, OCTET_FLOAT32}};
    const float factor = 1 / 255.0f;
    uint32_t x, y;
    (void)state;
    octet_graph *graph = start(&x);
    graph->values[x].type = OCTET_UINT8;
    assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_CAST, "cast", NULL, &x, 1, &options, &y, 1), OCTET_OK);
    const octet_entry entry = finish(graph, with_constant(graph, OCTET_OP_MUL, y, &factor, 1, false));
    assert_true(entry.expects_bytes);
    assert_string_equal(entry.layer, "MUL");
}

static void what_computes_ends_the_scaling(void **state) {
    const float factor = 1 / 255.0f;
    uint32_t x;
    (void)state;
    octet_graph *graph = start(&x);
    x = unary(graph, OCTET_OP_EXP, x);
    assert_null(finish(graph, with_constant(graph, OCTET_OP_MUL, x, &factor, 1, false)).layer);
}

static void a_quantized_input_tells_by_its_range(void **state) {
    const float scales[2] = {1.0f, 1 / 255.0f};
    const int32_t zero_point = -128;
    (void)state;
    for (int i = 0; i < 2; i++) {
        uint32_t x;
        octet_graph *graph = start(&x);
        graph->values[x].type = OCTET_INT8;
        assert_int_equal(octet_value_set_quantization(&ctx, graph, x, 1, 0, &scales[i], &zero_point), OCTET_OK);
        assert_int_equal(octet_graph_find_entries(&ctx, graph), OCTET_OK);
        assert_int_equal(graph->inputs[0].entry.expects_bytes, i == 0);
        octet_graph_destroy(&ctx, graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_found_without_constants),   cmocka_unit_test(divisions_by_255_expect_bytes),
        cmocka_unit_test(values_near_1_stay_values_near_1),     cmocka_unit_test(a_mean_of_each_channel_expects_bytes),
        cmocka_unit_test(operators_that_move_stand_between),    cmocka_unit_test(what_computes_ends_the_scaling),
        cmocka_unit_test(a_quantized_input_tells_by_its_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
