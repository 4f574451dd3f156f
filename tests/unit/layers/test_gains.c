/* layers/gains: factors of channels are found in rounded weights, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "layers/gains.h"

enum { N_IN = 3, N_HIDDEN = 4, N_OUT = 2, X = 0, HIDDEN, PASSED, Y, N_COMPUTED };

static octet_context ctx;
static octet_arena arena;
static octet_graph *real, *quantized;
static octet_pairs pairs;

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx.message);
}

static const float first[N_HIDDEN * N_IN] = {0.9f, -0.4f, 0.3f,  0.11f, 0.7f, -0.5f,
                                             0.2f, 0.25f, -0.8f, -0.6f, 0.1f, 0.33f},
                                    second[N_OUT * N_HIDDEN] = {0.5f, -0.7f, 0.2f, 0.9f, -0.3f, 0.8f, 0.6f, -0.1f};

static uint32_t add_value(octet_graph *graph, octet_type type, int32_t n) {
    uint32_t v;
    good(octet_graph_add_value(&ctx, graph, "v", type, &(octet_shape){2, {1, n}}, &v));
    return v;
}

/* Weights [n_out,n_in], in float or rounded to int8 with a scale for each channel. */
static uint32_t add_weights(octet_graph *graph, octet_type type, const float *weights, int32_t n_out, int32_t n_in) {
    int8_t codes[N_HIDDEN * N_HIDDEN];
    float scales[N_HIDDEN];
    const int32_t zeros[N_HIDDEN] = {0};
    uint32_t v;
    const octet_shape shape = {2, {n_out, n_in}};
    for (int32_t o = 0; o < n_out; o++) {
        float largest = 0.0f;
        for (int32_t k = 0; k < n_in; k++) largest = fmaxf(largest, fabsf(weights[o * n_in + k]));
        scales[o] = largest / 127.0f;
        for (int32_t k = 0; k < n_in; k++) codes[o * n_in + k] = (int8_t)lroundf(weights[o * n_in + k] / scales[o]);
    }
    good(octet_graph_add_constant(&ctx, graph, "w", type, &shape, type == OCTET_FLOAT32 ? (const void *)weights : codes,
                                  &v));
    if (type != OCTET_FLOAT32) good(octet_value_set_quantization(&ctx, graph, v, (uint32_t)n_out, 0, scales, zeros));
    return v;
}

static void add_dense(octet_graph *graph, uint32_t x, uint32_t w, uint32_t y) {
    good(octet_graph_add_operator(&ctx, graph, OCTET_OP_FULLY_CONNECTED, "dense", (const uint32_t[]){x, w, OCTET_NONE},
                                  3, NULL, &y, 1, graph->n_operators, NULL));
}

/* dense, RELU, dense; the first N_COMPUTED values are computed. */
static octet_graph *make(octet_type type, const float *w1, const float *w2) {
    octet_graph *graph;
    good(octet_graph_create(&ctx, "g", &graph));
    const int32_t sizes[N_COMPUTED] = {N_IN, N_HIDDEN, N_HIDDEN, N_OUT};
    for (int i = 0; i < N_COMPUTED; i++) assert_int_equal(add_value(graph, type, sizes[i]), i);
    const uint32_t a = add_weights(graph, type, w1, N_HIDDEN, N_IN), b = add_weights(graph, type, w2, N_OUT, N_HIDDEN);
    add_dense(graph, X, a, HIDDEN);
    good(octet_graph_add_operator(&ctx, graph, OCTET_OP_RELU, "relu", (const uint32_t[]){HIDDEN}, 1, NULL,
                                  (const uint32_t[]){PASSED}, 1, graph->n_operators, NULL));
    add_dense(graph, PASSED, b, Y);
    return graph;
}

