/* Fourier transforms of real pictures against the sums that define them, and parts of complex numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "support/one_operator.h"

enum { H = 4, W = 8, IN_H = 3, IN_W = 10 };

static one_result r;

/* A row is missing, two columns are too many. */
static void test_rfft(void **state) {
    (void)state;
    float x[IN_H * IN_W];
    for (int i = 0; i < IN_H * IN_W; i++) x[i] = (float)((i * 37) % 11) - 4.5f;
    const operand operands[] = {{OCTET_FLOAT32, {2, {IN_H, IN_W}}, x, false, 0, 0}, I32(H, W)};
    one_run(OCTET_OP_RFFT2D, NULL, operands, 2, NULL, 1, 1, &r);
    one_expect_shape(&r, 0, DIMS(H, W / 2 + 1));
    assert_int_equal(r.type[0], OCTET_COMPLEX64);
    const float *got = (const float *)(const void *)r.data[0];
    for (int v = 0; v < H; v++) {
        for (int u = 0; u <= W / 2; u++) {
            double re = 0, im = 0;
            for (int y = 0; y < IN_H; y++) {
                for (int column = 0; column < W; column++) {
                    const double angle = -2 * acos(-1) * ((double)v * y / H + (double)u * column / W);
                    re += (double)x[y * IN_W + column] * cos(angle);
                    im += (double)x[y * IN_W + column] * sin(angle);
                }
            }
            assert_true(fabs((double)got[2 * (v * (W / 2 + 1) + u)] - re) < 1e-5);
            assert_true(fabs((double)got[2 * (v * (W / 2 + 1) + u) + 1] - im) < 1e-5);
        }
    }
    const operand odd[] = {operands[0], I32(4, 6)};
    one_run(OCTET_OP_RFFT2D, NULL, odd, 2, NULL, 1, 1, &r);
    assert_int_equal(r.status, OCTET_MODEL);
}

static void test_parts(void **state) {
    (void)state;
    const operand z = {OCTET_COMPLEX64, {1, {3}}, (const float[]){3, -4, 0, 2, -5, 12}, false, 0, 0};
    one_run(OCTET_OP_REAL, NULL, &z, 1, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(3), 3, 0, -5);
    one_run(OCTET_OP_IMAG, NULL, &z, 1, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(3), -4, 2, 12);
    one_run(OCTET_OP_COMPLEX_ABS, NULL, &z, 1, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(3), 5, 2, 13);
    one_run(OCTET_OP_CAST, &(octet_options){.cast = {OCTET_COMPLEX64, OCTET_FLOAT32}}, &z, 1, NULL, 1, 1, &r);
    ONE_EXPECT(r, float, DIMS(3), 3, 0, -5);
    one_run(OCTET_OP_CAST, &(octet_options){.cast = {OCTET_COMPLEX64, OCTET_INT32}}, &z, 1, NULL, 1, 1, &r);
    assert_int_equal(r.status, OCTET_UNSUPPORTED);
    one_run(OCTET_OP_ABS, NULL, &z, 1, NULL, 1, 1, &r);
    assert_int_equal(r.status, OCTET_UNSUPPORTED);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rfft), cmocka_unit_test(test_parts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
