/* Operators by the names of layers and operators. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "layers/select.h"

typedef struct fixture {
    octet_context ctx;
    octet_arena arena;
    octet_graph *graph;
    bool chosen[8];
} fixture;

static void good(fixture *f, octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), f->ctx.message);
}

static uint32_t emit(fixture *f, octet_operator_code code, const char *layer, const char *name, uint32_t input) {
    uint32_t v;
    const octet_options options = {.softmax = {1.0f}};
    good(f, octet_graph_emit(&f->ctx, f->graph, code, layer, name, &input, 1,
                             code == OCTET_OP_SOFTMAX ? &options : NULL, &v, 1));
    return v;
}

/* conv_a, then act fused into conv_b, then the softmax of a nested model. */
static int setup(void **state) {
    static fixture f;
    uint32_t v;
    f = (fixture){0};
    octet_context_init(&f.ctx);
    const octet_shape shape = octet_shape_make(2, (const int32_t[]){1, 4});
    good(&f, octet_graph_create(&f.ctx, "test", &f.graph));
    good(&f, octet_graph_add_value(&f.ctx, f.graph, "x", OCTET_FLOAT32, &shape, &v));
    good(&f, octet_graph_add_input(&f.ctx, f.graph, v, "x"));
    v = emit(&f, OCTET_OP_ABS, "conv_a", "model/conv_a/Abs", v);
    v = emit(&f, OCTET_OP_EXP, "conv_b", "model/act/Relu;model/conv_b/BiasAdd", v);
    v = emit(&f, OCTET_OP_SOFTMAX, "head/probabilities", "model/head/probabilities/Softmax", v);
    good(&f, octet_graph_add_output(&f.ctx, f.graph, v, "y"));
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

/* chosen: "abs exp softmax" as bits 1, 2, 4. */
static void expect_chosen(fixture *f, bool has_layers, const char *pattern, uint32_t expected) {
    bool chosen[3] = {false, false, false};
    uint32_t n = 9, bits = 0, count = 0;
    good(f, octet_select_operators(&f->ctx, f->graph, has_layers, pattern, chosen, &n));
    for (uint32_t k = 0; k < 3; k++) {
        bits |= chosen[k] ? 1u << k : 0;
        count += chosen[k];
    }
    if (bits != expected) fail_msg("%s chooses %x, expected %x", pattern, (unsigned)bits, (unsigned)expected);
    assert_int_equal(n, count);
}

static void patterns_match_as_in_a_shell(void **state) {
    (void)state;
    assert_true(octet_select_matches("conv", "conv"));
    assert_false(octet_select_matches("conv", "conv1"));
    assert_false(octet_select_matches("conv1", "conv"));
    assert_true(octet_select_matches("conv?", "conv1"));
    assert_false(octet_select_matches("conv?", "conv"));
    assert_true(octet_select_matches("*", ""));
    assert_true(octet_select_matches("c*v*1", "conv_2_v_1"));
    assert_false(octet_select_matches("c*v*1", "conv_2"));
    assert_true(octet_select_matches("*/dense", "a/b/dense"));
    assert_true(octet_select_matches("**", "x"));
    assert_false(octet_select_matches("", "x"));
}

static void layers_fused_layers_and_operators_have_names(void **state) {
    fixture *f = *state;
    expect_chosen(f, true, "conv_a", 1);
    expect_chosen(f, true, "conv_*", 3);
    expect_chosen(f, true, "act", 2);
    expect_chosen(f, true, "SOFTMAX", 4);
    expect_chosen(f, true, "head/*", 4);
    expect_chosen(f, true, "conv_c", 0);
    expect_chosen(f, true, "softmax", 0);
}

static void a_tflite_has_the_names_of_its_tensors(void **state) {
    fixture *f = *state;
    expect_chosen(f, false, "conv_b", 0);
    expect_chosen(f, false, "act", 2);
    expect_chosen(f, false, "head/probabilities", 4);
}

static void expect_alike(fixture *f, const char *pattern, const char *expected) {
    const char *alike;
    good(f, octet_select_alike(&f->ctx, &f->arena, f->graph, true, pattern, &alike));
    assert_string_equal(alike, expected);
}

static void near_names_are_told(void **state) {
    fixture *f = *state;
    expect_alike(f, "conv_c", "conv_a, conv_b");
    expect_alike(f, "prob", "head/probabilities");
    expect_alike(f, "SOFTMIN", "SOFTMAX");
    expect_alike(f, "zzz", "");
}

static void what_touches_no_float_is_not_chosen(void **state) {
    fixture *f = *state;
    f->graph->values[1].type = f->graph->values[0].type = OCTET_INT32;
    expect_chosen(f, true, "*", 6);
}

int main(void) {
#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {CASE(patterns_match_as_in_a_shell),
                                       CASE(layers_fused_layers_and_operators_have_names),
                                       CASE(a_tflite_has_the_names_of_its_tensors), CASE(near_names_are_told),
                                       CASE(what_touches_no_float_is_not_chosen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
