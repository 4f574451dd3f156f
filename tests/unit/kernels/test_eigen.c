#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "kernels/ref/eigen.h"

enum { MAX = 64 * 1024 };
static float x[MAX], w[MAX], panels[2 * MAX], out[MAX];

static void fill(float *values, size_t n, uint32_t seed) {
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        values[i] = (float)(int32_t)seed * 0x1p-31f;
    }
}

static void multiply(int32_t rows, int32_t depth, int32_t channels, const float *bias) {
    fill(x, (size_t)(rows * depth), 1);
    fill(w, (size_t)(channels * depth), 2);
    octet_eigen_pack(w, channels, depth, panels);
    const octet_eigen_params p = {.n_rows = rows,
                                  .depth = depth,
                                  .channels = channels,
                                  .panels = panels,
                                  .real_min = -FLT_MAX,
                                  .real_max = FLT_MAX};
    octet_eigen_product(&p, x, w, bias, out, NULL, 0, (rows + OCTET_EIGEN_ROWS - 1) / OCTET_EIGEN_ROWS);
}

static void every_shape_is_a_product(void **state) {
    (void)state;
    static const int32_t sizes[] = {1, 2, 3, 4, 5, 8, 11, 16, 19, 20, 33};
    static const int32_t depths[] = {1, 3, 7, 8, 9, 15, 16, 17, 24, 40, 75, 401, 576, 800};
    enum { N = sizeof sizes / sizeof *sizes, D = sizeof depths / sizeof *depths };
    for (size_t i = 0; i < (size_t)N * N * D; i++) {
        const int32_t rows = sizes[i % N], channels = sizes[i / N % N], depth = depths[i / N / N];
        multiply(rows, depth, channels, NULL);
        for (int32_t r = 0; r < rows; r++) {
            for (int32_t c = 0; c < channels; c++) {
                double sum = 0;
                for (int32_t k = 0; k < depth; k++) sum += (double)x[r * depth + k] * (double)w[c * depth + k];
                assert_true(fabs((double)out[r * channels + c] - sum) < 1e-6 * depth);
            }
        }
    }
}

/* Sum over k in [first, last) in ascending order, each product and each sum rounded. */
static float in_order(const float *a, const float *b, int32_t first, int32_t last) {
    volatile float sum = 0;
    for (int32_t k = first; k < last; k++) {
        volatile float product = a[k] * b[k];
        sum = sum + product;
    }
    return sum;
}

static void whole_panels_add_in_order(void **state) {
    (void)state;
    float bias[16];
    fill(bias, 16, 3);
    multiply(8, 75, 16, bias);
    for (int32_t r = 0; r < 8; r++) {
        for (int32_t c = 0; c < 16; c++)
            assert_true(out[r * 16 + c] == in_order(x + r * 75, w + c * 75, 0, 75) + bias[c]);
    }
}

/* 576 terms are cut at 296 (measured on TensorFlow 2.21). */
static void long_sums_are_cut_into_blocks(void **state) {
    (void)state;
    multiply(4, 576, 16, NULL);
    for (int32_t r = 0; r < 4; r++) {
        for (int32_t c = 0; c < 16; c++) {
            const float *a = x + r * 576, *b = w + c * 576;
            assert_true(out[r * 16 + c] == in_order(a, b, 0, 296) + in_order(a, b, 296, 576));
        }
    }
}

static void a_vector_is_added_in_eight_lanes(void **state) {
    (void)state;
    multiply(1, 43, 6, NULL);
    for (int32_t c = 0; c < 6; c++) {
        volatile float lane[8] = {0};
        for (int32_t k = 0; k < 40; k++) {
            volatile float product = x[k] * w[c * 43 + k];
            lane[k % 8] = lane[k % 8] + product;
        }
        volatile float low = (lane[0] + lane[4]) + (lane[2] + lane[6]),
                       high = (lane[1] + lane[5]) + (lane[3] + lane[7]);
        volatile float sum = low + high;
        for (int32_t k = 40; k < 43; k++) {
            volatile float product = x[k] * w[c * 43 + k];
            sum = sum + product;
        }
        assert_true(out[c] == sum);
    }
}

/* A patch that hangs over the border is padded with zeros: the same as a product with the patch written out. */
static void convolutions_gather_their_rows(void **state) {
    (void)state;
    const octet_conv_2d_params conv = {.batches = 1,
                                       .in_h = 3,
                                       .in_w = 3,
                                       .in_c = 2,
                                       .out_h = 3,
                                       .out_w = 3,
                                       .out_c = 16,
                                       .filter_h = 3,
                                       .filter_w = 3,
                                       .filter_c = 2,
                                       .groups = 1,
                                       .stride_h = 1,
                                       .stride_w = 1,
                                       .dilation_h = 1,
                                       .dilation_w = 1,
                                       .pad_top = 1,
                                       .pad_left = 1};
    float patches[4 * 18], patch[18] = {0};
    fill(x, 18, 4);
    fill(w, 16 * 18, 5);
    octet_eigen_pack(w, 16, 18, panels);
    const octet_eigen_params p = {.n_rows = 9,
                                  .depth = 18,
                                  .channels = 16,
                                  .conv = &conv,
                                  .panels = panels,
                                  .real_min = -FLT_MAX,
                                  .real_max = FLT_MAX};
    octet_eigen_product(&p, x, w, NULL, out, patches, 0, 3);
    for (int32_t ky = 1; ky < 3; ky++)
        memcpy(patch + ky * 6 + 2, x + (ky - 1) * 6, 4 * sizeof(float)); /* output (0, 0) */
    for (int32_t c = 0; c < 16; c++) assert_true(out[c] == in_order(patch, w + c * 18, 0, 18));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_is_a_product),       cmocka_unit_test(whole_panels_add_in_order),
        cmocka_unit_test(long_sums_are_cut_into_blocks),  cmocka_unit_test(a_vector_is_added_in_eight_lanes),
        cmocka_unit_test(convolutions_gather_their_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
