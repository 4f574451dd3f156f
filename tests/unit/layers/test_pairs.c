/* Two graphs of one network are paired: by names, by structure, and where only both together tell. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "layers/names.h"
#include "layers/pairs.h"
#include "layers/ports.h"
#include "layers/segment.h"

static octet_context ctx;
static octet_graph *real, *quantized;
static octet_arena arena;
static octet_pairs pairs;

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx.message);
}

static int setup(void **state) {
    (void)state;
    octet_context_init(&ctx);
    good(octet_graph_create(&ctx, "real", &real));
    good(octet_graph_create(&ctx, "quantized", &quantized));
    return 0;
}

static int teardown(void **state) {
    (void)state;
    octet_graph_destroy(&ctx, real);
    octet_graph_destroy(&ctx, quantized);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
    return 0;
}

static uint32_t value(octet_graph *graph, const char *name, octet_type type, int32_t n) {
    const float scale = 0.5f;
    const int32_t zero = 0;
    uint32_t v;
    good(octet_graph_add_value(&ctx, graph, name, type, &(octet_shape){2, {1, n}}, &v));
    if (type == OCTET_INT8) good(octet_value_set_quantization(&ctx, graph, v, 1, 0, &scale, &zero));
    return v;
}

static uint32_t input(octet_graph *graph, int32_t n) {
    const uint32_t v = value(graph, "in", graph == real ? OCTET_FLOAT32 : OCTET_INT8, n);
    good(octet_graph_add_input(&ctx, graph, v, "in"));
    return v;
}

/* An operator with one result of n elements, of the graph's type. */
static uint32_t add(octet_graph *graph, octet_operator_code code, const char *name, uint32_t a, uint32_t b, int32_t n) {
    const octet_type type = graph == real || code == OCTET_OP_DEQUANTIZE ? OCTET_FLOAT32 : OCTET_INT8;
    const uint32_t inputs[] = {a, b}, result = value(graph, name, type, n);
    good(octet_graph_add_operator(&ctx, graph, code, name, inputs, b == OCTET_NONE ? 1 : 2, NULL, &result, 1,
                                  OCTET_NONE, NULL));
    return result;
}

static uint32_t one(octet_graph *graph, octet_operator_code code, const char *name, uint32_t a, int32_t n) {
    return add(graph, code, name, a, OCTET_NONE, n);
}

static uint32_t weights(octet_graph *graph, float w) {
    const octet_shape shape = {2, {4, 4}};
    const float floats[16] = {w, 1, 0, -w};
    const int8_t bytes[16] = {(int8_t)(2 * w), 2, 0, (int8_t)(-2 * w)};
    const float scale = 0.5f;
    const int32_t zero = 0;
    uint32_t v;
    if (graph == real) {
        good(octet_graph_add_constant(&ctx, graph, "w", OCTET_FLOAT32, &shape, floats, &v));
        return v;
    }
    good(octet_graph_add_constant(&ctx, graph, "w", OCTET_INT8, &shape, bytes, &v));
    good(octet_value_set_quantization(&ctx, graph, v, 1, 0, &scale, &zero));
    return v;
}

static void output(octet_graph *graph, uint32_t v) { good(octet_graph_add_output(&ctx, graph, v, "out")); }

static void find(void) { good(octet_pairs_find(&ctx, &arena, real, quantized, &pairs)); }

static void names_pair_what_structure_cannot(void **state) {
    (void)state;
    uint32_t r[3], q[3];
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    r[0] = one(real, OCTET_OP_RELU, "m/a/Relu", x, 4);
    r[1] = one(real, OCTET_OP_TANH, "m/b/Tanh", r[0], 4);
    r[2] = one(real, OCTET_OP_RELU, "m/c/Relu;m/d/add", r[1], 4);
    q[0] = one(quantized, OCTET_OP_RELU, "m/a/Relu", one(quantized, OCTET_OP_ABS, "m/b/Tanh", y, 4), 4);
    q[1] = one(quantized, OCTET_OP_NEG, "other", q[0], 4); /* m/b/Tanh is of another kind, its name does not count */
    q[2] = one(quantized, OCTET_OP_RELU, "m/c/Relu;m/c/bias", q[1], 4);
    find();
    assert_int_equal(pairs.partner[y], x);
    assert_int_equal(pairs.partner[q[0]], r[0]);
    assert_int_equal(pairs.partner[q[2]], r[2]);
    assert_int_equal(pairs.n_names, 2);
    assert_int_equal(pairs.partner[q[1]], r[1]); /* what q[2] reads, back from it */
    assert_int_equal(pairs.n_structure, 1);
}