static octet_gain *find(const float *w1, const float *w2) {
    static uint32_t partner[N_COMPUTED + 2] = {X, HIDDEN, PASSED, Y, OCTET_NONE, OCTET_NONE};
    octet_gain *gains;
    octet_context_init(&ctx);
    real = make(OCTET_FLOAT32, first, second);
    quantized = make(OCTET_INT8, w1, w2);
    pairs = (octet_pairs){.partner = partner};
    good(octet_gains_find(&ctx, &arena, real, quantized, &pairs, &gains));
    return gains;
}

static void release(void) {
    octet_graph_destroy(&ctx, real);
    octet_graph_destroy(&ctx, quantized);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
}

static const float factors[N_HIDDEN] = {1.0f, 8.0f, 0.25f, 2.0f};

static void factors_are_found_and_taken_back(void **state) {
    float w1[N_HIDDEN * N_IN], w2[N_OUT * N_HIDDEN], numbers[2 * N_HIDDEN];
    (void)state;
    for (int i = 0; i < N_HIDDEN * N_IN; i++) w1[i] = first[i] * factors[i / N_IN];
    for (int i = 0; i < N_OUT * N_HIDDEN; i++) w2[i] = second[i] / factors[i % N_HIDDEN];
    const octet_gain *gains = find(w1, w2);
    assert_int_equal(gains[X].n, 0);
    assert_int_equal(gains[HIDDEN].n, N_HIDDEN);
    assert_memory_equal(gains[HIDDEN].factors, factors, sizeof factors);
    assert_ptr_equal(gains[PASSED].factors, gains[HIDDEN].factors);
    assert_int_equal(gains[Y].n, 0); /* the second layer takes them back */
    for (int i = 0; i < 2 * N_HIDDEN; i++) numbers[i] = 3.0f;
    octet_gain_multiply(&gains[HIDDEN], numbers, 2 * N_HIDDEN);
    for (int i = 0; i < 2 * N_HIDDEN; i++) assert_true(numbers[i] == 3.0f * factors[i % N_HIDDEN]);
    octet_gain_divide(&gains[HIDDEN], numbers, 2 * N_HIDDEN);
    for (int i = 0; i < 2 * N_HIDDEN; i++) assert_true(numbers[i] == 3.0f);
    octet_gain_multiply(&gains[Y], numbers, 2 * N_HIDDEN);
    assert_true(numbers[1] == 3.0f);
    release();
}

static void a_layer_that_keeps_them_hands_them_on(void **state) {
    float w1[N_HIDDEN * N_IN], w2[N_OUT * N_HIDDEN];
    (void)state;
    for (int i = 0; i < N_HIDDEN * N_IN; i++) w1[i] = 4.0f * first[i];
    for (int i = 0; i < N_OUT * N_HIDDEN; i++) w2[i] = second[i];
    const octet_gain *gains = find(w1, w2);
    assert_int_equal(gains[Y].n, N_OUT);
    assert_true(gains[Y].factors[0] == 4.0f && gains[Y].factors[1] == 4.0f);
    release();
}

static void rounding_and_other_weights_are_no_factors(void **state) {
    float other[N_HIDDEN * N_IN], w2[N_OUT * N_HIDDEN];
    (void)state;
    for (int i = 0; i < N_OUT * N_HIDDEN; i++) w2[i] = second[i] * 1.1f; /* no power of two */
    for (int i = 0; i < N_HIDDEN * N_IN; i++) other[i] = first[N_HIDDEN * N_IN - 1 - i] * (i % 2 == 0 ? 5.0f : -5.0f);
    const octet_gain *gains = find(first, w2);
    for (int v = 0; v < N_COMPUTED; v++) assert_int_equal(gains[v].n, 0);
    release();
    gains = find(other, second);
    for (int v = 0; v < N_COMPUTED; v++) assert_int_equal(gains[v].n, 0);
    release();
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(factors_are_found_and_taken_back),
                                       cmocka_unit_test(a_layer_that_keeps_them_hands_them_on),
                                       cmocka_unit_test(rounding_and_other_weights_are_no_factors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
