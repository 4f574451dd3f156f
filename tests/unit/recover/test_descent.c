/* Covariances against sums in double, rounding against all combinations of integers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "recover/covariance.h"
#include "recover/descent.h"

enum { N = 7, ROWS = 50, COLUMN = 64 };

static int32_t next(uint64_t *seed, int32_t n) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (int32_t)((*seed >> 33) % (uint64_t)n);
}

/* Columns that have much in common, the last one is constant. */
static void fill(uint64_t seed, int16_t *columns) {
    memset(columns, 0, N * COLUMN * sizeof *columns);
    for (size_t row = 0; row < ROWS; row++) {
        const int32_t common = next(&seed, 200) - 60;
        for (size_t j = 0; j < N; j++) columns[j * COLUMN + row] = (int16_t)(j == N - 1 ? 9 : common + next(&seed, 60));
    }
}

static void covariances_are_those_of_the_rows_with_damping(void **state) {
    int16_t columns[N * COLUMN];
    double means[N], expected[N][N], diagonal = 0.0;
    float h[N * N];
    (void)state;
    fill(1, columns);
    octet_covariance_make(columns, N, ROWS, COLUMN, NULL, means, h);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            double x = 0.0, y = 0.0, product = 0.0;
            for (int row = 0; row < ROWS; row++) {
                const double a = columns[i * COLUMN + row], b = columns[j * COLUMN + row];
                x += a / ROWS, y += b / ROWS, product += a * b / ROWS;
            }
            assert_true(fabs(means[i] - x) < 1e-9);
            expected[i][j] = product - x * y;
            if (i == j) diagonal += expected[i][j] / N;
        }
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            const double wanted = expected[i][j] + (i == j ? 0.2 * diagonal : 0.0);
            assert_true(fabs((double)h[i * N + j] - wanted) < 1e-6 * diagonal);
        }
}

static double error_of(const float *h, const float *w, const float *q) {
    double sum = 0.0;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) sum += (double)((q[i] - w[i]) * h[i * N + j] * (q[j] - w[j]));
    return sum;
}

/* Of the integers next to the weights and one further, all combinations. */
static double least_error(const float *h, const float *w) {
    double least = INFINITY;
    float q[N];
    for (int code = 0; code < 1 << (2 * N); code++) {
        for (int j = 0; j < N; j++) q[j] = floorf(w[j]) - 1.0f + (float)(code >> (2 * j) & 3);
        least = fmin(least, error_of(h, w, q));
    }
    return least;
}

static void rounding_comes_near_the_least_error(void **state) {
    int16_t columns[N * COLUMN];
    double means[N], nearest = 0.0, found = 0.0, least = 0.0;
    float h[N * N], w[N], q[N], near[N], scratch[N];
    uint64_t seed = 5;
    (void)state;
    for (uint64_t trial = 0; trial < 10; trial++) {
        fill(trial, columns);
        octet_covariance_make(columns, N, ROWS, COLUMN, NULL, means, h);
        for (int j = 0; j < N; j++) {
            w[j] = (float)next(&seed, 20000) / 1000.0f - 10.0f;
            near[j] = roundf(w[j]);
        }
        octet_descent_round(h, N, w, q, scratch);
        assert_true(error_of(h, w, q) <= error_of(h, w, near) * 1.00001);
        nearest += error_of(h, w, near);
        found += error_of(h, w, q);
        least += least_error(h, w);
    }
    if (!(found < 0.6 * nearest && found < 1.6 * least))
        fail_msg("nearest %g, found %g, least %g", nearest, found, least);
}

static void integers_stay_within_int8_without_minus_128(void **state) {
    const float h[] = {1.0f, 0.9f, 0.9f, 1.0f}, w[] = {126.6f, -300.0f};
    float q[2], scratch[2];
    (void)state;
    octet_descent_round(h, 2, w, q, scratch);
    assert_true(q[1] == -127.0f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(covariances_are_those_of_the_rows_with_damping),
        cmocka_unit_test(rounding_comes_near_the_least_error),
        cmocka_unit_test(integers_stay_within_int8_without_minus_128),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
