/* Float activations with int8 weights. Rows whose largest number is 127 (from -128 to 127 where they have a zero point)
 * are quantized without an error, so results are exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/one_operator.h"

static one_result r;

static operand weights(octet_shape shape, const int8_t *data) {
    return (operand){OCTET_INT8, shape, data, true, 0.5f, 0};
}
static operand biases(octet_shape shape, const float *data) {
    return (operand){OCTET_FLOAT32, shape, data, true, 0, 0};
}

static void one_scale_goes_into_the_rows(void **state) {
    (void)state;
    const octet_options options = {
        .conv_2d = {.padding = OCTET_PADDING_VALID, .stride_w = 1, .stride_h = 1, .dilation_w = 1, .dilation_h = 1}};
    const operand operands[] = {F32(DIMS(1, 2, 3, 1), 127, -3, 50, 4, -5, 6),
                                weights(DIMS(2, 1, 2, 1), (const int8_t[]){1, 2, -3, 4}),
                                biases(DIMS(2), (const float[]){10, -1})};
    for (uint32_t threads = 1; threads <= 2; threads++) {
        one_run(OCTET_OP_CONV_2D, &options, operands, 3, NULL, 1, threads, &r);
        ONE_EXPECT(r, float, DIMS(1, 2, 2, 2), 70.5f, -197.5f, 58.5f, 103.5f, 7, -17, 13.5f, 18.5f);
    }
}

static void groups_have_rows_with_a_zero_point(void **state) {
    (void)state;
    octet_options options = {.conv_2d = {.padding = OCTET_PADDING_VALID,
                                         .stride_w = 1,
                                         .stride_h = 1,
                                         .dilation_w = 1,
                                         .dilation_h = 1,
                                         .activation = OCTET_ACTIVATION_RELU}};
    const operand operands[] = {F32(DIMS(1, 1, 2, 2), 127, -128, -4, -5),
                                weights(DIMS(2, 1, 1, 1), (const int8_t[]){3, -2})};
    one_run(OCTET_OP_CONV_2D, &options, operands, 2, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(1, 1, 2, 2), 190.5f, 128, 0, 5);
}

static void depthwise(void **state) {
    (void)state;
    const octet_options options = {.depthwise_conv_2d = {.padding = OCTET_PADDING_VALID,
                                                         .stride_w = 1,
                                                         .stride_h = 1,
                                                         .dilation_w = 1,
                                                         .dilation_h = 1,
                                                         .depth_multiplier = 1}};
    const operand operands[] = {F32(DIMS(1, 1, 2, 2), 127, -128, 4, -5),
                                weights(DIMS(1, 1, 2, 2), (const int8_t[]){3, -2, 1, 4}),
                                biases(DIMS(2), (const float[]){1, 2})};
    one_run(OCTET_OP_DEPTHWISE_CONV_2D, &options, operands, 3, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(1, 1, 1, 2), 193.5f, 120);
}

static void transposed(void **state) {
    (void)state;
    const octet_options options = {.transpose_conv = {.padding = OCTET_PADDING_VALID, .stride_w = 2, .stride_h = 1}};
    const operand operands[] = {I32(1, 1, 4, 1), weights(DIMS(1, 1, 2, 1), (const int8_t[]){2, 1}),
                                F32(DIMS(1, 1, 2, 1), 127, -128), biases(DIMS(1), (const float[]){0.25f})};
    one_run(OCTET_OP_TRANSPOSE_CONV, &options, operands, 4, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(1, 1, 4, 1), 127.25f, 63.75f, -127.75f, -63.75f);
}

static void fully_connected(void **state) {
    (void)state;
    octet_options options = {.fully_connected = {.asymmetric_quantize_inputs = false}};
    const operand symmetric[] = {F32(DIMS(2, 2), 127, -3, -5, 127), weights(DIMS(2, 2), (const int8_t[]){1, -2, 3, 4}),
                                 biases(DIMS(2), (const float[]){0.5f, -1})};
    one_run(OCTET_OP_FULLY_CONNECTED, &options, symmetric, 3, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(2, 2), 67, 183.5f, -129, 245.5f);
    options.fully_connected.asymmetric_quantize_inputs = true;
    const operand asymmetric[] = {F32(DIMS(2, 2), 127, -128, 255, 0),
                                  weights(DIMS(2, 2), (const int8_t[]){1, -2, 3, 4}),
                                  biases(DIMS(2), (const float[]){0.5f, -1})};
    one_run(OCTET_OP_FULLY_CONNECTED, &options, asymmetric, 3, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(2, 2), 192, -66.5f, 128, 381.5f);
}

static void a_row_of_zeros_gives_the_bias(void **state) {
    (void)state;
    const octet_options options = {.fully_connected = {.asymmetric_quantize_inputs = true}};
    const operand operands[] = {F32(DIMS(1, 2), 0, 0), weights(DIMS(1, 2), (const int8_t[]){127, 127}),
                                biases(DIMS(1), (const float[]){3.25f})};
    one_run(OCTET_OP_FULLY_CONNECTED, &options, operands, 3, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(1, 1), 3.25f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_scale_goes_into_the_rows),
        cmocka_unit_test(groups_have_rows_with_a_zero_point),
        cmocka_unit_test(depthwise),
        cmocka_unit_test(transposed),
        cmocka_unit_test(fully_connected),
        cmocka_unit_test(a_row_of_zeros_gives_the_bias),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
