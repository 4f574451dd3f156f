/* The order of operators that do not depend on each other: by the names that TensorFlow would give them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "graph/graph.h"
#include "import/keras/order.h"
#include "import/keras/schedule.h"
#include "import/keras/scope.h"

typedef struct fixture {
    octet_context ctx;
    octet_arena arena;
    octet_graph *graph;
    octet_keras_steps steps;
    octet_keras_scopes scopes;
    int32_t keras_version;
} fixture;

static fixture f;
static const octet_shape vector = {.rank = 2, .dims = {1, 2}}, pair = {.rank = 2, .dims = {2, 2}};

static void expect_ok(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), f.ctx.message);
}

static int setup(void **state) {
    (void)state;
    f = (fixture){0};
    octet_context_init(&f.ctx);
    expect_ok(octet_graph_create(&f.ctx, "test", &f.graph));
    f.keras_version = 2;
    return 0;
}

static int teardown(void **state) {
    (void)state;
    octet_graph_destroy(&f.ctx, f.graph);
    octet_arena_free(&f.ctx, &f.arena);
    assert_int_equal(f.ctx.memory_bytes, 0);
    return 0;
}

static uint32_t input(const char *name) {
    uint32_t v;
    expect_ok(octet_graph_add_value(&f.ctx, f.graph, name, OCTET_FLOAT32, &vector, &v));
    expect_ok(octet_graph_add_input(&f.ctx, f.graph, v, name));
    return v;
}

/* One call of a layer that writes one operator. */
static uint32_t call(const char *path, octet_operator_code code, const uint32_t *inputs, uint32_t n) {
    uint32_t v;
    const uint32_t first = f.graph->n_operators;
    expect_ok(octet_graph_emit(&f.ctx, f.graph, code, strrchr(path, '/') + 1, NULL, inputs, n, NULL, &v, 1));
    octet_keras_step step = {path, NULL, first, first + 1};
    expect_ok(octet_keras_scope_enter(&f.ctx, &f.arena, &f.scopes, f.keras_version, "model/", strrchr(path, '/') + 1,
                                      &step.scope));
    expect_ok(octet_keras_steps_add(&f.ctx, &f.arena, &f.steps, &step));
    return v;
}

static uint32_t tanh_of(const char *path, uint32_t x) { return call(path, OCTET_OP_TANH, &x, 1); }
static uint32_t sum_of(const char *path, uint32_t a, uint32_t b) {
    return call(path, OCTET_OP_ADD, (const uint32_t[]){a, b}, 2);
}

/* A dense layer: its kernel comes from the file. */
static uint32_t dense(const char *path, const char *kernel, uint32_t x) {
    static const float zeros[4];
    uint32_t inputs[3] = {x, 0, OCTET_NONE};
    expect_ok(octet_graph_add_constant(&f.ctx, f.graph, kernel, OCTET_FLOAT32, &pair, zeros, &inputs[1]));
    f.graph->values[inputs[1]].origin = "model.h5:/kernel:0";
    return call(path, OCTET_OP_FULLY_CONNECTED, inputs, 3);
}

static void expect_order(const char *expected) {
    char found[256] = "";
    const octet_operator *last = &f.graph->operators[f.graph->n_operators - 1];
    expect_ok(octet_graph_add_output(&f.ctx, f.graph, last->outputs[0], "y"));
    expect_ok(octet_keras_order(&f.ctx, f.graph, f.keras_version, &f.steps));
    expect_ok(octet_graph_verify(&f.ctx, f.graph, "test"));
    for (uint32_t i = 0; i < f.graph->n_operators; i++) {
        if (i > 0) strncat(found, " ", sizeof found - strlen(found) - 1);
        strncat(found, f.graph->operators[i].layer, sizeof found - strlen(found) - 1);
    }
    assert_string_equal(found, expected);
}

static void branches_come_by_name(void **state) {
    (void)state;
    const uint32_t x = input("z_input"), b = tanh_of("model/b", x), a = tanh_of("model/a", x);
    sum_of("model/sum", b, a);
    expect_order("a b sum");
}

/* A branch is followed as far as it goes before the next one begins. */
static void a_branch_stays_together(void **state) {
    (void)state;
    const uint32_t x = input("z_input"), b = tanh_of("model/b", x), c = tanh_of("model/c", x),
                   a = tanh_of("model/a", c);
    sum_of("model/sum", b, a);
    expect_order("b c a sum");
}

/* An input whose name comes before the model's is there first: what needs no weights is taken at once, the rest as
 * weights come. */
static void layers_wait_for_their_weights(void **state) {
    (void)state;
    const uint32_t x = input("a_input"), b = dense("model/b", "model/b/MatMul", x), c = tanh_of("model/c", x);
    const uint32_t a = dense("model/a", "model/a/MatMul", c);
    sum_of("model/sum", b, a);
    expect_order("c a b sum");
}

/* An input whose name comes after the model's finds all weights there. */
static void weights_may_be_there_before(void **state) {
    (void)state;
    const uint32_t x = input("z_input"), b = dense("model/b", "model/b/MatMul", x), c = tanh_of("model/c", x);
    const uint32_t a = dense("model/a", "model/a/MatMul", c);
    sum_of("model/sum", b, a);
    expect_order("b c a sum");
}

