/* The GELU that is written out with tanh is one operator, in each way to write its cube; and the nodes of
 * TensorFlow 2.0 to 2.3, which keep their numbers beside the tensors. */
#include "support/keras_run.h"

static const float x[6] = {1, 2, 3, 4, -5, 6};

/* A function among layers: its name, what it is, its node. */
typedef struct step {
    const char *name, *function, *node;
} step;

enum { MODEL_SIZE = 8192 };

/* The input "in" [1,6], then the steps; "f" gives the result. */
static const char *write_steps(const step *steps, size_t n) {
    static char model[MODEL_SIZE];
    size_t length = (size_t)snprintf(model, sizeof model,
                                     "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": "
                                     "[{\"class_name\": \"InputLayer\", \"name\": \"in\", \"config\": {\"name\": "
                                     "\"in\", \"batch_input_shape\": [null, 6]}, \"inbound_nodes\": []}");
    for (size_t i = 0; i < n; i++) {
        length +=
            (size_t)snprintf(model + length, sizeof model - length,
                             ", {\"class_name\": \"TFOpLambda\", \"name\": \"%s\", \"config\": {\"name\": \"%s\", "
                             "\"function\": \"%s\"}, \"inbound_nodes\": [%s]}",
                             steps[i].name, steps[i].name, steps[i].function, steps[i].node);
    }
    length += (size_t)snprintf(model + length, sizeof model - length,
                               "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"f\", 0, 0]]}}");
    assert_true(length < sizeof model);
    return model;
}

static octet_graph *build(octet_context *ctx, const char *model) {
    keras_shapes none = {.bytes = {NULL, 0}};
    octet_graph *graph = NULL;
    octet_context_init(ctx);
    keras_model_build(ctx, (octet_bytes){(const uint8_t *)model, strlen(model)}, 2, &none, NULL, &graph);
    return graph;
}

static void a_gelu_that_is_written_out_is_one_operator(void **state) {
    (void)state;
    static const step square = {"q", "math.square", "[\"in\", 0, 0, {}]"};
    static const step product = {"q", "math.multiply", "[\"in\", 0, 0, {\"y\": [\"in\", 0, 0]}]"};
    static const step cube_of_q = {"p", "math.multiply", "[\"q\", 0, 0, {\"y\": [\"in\", 0, 0]}]"};
    static const step other = {"p", "math.multiply", "[\"q\", 0, 0, {\"y\": [\"q\", 0, 0]}]"};
    static const step whole = {"q", "math.negative", "[\"in\", 0, 0, {}]"};
    static const step power = {"p", "math.pow", "[\"in\", 0, 0, {\"y\": 3.0}]"};
    static const step power_4 = {"p", "math.pow", "[\"in\", 0, 0, {\"y\": 4.0}]"};
    const struct {
        step first, second;
        bool is_gelu;
    } cubes[] = {{whole, power, true},    {square, cube_of_q, true}, {product, cube_of_q, true},
                 {whole, power_4, false}, {square, other, false},    {whole, cube_of_q, false}};
    for (size_t i = 0; i < sizeof cubes / sizeof *cubes; i++) {
        const step steps[] = {cubes[i].first,
                              cubes[i].second,
                              {"c", "math.multiply", "[\"p\", 0, 0, {\"y\": 0.044715}]"},
                              {"s", "__operators__.add", "[\"in\", 0, 0, {\"y\": [\"c\", 0, 0]}]"},
                              {"t", "math.multiply", "[\"s\", 0, 0, {\"y\": 0.7978845608}]"},
                              {"h", "math.tanh", "[\"t\", 0, 0, {}]"},
                              {"o", "__operators__.add", "[\"h\", 0, 0, {\"y\": 1.0}]"},
                              {"m", "math.multiply", "[\"in\", 0, 0, {\"y\": [\"o\", 0, 0]}]"},
                              {"f", "math.multiply", "[\"m\", 0, 0, {\"y\": 0.5}]"}};
        octet_context ctx;
        octet_graph *graph = build(&ctx, write_steps(steps, sizeof steps / sizeof *steps));
        if (graph == NULL) fail_msg("%s", ctx.message);
        const octet_operator *last = &graph->operators[graph->values[graph->outputs[0].value].producer];
        assert_int_equal(last->code == OCTET_OP_GELU, cubes[i].is_gelu);
        if (cubes[i].is_gelu) {
            assert_true(last->options.gelu.approximate);
            assert_int_equal(last->inputs[0], graph->inputs[0].value);
        }
        octet_graph_destroy(&ctx, graph);
        assert_int_equal(ctx.memory_bytes, 0);
    }
}

#define NODE(op, constants)                                                                                       \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [{\"class_name\": "             \
    "\"InputLayer\", \"name\": \"in\", \"config\": {\"name\": \"in\", \"batch_input_shape\": [null, 6]}, "        \
    "\"inbound_nodes\": []}, {\"class_name\": \"TensorFlowOpLayer\", \"name\": \"f\", \"config\": {\"name\": "    \
    "\"f\", \"node_def\": \"{\\\"op\\\": \\\"" op "\\\"}\", \"constants\": {" constants "}}, \"inbound_nodes\": " \
    "[[[\"in\", 0, 0, {}]]]}], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"f\", 0, 0]]}}"

static void numbers_of_a_node_stand_at_their_places(void **state) {
    (void)state;
    float found[KERAS_RUN_MOST];
    assert_int_equal(keras_run_model(2, NODE("Sub", "\"1\": 2.0"), "", x, 6, found), 6);
    keras_expect_near(found, (const float[]){-1, 0, 1, 2, -7, 4}, 6, "x - 2");
    assert_int_equal(keras_run_model(2, NODE("Sub", "\"0\": 2.0"), "", x, 6, found), 6);
    keras_expect_near(found, (const float[]){1, 0, -1, -2, 7, -4}, 6, "2 - x");
    static const char *const unknown[] = {NODE("Sub", "\"y\": 2.0"), NODE("Sub", "\"7\": 2.0")};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        octet_context ctx;
        assert_null(build(&ctx, unknown[i]));
        assert_non_null(strstr(ctx.message, "its constants are written in a way that octet does not know"));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_gelu_that_is_written_out_is_one_operator),
                                       cmocka_unit_test(numbers_of_a_node_stand_at_their_places)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
