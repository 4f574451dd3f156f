/* Operators of a quantized graph in other numbers than the rest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layers/islands.h"

typedef struct fixture {
    octet_context ctx;
    octet_arena arena;
    octet_graph *graph;
    uint32_t last;
    octet_island_list list;
} fixture;

static void good(fixture *f, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), f->ctx.message);
}

static uint32_t value(fixture *f, octet_type type) {
    uint32_t v;
    const octet_shape shape = octet_shape_make(1, (const int32_t[]){4});
    good(f, octet_graph_add_value(&f->ctx, f->graph, "model/layer/x", type, &shape, &v));
    return v;
}

static int setup(void **state) {
    static fixture f;
    f = (fixture){0};
    octet_context_init(&f.ctx);
    good(&f, octet_graph_create(&f.ctx, "test", &f.graph));
    *state = &f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;
    octet_graph_destroy(&f->ctx, f->graph);
    octet_arena_free(&f->ctx, &f->arena);
    assert_int_equal(f->ctx.memory_bytes, 0);
    return 0;
}

static void start(fixture *f, octet_type type) {
    f->last = value(f, type);
    good(f, octet_graph_add_input(&f->ctx, f->graph, f->last, "x"));
}

static void add(fixture *f, octet_operator_code code, const char *layer, octet_type type) {
    const uint32_t result = value(f, type);
    good(f, octet_graph_add_operator(&f->ctx, f->graph, code, layer, &f->last, 1, NULL, &result, 1, OCTET_NONE, NULL));
    f->last = result;
}

static void find(fixture *f, bool has_layers) {
    good(f, octet_islands_find(&f->ctx, &f->arena, f->graph, has_layers, &f->list));
}

static void float_and_int16_among_int8_are_found(void **state) {
    fixture *f = *state;
    start(f, OCTET_INT8);
    add(f, OCTET_OP_ABS, "a", OCTET_INT8);
    add(f, OCTET_OP_DEQUANTIZE, "b", OCTET_FLOAT32);
    add(f, OCTET_OP_EXP, "b", OCTET_FLOAT32);
    add(f, OCTET_OP_QUANTIZE, "b", OCTET_INT16);
    add(f, OCTET_OP_SQRT, "c", OCTET_INT16);
    add(f, OCTET_OP_QUANTIZE, "c", OCTET_INT8);
    find(f, true);
    assert_int_equal(f->list.n, 2);
    assert_string_equal(f->list.rows[0].layer, "b");
    assert_string_equal(f->list.rows[0].op, "EXP");
    assert_int_equal(f->list.rows[0].island, OCTET_ISLAND_FLOAT);
    assert_int_equal(f->list.rows[0].operator_index, 2);
    assert_string_equal(f->list.rows[1].layer, "c");
    assert_int_equal(f->list.rows[1].island, OCTET_ISLAND_INT16);
}

static void names_are_those_of_tensors_without_layers(void **state) {
    fixture *f = *state;
    start(f, OCTET_INT8);
    add(f, OCTET_OP_DEQUANTIZE, "DEQUANTIZE 0", OCTET_FLOAT32);
    add(f, OCTET_OP_EXP, "EXP 1", OCTET_FLOAT32);
    find(f, false);
    assert_int_equal(f->list.n, 1);
    assert_string_equal(f->list.rows[0].layer, "layer");
}

static void the_last_operator_has_the_name_of_its_port(void **state) {
    fixture *f = *state;
    start(f, OCTET_INT8);
    add(f, OCTET_OP_DEQUANTIZE, "DEQUANTIZE 0", OCTET_FLOAT32);
    add(f, OCTET_OP_EXP, "EXP 1", OCTET_FLOAT32);
    f->graph->values[f->last].name = "StatefulPartitionedCall:0";
    add(f, OCTET_OP_QUANTIZE, "QUANTIZE 2", OCTET_INT8);
    f->graph->values[f->last].name = "output";
    good(f, octet_graph_add_output(&f->ctx, f->graph, f->last, "probabilities"));
    find(f, false);
    assert_int_equal(f->list.n, 1);
    assert_string_equal(f->list.rows[0].layer, "probabilities");
}

static void a_float_model_is_no_island(void **state) {
    fixture *f = *state;
    start(f, OCTET_FLOAT32);
    add(f, OCTET_OP_EXP, "a", OCTET_FLOAT32);
    find(f, true);
    assert_int_equal(f->list.n, 0);
}

static void int16_alone_is_the_mode(void **state) {
    fixture *f = *state;
    start(f, OCTET_INT16);
    add(f, OCTET_OP_EXP, "a", OCTET_INT16);
    add(f, OCTET_OP_DEQUANTIZE, "b", OCTET_FLOAT32);
    add(f, OCTET_OP_ELU, "b", OCTET_FLOAT32);
    find(f, true);
    assert_int_equal(f->list.n, 1);
    assert_string_equal(f->list.rows[0].op, "ELU");
}

int main(void) {
#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {CASE(float_and_int16_among_int8_are_found),
                                       CASE(names_are_those_of_tensors_without_layers),
                                       CASE(the_last_operator_has_the_name_of_its_port),
                                       CASE(a_float_model_is_no_island), CASE(int16_alone_is_the_mode)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