/* Other names everywhere, another order, QUANTIZE and DEQUANTIZE in between, RESHAPE dropped, MEAN for a pool. */
static void structure_pairs_what_names_cannot(void **state) {
    (void)state;
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    const uint32_t a = one(real, OCTET_OP_RELU, "a", x, 4), b = one(real, OCTET_OP_TANH, "b", x, 4);
    const uint32_t sum = add(real, OCTET_OP_ADD, "sum", a, b, 4);
    const uint32_t pool = one(real, OCTET_OP_AVERAGE_POOL_2D, "pool", sum, 2);
    const uint32_t flat = one(real, OCTET_OP_RESHAPE, "flat", pool, 2);
    const uint32_t last = one(real, OCTET_OP_LOGISTIC, "last", flat, 2);
    const uint32_t t1 = one(quantized, OCTET_OP_TANH, "1", y, 4), t2 = one(quantized, OCTET_OP_RELU, "2", y, 4);
    const uint32_t t3 = one(quantized, OCTET_OP_QUANTIZE, "3", t1, 4);
    const uint32_t t4 = add(quantized, OCTET_OP_ADD, "4", t3, t2, 4);
    const uint32_t t5 = one(quantized, OCTET_OP_MEAN, "5", t4, 2);
    const uint32_t t6 = one(quantized, OCTET_OP_LOGISTIC, "6", t5, 2);
    const uint32_t t7 = one(quantized, OCTET_OP_DEQUANTIZE, "7", t6, 2);
    output(real, last);
    output(quantized, t7);
    find();
    assert_int_equal(pairs.partner[t1], b);
    assert_int_equal(pairs.partner[t2], a);
    assert_int_equal(pairs.partner[t3], b);
    assert_int_equal(pairs.partner[t4], sum);
    assert_int_equal(pairs.partner[t5], pool);
    assert_int_equal(pairs.partner[t6], last);
    assert_int_equal(pairs.partner[t7], last);
    assert_int_equal(pairs.taken[flat], OCTET_NONE);
}

/* Two layers that read the same and are alike: the weights tell them apart. */
static void weights_tell_twins_apart(void **state) {
    (void)state;
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    const uint32_t a = add(real, OCTET_OP_FULLY_CONNECTED, "a", x, weights(real, 3.0f), 4);
    const uint32_t b = add(real, OCTET_OP_FULLY_CONNECTED, "b", x, weights(real, -5.0f), 4);
    const uint32_t p = add(quantized, OCTET_OP_FULLY_CONNECTED, "p", y, weights(quantized, -5.0f), 4);
    const uint32_t q = add(quantized, OCTET_OP_FULLY_CONNECTED, "q", y, weights(quantized, 3.0f), 4);
    find();
    assert_int_equal(pairs.partner[p], b);
    assert_int_equal(pairs.partner[q], a);
}

/* Back from the output, where forward is barred. */
static void structure_goes_back_from_results(void **state) {
    (void)state;
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    const uint32_t a = one(real, OCTET_OP_RELU, "a", x, 4), b = one(real, OCTET_OP_TANH, "b", a, 4);
    const uint32_t p = one(quantized, OCTET_OP_MAXIMUM, "p", y, 4), q = one(quantized, OCTET_OP_TANH, "q", p, 4);
    output(real, b);
    output(quantized, q);
    find();
    assert_int_equal(pairs.partner[q], b);
    assert_int_equal(pairs.partner[p], a);
}

static void another_network_has_no_partners(void **state) {
    (void)state;
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    one(real, OCTET_OP_RELU, "a", x, 4);
    const uint32_t p = one(quantized, OCTET_OP_TANH, "p", y, 2), q = one(quantized, OCTET_OP_RELU, "a", y, 2);
    find();
    assert_int_equal(pairs.partner[p], OCTET_NONE);
    assert_int_equal(pairs.partner[q], OCTET_NONE); /* the name is the same, the size is not */
}

