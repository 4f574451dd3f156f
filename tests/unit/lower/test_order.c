/* Operators along an axis and by index, on cases small enough to read. Random ones: tests/interop/stress_order.py. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/one_operator.h"

#define INDEX(value) ((operand){OCTET_INT32, {0}, (const int32_t[]){value}, true, 0, 0})

static one_result r;

static void run(octet_operator_code code, const octet_options *options, const operand *operands, uint32_t n,
                uint32_t n_outputs) {
    one_run(code, options, operands, n, NULL, n_outputs, 2, &r);
    if (r.status != OCTET_OK) fail_msg("%s", r.message);
}

/* Of equal ones the first comes first. */
static void test_top_k(void **state) {
    (void)state;
    const operand operands[] = {S32(DIMS(2, 5), 3, 7, 3, 9, 7, -1, -5, -1, -1, -9), INDEX(3)};
    run(OCTET_OP_TOPK_V2, NULL, operands, 2, 2);
    ONE_EXPECT(r, int32_t, DIMS(2, 3), 9, 7, 7, -1, -1, -1);
    assert_memory_equal(r.data[1], ((const int32_t[]){3, 1, 4, 0, 2, 3}), 6 * sizeof(int32_t));
    const operand too_many[] = {operands[0], INDEX(6)};
    one_run(OCTET_OP_TOPK_V2, NULL, too_many, 2, NULL, 2, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
}

static void test_cumsum(void **state) {
    (void)state;
    const operand rows[] = {F32(DIMS(2, 3), 1, 2, 4, 8, 16, 32), INDEX(-1)};
    const operand columns[] = {S32(DIMS(2, 3), 1, 2, 4, 8, 16, INT32_MAX), INDEX(0)};
    run(OCTET_OP_CUMSUM, NULL, rows, 2, 1);
    ONE_EXPECT(r, float, DIMS(2, 3), 1, 3, 7, 8, 24, 56);
    run(OCTET_OP_CUMSUM, &(octet_options){.cumsum = {.exclusive = true, .reverse = true}}, rows, 2, 1);
    ONE_EXPECT(r, float, DIMS(2, 3), 6, 4, 0, 48, 32, 0);
    run(OCTET_OP_CUMSUM, NULL, columns, 2, 1);
    ONE_EXPECT(r, int32_t, DIMS(2, 3), 1, 2, 4, 9, 18, INT32_MIN + 3);
}

static void test_one_hot(void **state) {
    (void)state;
    const operand operands[] = {S64(DIMS(2, 2), 1, 0, 5, -1), INDEX(2), F32(DIMS(1), 1), F32(DIMS(1), -1)};
    run(OCTET_OP_ONE_HOT, &(octet_options){.one_hot = {.axis = 1}}, operands, 4, 1);
    ONE_EXPECT(r, float, DIMS(2, 2, 2), -1, 1, 1, -1, -1, -1, -1, -1);
    run(OCTET_OP_ONE_HOT, &(octet_options){.one_hot = {.axis = -1}}, operands, 4, 1);
    ONE_EXPECT(r, float, DIMS(2, 2, 2), -1, 1, 1, -1, -1, -1, -1, -1);
}

/* Updates of one place add up; one outside is left out. */
static void test_scatter(void **state) {
    (void)state;
    const operand operands[] = {S32(DIMS(4, 1), 2, 0, 2, 3), F32(DIMS(4, 2), 1, 2, 3, 4, 5, 6, 7, 8), I32(3, 2)};
    run(OCTET_OP_SCATTER_ND, NULL, operands, 3, 1);
    ONE_EXPECT(r, float, DIMS(3, 2), 3, 4, 0, 0, 6, 8);
    const operand wrong[] = {operands[0], operands[1], I32(3, 3)};
    one_run(OCTET_OP_SCATTER_ND, NULL, wrong, 3, NULL, 1, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
}

/* A start that is too far is moved. */
static void test_update_slice(void **state) {
    (void)state;
    const operand operands[] = {S8(DIMS(3, 3), 0.5f, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9), S8(DIMS(2, 1), 0.5f, 1, -1, -2),
                                S32(DIMS(2), 9, 1)};
    const operand output = S8(DIMS(3, 3), 0.5f, 1, 0);
    one_run(OCTET_OP_DYNAMIC_UPDATE_SLICE, NULL, operands, 3, &output, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(3, 3), 1, 2, 3, 4, -1, 6, 7, -2, 9);
}

static void test_others(void **state) {
    (void)state;
    const operand flags[] = {BOOL(DIMS(2, 2), 1, 1, 1, 0), I32(1)}, x = F32(DIMS(1, 1, 2, 2), 3, -2, 4, 0.5f);
    run(OCTET_OP_REDUCE_ALL, NULL, flags, 2, 1);
    ONE_EXPECT(r, uint8_t, DIMS(2), 1, 0);
    run(OCTET_OP_RELU_0_TO_1, NULL, &x, 1, 1);
    ONE_EXPECT(r, float, DIMS(1, 1, 2, 2), 1, 0, 1, 0.5f);
    const octet_options pool = {
        .pool_2d = {.padding = OCTET_PADDING_VALID, .stride_w = 1, .stride_h = 1, .filter_w = 2, .filter_h = 1}};
    const operand cells = F32(DIMS(1, 1, 2, 1), 1, 7);
    run(OCTET_OP_L2_POOL_2D, &pool, &cells, 1, 1);
    ONE_EXPECT(r, float, DIMS(1, 1, 1, 1), 5);
    const octet_options normalization = {.local_response = {.radius = 1, .bias = 0, .alpha = 1, .beta = 0.5f}};
    run(OCTET_OP_LOCAL_RESPONSE_NORMALIZATION, &normalization, &x, 1, 1); /* a channel and the one before it */
    ONE_EXPECT(r, float, DIMS(1, 1, 2, 2), 1, -2 * 0.2773500978946686f, 1, 0.5f * 0.24806946516036987f);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_top_k),        cmocka_unit_test(test_cumsum),
                                       cmocka_unit_test(test_one_hot),      cmocka_unit_test(test_scatter),
                                       cmocka_unit_test(test_update_slice), cmocka_unit_test(test_others)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
