#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "support/one_operator.h"

static one_result r;

#define RUN(code, options, ...)                                                                                      \
    one_run(code, options, (const operand[]){__VA_ARGS__}, sizeof((const operand[]){__VA_ARGS__}) / sizeof(operand), \
            NULL, 1, 1, &r)

static const octet_options none;

static void reshapes_move_nothing(void **state) {
    (void)state;
    RUN(OCTET_OP_RESHAPE, &none, F32(DIMS(2, 3), 1, 2, 3, 4, 5, 6), I32(3, -1));
    ONE_EXPECT(r, float, DIMS(3, 2), 1, 2, 3, 4, 5, 6);
    RUN(OCTET_OP_RESHAPE, &none, F32(DIMS(2, 3), 1, 2, 3, 4, 5, 6), I32(4, -1));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_RESHAPE, &none, F32(DIMS(2, 3), 1, 2, 3, 4, 5, 6), I32(-1, -1));
    assert_int_equal(r.status, OCTET_MODEL);
    octet_options o = {.squeeze = {.n_dims = 1, .dims = {-1}}};
    RUN(OCTET_OP_SQUEEZE, &o, F32(DIMS(1, 2, 1), 1, 2));
    ONE_EXPECT(r, float, DIMS(1, 2), 1, 2);
    RUN(OCTET_OP_SQUEEZE, &none, F32(DIMS(1, 2, 1), 1, 2));
    ONE_EXPECT(r, float, DIMS(2), 1, 2);
    RUN(OCTET_OP_EXPAND_DIMS, &none, F32(DIMS(2), 1, 2), I32(-1));
    ONE_EXPECT(r, float, DIMS(2, 1), 1, 2);
}

static void transposes(void **state) {
    (void)state;
    RUN(OCTET_OP_TRANSPOSE, &none, S8(DIMS(2, 3), 1.0f, 0, 1, 2, 3, 4, 5, 6), I32(1, 0));
    ONE_EXPECT(r, int8_t, DIMS(3, 2), 1, 4, 2, 5, 3, 6);
    RUN(OCTET_OP_TRANSPOSE, &none, F32(DIMS(2, 1, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8), I32(3, 1, 0, 2));
    ONE_EXPECT(r, float, DIMS(2, 1, 2, 2), 1, 3, 5, 7, 2, 4, 6, 8);
    RUN(OCTET_OP_TRANSPOSE, &none, F32(DIMS(1, 2), 1, 2), I32(0, 0));
    assert_int_equal(r.status, OCTET_MODEL);
}

static void slices(void **state) {
    (void)state;
    const operand x = S32(DIMS(3, 4), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    RUN(OCTET_OP_SLICE, &none, x, I32(1, 1), I32(-1, 2));
    ONE_EXPECT(r, int32_t, DIMS(2, 2), 5, 6, 9, 10);
    RUN(OCTET_OP_SLICE, &none, x, I32(1, 1), I32(3, 2));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_STRIDED_SLICE, &none, x, I32(-1, 3), I32(0, 0), I32(-2, -2));
    ONE_EXPECT(r, int32_t, DIMS(1, 2), 11, 9);
    octet_options o = {.strided_slice = {.begin_mask = 1, .end_mask = 3}};
    RUN(OCTET_OP_STRIDED_SLICE, &o, x, I32(7, 2), I32(7, 0), I32(-1, 1));
    ONE_EXPECT(r, int32_t, DIMS(3, 2), 10, 11, 6, 7, 2, 3);
    o = (octet_options){.strided_slice = {.shrink_axis_mask = 1}};
    RUN(OCTET_OP_STRIDED_SLICE, &o, x, I32(-2), I32(0), I32(1));
    ONE_EXPECT(r, int32_t, DIMS(4), 4, 5, 6, 7);
    RUN(OCTET_OP_STRIDED_SLICE, &o, x, I32(3), I32(4), I32(1));
    assert_int_equal(r.status, OCTET_MODEL);
    /* [newaxis, ..., 2:3] */
    o = (octet_options){.strided_slice = {.new_axis_mask = 1, .ellipsis_mask = 2}};
    RUN(OCTET_OP_STRIDED_SLICE, &o, x, I32(0, 0, 2), I32(0, 0, 3), I32(1, 1, 1));
    ONE_EXPECT(r, int32_t, DIMS(1, 3, 1), 2, 6, 10);
    RUN(OCTET_OP_STRIDED_SLICE, &none, x, I32(0), I32(2), I32(0));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_STRIDED_SLICE, &none, x, I32(2), I32(1), I32(1));
    one_expect_shape(&r, 0, DIMS(0, 4));
}

