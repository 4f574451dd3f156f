#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "support/one_operator.h"

static one_result r;

#define RUN(code, options, ...)                                                                                      \
    one_run(code, options, (const operand[]){__VA_ARGS__}, sizeof((const operand[]){__VA_ARGS__}) / sizeof(operand), \
            NULL, 1, 1, &r)

static const octet_options none;

static void simple_sums(void **state) {
    (void)state;
    octet_options o = {.arithmetic = {.activation = OCTET_ACTIVATION_RELU6}};
    RUN(OCTET_OP_ADD, &o, F32(DIMS(4), 1, -2, 5, 0), F32(DIMS(4), 1, 1, 5, 0));
    ONE_EXPECT(r, float, DIMS(4), 2, 0, 6, 0);
    RUN(OCTET_OP_SUB, &o, S32(DIMS(4), 1, -2, 5, 10), S32(DIMS(4), 1, 1, 1, 1));
    ONE_EXPECT(r, int32_t, DIMS(4), 0, 0, 4, 6);
    RUN(OCTET_OP_ADD, &none, S32(DIMS(1), INT32_MAX), S32(DIMS(1), 1));
    ONE_EXPECT(r, int32_t, DIMS(1), INT32_MIN);
    o.arithmetic.activation = OCTET_ACTIVATION_TANH;
    RUN(OCTET_OP_ADD, &o, F32(DIMS(1), 1), F32(DIMS(1), 1));
    assert_int_equal(r.status, OCTET_UNSUPPORTED);
    RUN(OCTET_OP_ADD, &none, F32(DIMS(2), 1, 2), F32(DIMS(3), 1, 2, 3));
    assert_int_equal(r.status, OCTET_MODEL);
    RUN(OCTET_OP_ADD, &none, F32(DIMS(1), 1), S32(DIMS(1), 1));
    assert_int_equal(r.status, OCTET_MODEL);
}

static void integer_division_is_defined_everywhere(void **state) {
    (void)state;
    RUN(OCTET_OP_DIV, &none, S32(DIMS(5), 7, -7, 7, INT32_MIN, 5), S32(DIMS(5), 2, 2, -2, -1, 0));
    ONE_EXPECT(r, int32_t, DIMS(5), 3, -3, -3, INT32_MIN, 0);
    RUN(OCTET_OP_FLOOR_DIV, &none, S32(DIMS(5), 7, -7, 7, INT32_MIN, 5), S32(DIMS(5), 2, 2, -2, -1, 0));
    ONE_EXPECT(r, int32_t, DIMS(5), 3, -4, -4, INT32_MIN, 0);
    RUN(OCTET_OP_FLOOR_MOD, &none, S64(DIMS(5), 7, -7, 7, INT64_MIN, 5), S64(DIMS(5), 2, 2, -2, -1, 0));
    ONE_EXPECT(r, int64_t, DIMS(5), 1, 1, -1, 0, 0);
    RUN(OCTET_OP_FLOOR_MOD, &none, F32(DIMS(4), 7, -7, 7, -7), F32(DIMS(4), 4, 4, -4, -4));
    ONE_EXPECT(r, float, DIMS(4), 3, 1, -1, -3);
    RUN(OCTET_OP_POW, &none, S32(DIMS(4), 3, -2, 2, 0), S32(DIMS(4), 4, 3, -1, 0));
    ONE_EXPECT(r, int32_t, DIMS(4), 81, -8, 0, 1);
}

/* Shapes of rank 1..6 with random axes of 1 on either side, against index arithmetic; the two threads must agree. */
static void broadcasts_as_numpy(void **state) {
    (void)state;
    srand(1);
    static float a[4096], b[4096];
    for (int i = 0; i < 4096; i++) {
        a[i] = (float)(i % 97);
        b[i] = (float)(i % 89) * 100.0f;
    }
    for (int round = 0; round < 200; round++) {
        octet_shape out = {.rank = 1 + rand() % 6}, sa = {0}, sb = {0};
        for (int32_t i = 0; i < out.rank; i++) out.dims[i] = 1 + rand() % (out.rank > 4 ? 3 : 5);
        sa = sb = out;
        for (int32_t i = 0; i < out.rank; i++) {
            const int kind = rand() % 4;
            if (kind == 0) sa.dims[i] = 1;
            if (kind == 1) sb.dims[i] = 1;
        }
        const int32_t drop = rand() % out.rank; /* leading axes that b lacks */
        for (int32_t i = 0; i < drop; i++) sa.dims[i] = out.dims[i];
        sb.rank -= drop;
        memmove(sb.dims, sb.dims + drop, (size_t)sb.rank * sizeof sb.dims[0]);
        const operand operands[2] = {{OCTET_FLOAT32, sa, a, false, 0, 0}, {OCTET_FLOAT32, sb, b, false, 0, 0}};
        one_run(OCTET_OP_SUB, &none, operands, 2, NULL, 1, round % 2 ? 2 : 1, &r);
        one_expect_shape(&r, 0, out);
        const size_t n = octet_shape_elements(&out);
        for (size_t flat = 0; flat < n; flat++) {
            size_t left = flat, ia = 0, ib = 0, step_a = 1, step_b = 1;
            for (int32_t i = out.rank - 1; i >= 0; i--) {
                const size_t index = left % (size_t)out.dims[i];
                left /= (size_t)out.dims[i];
                if (sa.dims[i] != 1) ia += index * step_a;
                step_a *= (size_t)sa.dims[i];
                if (i < drop) continue;
                if (sb.dims[i - drop] != 1) ib += index * step_b;
                step_b *= (size_t)sb.dims[i - drop];
            }
            assert_true(((const float *)r.data[0])[flat] == a[ia] - b[ib]);
        }
    }
}