/* The float operators between what the quantized operator reads and its result. */
static void segments_hold_what_the_operator_computes(void **state) {
    (void)state;
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    const uint32_t a = one(real, OCTET_OP_RELU, "a", x, 4), flat = one(real, OCTET_OP_RESHAPE, "flat", a, 4);
    const uint32_t b = one(real, OCTET_OP_TANH, "b", flat, 4);
    const uint32_t p = one(quantized, OCTET_OP_RELU, "p", y, 4), q = one(quantized, OCTET_OP_TANH, "q", p, 4);
    octet_segment segment;
    find();
    assert_int_equal(pairs.partner[q], b);
    good(octet_segment_find(&ctx, &arena, real, quantized, &pairs, b, quantized->values[q].producer, &segment));
    assert_true(segment.is_known);
    assert_int_equal(segment.n_operators, 2);
    assert_int_equal(segment.operators[0], real->values[flat].producer);
    assert_int_equal(segment.operators[1], real->values[b].producer);
    assert_int_equal(segment.n_feeds, 1);
    assert_int_equal(segment.feeds[0].real, a);
    assert_int_equal(segment.feeds[0].quantized, p);
    /* An operator that reads less than the float one needs. */
    good(octet_segment_find(&ctx, &arena, real, quantized, &pairs, b, quantized->values[p].producer, &segment));
    assert_true(segment.is_known); /* it goes on back to the input, which p's operator reads */
    assert_int_equal(segment.n_operators, 3);
}

static uint32_t input_named(octet_graph *graph, const char *name, int32_t n) {
    const uint32_t v = value(graph, name, graph == real ? OCTET_FLOAT32 : OCTET_INT8, n);
    good(octet_graph_add_input(&ctx, graph, v, name));
    return v;
}

/* a - b in both; the quantized graph has its inputs the other way round. */
static void build_difference(const char *a, const char *b, int32_t n_b) {
    const uint32_t x = input_named(real, "a", 4), y = input_named(real, "b", 4);
    const uint32_t q = input_named(quantized, b, n_b), p = input_named(quantized, a, 4);
    add(real, OCTET_OP_SUB, "r", x, y, 4);
    add(quantized, OCTET_OP_SUB, "s", one(quantized, OCTET_OP_QUANTIZE, "t", p, 4), q, 4);
}

static void inputs_go_by_name(void **state) {
    (void)state;
    uint32_t *order;
    build_difference("b", "a", 4);
    good(octet_ports_match_inputs(&ctx, &arena, real, quantized, &order));
    assert_int_equal(order[0], 0); /* although it is read second */
    assert_int_equal(order[1], 1);
}

static void inputs_without_names_go_by_use(void **state) {
    (void)state;
    uint32_t *order;
    build_difference("tensor_1", "tensor_2", 4);
    good(octet_ports_match_inputs(&ctx, &arena, real, quantized, &order));
    assert_int_equal(order[0], 1);
    assert_int_equal(order[1], 0);
}

static void inputs_of_other_shapes_go_by_place(void **state) {
    (void)state;
    uint32_t *order;
    build_difference("tensor_1", "tensor_2", 1);
    good(octet_ports_match_inputs(&ctx, &arena, real, quantized, &order));
    assert_int_equal(order[0], 0);
    assert_int_equal(order[1], 1);
}

/* A layer that nothing else leads to. */
static void layers_go_by_weights(void **state) {
    (void)state;
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    const uint32_t a = one(real, OCTET_OP_COS, "a", x, 4), p = one(quantized, OCTET_OP_SIN, "p", y, 4);
    const uint32_t b = add(real, OCTET_OP_FULLY_CONNECTED, "b", a, weights(real, 3.1f), 4);
    const uint32_t c = add(real, OCTET_OP_FULLY_CONNECTED, "c", a, weights(real, 9.0f), 4);
    const uint32_t q = add(quantized, OCTET_OP_FULLY_CONNECTED, "q", p, weights(quantized, 3.0f), 4);
    one(real, OCTET_OP_COS, "d", b, 2), one(real, OCTET_OP_COS, "e", c, 2), one(quantized, OCTET_OP_SIN, "s", q, 2);
    find();
    assert_int_equal(pairs.partner[q], b);
    assert_int_equal(pairs.partner[p], a);
    assert_int_equal(pairs.n_weights_all, 1);
    assert_int_equal(pairs.n_weights, 1);
}

