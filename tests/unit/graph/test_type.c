#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "graph/graph.h"

static octet_shape shape(int32_t rank, int32_t a, int32_t b, int32_t c) {
    return octet_shape_make(rank, (const int32_t[]){a, b, c});
}

static void limits_are_those_of_quantized_types(void **state) {
    (void)state;
    static const struct {
        octet_type type;
        int32_t low, high;
    } rows[] = {{OCTET_INT8, -128, 127}, {OCTET_UINT8, 0, 255}, {OCTET_INT16, -32768, 32767}};
    for (int type = 0; type < OCTET_N_TYPES; type++) {
        int32_t low = 1, high = 1, want_low = 0, want_high = 0;
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if ((int)rows[i].type == type) want_low = rows[i].low, want_high = rows[i].high;
        octet_type_limits((octet_type)type, &low, &high);
        assert_int_equal(low, want_low);
        assert_int_equal(high, want_high);
        assert_int_equal(octet_type_is_quantized((octet_type)type), want_high != 0);
    }
}

static void shapes_broadcast_as_in_numpy(void **state) {
    (void)state;
    octet_shape a = shape(3, 4, 1, 5), b = shape(2, 3, 1, 0), common, scalar = {0};
    assert_true(octet_shape_broadcast(&a, &b, &common));
    assert_true(octet_shape_equal(&common, &(octet_shape){3, {4, 3, 5}}));
    assert_true(octet_shape_broadcast(&scalar, &b, &common));
    assert_true(octet_shape_equal(&common, &b));
    const octet_shape empty = shape(1, 0, 0, 0), two = shape(1, 2, 0, 0), three = shape(1, 3, 0, 0);
    assert_true(octet_shape_broadcast(&empty, &(octet_shape){1, {1}}, &common));
    assert_int_equal(octet_shape_elements(&common), 0);
    assert_false(octet_shape_broadcast(&empty, &two, &common));
    assert_false(octet_shape_broadcast(&two, &three, &common));
    assert_true(octet_shape_broadcast(&b, &a, &a)); /* the result in an operand's place */
    assert_true(octet_shape_equal(&a, &(octet_shape){3, {4, 3, 5}}));
}

static void sizes_and_axes(void **state) {
    (void)state;
    const octet_shape s = shape(3, 2, 3, 4), none = shape(2, 0, 7, 0);
    assert_int_equal(octet_shape_bytes(&s, OCTET_INT8), 24);
    assert_int_equal(octet_shape_bytes(&s, OCTET_FLOAT16), 48);
    assert_int_equal(octet_shape_bytes(&s, OCTET_INT64), 192);
    assert_int_equal(octet_shape_bytes(&none, OCTET_FLOAT32), 0);
    assert_int_equal(octet_value_bytes(&(octet_value){.type = OCTET_COMPLEX64, .shape = s}), 192);
    for (int32_t axis = 0; axis < 3; axis++) {
        assert_int_equal(octet_axis_from_start(axis, 3), axis);
        assert_int_equal(octet_axis_from_start(axis - 3, 3), axis);
    }
}

/* What is set is read; an operator without room has none, whatever its options hold. */
static void activations_stand_in_the_options(void **state) {
    (void)state;
    static const octet_operator_code with[] = {OCTET_OP_CONV_2D,
                                               OCTET_OP_DEPTHWISE_CONV_2D,
                                               OCTET_OP_TRANSPOSE_CONV,
                                               OCTET_OP_CONV_3D,
                                               OCTET_OP_FULLY_CONNECTED,
                                               OCTET_OP_ADD,
                                               OCTET_OP_SUB,
                                               OCTET_OP_MUL,
                                               OCTET_OP_DIV,
                                               OCTET_OP_AVERAGE_POOL_2D,
                                               OCTET_OP_MAX_POOL_2D,
                                               OCTET_OP_L2_POOL_2D,
                                               OCTET_OP_CONCATENATION,
                                               OCTET_OP_L2_NORMALIZATION,
                                               OCTET_OP_SVDF};
    for (int code = 0; code < OCTET_N_OPERATORS; code++) {
        octet_operator op = {.code = (octet_operator_code)code};
        bool has_room = false;
        for (size_t i = 0; i < sizeof with / sizeof *with; i++) has_room = has_room || (int)with[i] == code;
        if (has_room) {
            assert_int_equal(octet_operator_activation(&op), OCTET_ACTIVATION_NONE);
            octet_operator_set_activation(&op, OCTET_ACTIVATION_RELU6);
            assert_int_equal(octet_operator_activation(&op), OCTET_ACTIVATION_RELU6);
        } else {
            memset(&op.options, 1, sizeof op.options);
            assert_int_equal(octet_operator_activation(&op), OCTET_ACTIVATION_NONE);
        }
    }
    octet_operator conv = {.code = OCTET_OP_CONV_2D};
    octet_operator_set_activation(&conv, OCTET_ACTIVATION_RELU);
    assert_int_equal(conv.options.conv_2d.activation, OCTET_ACTIVATION_RELU);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_those_of_quantized_types),
        cmocka_unit_test(shapes_broadcast_as_in_numpy),
        cmocka_unit_test(sizes_and_axes),
        cmocka_unit_test(activations_stand_in_the_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
