/* Whole models without files: what calls become together. */
#include "support/fixture.h"

#include <string.h>

#include "support/keras_model.h"

static float numbers[KERAS_MODEL_MAX_ELEMENTS];

#define INPUT(batch) \
    "{\"class_name\": \"InputLayer\", \"module\": \"keras.layers\", \"name\": \"in\", \"config\": {\"name\": \"in\", " \
    "\"batch_shape\": [" batch ", 6]}, \"inbound_nodes\": []}"
#define TENSOR(name) \
    "{\"class_name\": \"__keras_tensor__\", \"config\": {\"shape\": [null, 6], \"dtype\": \"float32\", " \
    "\"keras_history\": [\"" name "\", 0, 0]}}"
#define ACTIVATION(name, kind) \
    "{\"class_name\": \"Activation\", \"module\": \"keras.layers\", \"name\": \"" name "\", " \
    "\"config\": {\"name\": \"" name "\", \"activation\": \"" kind "\"}, " \
    "\"inbound_nodes\": [{\"args\": [" TENSOR("in") "], \"kwargs\": {}}]}"
#define SUM(a, b) \
    "{\"class_name\": \"Add\", \"module\": \"keras.layers\", \"name\": \"sum\", \"config\": {\"name\": \"sum\"}, " \
    "\"inbound_nodes\": [{\"args\": [[" TENSOR(a) ", " TENSOR(b) "]], \"kwargs\": {}}]}"
#define MODEL(layers) \
    "{\"class_name\": \"Functional\", \"config\": {\"name\": \"net\", \"layers\": [" layers "], \"input_layers\": [[\"in\", 0, 0]], " \
    "\"output_layers\": [[\"sum\", 0, 0]]}}"

static void expect_operators(const char *model, const char *expected) {
    octet_context ctx;
    octet_graph *graph = NULL;
    char found[256] = "";
    keras_shapes none = {.data = numbers};
    octet_context_init(&ctx);
    if (keras_model_build(&ctx, (octet_bytes){(const uint8_t *)model, strlen(model)}, 3, &none, NULL, &graph) != OCTET_OK)
        fail_msg("%s", ctx.message);
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
    expect_operators(MODEL(INPUT("null") ", " ACTIVATION("b", "sigmoid") ", " ACTIVATION("a", "tanh") ", " SUM("b", "a")),
                     "TANH LOGISTIC ADD");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_summand_of_a_known_batch_is_a_bias),
        cmocka_unit_test(a_summand_of_an_open_batch_is_added),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
