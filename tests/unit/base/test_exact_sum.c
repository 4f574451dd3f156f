/* Exact sums against a sum that keeps every partial (Shewchuk 1997), in every order, and with numbers of all sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/exact_sum.h"

enum { N = 3000 };

static uint64_t seed = 1;

static uint32_t draw(void) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 32);
}

/* Any float but NaN and infinity. */
static float any_float(void) {
    const uint32_t bits = draw();
    float x;
    memcpy(&x, &bits, sizeof x);
    return isfinite(x) ? x : 1.5f;
}

/* Partials that do not overlap; their sum is that of all numbers. */
typedef struct partials {
    double p[64];
    int n;
} partials;

static void add_exactly(partials *all, double x) {
    int kept = 0;
    for (int i = 0; i < all->n; i++) {
        double y = all->p[i];
        if (fabs(x) < fabs(y)) {
            const double other = x;
            x = y;
            y = other;
        }
        const double high = x + y, low = y - (high - x);
        if (low != 0.0) all->p[kept++] = low;
        x = high;
    }
    all->p[kept++] = x;
    all->n = kept;
}

/* From the largest down: what is below rounds the sum once, but for ties, which random numbers do not have. */
static double total(const partials *all) {
    double sum = 0.0;
    for (int i = 0; i < all->n; i++) sum += all->p[i];
    return sum;
}

static void expect_equal(double a, double b) { assert_true(a == b); }

static void sums_of_floats_of_any_size_are_exact(void **state) {
    (void)state;
    float x[N];
    for (int round = 0; round < 20; round++) {
        partials expected = {0}, squares = {0};
        octet_exact_sum sum = {0}, square_sum = {0};
        const size_t n = 1 + draw() % N;
        for (size_t i = 0; i < n; i++) {
            x[i] = round % 2 == 0 ? any_float() : ldexpf((float)(int32_t)draw(), -40);
            add_exactly(&expected, (double)x[i]);
            if (fabsf(x[i]) < 1e18f && fabsf(x[i]) > 1e-18f) add_exactly(&squares, (double)x[i] * (double)x[i]);
            else x[i] = 0.0f;
        }
        for (size_t i = 0; i < n; i++) octet_exact_sum_add(&sum, (double)x[i]);
        octet_exact_sum blocks = {0};
        octet_exact_sum_add_floats(&blocks, x, n);
        assert_memory_equal(&sum, &blocks, sizeof sum);
        octet_exact_sum_add_squares(&square_sum, x, n);
        expect_equal(octet_exact_sum_read(&square_sum), total(&squares));
        partials kept = {0};
        for (size_t i = 0; i < n; i++) add_exactly(&kept, (double)x[i]);
        expect_equal(octet_exact_sum_read(&sum), total(&kept));
    }
}

static void what_cancels_leaves_the_rest(void **state) {
    (void)state;
    const float x[6] = {3e38f, 1e-30f, -3e38f, 1.0f, 1e-45f, -1.0f};
    octet_exact_sum sum = {0}, zero = {0};
    octet_exact_sum_add_floats(&sum, x, 6);
    expect_equal(octet_exact_sum_read(&sum), (double)1e-30f + (double)1e-45f);
    for (int i = 0; i < 6; i++) octet_exact_sum_add(&sum, -(double)x[i]);
    assert_memory_equal(&sum, &zero, sizeof sum);
    expect_equal(octet_exact_sum_read(&zero), 0.0);
}

static void squares_of_the_least_and_the_largest_float_are_exact(void **state) {
    (void)state;
    const float x[2] = {1.40129846e-45f, 3.40282347e38f};
    for (int i = 0; i < 2; i++) {
        octet_exact_sum sum = {0};
        octet_exact_sum_add_squares(&sum, &x[i], 1);
        expect_equal(octet_exact_sum_read(&sum), (double)x[i] * (double)x[i]);
    }
}

/* Orders, parts, and columns one by one give the same bits. */
static void order_and_parts_do_not_count(void **state) {
    (void)state;
    float x[N], turned[N];
    for (int i = 0; i < N; i++) x[i] = any_float();
    for (int i = 0; i < N; i++) turned[i] = x[(i * 7 + 11) % N];
    octet_exact_sum whole = {0}, other = {0}, part = {0}, columns[6] = {{{0}}}, column[6] = {{{0}}};
    octet_exact_sum_add_floats(&whole, x, N);
    octet_exact_sum_add_floats(&other, turned, 1000);
    octet_exact_sum_add_floats(&part, turned + 1000, N - 1000);
    octet_exact_sum_merge(&other, &part);
    assert_memory_equal(&whole, &other, sizeof whole);
    octet_exact_sum_add_columns(columns, x, N / 6, 6);
    for (int i = 0; i < N; i++) octet_exact_sum_add(&column[i % 6], (double)x[i]);
    assert_memory_equal(columns, column, sizeof columns);
}

static void wide_rows_have_a_sum_for_each_column(void **state) {
    (void)state;
    enum { WIDE = 150 };
    float x[N];
    octet_exact_sum columns[WIDE] = {{{0}}}, column[WIDE] = {{{0}}};
    for (int i = 0; i < N; i++) x[i] = (float)(int32_t)draw() / 7.0f;
    octet_exact_sum_add_columns(columns, x, N / WIDE, WIDE);
    for (int i = 0; i < N; i++) octet_exact_sum_add(&column[i % WIDE], (double)x[i]);
    assert_memory_equal(columns, column, sizeof columns);
}

static void nan_and_infinity_are_passed_over(void **state) {
    (void)state;
    float x[40];
    octet_exact_sum sum = {0};
    for (int i = 0; i < 40; i++) x[i] = i == 5 ? NAN : i == 33 ? -INFINITY : 0.25f;
    octet_exact_sum_add_floats(&sum, x, 40);
    expect_equal(octet_exact_sum_read(&sum), 9.5);
}

/* 2^53 + 1 lies between two doubles: the even one; a bit more goes up. */
static void reading_rounds_to_the_nearest(void **state) {
    (void)state;
    octet_exact_sum sum = {0};
    octet_exact_sum_add(&sum, 0x1p53);
    octet_exact_sum_add(&sum, 1.0);
    expect_equal(octet_exact_sum_read(&sum), 0x1p53);
    octet_exact_sum_add(&sum, 0x1p-200);
    expect_equal(octet_exact_sum_read(&sum), 0x1p53 + 2.0);
    octet_exact_sum_add(&sum, -0x1p54);
    expect_equal(octet_exact_sum_read(&sum), -(0x1p53 - 1.0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_of_floats_of_any_size_are_exact),
        cmocka_unit_test(what_cancels_leaves_the_rest),
        cmocka_unit_test(squares_of_the_least_and_the_largest_float_are_exact),
        cmocka_unit_test(order_and_parts_do_not_count),
        cmocka_unit_test(wide_rows_have_a_sum_for_each_column),
        cmocka_unit_test(nan_and_infinity_are_passed_over),
        cmocka_unit_test(reading_rounds_to_the_nearest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
