#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "support/one_operator.h"

/* Comparison, selection, casts, resizing and the operators on shapes. */

static one_result r;
static const octet_options none;

#define RUN(code, options, ...)                                                                                      \
    one_run(code, options, (const operand[]){__VA_ARGS__}, sizeof((const operand[]){__VA_ARGS__}) / sizeof(operand), \
            NULL, 1, 1, &r)

static void compares(void **state) {
    (void)state;
    RUN(OCTET_OP_LESS, &none, F32(DIMS(3), 1, 2, NAN), F32(DIMS(1), 2));
    ONE_EXPECT(r, uint8_t, DIMS(3), 1, 0, 0);
    RUN(OCTET_OP_NOT_EQUAL, &none, S64(DIMS(2), 1, INT64_MAX), S64(DIMS(2), 1, -1));
    ONE_EXPECT(r, uint8_t, DIMS(2), 0, 1);
    /* 1.0 and 0.5 * 2: equal as real numbers. */
    RUN(OCTET_OP_EQUAL, &none, S8(DIMS(2), 0.5f, 1, 3, 4), S8(DIMS(1), 0.25f, 0, 4));
    ONE_EXPECT(r, uint8_t, DIMS(2), 1, 0);
    RUN(OCTET_OP_LOGICAL_AND, &none, BOOL(DIMS(2, 1), 0, 1), BOOL(DIMS(2), 0, 1));
    ONE_EXPECT(r, uint8_t, DIMS(2, 2), 0, 0, 0, 1);
    RUN(OCTET_OP_LOGICAL_NOT, &none, BOOL(DIMS(2), 0, 1));
    ONE_EXPECT(r, uint8_t, DIMS(2), 1, 0);
    RUN(OCTET_OP_LOGICAL_OR, &none, F32(DIMS(1), 1), F32(DIMS(1), 1));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_LESS, &none, BOOL(DIMS(1), 1), S32(DIMS(1), 1));
    assert_int_equal(r.status, OCTET_MODEL);
}

static void selects(void **state) {
    (void)state;
    RUN(OCTET_OP_SELECT, &none, BOOL(DIMS(2), 1, 0), F32(DIMS(2, 2), 1, 2, 3, 4), F32(DIMS(2, 2), 5, 6, 7, 8));
    ONE_EXPECT(r, float, DIMS(2, 2), 1, 2, 7, 8);
    RUN(OCTET_OP_SELECT_V2, &none, BOOL(DIMS(2), 1, 0), F32(DIMS(1), 9), F32(DIMS(2, 2), 5, 6, 7, 8));
    ONE_EXPECT(r, float, DIMS(2, 2), 9, 6, 9, 8);
    RUN(OCTET_OP_SELECT, &none, BOOL(DIMS(3), 1, 0, 1), F32(DIMS(2), 1, 2), F32(DIMS(2), 5, 6));
    assert_int_equal(r.status, OCTET_MODEL);
}

static void casts(void **state) {
    (void)state;
    octet_options o = {.cast = {.in = OCTET_FLOAT32, .out = OCTET_INT8}};
    RUN(OCTET_OP_CAST, &o, F32(DIMS(6), 1.9f, -1.9f, 300, -300, NAN, -0.5f));
    ONE_EXPECT(r, int8_t, DIMS(6), 1, -1, 127, -128, 127, 0);
    o.cast.out = OCTET_INT32;
    RUN(OCTET_OP_CAST, &o, F32(DIMS(3), 3e9f, -3e9f, 16777216));
    ONE_EXPECT(r, int32_t, DIMS(3), INT32_MAX, INT32_MIN, 16777216);
    o.cast.out = OCTET_BOOL;
    RUN(OCTET_OP_CAST, &o, S32(DIMS(3), 0, 2, -1));
    ONE_EXPECT(r, uint8_t, DIMS(3), 0, 1, 1);
    o.cast.out = OCTET_INT16;
    RUN(OCTET_OP_CAST, &o, S32(DIMS(2), 65537, -1));
    ONE_EXPECT(r, int16_t, DIMS(2), 1, -1);
}

