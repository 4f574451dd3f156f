/* Layers that are named to stay in float or to compute in int16. */
#include "support/fixture.h"

#include <string.h>

#include "api/islands.h"

static void a_model_without_operators_has_no_layer_to_move(void **state) {
    (void)state;
    static const char *const every[] = {"*", NULL};
    const octet_shape shape = {2, {1, 3}};
    octet_context ctx;
    octet_graph *graph;
    uint32_t x;
    octet_context_init(&ctx);
    assert_int_equal(octet_graph_create(&ctx, "test", &graph), OCTET_OK);
    assert_int_equal(octet_graph_add_value(&ctx, graph, "x", OCTET_FLOAT32, &shape, &x), OCTET_OK);
    assert_int_equal(octet_graph_add_input(&ctx, graph, x, "x"), OCTET_OK);
    assert_int_equal(octet_graph_add_output(&ctx, graph, x, "y"), OCTET_OK);
    octet_conversion asked = OCTET_CONVERSION_INIT;
    asked.int16_layers = every;
    const octet_quantize_options options = {.mode = OCTET_MODE_INT8};
    const octet_model model = {.kind = OCTET_KIND_TFLITE};
    octet_float_graph given = {.graph = graph};
    assert_int_equal(octet_api_mark_islands(&ctx, &model, &asked, &options, &given), OCTET_USAGE);
    assert_non_null(strstr(ctx.message, "has no operators"));
    octet_graph_destroy(&ctx, given.owned);
    octet_graph_destroy(&ctx, graph);
    assert_int_equal(ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_model_without_operators_has_no_layer_to_move)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