/* A layer whose bias an ADD behind it adds: the ADD has its result, and adds the error of both. */
static void a_bias_may_be_added_behind(void **state) {
    (void)state;
    const float b[4] = {1, 2, 3, 4}, scale = 0.5f;
    const int8_t c[4] = {2, 4, 6, 8};
    const int32_t zero = 0;
    const octet_shape four = {1, {4}};
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    uint32_t bias, constant;
    good(octet_graph_add_constant(&ctx, real, "b", OCTET_FLOAT32, &four, b, &bias));
    good(octet_graph_add_constant(&ctx, quantized, "c", OCTET_INT8, &four, c, &constant));
    good(octet_value_set_quantization(&ctx, quantized, constant, 1, 0, &scale, &zero));
    const uint32_t inputs[] = {x, weights(real, 3.0f), bias}, f = value(real, "f", OCTET_FLOAT32, 4);
    good(octet_graph_add_operator(&ctx, real, OCTET_OP_FULLY_CONNECTED, "f", inputs, 3, NULL, &f, 1, OCTET_NONE, NULL));
    const uint32_t product = add(quantized, OCTET_OP_FULLY_CONNECTED, "f", y, weights(quantized, 3.0f), 4);
    const uint32_t sum = add(quantized, OCTET_OP_ADD, "s", product, constant, 4);
    octet_segment segment;
    find();
    assert_int_equal(pairs.partner[product], OCTET_NONE);
    assert_int_equal(pairs.partner[sum], f);
    good(octet_segment_find(&ctx, &arena, real, quantized, &pairs, f, quantized->values[sum].producer, &segment));
    assert_true(segment.is_known);
    assert_int_equal(segment.n_feeds, 1);
    assert_int_equal(segment.feeds[0].quantized, y);
}

/* One name, one operand, another operator. */
static void forms_of_an_operator_go_by_name(void **state) {
    (void)state;
    const uint32_t x = input(real, 4), y = input(quantized, 4);
    const uint32_t a = one(real, OCTET_OP_ABS, "a", x, 4), b = one(real, OCTET_OP_NEG, "n/neg", a, 4);
    const uint32_t p = one(quantized, OCTET_OP_ABS, "p", y, 4), q = one(quantized, OCTET_OP_COS, "n/neg", p, 4);
    one(real, OCTET_OP_SQRT, "c", b, 2), one(quantized, OCTET_OP_SIN, "d", q, 2);
    find();
    assert_int_equal(pairs.partner[p], a);
    assert_int_equal(pairs.partner[q], b);
}

/* Values of as many elements in another layout are none of one network. */
static void layouts_have_to_agree(void **state) {
    (void)state;
    const octet_shape four = {2, {2, 2}};
    const uint32_t x = input(real, 4), y = input(quantized, 4), inputs[] = {y};
    uint32_t q;
    one(real, OCTET_OP_RELU, "a", x, 4);
    good(octet_graph_add_value(&ctx, quantized, "a", OCTET_INT8, &four, &q));
    good(octet_graph_add_operator(&ctx, quantized, OCTET_OP_RELU, "a", inputs, 1, NULL, &q, 1, OCTET_NONE, NULL));
    find();
    assert_int_equal(pairs.partner[q], OCTET_NONE);
}

static void layers_are_named_as_people_name_them(void **state) {
    (void)state;
    static const char *const cases[][2] = {{"model/conv2d_1/BiasAdd;model/conv2d_1/Conv2D", "conv2d_1"},
                                           {"dense/MatMul", "dense"},
                                           {"f/block/1/conv/Relu6", "block/1/conv"},
                                           {"Identity", "Identity"},
                                           {"", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *layer;
        good(octet_name_layer(&ctx, &arena, cases[i][0], &layer));
        assert_string_equal(layer, cases[i][1]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_pair_what_structure_cannot, setup, teardown),
        cmocka_unit_test_setup_teardown(structure_pairs_what_names_cannot, setup, teardown),
        cmocka_unit_test_setup_teardown(weights_tell_twins_apart, setup, teardown),
        cmocka_unit_test_setup_teardown(structure_goes_back_from_results, setup, teardown),
        cmocka_unit_test_setup_teardown(another_network_has_no_partners, setup, teardown),
        cmocka_unit_test_setup_teardown(segments_hold_what_the_operator_computes, setup, teardown),
        cmocka_unit_test_setup_teardown(inputs_go_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(inputs_without_names_go_by_use, setup, teardown),
        cmocka_unit_test_setup_teardown(inputs_of_other_shapes_go_by_place, setup, teardown),
        cmocka_unit_test_setup_teardown(layers_go_by_weights, setup, teardown),
        cmocka_unit_test_setup_teardown(a_bias_may_be_added_behind, setup, teardown),
        cmocka_unit_test_setup_teardown(forms_of_an_operator_go_by_name, setup, teardown),
        cmocka_unit_test_setup_teardown(layouts_have_to_agree, setup, teardown),
        cmocka_unit_test_setup_teardown(layers_are_named_as_people_name_them, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