/* As arguments "dense_10_1_matmul" comes before "dense_1_1_matmul". */
static void numbers_of_names_are_text(void **state) {
    (void)state;
    f.keras_version = 3;
    const uint32_t x = input("a_input"), b = dense("model/dense_1", "model/dense_1/MatMul", x);
    const uint32_t a = dense("model/dense_10", "model/dense_10/MatMul", x);
    sum_of("model/sum", b, a);
    expect_order("dense_10 dense_1 sum");
}

static void capitals_count_in_scopes_only(void **state) {
    (void)state;
    const uint32_t x = input("Z-Input"), b = tanh_of("model/a", x), a = tanh_of("model/B", x);
    sum_of("model/sum", b, a);
    expect_order("B a sum");
}

static void expect_scope(const char *name, const char *expected) {
    const char *found = NULL;
    expect_ok(octet_keras_scope_enter(&f.ctx, &f.arena, &f.scopes, 3, "model_1/", name, &found));
    assert_string_equal(found, expected);
}

/* Keras 3 opens each scope twice; what is taken gets the next number, whatever its case. */
static void names_that_are_taken_get_numbers(void **state) {
    (void)state;
    expect_scope("conv_1", "model_1/conv_1_1/");
    expect_scope("conv_2", "model_1/conv_2_1/");
    expect_scope("conv", "model_1/conv_3/");
    expect_scope("Conv", "model_1/Conv_5/");
    expect_scope("conv", "model_1/conv_7/");
}

static void functions_are_named_after_their_operator(void **state) {
    (void)state;
    static const char *const expected[][2] = {{"MUL", "model_1/Mul"},
                                              {"MUL", "model_1/Mul_1"},
                                              {"SQUARED_DIFFERENCE", "model_1/SquaredDifference"},
                                              {"REDUCE_MAX", "model_1/Max"},
                                              {"LOGISTIC", "model_1/Sigmoid"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const char *found = NULL;
        expect_ok(octet_keras_scope_operator(&f.ctx, &f.arena, &f.scopes, "model_1/", expected[i][0], &found));
        assert_string_equal(found, expected[i][1]);
    }
}

/* Three branches of two layers that meet: the layers that read the input run from the last to the first. */
static void calls_run_as_keras_runs_them(void **state) {
    (void)state;
    enum { INPUT, CONV, POOL = CONV + 3, JOIN = POOL + 3, N };
    static const char *const names[N] = {"input", "conv_0", "conv_1", "conv_2", "pool_0", "pool_1", "pool_2", "join"};
    octet_keras_layer layers[N] = {0};
    octet_keras_node nodes[N] = {0};
    octet_keras_argument arguments[N] = {0}, branches[3] = {0};
    for (uint32_t i = 0; i < N; i++) {
        layers[i] = (octet_keras_layer){.name = names[i], .nodes = &nodes[i], .n_nodes = 1};
        const uint32_t from = i < POOL ? INPUT : i - POOL + CONV;
        arguments[i] = (octet_keras_argument){.kind = OCTET_KERAS_TENSOR, .reference = {from, 0, 0}};
        nodes[i] = (octet_keras_node){.arguments = &arguments[i], .n_arguments = i != INPUT};
    }
    for (uint32_t i = 0; i < 3; i++)
        branches[i] = (octet_keras_argument){.kind = OCTET_KERAS_TENSOR, .reference = {POOL + i, 0, 0}};
    arguments[JOIN] = (octet_keras_argument){.kind = OCTET_KERAS_LIST, .items = branches, .n_items = 3};
    octet_keras_reference inputs = {INPUT, 0, 0}, outputs = {JOIN, 0, 0}, *order = NULL;
    const octet_keras_model model = {.name = "model",
                                     .layers = layers,
                                     .n_layers = N,
                                     .inputs = &inputs,
                                     .outputs = &outputs,
                                     .n_inputs = 1,
                                     .n_outputs = 1};
    uint32_t n = 0;
    expect_ok(octet_keras_schedule(&f.ctx, &f.arena, &model, &order, &n));
    static const char *const expected[N] = {"input",  "conv_2", "conv_1", "conv_0",
                                            "pool_0", "pool_1", "pool_2", "join"};
    assert_int_equal(n, N);
    for (uint32_t i = 0; i < N; i++) assert_string_equal(layers[order[i].layer].name, expected[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(branches_come_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(a_branch_stays_together, setup, teardown),
        cmocka_unit_test_setup_teardown(layers_wait_for_their_weights, setup, teardown),
        cmocka_unit_test_setup_teardown(weights_may_be_there_before, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_of_names_are_text, setup, teardown),
        cmocka_unit_test_setup_teardown(capitals_count_in_scopes_only, setup, teardown),
        cmocka_unit_test_setup_teardown(names_that_are_taken_get_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(functions_are_named_after_their_operator, setup, teardown),
        cmocka_unit_test_setup_teardown(calls_run_as_keras_runs_them, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
