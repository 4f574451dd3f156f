#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "graph/graph.h"

static octet_context ctx;

static octet_graph *new_graph(uint32_t *input) {
    octet_context_init(&ctx);
    octet_graph *graph;
    const octet_shape shape = {.rank = 2, .dims = {1, 4}};
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(&ctx, graph, "x", OCTET_FLOAT32, &shape, input), OCTET_OK);
    assert_int_equal(octet_graph_add_input(&ctx, graph, *input, "x"), OCTET_OK);
    return graph;
}

static uint32_t emit(octet_graph *graph, octet_operator_code code, const char *layer, uint32_t a, uint32_t b) {
    const uint32_t inputs[] = {a, b};
    uint32_t output;
    assert_int_equal(
        octet_graph_emit(&ctx, graph, code, layer, NULL, inputs, b == OCTET_NONE ? 1 : 2, NULL, &output, 1), OCTET_OK);
    return output;
}

static void destroy(octet_graph *graph) {
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void compact_drops_what_nothing_uses(void **state) {
    (void)state;
    uint32_t x;
    octet_graph *graph = new_graph(&x);
    const uint32_t used = emit(graph, OCTET_OP_RELU, "used", x, OCTET_NONE);
    const uint32_t dead = emit(graph, OCTET_OP_RELU, "dead", x, OCTET_NONE);
    emit(graph, OCTET_OP_ADD, "dead too", dead, used);
    assert_int_equal(octet_graph_add_output(&ctx, graph, used, "y"), OCTET_OK);
    assert_int_equal(octet_graph_verify(&ctx, graph, "built"), OCTET_OK);
    assert_int_equal(octet_graph_compact(&ctx, graph), OCTET_OK);
    assert_int_equal(graph->n_operators, 1);
    assert_int_equal(graph->n_values, 2);
    assert_string_equal(graph->operators[0].layer, "used");
    assert_int_equal(octet_graph_verify(&ctx, graph, "compacted"), OCTET_OK);
    destroy(graph);
}

static void replaced_values_keep_their_counts(void **state) {
    (void)state;
    uint32_t x;
    octet_graph *graph = new_graph(&x);
    const uint32_t a = emit(graph, OCTET_OP_RELU, "a", x, OCTET_NONE);
    const uint32_t b = emit(graph, OCTET_OP_ADD, "b", a, a);
    assert_int_equal(octet_graph_add_output(&ctx, graph, b, "y"), OCTET_OK);
    assert_int_equal(graph->values[a].n_uses, 2);
    assert_int_equal(octet_graph_only_user(graph, a), OCTET_NONE);
    assert_int_equal(octet_graph_only_user(graph, x), 0);
    assert_int_equal(octet_graph_only_user(graph, b), OCTET_NONE); /* a graph output */
    octet_graph_replace_uses(graph, a, x);
    assert_int_equal(graph->values[a].n_uses, 0);
    assert_int_equal(graph->values[x].n_uses, 3);
    assert_int_equal(octet_graph_compact(&ctx, graph), OCTET_OK);
    assert_int_equal(graph->n_operators, 1);
    destroy(graph);
}

static void operators_are_put_in_order(void **state) {
    (void)state;
    uint32_t x;
    octet_graph *graph = new_graph(&x);
    const uint32_t a = emit(graph, OCTET_OP_RELU, "a", x, OCTET_NONE);
    const uint32_t b = emit(graph, OCTET_OP_TANH, "b", a, OCTET_NONE);
    assert_int_equal(octet_graph_add_output(&ctx, graph, b, "y"), OCTET_OK);
    const octet_operator first = graph->operators[0];
    graph->operators[0] = graph->operators[1];
    graph->operators[1] = first;
    graph->values[a].producer = 1;
    graph->values[b].producer = 0;
    assert_int_equal(octet_graph_verify(&ctx, graph, "out of order"), OCTET_MODEL);
    octet_context_clear(&ctx);
    assert_int_equal(octet_graph_compact(&ctx, graph), OCTET_OK);
    assert_string_equal(graph->operators[0].layer, "a");
    assert_int_equal(octet_graph_verify(&ctx, graph, "in order"), OCTET_OK);
    /* a circle */
    octet_graph_set_input(graph, 0, 0, graph->operators[1].outputs[0]);
    assert_int_equal(octet_graph_compact(&ctx, graph), OCTET_MODEL);
    destroy(graph);
}

static void inserting_shifts_producers(void **state) {
    (void)state;
    uint32_t x;
    octet_graph *graph = new_graph(&x);
    const uint32_t a = emit(graph, OCTET_OP_RELU, "a", x, OCTET_NONE);
    const uint32_t b = emit(graph, OCTET_OP_TANH, "b", a, OCTET_NONE);
    assert_int_equal(octet_graph_add_output(&ctx, graph, b, "y"), OCTET_OK);
    uint32_t between;
    assert_int_equal(octet_graph_add_value(&ctx, graph, "m", OCTET_FLOAT32, &graph->values[a].shape, &between),
                     OCTET_OK);
    assert_int_equal(octet_graph_add_operator(&ctx, graph, OCTET_OP_RELU6, "m", &a, 1, NULL, &between, 1, 1, NULL),
                     OCTET_OK);
    octet_graph_set_input(graph, 2, 0, between);
    assert_int_equal(graph->values[b].producer, 2);
    assert_int_equal(octet_graph_verify(&ctx, graph, "inserted"), OCTET_OK);
    destroy(graph);
}

static void a_clone_stands_alone(void **state) {
    (void)state;
    uint32_t x, c;
    octet_graph *graph = new_graph(&x);
    const float data[] = {1, 2, 3, 4};
    const octet_shape shape = {.rank = 1, .dims = {4}};
    assert_int_equal(octet_graph_add_constant(&ctx, graph, "c", OCTET_FLOAT32, &shape, data, &c), OCTET_OK);
    const uint32_t y = emit(graph, OCTET_OP_MUL, "m", x, c);
    assert_int_equal(octet_graph_add_output(&ctx, graph, y, "y"), OCTET_OK);
    octet_graph *copy;
    assert_int_equal(octet_graph_clone(&ctx, graph, &copy), OCTET_OK);
    octet_buffer before = {0}, after = {0};
    assert_int_equal(octet_graph_dump(&ctx, graph, &before), OCTET_OK);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(octet_graph_verify(&ctx, copy, "copy"), OCTET_OK);
    assert_int_equal(octet_graph_dump(&ctx, copy, &after), OCTET_OK);
    assert_string_equal((char *)before.data, (char *)after.data);
    assert_memory_equal(copy->values[c].data, data, sizeof data);
    octet_buffer_free(&ctx, &before);
    octet_buffer_free(&ctx, &after);
    destroy(copy);
}

static void windows_match_tensorflow(void **state) {
    (void)state;
    const octet_axis_window same = octet_window(OCTET_PADDING_SAME, 8, 3, 2, 1);
    assert_int_equal(same.out, 4);
    assert_int_equal(same.before, 0);
    assert_int_equal(same.after, 1);
    assert_int_equal(octet_window(OCTET_PADDING_VALID, 8, 3, 1, 2).out, 4);
    assert_int_equal(octet_window(OCTET_PADDING_VALID, 2, 3, 1, 1).out, 0);
}

static void shapes_are_checked(void **state) {
    (void)state;
    octet_context_init(&ctx);
    octet_shape shape = {.rank = 3, .dims = {65536, 65536, 1}};
    assert_int_equal(octet_shape_elements(&shape), SIZE_MAX);
    assert_int_equal(octet_shape_check(&ctx, &shape, "s"), OCTET_LIMIT);
    octet_context_clear(&ctx);
    shape.dims[2] = 0;
    assert_int_equal(octet_shape_elements(&shape), 0);
    shape.dims[0] = -1;
    assert_int_equal(octet_shape_check(&ctx, &shape, "s"), OCTET_MODEL);
    assert_string_equal(ctx.message, "s: shape [-1,65536,0] has a negative dimension");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compact_drops_what_nothing_uses),
        cmocka_unit_test(replaced_values_keep_their_counts),
        cmocka_unit_test(operators_are_put_in_order),
        cmocka_unit_test(inserting_shifts_producers),
        cmocka_unit_test(a_clone_stands_alone),
        cmocka_unit_test(windows_match_tensorflow),
        cmocka_unit_test(shapes_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
