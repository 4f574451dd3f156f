/* quant/leading.h: which normalizations behind a float input stay in float. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "quant/leading.h"

static octet_context ctx;

static uint32_t with_constant(octet_graph *graph, octet_operator_code code, uint32_t x, const float numbers[2]) {
    const octet_shape shape = {.rank = 1, .dims = {2}};
    const octet_options options = {0};
    uint32_t constant, y;
    assert_int_equal(octet_graph_add_constant(&ctx, graph, "c", OCTET_FLOAT32, &shape, numbers, &constant), OCTET_OK);
    const uint32_t inputs[2] = {x, constant};
    assert_int_equal(octet_graph_emit(&ctx, graph, code, "layer", NULL, inputs, 2, &options, &y, 1), OCTET_OK);
    return y;
}

/* Whether (x - means) * factors stays in float; the EXP behind it never does. */
static bool stays(const float means[2], const float factors[2]) {
    const octet_shape shape = {.rank = 2, .dims = {1, 2}};
    octet_graph *graph;
    uint32_t x, y;
    bool stays_real[3] = {false};
    octet_context_init(&ctx);
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(&ctx, graph, "x", OCTET_FLOAT32, &shape, &x), OCTET_OK);
    assert_int_equal(octet_graph_add_input(&ctx, graph, x, "x"), OCTET_OK);
    y = with_constant(graph, OCTET_OP_SUB, x, means);
    y = with_constant(graph, OCTET_OP_MUL, y, factors);
    assert_int_equal(octet_graph_emit(&ctx, graph, OCTET_OP_EXP, "exp", NULL, &y, 1, NULL, &x, 1), OCTET_OK);
    assert_int_equal(octet_graph_add_output(&ctx, graph, x, "y"), OCTET_OK);
    octet_leading_find(graph, stays_real);
    assert_int_equal(stays_real[0], stays_real[1]);
    assert_false(stays_real[2]);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
    return stays_real[0];
}

static void columns_far_apart_stay_in_float(void **state) {
    (void)state;
    assert_true(stays((const float[]){1013.0f, 0.001f}, (const float[]){0.1f, 2000.0f}));
    assert_true(stays((const float[]){0.0f, 0.0f}, (const float[]){1.0f, 1000.0f}));
}

static void columns_alike_do_not(void **state) {
    (void)state;
    assert_false(stays((const float[]){123.7f, 103.5f}, (const float[]){1 / 58.0f, 1 / 57.0f}));
    assert_false(stays((const float[]){0.0f, 0.0f}, (const float[]){1.0f, 8.0f}));
    assert_false(stays((const float[]){0.0f, 0.0f}, (const float[]){1.0f, 0.0f})); /* nothing can be said */
}

/* Exactly 16 steps of 255 for the narrower column are enough: 6 * 255 * 1 = 16 * 6 * 15.9375. */
static void sixteen_steps_are_enough(void **state) {
    (void)state;
    const octet_shape shape = {.rank = 2, .dims = {1, 2}};
    for (int i = 0; i < 2; i++) {
        const float widths[2] = {1.0f, i == 0 ? 15.9375f : 15.94f};
        octet_graph *graph;
        uint32_t x, y;
        bool stays_real[1] = {false};
        octet_context_init(&ctx);
        assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
        assert_int_equal(octet_graph_add_value(&ctx, graph, "x", OCTET_FLOAT32, &shape, &x), OCTET_OK);
        assert_int_equal(octet_graph_add_input(&ctx, graph, x, "x"), OCTET_OK);
        y = with_constant(graph, OCTET_OP_DIV, x, widths);
        assert_int_equal(octet_graph_add_output(&ctx, graph, y, "y"), OCTET_OK);
        octet_leading_find(graph, stays_real);
        assert_int_equal(stays_real[0], i == 1);
        octet_graph_destroy(&ctx, graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_far_apart_stay_in_float),
        cmocka_unit_test(columns_alike_do_not),
        cmocka_unit_test(sixteen_steps_are_enough),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
