/* What passes do around dense layers and products of matrices, and to comparisons. */
#include "support/graph_passes.h"

static uint32_t dense_with_bias(fixture *f, uint32_t x) {
    const octet_options options = {.fully_connected = {.keep_num_dims = false}};
    const uint32_t inputs[3] = {x, constant(f, "kernel", 0.1f, 0.01f, DIMS(2, 2)), constant(f, "bias", 0.5f, 0.25f, DIMS(2))};
    return emit(f, OCTET_OP_FULLY_CONNECTED, &options, 3, inputs);
}

static bool has_bias(fixture *f, uint32_t k) { return octet_graph_input(f->graph, op(f, k), 2) != NULL; }

static void biases_of_dense_layers_go_forward(void **state) {
    fixture *f = *state;
    f->graph->keras_version = 3;
    run(f, dense_with_bias(f, dense_with_bias(f, dense_with_bias(f, input(f, DIMS(1, 2))))));
    expect_operators(f, "FULLY_CONNECTED FULLY_CONNECTED FULLY_CONNECTED");
    assert_true(has_bias(f, 0) && !has_bias(f, 1) && has_bias(f, 2));
    const float kernel[2][2] = {{0.1f, 0.11f}, {0.12f, 0.13f}};
    for (int i = 0; i < 2; i++) {
        const float expected = 0.5f + 0.25f * (float)i + (0.5f * kernel[i][0] + 0.75f * kernel[i][1]);
        assert_true(fabsf(data(f, 2, 2)[i] - expected) <= 1e-6f);
    }
}

static void a_bias_behind_an_activation_stays(void **state) {
    fixture *f = *state;
    f->graph->keras_version = 3;
    run(f, dense_with_bias(f, unary(f, OCTET_OP_RELU, dense_with_bias(f, input(f, DIMS(1, 2))))));
    assert_true(has_bias(f, 0) && has_bias(f, 1));
}

static void batch_normalization_between_dense_layers_goes_forward(void **state) {
    fixture *f = *state;
    f->graph->keras_version = 2;
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
    const uint32_t x = input(f, DIMS(1, 3, 4)), turned = binary(f, OCTET_OP_TRANSPOSE, x, integers(f, 3, (const int32_t[]){0, 2, 1}));
    const uint32_t y = unary(f, OCTET_OP_EXP, x), other = binary(f, OCTET_OP_TRANSPOSE, y, integers(f, 3, (const int32_t[]){0, 2, 1}));
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
        CASE(a_bias_behind_an_activation_stays),
        CASE(batch_normalization_between_dense_layers_goes_forward),
        CASE(a_turned_operand_of_a_product_is_a_flag),
        CASE(the_opposite_of_a_comparison_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
