/* Moments against sums that are written out here, in every order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "statistics/moments.h"

enum { SAMPLES = 12, SIZE = 30, CHANNELS = 5 };

static void make(float x[SAMPLES][SIZE]) {
    for (int s = 0; s < SAMPLES; s++)
        for (int i = 0; i < SIZE; i++) x[s][i] = (float)((s * 53 + i * 29) % 97 - 40) / 7.0f;
}

static void mean_and_variance_are_those_of_all_numbers(void **state) {
    (void)state;
    float x[SAMPLES][SIZE];
    octet_moments m = {0};
    double sum = 0.0, squares = 0.0, minima = 0.0, maxima = 0.0;
    make(x);
    x[3][4] = NAN;
    x[5][1] = INFINITY;
    for (int s = 0; s < SAMPLES; s++) {
        double low = HUGE_VAL, high = -HUGE_VAL;
        octet_moments_observe(&m, x[s], SIZE);
        for (int i = 0; i < SIZE; i++) {
            if (!isfinite(x[s][i])) continue;
            sum += (double)x[s][i];
            squares += (double)x[s][i] * (double)x[s][i];
            low = fmin(low, (double)x[s][i]);
            high = fmax(high, (double)x[s][i]);
        }
        minima += low;
        maxima += high;
    }
    const double n = SAMPLES * SIZE - 2, mean = sum / n;
    assert_int_equal(m.n, SAMPLES * SIZE - 2);
    assert_int_equal(m.n_samples, SAMPLES);
    assert_true(fabs(octet_moments_mean(&m) - mean) < 1e-12);
    assert_true(fabs(octet_moments_variance(&m) - (squares / n - mean * mean)) < 1e-9);
    assert_true(fabs(octet_exact_sum_read(&m.minima) - minima) < 1e-9);
    assert_true(fabs(octet_exact_sum_read(&m.maxima) - maxima) < 1e-9);
}

static void parts_in_any_order_have_the_same_bits(void **state) {
    (void)state;
    float x[SAMPLES][SIZE];
    octet_moments whole = {0}, a = {0}, b = {0};
    make(x);
    for (int s = 0; s < SAMPLES; s++) octet_moments_observe(&whole, x[s], SIZE);
    for (int s = SAMPLES - 1; s >= 0; s--) octet_moments_observe(s % 3 == 0 ? &a : &b, x[s], SIZE);
    octet_moments_merge(&a, &b);
    assert_memory_equal(&whole, &a, sizeof whole);
}

static void nothing_has_no_moments(void **state) {
    (void)state;
    octet_moments m = {0}, zero = {0};
    const float x[2] = {NAN, INFINITY};
    octet_moments_observe(&m, x, 2);
    octet_moments_observe(&m, x, 0);
    assert_memory_equal(&m, &zero, sizeof m);
    assert_true(octet_moments_mean(&m) == 0.0 && octet_moments_variance(&m) == 0.0);
}

static void channels_are_told_apart(void **state) {
    (void)state;
    float x[SAMPLES][SIZE];
    octet_context ctx;
    octet_arena arena = {0};
    octet_channel_moments whole, a, b;
    octet_context_init(&ctx);
    make(x);
    x[0][2] = NAN;
    x[1][1] = -0.0f;
    assert_int_equal(octet_channel_moments_create(&ctx, &arena, CHANNELS, &whole), OCTET_OK);
    assert_int_equal(octet_channel_moments_create(&ctx, &arena, CHANNELS, &a), OCTET_OK);
    assert_int_equal(octet_channel_moments_create(&ctx, &arena, CHANNELS, &b), OCTET_OK);
    octet_channel_moments_observe(&whole, x[0], sizeof x / sizeof(float));
    for (int s = 0; s < SAMPLES; s++) octet_channel_moments_observe(s % 2 == 0 ? &a : &b, x[SAMPLES - 1 - s], SIZE);
    octet_channel_moments_merge(&a, &b);
    assert_int_equal(whole.n, SAMPLES * SIZE / CHANNELS);
    assert_int_equal(a.n, whole.n);
    for (int c = 0; c < CHANNELS; c++) {
        float low = INFINITY, high = -INFINITY;
        double sum = 0.0;
        for (int i = c; i < SAMPLES * SIZE; i += CHANNELS) {
            const float v = x[i / SIZE][i % SIZE];
            if (isnan(v)) continue;
            low = fminf(low, v);
            high = fmaxf(high, v);
            sum += (double)v;
        }
        assert_true(whole.min[c] == low && whole.max[c] == high);
        assert_true(a.min[c] == low && a.max[c] == high);
        assert_true(fabs(octet_exact_sum_read(&whole.sums[c]) - sum) < 1e-9);
        assert_memory_equal(&whole.sums[c], &a.sums[c], sizeof a.sums[c]);
    }
    octet_arena_free(&ctx, &arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mean_and_variance_are_those_of_all_numbers),
        cmocka_unit_test(parts_in_any_order_have_the_same_bits),
        cmocka_unit_test(nothing_has_no_moments),
        cmocka_unit_test(channels_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