static void pads_with_what_stands_for_zero(void **state) {
    (void)state;
    const operand pads = {OCTET_INT32, DIMS(2, 2), (const int32_t[]){1, 0, 0, 2}, true, 0, 0};
    RUN(OCTET_OP_PAD, &none, F32(DIMS(1, 2), 1, 2), pads);
    ONE_EXPECT(r, float, DIMS(2, 4), 0, 0, 0, 0, 1, 2, 0, 0);
    const operand x = S8(DIMS(1, 2), 0.5f, -3, 1, 2), y = x;
    one_run(OCTET_OP_PAD, &none, (const operand[]){x, pads}, 2, &y, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(2, 4), -3, -3, -3, -3, 1, 2, -3, -3);
    const operand other = S8(DIMS(1), 0.25f, -3, 0);
    one_run(OCTET_OP_PAD, &none, (const operand[]){x, pads}, 2, &other, 1, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
    operand nine = F32(DIMS(1), 9);
    nine.is_constant = true;
    RUN(OCTET_OP_PADV2, &none, F32(DIMS(1, 2), 1, 2), pads, nine);
    ONE_EXPECT(r, float, DIMS(2, 4), 9, 9, 9, 9, 1, 2, 9, 9);
}

static void mirrors(void **state) {
    (void)state;
    const operand pads = {OCTET_INT32, DIMS(1, 2), (const int32_t[]){2, 1}, true, 0, 0};
    RUN(OCTET_OP_MIRROR_PAD, &none, F32(DIMS(3), 1, 2, 3), pads);
    ONE_EXPECT(r, float, DIMS(6), 3, 2, 1, 2, 3, 2);
    const octet_options o = {.mirror_pad = {.symmetric = true}};
    RUN(OCTET_OP_MIRROR_PAD, &o, F32(DIMS(3), 1, 2, 3), pads);
    ONE_EXPECT(r, float, DIMS(6), 2, 1, 1, 2, 3, 3);
    const operand many = {OCTET_INT32, DIMS(1, 2), (const int32_t[]){3, 1}, true, 0, 0};
    RUN(OCTET_OP_MIRROR_PAD, &none, F32(DIMS(3), 1, 2, 3), many);
    assert_int_equal(r.status, OCTET_MODEL);
}

static void joins_and_splits(void **state) {
    (void)state;
    octet_options o = {.concatenation = {.axis = -1}};
    RUN(OCTET_OP_CONCATENATION, &o, F32(DIMS(2, 1), 1, 2), F32(DIMS(2, 2), 3, 4, 5, 6));
    ONE_EXPECT(r, float, DIMS(2, 3), 1, 3, 4, 2, 5, 6);
    RUN(OCTET_OP_CONCATENATION, &o, F32(DIMS(2, 1), 1, 2), F32(DIMS(1, 2), 3, 4));
    assert_int_equal(r.status, OCTET_MODEL);
    o = (octet_options){.pack = {.axis = 1, .count = 2}};
    RUN(OCTET_OP_PACK, &o, S32(DIMS(2), 1, 2), S32(DIMS(2), 3, 4));
    ONE_EXPECT(r, int32_t, DIMS(2, 2), 1, 3, 2, 4);
    one_run(OCTET_OP_UNPACK, &o, (const operand[]){S32(DIMS(2, 2), 1, 2, 3, 4)}, 1, NULL, 2, 1, &r);
    ONE_EXPECT(r, int32_t, DIMS(2), 1, 3);
    assert_memory_equal(r.data[1], ((const int32_t[]){2, 4}), 8);
    one_run(OCTET_OP_SPLIT, &none, (const operand[]){I32(1), F32(DIMS(2, 2), 1, 2, 3, 4)}, 2, NULL, 2, 1, &r);
    ONE_EXPECT(r, float, DIMS(2, 1), 1, 3);
    one_run(OCTET_OP_SPLIT_V, &none, (const operand[]){F32(DIMS(4), 1, 2, 3, 4), I32(1, -1), I32(0)}, 3, NULL, 2, 1,
            &r);
    ONE_EXPECT(r, float, DIMS(1), 1);
    one_expect_shape(&r, 1, DIMS(3));
    assert_memory_equal(r.data[1], ((const float[]){2, 3, 4}), 12);
    one_run(OCTET_OP_SPLIT, &none, (const operand[]){I32(0), F32(DIMS(3), 1, 2, 3)}, 2, NULL, 2, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
}

static void repeats(void **state) {
    (void)state;
    RUN(OCTET_OP_TILE, &none, F32(DIMS(2, 2), 1, 2, 3, 4), I32(2, 2));
    ONE_EXPECT(r, float, DIMS(4, 4), 1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4);
    RUN(OCTET_OP_BROADCAST_TO, &none, S8(DIMS(2, 1), 1.0f, 0, 5, 6), I32(2, 2, 3));
    ONE_EXPECT(r, int8_t, DIMS(2, 2, 3), 5, 5, 5, 6, 6, 6, 5, 5, 5, 6, 6, 6);
    RUN(OCTET_OP_BROADCAST_TO, &none, S8(DIMS(2, 1), 1.0f, 0, 5, 6), I32(3, 1));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_REVERSE_V2, &none, F32(DIMS(2, 2), 1, 2, 3, 4), I32(-1));
    ONE_EXPECT(r, float, DIMS(2, 2), 2, 1, 4, 3);
}

static void gathers_and_clamps(void **state) {
    (void)state;
    octet_options o = {.gather = {.axis = 1}};
    RUN(OCTET_OP_GATHER, &o, F32(DIMS(2, 3), 1, 2, 3, 4, 5, 6), S32(DIMS(2), 2, 0));
    ONE_EXPECT(r, float, DIMS(2, 2), 3, 1, 6, 4);
    RUN(OCTET_OP_GATHER, &o, F32(DIMS(2, 3), 1, 2, 3, 4, 5, 6), S64(DIMS(2), INT64_MAX, -9));
    ONE_EXPECT(r, float, DIMS(2, 2), 3, 1, 6, 4);
    o = (octet_options){.gather = {.axis = 1, .batch_dims = 1}};
    RUN(OCTET_OP_GATHER, &o, F32(DIMS(2, 3), 1, 2, 3, 4, 5, 6), S32(DIMS(2, 1), 2, 0));
    ONE_EXPECT(r, float, DIMS(2, 1), 3, 4);
    RUN(OCTET_OP_GATHER_ND, &none, F32(DIMS(2, 2), 1, 2, 3, 4), S32(DIMS(2, 2), 1, 0, 9, -9));
    ONE_EXPECT(r, float, DIMS(2), 3, 3);
    o = (octet_options){.gather = {.axis = 2}};
    RUN(OCTET_OP_GATHER, &o, F32(DIMS(2, 1), 1, 2), S32(DIMS(1), 0));
    assert_int_equal(r.status, OCTET_MODEL);
}

static void moves_between_batch_depth_and_space(void **state) {
    (void)state;
    const operand square = F32(DIMS(1, 2, 2, 1), 1, 2, 3, 4), block = I32(2, 2);
    const operand nothing = {OCTET_INT32, DIMS(2, 2), (const int32_t[]){0, 0, 0, 0}, true, 0, 0};
    const operand edges = {OCTET_INT32, DIMS(2, 2), (const int32_t[]){1, 1, 0, 0}, true, 0, 0};
    RUN(OCTET_OP_SPACE_TO_BATCH_ND, &none, square, block, nothing);
    ONE_EXPECT(r, float, DIMS(4, 1, 1, 1), 1, 2, 3, 4);
    RUN(OCTET_OP_SPACE_TO_BATCH_ND, &none, square, block, edges);
    ONE_EXPECT(r, float, DIMS(4, 2, 1, 1), 0, 3, 0, 4, 1, 0, 2, 0);
    RUN(OCTET_OP_BATCH_TO_SPACE_ND, &none, F32(DIMS(4, 2, 1, 1), 0, 3, 0, 4, 1, 0, 2, 0), block, edges);
    ONE_EXPECT(r, float, DIMS(1, 2, 2, 1), 1, 2, 3, 4);
    const octet_options o = {.block = {.size = 2}};
    RUN(OCTET_OP_SPACE_TO_DEPTH, &o, F32(DIMS(1, 2, 4, 1), 1, 2, 3, 4, 5, 6, 7, 8));
    ONE_EXPECT(r, float, DIMS(1, 1, 2, 4), 1, 2, 5, 6, 3, 4, 7, 8);
    RUN(OCTET_OP_DEPTH_TO_SPACE, &o, F32(DIMS(1, 1, 2, 4), 1, 2, 5, 6, 3, 4, 7, 8));
    ONE_EXPECT(r, float, DIMS(1, 2, 4, 1), 1, 2, 3, 4, 5, 6, 7, 8);
    RUN(OCTET_OP_SPACE_TO_DEPTH, &o, F32(DIMS(1, 3, 2, 1), 1, 2, 3, 4, 5, 6));
    assert_int_equal(r.status, OCTET_MODEL);
}

/* Every permutation of a [2,3,4,5] tensor against index arithmetic, on two threads too. */
static void every_permutation(void **state) {
    (void)state;
    int32_t data[120];
    for (int32_t i = 0; i < 120; i++) data[i] = i;
    const int32_t dims[4] = {2, 3, 4, 5}, strides[4] = {60, 20, 5, 1};
    for (int32_t code = 0; code < 256; code++) {
        const int32_t order[4] = {code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3};
        if (((1 << order[0]) | (1 << order[1]) | (1 << order[2]) | (1 << order[3])) != 15) continue;
        const operand x = {OCTET_INT32, DIMS(2, 3, 4, 5), data, false, 0, 0},
                      axes = {OCTET_INT32, DIMS(4), order, true, 0, 0};
        one_run(OCTET_OP_TRANSPOSE, &none, (const operand[]){x, axes}, 2, NULL, 1, code % 2 ? 2 : 1, &r);
        one_expect_shape(&r, 0, DIMS(dims[order[0]], dims[order[1]], dims[order[2]], dims[order[3]]));
        const int32_t *y = (const int32_t *)r.data[0];
        int32_t at = 0;
        for (int32_t a = 0; a < dims[order[0]]; a++)
            for (int32_t b = 0; b < dims[order[1]]; b++)
                for (int32_t c = 0; c < dims[order[2]]; c++)
                    for (int32_t d = 0; d < dims[order[3]]; d++) {
                        const int32_t from = a * strides[order[0]] + b * strides[order[1]] + c * strides[order[2]] +
                                             d * strides[order[3]];
                        assert_int_equal(y[at++], from);
                    }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reshapes_move_nothing),
        cmocka_unit_test(transposes),
        cmocka_unit_test(slices),
        cmocka_unit_test(pads_with_what_stands_for_zero),
        cmocka_unit_test(mirrors),
        cmocka_unit_test(joins_and_splits),
        cmocka_unit_test(repeats),
        cmocka_unit_test(gathers_and_clamps),
        cmocka_unit_test(every_permutation),
        cmocka_unit_test(moves_between_batch_depth_and_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
