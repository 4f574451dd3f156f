/* What passes do around dense layers, convolutions and products of matrices, to equal operators and to comparisons. */
#include "support/graph_passes.h"

static uint32_t dense_with_bias(fixture *f, uint32_t x) {
    const octet_options options = {.fully_connected = {.keep_num_dims = false}};
    const uint32_t inputs[3] = {x, constant(f, "kernel", 0.1f, 0.01f, DIMS(2, 2)),
                                constant(f, "bias", 0.5f, 0.25f, DIMS(2))};
    return emit(f, OCTET_OP_FULLY_CONNECTED, &options, 3, inputs);
}

static bool has_bias(fixture *f, uint32_t k) { return octet_graph_input(f->graph, op(f, k), 2) != NULL; }

static void biases_of_dense_layers_go_forward(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    run(f, dense_with_bias(f, dense_with_bias(f, dense_with_bias(f, input(f, DIMS(1, 2))))));
    expect_operators(f, "FULLY_CONNECTED FULLY_CONNECTED FULLY_CONNECTED");
    assert_true(has_bias(f, 0) && !has_bias(f, 1) && has_bias(f, 2));
    const float kernel[2][2] = {{0.1f, 0.11f}, {0.12f, 0.13f}};
    for (int i = 0; i < 2; i++) {
        const float expected = 0.5f + 0.25f * (float)i + (0.5f * kernel[i][0] + 0.75f * kernel[i][1]);
        assert_true(fabsf(data(f, 2, 2)[i] - expected) <= 1e-6f);
    }
}

/* TensorFlow has fused the activation by then. */
static void a_bias_before_dense_and_relu_stays(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    uint32_t x = input(f, DIMS(1, 2));
    for (int i = 0; i < 3; i++) x = dense_with_bias(f, x);
    run(f, unary(f, OCTET_OP_RELU6, x));
    expect_operators(f, "FULLY_CONNECTED FULLY_CONNECTED FULLY_CONNECTED");
    assert_true(!has_bias(f, 0) && has_bias(f, 1) && has_bias(f, 2));
}

static void a_bias_behind_an_activation_stays(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    run(f, dense_with_bias(f, unary(f, OCTET_OP_RELU, dense_with_bias(f, input(f, DIMS(1, 2))))));
    assert_true(has_bias(f, 0) && has_bias(f, 1));
}

static void batch_normalization_before_dense_folds(void **state) {
    fixture *f = *state;
    run(f, dense_with_bias(f, batch_normalization(f, input(f, DIMS(1, 2)))));
    expect_operators(f, "FULLY_CONNECTED");
    const float second = 1.3f + -0.4f * 1.0f, off = -0.2f + 0.5f * 1.0f;
    assert_true(data(f, 0, 1)[0] == 0.1f * 1.3f);
    assert_true(data(f, 0, 1)[1] == (0.1f + 0.01f) * second);
    const double bias = 0.5 + -0.2 * 0.1 + (double)off * 0.11;
    assert_true(fabs((double)data(f, 0, 2)[0] - bias) < 1e-7);
}

/* TensorFlow adds a vector to a bias only where there is one; a number makes one. */
static void a_summand_before_dense_without_bias_stays(void **state) {
    fixture *f = *state;
    run(f, dense(f, batch_normalization(f, input(f, DIMS(1, 2))), 2, false));
    expect_operators(f, "MUL ADD FULLY_CONNECTED");
}

static void a_number_before_dense_without_bias_folds(void **state) {
    fixture *f = *state;
    run(f, dense(f, binary(f, OCTET_OP_ADD, input(f, DIMS(1, 2)), constant(f, "off", 2.0f, 0.0f, DIMS(1))), 2, false));
    expect_operators(f, "FULLY_CONNECTED");
    assert_true(fabsf(data(f, 0, 2)[0] - 2.0f * (0.1f + 0.11f)) < 1e-6f);
}

static uint32_t scaled(fixture *f, float step) {
    return binary(f, OCTET_OP_MUL, input(f, DIMS(1, 4, 4, 2)), constant(f, "m", 0.5f, step, DIMS(2)));
}

/* Behind a layer whose result others read too, equal numbers are one, and one goes into the next convolution. */
static void equal_factors_between_convolutions_fold(void **state) {
    fixture *f = *state;
    const uint32_t c = conv(f, input(f, DIMS(1, 4, 4, 2)));
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, c, "z"));
    run(f, conv(f, binary(f, OCTET_OP_MUL, c, constant(f, "m", 0.5f, 0.0f, DIMS(2)))));
    expect_operators(f, "CONV_2D CONV_2D");
    assert_true(data(f, 1, 1)[0] == 0.1f * 0.5f);
}

static void equal_summands_behind_a_shared_layer_are_one_number(void **state) {
    fixture *f = *state;
    const uint32_t c = conv(f, input(f, DIMS(1, 4, 4, 2)));
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, c, "z"));
    run(f, binary(f, OCTET_OP_ADD, c, constant(f, "off", 0.5f, 0.0f, DIMS(2))));
    expect_operators(f, "CONV_2D ADD");
    assert_int_equal(octet_graph_input(f->graph, op(f, 1), 1)->shape.rank, 0);
}

