/* Whole models without files: what calls become together. */
#include "support/fixture.h"

#include <string.h>

#include "support/keras_model.h"

static float numbers[KERAS_MODEL_MAX_ELEMENTS];

#define INPUT(batch)                                                                                                   \
    "{\"class_name\": \"InputLayer\", \"module\": \"keras.layers\", \"name\": \"in\", \"config\": {\"name\": \"in\", " \
    "\"batch_shape\": [" batch ", 6]}, \"inbound_nodes\": []}"
#define TENSOR(name)                                                                                     \
    "{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, 6], \"dtype\": \"float32\", " \
    "\"keras_history\": [\"" name "\", 0, 0]}}"
#define ACTIVATION(name, kind)                                                                \
    "{\"class_name\": \"Activation\", \"module\": \"keras.layers\", \"name\": \"" name "\", " \
    "\"config\": {\"name\": \"" name "\", \"activation\": \"" kind "\"}, "                    \
    "\"inbound_nodes\": [{\"args\": [" TENSOR("in") "], \"kwargs\": {}}]}"
#define SUM(a, b)                                                                                                  \
    "{\"class_name\": \"Add\", \"module\": \"keras.layers\", \"name\": \"sum\", \"config\": {\"name\": \"sum\"}, " \
    "\"inbound_nodes\": [{\"args\": [[" TENSOR(a) ", " TENSOR(b) "]], \"kwargs\": {}}]}"
#define MODEL(layers)                                                                       \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [" layers \
    "], \"input_layers\": [[\"in\", 0, 0]], "                                               \
    "\"output_layers\": [[\"sum\", 0, 0]]}}"

/* shapes: rank and dimensions of each weight. */
static octet_graph *build(octet_context *ctx, const char *model, int32_t version, octet_bytes shapes) {
    octet_graph *graph = NULL;
    keras_shapes given = {.bytes = shapes, .data = numbers};
    octet_context_init(ctx);
    if (keras_model_build(ctx, (octet_bytes){(const uint8_t *)model, strlen(model)}, version, &given, NULL, &graph) !=
        OCTET_OK)
        fail_msg("%s", ctx->message);
    return graph;
}

static void expect_operators(const char *model, const char *expected) {
    octet_context ctx;
    char found[256] = "";
    octet_graph *graph = build(&ctx, model, 3, (octet_bytes){NULL, 0});
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        if (i > 0) strncat(found, " ", sizeof found - strlen(found) - 1);
        strncat(found, octet_operator_name(graph->operators[i].code), sizeof found - strlen(found) - 1);
    }
    assert_string_equal(found, expected);
    octet_graph_destroy(&ctx, graph);
}

/* [1,6] + [1,6]: Keras 3 adds the second one as a bias of 6 numbers. */
static void a_summand_of_a_known_batch_is_a_bias(void **state) {
    (void)state;
    expect_operators(MODEL(INPUT("1") ", " ACTIVATION("a", "tanh") ", " ACTIVATION("b", "sigmoid") ", " SUM("b", "a")),
                     "TANH LOGISTIC RESHAPE ADD");
    expect_operators(MODEL(INPUT("1") ", " ACTIVATION("a", "tanh") ", " ACTIVATION("b", "sigmoid") ", " SUM("a", "b")),
                     "TANH LOGISTIC RESHAPE ADD");
}

static void a_summand_of_an_open_batch_is_added(void **state) {
    (void)state;
    expect_operators(
        MODEL(INPUT("null") ", " ACTIVATION("b", "sigmoid") ", " ACTIVATION("a", "tanh") ", " SUM("b", "a")),
        "TANH LOGISTIC ADD");
}

static void selu_of_a_known_batch_is_a_select(void **state) {
    (void)state;
    expect_operators(MODEL(INPUT("1") ", " ACTIVATION("a", "selu") ", " SUM("a", "in")),
                     "GREATER MUL EXP SUB MUL SELECT RESHAPE ADD");
    expect_operators(MODEL(INPUT("null") ", " ACTIVATION("a", "selu") ", " SUM("a", "in")),
                     "GREATER MUL EXP SUB MUL SELECT_V2 ADD");
}