static void resizes(void **state) {
    (void)state;
    octet_options o = {.resize = {.align_corners = true}};
    RUN(OCTET_OP_RESIZE_BILINEAR, &o, F32(DIMS(1, 2, 2, 1), 0, 2, 4, 6), I32(3, 3));
    ONE_EXPECT(r, float, DIMS(1, 3, 3, 1), 0, 1, 2, 2, 3, 4, 4, 5, 6);
    const operand x = S8(DIMS(1, 2, 2, 1), 1.0f, 0, 0, 2, 4, 6);
    one_run(OCTET_OP_RESIZE_BILINEAR, &o, (const operand[]){x, I32(3, 3)}, 2, &x, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(1, 3, 3, 1), 0, 1, 2, 2, 3, 4, 4, 5, 6);
    o = (octet_options){.resize = {.half_pixel_centers = true}};
    RUN(OCTET_OP_RESIZE_NEAREST_NEIGHBOR, &o, F32(DIMS(1, 1, 4, 1), 0, 1, 2, 3), I32(2, 2));
    ONE_EXPECT(r, float, DIMS(1, 2, 2, 1), 1, 3, 1, 3);
    RUN(OCTET_OP_RESIZE_NEAREST_NEIGHBOR, &none, F32(DIMS(1, 1, 4, 1), 0, 1, 2, 3), I32(1, 2));
    ONE_EXPECT(r, float, DIMS(1, 1, 2, 1), 0, 2);
    o.resize.align_corners = true;
    RUN(OCTET_OP_RESIZE_NEAREST_NEIGHBOR, &o, F32(DIMS(1, 1, 1, 1), 0), I32(1, 2));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_RESIZE_BILINEAR, &none, F32(DIMS(1, 1, 1, 1), 0), I32(0, 2));
    assert_int_equal(r.status, OCTET_MODEL);
}

/* A constant of one number. */
#define FIXED(type, data) ((operand){type, DIMS(1), data, true, 0, 0})

static void shapes_as_values(void **state) {
    (void)state;
    octet_options o = {.shape = {.out = OCTET_INT64}};
    RUN(OCTET_OP_SHAPE, &o, F32(DIMS(1, 3), 1, 2, 3));
    ONE_EXPECT(r, int64_t, DIMS(2), 1, 3);
    RUN(OCTET_OP_SHAPE, &none, F32(DIMS(1, 3), 1, 2, 3));
    ONE_EXPECT(r, int32_t, DIMS(2), 1, 3);
    RUN(OCTET_OP_FILL, &none, I32(2, 2), F32(DIMS(1), 7));
    ONE_EXPECT(r, float, DIMS(2, 2), 7, 7, 7, 7);
    RUN(OCTET_OP_FILL, &none, I32(-1), F32(DIMS(1), 7));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_RANGE, &none, I32(5), I32(-2), I32(-3));
    ONE_EXPECT(r, int32_t, DIMS(3), 5, 2, -1);
    RUN(OCTET_OP_RANGE, &none, FIXED(OCTET_FLOAT32, (const float[]){1}), FIXED(OCTET_FLOAT32, (const float[]){2.2f}),
        FIXED(OCTET_FLOAT32, (const float[]){0.5f}));
    ONE_EXPECT(r, float, DIMS(3), 1, 1.5f, 2);
    RUN(OCTET_OP_RANGE, &none, FIXED(OCTET_INT64, (const int64_t[]){-1}), FIXED(OCTET_INT64, (const int64_t[]){8}),
        FIXED(OCTET_INT64, (const int64_t[]){4}));
    ONE_EXPECT(r, int64_t, DIMS(3), -1, 3, 7);
    RUN(OCTET_OP_RANGE, &none, I32(0), I32(5), I32(0));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_RANGE, &none, I32(0), I32(5), I32(-1));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_BROADCAST_ARGS, &none, S64(DIMS(1), 5), S64(DIMS(2), 2, 1));
    ONE_EXPECT(r, int64_t, DIMS(2), 2, 5);
    RUN(OCTET_OP_BROADCAST_ARGS, &none, S32(DIMS(2), 3, 1), S32(DIMS(3), 2, 1, 4));
    ONE_EXPECT(r, int32_t, DIMS(3), 2, 3, 4);
    const operand out = {.scale = 1.0f, .zero_point = -5};
    one_run(OCTET_OP_ZEROS_LIKE, &none, (const operand[]){S8(DIMS(2), 1.0f, 3, 1, 2)}, 1, &out, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(2), -5, -5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compares), cmocka_unit_test(selects),          cmocka_unit_test(casts),
        cmocka_unit_test(resizes),  cmocka_unit_test(shapes_as_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