static void equal_factors_behind_no_layer_stay(void **state) {
    fixture *f = *state;
    run(f, conv(f, scaled(f, 0.0f)));
    expect_operators(f, "MUL CONV_2D");
    assert_int_equal(octet_graph_input(f->graph, op(f, 0), 1)->shape.rank, 1);
}

static void different_factors_before_a_convolution_stay(void **state) {
    fixture *f = *state;
    run(f, conv(f, scaled(f, 0.25f)));
    expect_operators(f, "MUL CONV_2D");
}

/* Upwards by two, without bias. */
static uint32_t transposed(fixture *f, uint32_t x) {
    const octet_options options = {.transpose_conv = {.padding = OCTET_PADDING_VALID, .stride_w = 2, .stride_h = 2}};
    const uint32_t inputs[3] = {integers(f, 4, (const int32_t[]){1, 8, 8, 3}),
                                constant(f, "kernel", 0.1f, 0.01f, DIMS(3, 2, 2, 2)), x};
    return emit(f, OCTET_OP_TRANSPOSE_CONV, &options, 3, inputs);
}

static void a_transposed_convolution_takes_no_factor_and_without_bias_no_activation(void **state) {
    fixture *f = *state;
    run(f, unary(f, OCTET_OP_RELU, transposed(f, scaled(f, 0.0f))));
    expect_operators(f, "MUL TRANSPOSE_CONV RELU");
}

static uint32_t joined(fixture *f, uint32_t x, int32_t axis) {
    const octet_options options = {.concatenation = {.axis = axis}};
    return emit(f, OCTET_OP_CONCATENATION, &options, 2, (const uint32_t[]){x, x});
}

static void equal_operators_with_equal_options_are_one(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 2, 2));
    const uint32_t same = binary(f, OCTET_OP_ADD, joined(f, x, 1), unary(f, OCTET_OP_TANH, joined(f, x, 1)));
    const uint32_t other = unary(f, OCTET_OP_EXP, joined(f, x, 2));
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, other, "z"));
    run(f, same);
    expect_operators(f, "CONCATENATION TANH ADD CONCATENATION EXP");
}

static void batch_normalization_between_dense_layers_goes_forward(void **state) {
    fixture *f = *state;
    f->graph->is_traced = true;
    run(f, dense_with_bias(f, batch_normalization(f, dense_with_bias(f, input(f, DIMS(1, 2))))));
    expect_operators(f, "FULLY_CONNECTED FULLY_CONNECTED");
    assert_true(!has_bias(f, 0) && has_bias(f, 1));
    const float m[2] = {1.3f, 1.3f + -0.4f * 1.0f}, kernel[4] = {0.1f, 0.11f, 0.12f, 0.13f};
    for (int i = 0; i < 4; i++) {
        const float w = data(f, 0, 1)[i], folded = w * m[i % 2];
        assert_true(fabsf(w - kernel[i]) <= 1e-7f && data(f, 1, 1)[i] == folded);
    }
}

static void a_turned_operand_of_a_product_is_a_flag(void **state) {
    fixture *f = *state;
    const octet_options options = {.batch_matmul = {.adj_y = true}};
    const uint32_t x = input(f, DIMS(1, 3, 4)),
                   turned = binary(f, OCTET_OP_TRANSPOSE, x, integers(f, 3, (const int32_t[]){0, 2, 1}));
    const uint32_t y = unary(f, OCTET_OP_EXP, x),
                   other = binary(f, OCTET_OP_TRANSPOSE, y, integers(f, 3, (const int32_t[]){0, 2, 1}));
    run(f, emit(f, OCTET_OP_BATCH_MATMUL, &options, 2, (const uint32_t[]){turned, other}));
    expect_operators(f, "EXP BATCH_MATMUL");
    assert_true(op(f, 1)->options.batch_matmul.adj_x && !op(f, 1)->options.batch_matmul.adj_y);
}

static void the_opposite_of_a_comparison_is_one(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, DIMS(1, 3)), zero = constant(f, "zero", 0.0f, 0.0f, DIMS(1));
    run(f, unary(f, OCTET_OP_LOGICAL_NOT, binary(f, OCTET_OP_LESS, x, zero)));
    expect_operators(f, "GREATER_EQUAL");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(biases_of_dense_layers_go_forward),
        CASE(a_bias_before_dense_and_relu_stays),
        CASE(a_bias_behind_an_activation_stays),
        CASE(batch_normalization_before_dense_folds),
        CASE(a_summand_before_dense_without_bias_stays),
        CASE(a_number_before_dense_without_bias_folds),
        CASE(equal_factors_between_convolutions_fold),
        CASE(equal_summands_behind_a_shared_layer_are_one_number),
        CASE(equal_factors_behind_no_layer_stay),
        CASE(different_factors_before_a_convolution_stay),
        CASE(a_transposed_convolution_takes_no_factor_and_without_bias_no_activation),
        CASE(equal_operators_with_equal_options_are_one),
        CASE(batch_normalization_between_dense_layers_goes_forward),
        CASE(a_turned_operand_of_a_product_is_a_flag),
        CASE(the_opposite_of_a_comparison_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
