/* The order `plain` of float sums: every kernel against loops written as LiteRT's reference kernels add: from 0, each
 * product and each sum rounded, the bias last. The numbers are such that no other order gives the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "kernels/ref/batch_matmul.h"
#include "kernels/ref/conv_3d.h"
#include "kernels/ref/depthwise.h"
#include "kernels/ref/fully_connected.h"
#include "kernels/ref/l2_normalization.h"
#include "kernels/ref/transpose_conv.h"

enum { MAX = 16 * 1024 };
static float x[MAX], w[MAX], bias[64], out[MAX], want[MAX], by_fma[MAX];

static void fill(float *values, size_t n, uint32_t seed) {
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)(int32_t)seed * 0x1p-31f;
    }
}

static void fill_all(void) {
    fill(x, MAX, 1);
    fill(w, MAX, 2);
    fill(bias, 64, 3);
}

static void add(float *sum, float a, float b) {
    volatile float product = a * b, total = *sum + product;
    *sum = total;
}

/* Also that the test could fail: the other order gives other bytes. */
static void check(size_t n) {
    assert_memory_equal(out, want, n * sizeof *out);
    assert_true(memcmp(by_fma, want, n * sizeof *out) != 0);
}

enum {
    H = 6,
    W = 5,
    C = 7,
    F = 3
}; /* input [1,H,W,C], filters F by F, padded by 1: outputs are as large as the input */

static void convolutions(void **state) {
    (void)state;
    enum { O = 11 };
    const octet_conv_2d_params p = {.batches = 1,
                                    .in_h = H,
                                    .in_w = W,
                                    .in_c = C,
                                    .out_h = H,
                                    .out_w = W,
                                    .out_c = O,
                                    .filter_h = F,
                                    .filter_w = F,
                                    .filter_c = C,
                                    .groups = 1,
                                    .stride_h = 1,
                                    .stride_w = 1,
                                    .dilation_h = 1,
                                    .dilation_w = 1,
                                    .pad_top = 1,
                                    .pad_left = 1,
                                    .real_min = -INFINITY,
                                    .real_max = INFINITY};
    const octet_conv_3d_params flat = {.batches = 1,
                                       .in_d = 1,
                                       .in_h = H,
                                       .in_w = W,
                                       .in_c = C,
                                       .out_d = 1,
                                       .out_h = H,
                                       .out_w = W,
                                       .out_c = O,
                                       .filter_d = 1,
                                       .filter_h = F,
                                       .filter_w = F,
                                       .filter_c = C,
                                       .groups = 1,
                                       .stride_d = 1,
                                       .stride_h = 1,
                                       .stride_w = 1,
                                       .dilation_d = 1,
                                       .dilation_h = 1,
                                       .dilation_w = 1,
                                       .pad_top = 1,
                                       .pad_left = 1,
                                       .real_min = -INFINITY,
                                       .real_max = INFINITY};
    static float turned[MAX]; /* the filter as CONV_3D has it, output channels last */
    fill_all();
    for (int k = 0; k < F * F * C * O; k++) turned[k % (F * F * C) * O + k / (F * F * C)] = w[k];
    for (int at = 0; at < H * W * O; at++) {
        const int oy = at / O / W, ox = at / O % W, oc = at % O;
        float sum = 0;
        for (int tap = 0; tap < F * F; tap++) {
            const int y = oy - 1 + tap / F, xx = ox - 1 + tap % F;
            if (y < 0 || y >= H || xx < 0 || xx >= W) continue;
            for (int k = 0; k < C; k++) add(&sum, x[(y * W + xx) * C + k], w[(oc * F * F + tap) * C + k]);
        }
        want[at] = sum + bias[oc];
    }
    octet_conv_2d_f32_ref(&p, x, w, bias, by_fma, 0, H);
    octet_conv_2d_f32_plain(&p, x, w, bias, out, 0, H);
    check(H * W * O);
    octet_conv_3d_f32_plain(&flat, x, turned, bias, out, 0, H);
    check(H * W * O);
}

