/* Operators on uint8 tensors, as TensorFlow 1 quantized them: where their arithmetic is not that of int8. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "support/one_operator.h"

#define U8(shape_, scale_, zero_, ...) \
    ((operand){OCTET_UINT8, shape_, (const uint8_t[]){__VA_ARGS__}, false, scale_, zero_})
#define WEIGHTS(shape_, scale_, zero_, ...) \
    ((operand){OCTET_UINT8, shape_, (const uint8_t[]){__VA_ARGS__}, true, scale_, zero_})

static one_result r;

static void run(octet_operator_code code, const octet_options *options, const operand *operands, uint32_t n,
                operand output) {
    one_run(code, options, operands, n, &output, 1, 1, &r);
    if (r.status != OCTET_OK) fail_msg("%s", r.message);
}

/* 3x3 windows over 3x3 cells, padded by the zero point; weights with a zero point of their own. Real scales: 0.5 * 0.25
 * / 4. */
static void test_conv(void **state) {
    (void)state;
    const octet_options conv = {
        .conv_2d = {.padding = OCTET_PADDING_SAME, .stride_w = 1, .stride_h = 1, .dilation_w = 1, .dilation_h = 1}};
    const octet_options depthwise = {.depthwise_conv_2d = {.padding = OCTET_PADDING_SAME,
                                                           .stride_w = 1,
                                                           .stride_h = 1,
                                                           .dilation_w = 1,
                                                           .dilation_h = 1,
                                                           .depth_multiplier = 1}};
    static const uint8_t x[9] = {0, 255, 17, 130, 128, 99, 3, 250, 40}, w[9] = {255, 0, 7, 100, 131, 201, 90, 13, 254};
    const operand operands[3] = {{OCTET_UINT8, DIMS(1, 3, 3, 1), x, false, 0.5f, 128},
                                 {OCTET_UINT8, DIMS(1, 3, 3, 1), w, true, 0.25f, 131},
                                 I32(-77)};
    uint8_t want[9];
    for (int i = 0; i < 9; i++) {
        int sum = -77;
        for (int tap = 0; tap < 9; tap++) {
            const int y = i / 3 + tap / 3 - 1, column = i % 3 + tap % 3 - 1;
            if (y >= 0 && y < 3 && column >= 0 && column < 3) sum += (x[y * 3 + column] - 128) * (w[tap] - 131);
        }
        const int q = (int)round(sum / 128.0) + 120;
        want[i] = (uint8_t)(q < 0 ? 0 : q > 255 ? 255 : q);
    }
    const operand output = U8(DIMS(1, 3, 3, 1), 16.0f, 120, 0);
    run(OCTET_OP_CONV_2D, &conv, operands, 3, output);
    assert_memory_equal(r.data[0], want, 9);
    run(OCTET_OP_DEPTHWISE_CONV_2D, &depthwise, operands, 3, output);
    assert_memory_equal(r.data[0], want, 9);
}

/* A tie of the sum times 1/16, in fixed point; int8's rounding in double
 * agrees here, the zero points are what is tested. */
static void test_fully_connected(void **state) {
    (void)state;
    const operand operands[] = {U8(DIMS(1, 2), 1.0f, 10, 12, 250),
                                WEIGHTS(DIMS(3, 2), 0.0625f, 200, 204, 200, 200, 201, 0, 255), I32(0, 0, 8)};
    run(OCTET_OP_FULLY_CONNECTED, NULL, operands, 3, U8(DIMS(1, 3), 1.0f, 100, 0));
    /* 2 * 4 / 16 = 0.5; 240 / 16 = 15; (2 * -200 + 240 * 55 + 8) / 16 = 800.5, too large */
    ONE_EXPECT(r, uint8_t, DIMS(1, 3), 101, 115, 255);
}

/* Half up from q = 0: below the zero point too, where int8 rounds down. */
static void test_average(void **state) {
    (void)state;
    const octet_options pool = {
        .pool_2d = {.padding = OCTET_PADDING_VALID, .stride_w = 2, .stride_h = 1, .filter_w = 2, .filter_h = 1}};
    const operand x = U8(DIMS(1, 1, 4, 1), 0.5f, 128, 100, 101, 200, 201);
    run(OCTET_OP_AVERAGE_POOL_2D, &pool, &x, 1, U8(DIMS(1, 1, 2, 1), 0.5f, 128, 0));
    ONE_EXPECT(r, uint8_t, DIMS(1, 1, 2, 1), 101, 201);
    run(OCTET_OP_MAX_POOL_2D, &pool, &x, 1, U8(DIMS(1, 1, 2, 1), 0.5f, 128, 0));
    ONE_EXPECT(r, uint8_t, DIMS(1, 1, 2, 1), 101, 201);
}

static void test_concatenation(void **state) {
    (void)state;
    const octet_options last = {.concatenation = {.axis = 1}};
    const operand parts[] = {U8(DIMS(2, 1), 1.0f, 0, 7, 9), U8(DIMS(2, 2), 0.5f, 128, 128, 129, 0, 255),
                             U8(DIMS(2, 1), 4.0f, 0, 3, 200)};
    run(OCTET_OP_CONCATENATION, &last, parts, 3, U8(DIMS(2, 4), 1.0f, 0, 0));
    ONE_EXPECT(r, uint8_t, DIMS(2, 4), 7, 0, 1, 12, 9, 0, 64, 255); /* 0.5 and 63.5 go up */
}

static void test_resize(void **state) {
    (void)state;
    const octet_options align = {.resize = {.align_corners = true}};
    const operand operands[] = {U8(DIMS(1, 1, 2, 1), 0.5f, 128, 0, 255), I32(1, 3)};
    run(OCTET_OP_RESIZE_BILINEAR, &align, operands, 2, U8(DIMS(1, 1, 3, 1), 0.5f, 128, 0));
    ONE_EXPECT(r, uint8_t, DIMS(1, 1, 3, 1), 0, 128, 255);
}

static void test_others(void **state) {
    (void)state;
    const operand pair[] = {U8(DIMS(4), 0.5f, 128, 130, 0, 255, 128), U8(DIMS(4), 0.5f, 128, 131, 0, 255, 120)};
    run(OCTET_OP_ADD, NULL, pair, 2, U8(DIMS(4), 1.0f, 100, 0));
    ONE_EXPECT(r, uint8_t, DIMS(4), 103, 0, 227, 96); /* 2.5 goes up */
    run(OCTET_OP_GREATER, NULL, pair, 2, (operand){0});
    ONE_EXPECT(r, uint8_t, DIMS(4), 0, 0, 0, 1);
    const operand operands[] = {U8(DIMS(1, 3), 0.5f, 128, 0, 200, 255), I32(1)};
    run(OCTET_OP_ARG_MAX, &(octet_options){.arg = {.out = OCTET_INT32}}, operands, 2, (operand){0});
    ONE_EXPECT(r, int32_t, DIMS(1), 2);
    one_run(OCTET_OP_NEG, NULL, operands, 1, &operands[0], 1, 1, &r); /* no runtime has it */
    assert_int_equal(r.status, OCTET_UNSUPPORTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conv),          cmocka_unit_test(test_fully_connected), cmocka_unit_test(test_average),
        cmocka_unit_test(test_concatenation), cmocka_unit_test(test_resize),          cmocka_unit_test(test_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