/* Scales of one half and one: no rounding is involved, so real arithmetic predicts every bit. */
static void quantized_exact_cases(void **state) {
    (void)state;
    const operand x = S8(DIMS(4), 0.5f, 1, 1, 11, -9, 127), y = S8(DIMS(1), 1.0f, -1, 4),
                  out = {.scale = 0.5f, .zero_point = 2};
    one_run(OCTET_OP_ADD, &none, (const operand[]){x, y}, 2, &out, 1, 1, &r); /* x: 0 5 -5 63, y: 5 */
    ONE_EXPECT(r, int8_t, DIMS(4), 12, 22, 2, 127);
    one_run(OCTET_OP_SUB, &none, (const operand[]){x, y}, 2, &out, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(4), -8, 2, -18, 118);
    one_run(OCTET_OP_MUL, &none, (const operand[]){x, y}, 2, &out, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(4), 2, 52, -48, 127);
    one_run(OCTET_OP_SQUARED_DIFFERENCE, &none, (const operand[]){x, y}, 2, &out, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(4), 52, 2, 127, 127);
    one_run(OCTET_OP_DIV, &none, (const operand[]){x, y}, 2, &out, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(4), 2, 4, 0, 27); /* 12.6 is 25.2 halves */
    const operand zero = S8(DIMS(1), 1.0f, -1, -1);
    one_run(OCTET_OP_DIV, &none, (const operand[]){x, zero}, 2, &out, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(4), 2, 127, -128, 127);
    const operand wide = S16(DIMS(2), 0.5f, 3, -30000), wide_out = {.scale = 0.5f};
    one_run(OCTET_OP_ADD, &none, (const operand[]){wide, wide}, 2, &wide_out, 1, 1, &r);
    ONE_EXPECT(r, int16_t, DIMS(2), 6, -32768);
}

static void quantized_activation_and_refusals(void **state) {
    (void)state;
    const octet_options relu6 = {.arithmetic = {.activation = OCTET_ACTIVATION_RELU6}};
    const operand x = S8(DIMS(3), 1.0f, 0, -5, 2, 5), out = {.scale = 0.5f, .zero_point = -10};
    one_run(OCTET_OP_ADD, &relu6, (const operand[]){x, x}, 2, &out, 1, 1, &r);
    ONE_EXPECT(r, int8_t, DIMS(3), -10, -2, 2);
    one_run(OCTET_OP_ADD, &relu6, (const operand[]){x, x}, 2, NULL, 1, 1, &r); /* the output has no scale */
    assert_int_equal(r.status, OCTET_MODEL);
    const operand tiny = {.scale = 1e-30f};
    one_run(OCTET_OP_MUL, &none, (const operand[]){x, x}, 2, &tiny, 1, 1, &r);
    assert_int_equal(r.status, OCTET_UNSUPPORTED);
    const operand shifted = {.scale = 1.0f, .zero_point = 1}, wide = S16(DIMS(1), 1.0f, 3);
    one_run(OCTET_OP_ADD, &none, (const operand[]){wide, wide}, 2, &shifted, 1, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
    one_run(OCTET_OP_MAXIMUM, &none, (const operand[]){x, x}, 2, &out, 1, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
    one_run(OCTET_OP_POW, &none, (const operand[]){x, x}, 2, &out, 1, 1, &r);
    assert_int_equal(r.status, OCTET_UNSUPPORTED);
}

/* Long rows are cut into pieces. */
static void long_rows(void **state) {
    (void)state;
    enum { N = 16000 };
    static float a[N];
    for (int i = 0; i < N; i++) a[i] = (float)i;
    const operand x = {OCTET_FLOAT32, DIMS(N), a, false, 0, 0}, two = F32(DIMS(1), 2);
    one_run(OCTET_OP_MUL, &none, (const operand[]){two, x}, 2, NULL, 1, 2, &r);
    one_expect_shape(&r, 0, DIMS(N));
    for (int i = 0; i < N; i++) assert_true(((const float *)r.data[0])[i] == 2.0f * (float)i);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_sums),         cmocka_unit_test(integer_division_is_defined_everywhere),
        cmocka_unit_test(broadcasts_as_numpy), cmocka_unit_test(quantized_exact_cases),
        cmocka_unit_test(long_rows),           cmocka_unit_test(quantized_activation_and_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
