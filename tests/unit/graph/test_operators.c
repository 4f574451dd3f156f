/* The list of operators: its columns agree with each other and with what is computed from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "graph/options.h"
#include "graph/work.h"

/* Paths of options are "member.field". */
static void options_of_an_operator_lie_in_one_member(void **state) {
    (void)state;
    for (int i = 0; i < OCTET_N_OPERATORS; i++) {
        const octet_option_list list = octet_options_of((octet_operator_code)i);
        for (uint32_t k = 0; k < list.n; k++) {
            const size_t n = strcspn(list.items[0].path, ".");
            if (strncmp(list.items[k].path, list.items[0].path, n + 1) != 0)
                fail_msg("%s: %s", octet_operator_name((octet_operator_code)i), list.items[k].path);
        }
    }
}

static void operands_differ(void **state) {
    (void)state;
    for (int i = 0; i < OCTET_N_OPERATORS; i++) {
        const octet_operands operands = octet_operator_operands((octet_operator_code)i);
        assert_int_equal(operands.data < 0, operands.weights < 0);
        if (operands.weights < 0) {
            assert_true(operands.bias < 0 && operands.axis < 0);
            continue;
        }
        assert_true(operands.data != operands.weights && operands.bias != operands.data);
        assert_true(operands.bias != operands.weights && operands.axis < OCTET_MAX_RANK);
    }
}

/* An operator over inputs of these shapes, and its multiply-accumulates. */
static uint64_t macs_of(octet_operator_code code, const octet_options *options, const octet_shape *shapes, uint32_t n,
                        const octet_shape *result) {
    octet_value values[OCTET_LSTM_N_OPERANDS + 1] = {0};
    uint32_t inputs[OCTET_LSTM_N_OPERANDS], output = n;
    for (uint32_t i = 0; i < n; i++) {
        inputs[i] = shapes[i].rank == 0 ? OCTET_NONE : i;
        values[i].shape = shapes[i];
    }
    values[n].shape = *result;
    const octet_graph graph = {.values = values, .n_values = n + 1};
    const octet_operator op = {
        .code = code, .n_inputs = n, .inputs = inputs, .n_outputs = 1, .outputs = &output, .options = *options};
    return octet_operator_macs(&graph, &op);
}

static void macs_count_what_weights_meet(void **state) {
    (void)state;
    const octet_options none = {0};
    const octet_shape conv[] = {{4, {1, 8, 8, 3}}, {4, {5, 3, 3, 3}}}, convolved = {4, {1, 6, 6, 5}};
    assert_int_equal(macs_of(OCTET_OP_CONV_2D, &none, conv, 2, &convolved), 6 * 6 * 5 * 27);
    const octet_shape depth[] = {{4, {1, 8, 8, 3}}, {4, {1, 3, 3, 6}}}, deep = {4, {1, 6, 6, 6}};
    assert_int_equal(macs_of(OCTET_OP_DEPTHWISE_CONV_2D, &none, depth, 2, &deep), 6 * 6 * 6 * 9);
    const octet_shape volume[] = {{5, {1, 4, 8, 8, 3}}, {5, {2, 3, 3, 3, 5}}}, solid = {5, {1, 3, 6, 6, 5}};
    assert_int_equal(macs_of(OCTET_OP_CONV_3D, &none, volume, 2, &solid), 3 * 6 * 6 * 5 * 54);
    const octet_shape spread[] = {{1, {4}}, {4, {5, 3, 3, 2}}, {4, {1, 4, 4, 2}}}, wide = {4, {1, 9, 9, 5}};
    assert_int_equal(macs_of(OCTET_OP_TRANSPOSE_CONV, &none, spread, 3, &wide), 4 * 4 * 2 * 45);
    const octet_shape dense[] = {{2, {7, 10}}, {2, {4, 10}}}, rows = {2, {7, 4}};
    assert_int_equal(macs_of(OCTET_OP_FULLY_CONNECTED, &none, dense, 2, &rows), 7 * 4 * 10);
    assert_int_equal(macs_of(OCTET_OP_ADD, &none, dense, 2, &rows), 0);
    const octet_shape slope[] = {{2, {7, 10}}, {1, {10}}}, bent = {2, {7, 10}};
    assert_int_equal(macs_of(OCTET_OP_PRELU, &none, slope, 2, &bent), 0);
}

static void macs_of_products_and_sequences(void **state) {
    (void)state;
    const octet_options none = {0}, adjoint = {.batch_matmul = {.adj_x = true}};
    const octet_shape product[] = {{3, {2, 5, 6}}, {3, {2, 6, 7}}}, rows = {3, {2, 5, 7}};
    assert_int_equal(macs_of(OCTET_OP_BATCH_MATMUL, &none, product, 2, &rows), 2 * 5 * 7 * 6);
    const octet_shape turned[] = {{3, {2, 6, 5}}, {3, {2, 6, 7}}};
    assert_int_equal(macs_of(OCTET_OP_BATCH_MATMUL, &adjoint, turned, 2, &rows), 2 * 5 * 7 * 6);
    octet_shape lstm[OCTET_LSTM_N_OPERANDS] = {[OCTET_LSTM_INPUT] = {3, {1, 9, 4}}};
    for (int i = 0; i < 4; i++) {
        lstm[OCTET_LSTM_INPUT_WEIGHTS + i] = (octet_shape){2, {8, 4}};
        lstm[OCTET_LSTM_STATE_WEIGHTS + i] = (octet_shape){2, {8, 8}};
        lstm[OCTET_LSTM_BIASES + i] = (octet_shape){1, {8}};
    }
    const octet_shape sequence = {3, {1, 9, 8}};
    assert_int_equal(macs_of(OCTET_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, &none, lstm, OCTET_LSTM_N_OPERANDS, &sequence),
                     9 * 4 * (8 * 4 + 8 * 8));
    const octet_shape svdf[] = {{2, {1, 6}}, {2, {8, 6}}, {2, {8, 3}}, {0}, {2, {1, 24}}}, units = {2, {1, 8}};
    assert_int_equal(macs_of(OCTET_OP_SVDF, &none, svdf, OCTET_SVDF_N_OPERANDS, &units), 8 * 6 + 8 * 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {

        cmocka_unit_test(options_of_an_operator_lie_in_one_member),
        cmocka_unit_test(operands_differ),
        cmocka_unit_test(macs_count_what_weights_meet),
        cmocka_unit_test(macs_of_products_and_sequences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
