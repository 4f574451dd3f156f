/* layers/weights: codes, scales and ranges of the weights of one operator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "layers/weights.h"

static octet_context ctx;

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx.message);
}

/* FULLY_CONNECTED with the weights [3,4]; `n` scales. */
static octet_graph *make(octet_type type, const void *weights, uint32_t n, const float *scales, const int32_t *zeros) {
    octet_graph *graph;
    uint32_t x, w, y, op;
    good(octet_graph_create(&ctx, "g", &graph));
    good(octet_graph_add_value(&ctx, graph, "x", type, &(octet_shape){2, {1, 4}}, &x));
    good(octet_graph_add_constant(&ctx, graph, "w", type, &(octet_shape){2, {3, 4}}, weights, &w));
    good(octet_graph_add_value(&ctx, graph, "y", type, &(octet_shape){2, {1, 3}}, &y));
    if (n > 0) good(octet_value_set_quantization(&ctx, graph, w, n, 0, scales, zeros));
    good(octet_graph_add_operator(&ctx, graph, OCTET_OP_FULLY_CONNECTED, "dense", (const uint32_t[]){x, w, OCTET_NONE},
                                  3, NULL, (const uint32_t[]){y}, 1, 0, &op));
    return graph;
}

static octet_layer_weights count(octet_graph *graph, octet_arena *arena) {
    octet_layer_weights weights;
    good(octet_layer_weights_count(&ctx, arena, graph, &graph->operators[0], &weights));
    return weights;
}

static void weights_are_counted_by_channel(void **state) {
    static const int8_t weights[12] = {-127, 0, 3, 4, 127, -1, 0, 0, 7, 8, -64, 64};
    const float scales[3] = {0.5f, 0.25f, 2.0f};
    const int32_t zeros[3] = {0, 0, 0};
    octet_arena arena = {0};
    (void)state;
    octet_context_init(&ctx);
    octet_graph *graph = make(OCTET_INT8, weights, 3, scales, zeros);
    const octet_layer_weights w = count(graph, &arena);
    uint64_t expected[OCTET_MEASURE_INNER_BINS] = {0};
    for (int i = 0; i < 12; i++) expected[(weights[i] + 128) / 4]++;
    assert_memory_equal(w.bins, expected, sizeof expected);
    assert_int_equal(w.n_elements, 12);
    assert_int_equal(w.n_at_ends, 2);
    assert_int_equal(w.n_scales, 3);
    assert_true(w.least_scale == 0.25 && w.greatest_scale == 2.0);
    assert_true(w.low == -128.0 && w.high == 128.0); /* channel 2: 64 steps of 2 */
    octet_graph_destroy(&ctx, graph);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void float_weights_have_no_codes(void **state) {
    static const float weights[12] = {1.0f};
    octet_arena arena = {0};
    (void)state;
    octet_context_init(&ctx);
    octet_graph *graph = make(OCTET_FLOAT32, weights, 0, NULL, NULL);
    assert_null(count(graph, &arena).bins);
    octet_graph_destroy(&ctx, graph);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(weights_are_counted_by_channel),
                                       cmocka_unit_test(float_weights_have_no_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