static void depthwise_convolutions(void **state) {
    (void)state;
    for (int m = 1; m <= 2; m++) {
        const int channels = C * m;
        const octet_depthwise_params p = {.batches = 1,
                                          .in_h = H,
                                          .in_w = W,
                                          .in_c = C,
                                          .out_h = H,
                                          .out_w = W,
                                          .out_c = channels,
                                          .multiplier = m,
                                          .filter_h = F,
                                          .filter_w = F,
                                          .stride_h = 1,
                                          .stride_w = 1,
                                          .dilation_h = 1,
                                          .dilation_w = 1,
                                          .pad_top = 1,
                                          .pad_left = 1,
                                          .real_min = -INFINITY,
                                          .real_max = INFINITY};
        fill_all();
        for (int at = 0; at < H * W * channels; at++) {
            const int oy = at / channels / W, ox = at / channels % W, oc = at % channels;
            float sum = 0;
            for (int tap = 0; tap < F * F; tap++) {
                const int y = oy - 1 + tap / F, xx = ox - 1 + tap % F;
                if (y >= 0 && y < H && xx >= 0 && xx < W)
                    add(&sum, x[(y * W + xx) * C + oc / m], w[tap * channels + oc]);
            }
            want[at] = sum + bias[oc];
        }
        octet_depthwise_f32_ref(&p, x, w, bias, by_fma, 0, H);
        octet_depthwise_f32_plain(&p, x, w, bias, out, 0, H);
        check((size_t)(H * W * channels));
    }
}

/* Scattered: every input, in the order of memory, adds to the outputs that it reaches. */
static void transposed_convolutions(void **state) {
    (void)state;
    enum { O = 9, OH = 2 * H + 1, OW = 2 * W + 1 };
    const octet_transpose_conv_params p = {.batches = 1,
                                           .in_h = H,
                                           .in_w = W,
                                           .in_c = C,
                                           .out_h = OH,
                                           .out_w = OW,
                                           .out_c = O,
                                           .filter_h = F,
                                           .filter_w = F,
                                           .stride_h = 2,
                                           .stride_w = 2,
                                           .real_min = -INFINITY,
                                           .real_max = INFINITY};
    fill_all();
    memset(want, 0, sizeof want);
    for (int i = 0; i < H * W * C; i++) {
        const int y = i / C / W, xx = i / C % W, k = i % C;
        for (int f = 0; f < F * F * O; f++) {
            const int tap = f % (F * F), oc = f / (F * F);
            add(&want[((2 * y + tap / F) * OW + 2 * xx + tap % F) * O + oc], x[i], w[f * C + k]);
        }
    }
    for (int at = 0; at < OH * OW * O; at++) want[at] += bias[at % O];
    octet_transpose_conv_f32_ref(&p, x, w, bias, by_fma, 0, OH);
    octet_transpose_conv_f32_plain(&p, x, w, bias, out, 0, OH);
    check(OH * OW * O);
}

static void products(void **state) {
    (void)state;
    enum { ROWS = 3, DEPTH = 200, COLUMNS = 13 };
    const octet_fully_connected_params p = {
        .rows = ROWS, .depth = DEPTH, .out_c = COLUMNS, .real_min = -INFINITY, .real_max = INFINITY};
    const octet_batch_matmul_params q = {.rows = ROWS, .depth = DEPTH, .columns = COLUMNS, .adj_y = true};
    for (int has_bias = 0; has_bias < 2; has_bias++) {
        fill_all();
        for (int at = 0; at < ROWS * COLUMNS; at++) {
            float sum = 0;
            for (int k = 0; k < DEPTH; k++) add(&sum, x[at / COLUMNS * DEPTH + k], w[at % COLUMNS * DEPTH + k]);
            want[at] = has_bias ? sum + bias[at % COLUMNS] : sum;
        }
        octet_fully_connected_f32_ref(&p, x, w, has_bias ? bias : NULL, by_fma, 0, ROWS * COLUMNS);
        octet_fully_connected_f32_plain(&p, x, w, has_bias ? bias : NULL, out, 0, ROWS * COLUMNS);
        check(ROWS * COLUMNS);
        if (has_bias) continue;
        octet_batch_matmul_f32_plain(&q, x, w, out, 0, ROWS);
        check(ROWS * COLUMNS);
    }
}

static void squares(void **state) {
    (void)state;
    enum { ROWS = 40, DEPTH = 33 };
    const octet_l2_normalization_params p = {.rows = ROWS, .depth = DEPTH};
    fill_all();
    for (int row = 0; row < ROWS; row++) {
        float sum = 0;
        for (int k = 0; k < DEPTH; k++) add(&sum, x[row * DEPTH + k], x[row * DEPTH + k]);
        for (int k = 0; k < DEPTH; k++) want[row * DEPTH + k] = x[row * DEPTH + k] / sqrtf(sum);
    }
    octet_l2_normalization_f32_ref(&p, x, by_fma, 0, ROWS);
    octet_l2_normalization_f32_plain(&p, x, out, 0, ROWS);
    check(ROWS * DEPTH);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(convolutions), cmocka_unit_test(depthwise_convolutions),
                                       cmocka_unit_test(transposed_convolutions), cmocka_unit_test(products),
                                       cmocka_unit_test(squares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