/* Keras 2 has the last axis counted from the front, and gamma as it is. */
static void layer_normalization_of_the_last_axis(void **state) {
    (void)state;
    static const char model[] = "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"net\", \"layers\": "
                                "[{\"class_name\": \"InputLayer\", \"config\": "
                                "{\"name\": \"in\", \"batch_input_shape\": [null, 4, 6]}}, {\"class_name\": "
                                "\"LayerNormalization\", \"config\": {\"name\": "
                                "\"norm\", \"axis\": [2], \"epsilon\": 1e-06}}]}}";
    static const uint8_t shapes[] = {1, 6, 1, 6};
    octet_context ctx;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) numbers[i] = 0.5f;
    octet_graph *graph = build(&ctx, model, 2, (octet_bytes){shapes, sizeof shapes});
    uint32_t n_vectors = 0;
    for (uint32_t i = 0; i < graph->n_operators; i++) {
        const octet_operator *op = &graph->operators[i];
        const octet_value *second = octet_graph_input(graph, op, 1);
        if (op->code == OCTET_OP_MEAN) assert_int_equal(*(const int32_t *)second->data, 2);
        if (op->code == OCTET_OP_MUL && octet_value_is_constant(second))
            n_vectors += second->shape.rank == 1 && second->shape.dims[0] == 6;
    }
    assert_int_equal(n_vectors, 1);
    octet_graph_destroy(&ctx, graph);
}

#define LAST_STEP(batch)                                                                                              \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [{\"class_name\": \"InputLayer\", " \
    "\"name\": \"in\", "                                                                                              \
    "\"config\": {\"name\": \"in\", \"batch_input_shape\": [" batch                                                   \
    ", 4, 6]}, \"inbound_nodes\": []}, {\"class_name\": "                                                             \
    "\"SlicingOpLambda\", \"name\": \"f\", \"config\": {\"name\": \"f\", \"function\": \"__operators__.getitem\"}, "  \
    "\"inbound_nodes\": "                                                                                             \
    "[[\"in\", 0, 0, {\"slice_spec\": [{\"start\": null, \"stop\": null, \"step\": null}, -1]}]]}], "                 \
    "\"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\"f\", 0, 0]]}}"

/* x[:, -1] names all three dimensions where the batch is known. */
static void a_slice_of_a_known_batch_names_all_dimensions(void **state) {
    (void)state;
    static const char *const models[2] = {LAST_STEP("1"), LAST_STEP("null")};
    for (int i = 0; i < 2; i++) {
        octet_context ctx;
        octet_graph *graph = build(&ctx, models[i], 2, (octet_bytes){NULL, 0});
        const octet_operator *op = &graph->operators[0];
        assert_int_equal(op->code, OCTET_OP_STRIDED_SLICE);
        assert_int_equal(octet_graph_input(graph, op, 1)->shape.dims[0], i == 0 ? 3 : 2);
        if (i == 0)
            assert_memory_equal(octet_graph_input(graph, op, 2)->data, ((const int32_t[]){0, 0, 6}),
                                3 * sizeof(int32_t));
        assert_int_equal(op->options.strided_slice.begin_mask, i == 0 ? 5 : 1);
        assert_int_equal(octet_graph_output(graph, op, 0)->shape.rank, 2);
        octet_graph_destroy(&ctx, graph);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_summand_of_a_known_batch_is_a_bias),
        cmocka_unit_test(selu_of_a_known_batch_is_a_select),
        cmocka_unit_test(layer_normalization_of_the_last_axis),
        cmocka_unit_test(a_slice_of_a_known_batch_names_all_dimensions),
        cmocka_unit_test(a_summand_of_an_open_batch_is_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
