/* Ranges of each method against what the numbers themselves say: sorted, counted and rounded here, one by one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "quant/observe.h"

enum { N = 6000, KINDS = 6, BINS = 2048 };

typedef struct fixture {
    octet_context ctx;
    octet_arena arena;
    octet_histogram histogram;
    octet_observed numbers;
    float x[N];
    uint64_t seed;
} fixture;

static double draw(fixture *f) {
    f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
    return ((double)(f->seed >> 11) + 0.5) * 0x1p-53;
}

static void observe(fixture *f, size_t n) {
    octet_range ends = {f->x[0], f->x[0]};
    octet_histogram_clear(&f->histogram);
    octet_histogram_observe(&f->histogram, f->x, n);
    for (size_t i = 1; i < n; i++) ends = (octet_range){fminf(ends.min, f->x[i]), fmaxf(ends.max, f->x[i])};
    f->numbers = (octet_observed){&f->histogram, ends};
}

/* Normal, half of them cut to zero, long tails, far from zero, below zero, even. */
static void make(fixture *f, int kind) {
    for (int i = 0; i < N; i++) {
        const double u = draw(f), v = draw(f);
        const double normal = sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
        const double x[KINDS] = {normal,       fmax(normal, 0.0),   (v < 0.4 ? 1.0 : -0.3) * pow(-log(u), 2.0),
                                 7.0 + normal, -fabs(normal) - 0.5, 3.0 * u};
        f->x[i] = (float)x[kind];
    }
    observe(f, N);
}

static int by_size(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void percentiles_are_those_of_the_sorted_numbers(void **state) {
    fixture *f = *state;
    static const double percentiles[] = {100.0, 99.875, 99.0, 90.0, 60.0};
    static float sorted[N];
    for (int kind = 0; kind < KINDS; kind++) {
        make(f, kind);
        memcpy(sorted, f->x, sizeof sorted);
        qsort(sorted, N, sizeof *sorted, by_size);
        const double bin = ldexp(1.0, f->histogram.exponent);
        for (size_t p = 0; p < sizeof percentiles / sizeof *percentiles; p++) {
            const double tail = N * (100.0 - percentiles[p]) / 200.0;
            const double low = (double)sorted[(int)tail], high = (double)sorted[N - 1 - (int)tail];
            const octet_range range = octet_observe_percentile(f->numbers, percentiles[p]);
            assert_true(fabs((double)range.min - low) <= bin && fabs((double)range.max - high) <= bin);
            const double share = octet_observe_clipped(f->numbers, range);
            size_t beyond = 0;
            for (int i = 0; i < N; i++) beyond += f->x[i] < range.min || f->x[i] > range.max;
            assert_true(fabs(share - (double)beyond / N) < 0.01);
        }
        const octet_range all = octet_observe_percentile(f->numbers, 100.0);
        assert_true(all.min == sorted[0] && all.max == sorted[N - 1]);
    }
}

static void moving_averages_are_means_over_samples(void **state) {
    fixture *f = *state;
    enum { SAMPLES = 20, SIZE = N / SAMPLES };
    make(f, 2);
    octet_moments moments = {0};
    double low = 0.0, high = 0.0;
    for (int s = 0; s < SAMPLES; s++) {
        float least = INFINITY, most = -INFINITY;
        for (int i = 0; i < SIZE; i++) {
            least = fminf(least, f->x[s * SIZE + i]);
            most = fmaxf(most, f->x[s * SIZE + i]);
        }
        octet_moments_observe(&moments, f->x + s * SIZE, SIZE);
        low += (double)least / SAMPLES;
        high += (double)most / SAMPLES;
    }
    const octet_range range = octet_observe_moving_average(&moments);
    assert_true(fabs((double)range.min - low) < 1e-6 && fabs((double)range.max - high) < 1e-6);
}

/* Migacz's algorithm as its slides have it, on counts of magnitudes. */
static double reference_divergence(const double *counts, int n_bins, int n, int levels) {
    double p[BINS], q[BINS], p_sum = 0.0, q_sum = 0.0, d = 0.0;
    for (int j = 0; j < n; j++) p[j] = counts[j];
    for (int j = n; j < n_bins; j++) p[n - 1] += counts[j];
    for (int level = 0; level < levels; level++) {
        const int begin = level * n / levels, end = (level + 1) * n / levels;
        double sum = 0.0, filled = 0.0;
        for (int j = begin; j < end; j++) {
            sum += counts[j];
            filled += counts[j] != 0.0;
        }
        for (int j = begin; j < end; j++) q[j] = counts[j] != 0.0 ? sum / filled : 0.0;
    }
    for (int j = 0; j < n; j++) {
        p_sum += p[j];
        q_sum += q[j];
    }
    for (int j = 0; j < n; j++) {
        if (p[j] == 0.0) continue;
        if (q[j] == 0.0) return INFINITY;
        d += p[j] / p_sum * log(p[j] / p_sum / (q[j] / q_sum));
    }
    return d;
}

/* Numbers in the middle of bins of 2^-10, up to the last of 2048: so both see the same counts. signs: 1 or 2. */
static void expect_least_divergence(fixture *f, double spread, int signs) {
    double counts[BINS] = {0};
    for (int i = 0; i < N; i++) {
        double at = i == 0 ? BINS - 1 : floor(-log(draw(f)) * spread);
        if (at > BINS - 1) at = BINS - 1;
        counts[(int)at] += 1.0;
        f->x[i] = (float)((at + 0.5) * 0x1p-10) * (signs == 2 && i % 2 == 1 ? -1.0f : 1.0f);
    }
    if (signs == 2) f->x[1] = -f->x[0];
    observe(f, N);
    if (signs == 2) { /* both ends are far apart, so that bins are twice as wide */
        memset(counts, 0, sizeof counts);
        for (int i = 0; i < N; i++) counts[(int)floor(fabs((double)f->x[i]) * 0x1p9)] += 1.0;
    }
    assert_int_equal(f->histogram.exponent, signs == 2 ? -9 : -10);
    const int n_bins = signs == 2 ? BINS / 2 : BINS, levels = signs == 2 ? 128 : 255;
    int best = n_bins;
    double least = INFINITY;
    for (int n = levels; n <= n_bins; n++) {
        double inside = 0.0;
        for (int j = 0; j < n; j++) inside += counts[j];
        if (inside < 0.9 * N) continue;
        const double d = reference_divergence(counts, n_bins, n, levels);
        if (d <= least) {
            least = d;
            best = n;
        }
    }
    const octet_range range = octet_observe_entropy(f->numbers, false);
    const double threshold = fmin(ldexp((double)best, f->histogram.exponent), (double)f->numbers.ends.max);
    const int chosen = (int)ceil((double)range.max * ldexp(1.0, -f->histogram.exponent));
    assert_true(chosen == best || fabs(reference_divergence(counts, n_bins, chosen, levels) - least) < 1e-9);
    if (chosen == best) assert_true(fabs((double)range.max - threshold) < 1e-6);
    assert_true(signs == 2 ? range.min == -range.max : range.min == f->numbers.ends.min);
}

static void entropy_finds_the_least_divergence(void **state) {
    fixture *f = *state;
    for (int signs = 1; signs <= 2; signs++)
        for (double spread = 20.0; spread < 2000.0; spread *= 2.5) expect_least_divergence(f, spread, signs);
    make(f, 3); /* far from zero: 7 deviations and more */
    const octet_range range = octet_observe_entropy(f->numbers, false);
    assert_true(range.max > 7.0f && range.max <= f->numbers.ends.max && range.min == f->numbers.ends.min);
    const octet_range wide = octet_observe_entropy(f->numbers, true);
    assert_true(wide.min == f->numbers.ends.min && wide.max == f->numbers.ends.max);
}

/* One number after the other through int8 (or int16) and back. */
static double reference_error(const float *x, double low, double high, bool is_16_bit) {
    double sum = 0.0;
    low = fmin(low, 0.0);
    high = fmax(high, 0.0);
    const double step = is_16_bit ? fmax(-low, high) / 32767.0 : (high - low) / 255.0;
    const double zero = is_16_bit ? 0.0 : round(-128.0 - low / step), least = is_16_bit ? -32767.0 : -128.0;
    for (int i = 0; i < N; i++) {
        const double q = fmin(fmax(round((double)x[i] / step) + zero, least), is_16_bit ? 32767.0 : 127.0);
        const double error = (double)x[i] - step * (q - zero);
        sum += error * error;
    }
    return sum;
}

static void errors_are_those_of_rounding_each_number(void **state) {
    fixture *f = *state;
    for (int kind = 0; kind < KINDS; kind++) {
        make(f, kind);
        for (double share = 1.0; share > 0.1; share *= 0.7) {
            const octet_range range = {(float)(share * (double)f->numbers.ends.min),
                                       (float)(share * (double)f->numbers.ends.max)};
            for (int wide = 0; wide < 2; wide++) {
                const double error = octet_observe_error(f->numbers, range, wide == 1);
                const double expected = reference_error(f->x, (double)range.min, (double)range.max, wide == 1);
                assert_true(fabs(error - expected) < 0.05 * expected);
            }
        }
    }
}

static void errors_of_one_number_are_exact(void **state) {
    fixture *f = *state;
    f->x[0] = 0.3f;
    observe(f, 1);
    const double step = 1.0 / 255.0, rest = (double)0.3f - round((double)0.3f / step) * step;
    assert_true(fabs(octet_observe_error(f->numbers, (octet_range){0.0f, 1.0f}, false) - rest * rest) < 1e-9);
    const double cut = (double)0.3f - 0.25;
    assert_true(fabs(octet_observe_error(f->numbers, (octet_range){0.0f, 0.25f}, false) - cut * cut) < 1e-6);
    f->x[0] = 0.0f;
    observe(f, 1);
    assert_true(octet_observe_error(f->numbers, (octet_range){0.0f, 0.25f}, false) == 0.0);
}

/* All pairs of 64ths by rounding each number: what is chosen costs hardly more than the best of them. */
static void mse_finds_nearly_the_least_error_of_all_pairs(void **state) {
    fixture *f = *state;
    for (int kind = 0; kind < KINDS; kind++) {
        make(f, kind);
        const double low = (double)f->numbers.ends.min, high = (double)f->numbers.ends.max;
        double least = INFINITY;
        for (int a = 64; a > 0; a -= 2)
            for (int b = 64; b > 0; b -= 2)
                least = fmin(least, reference_error(f->x, low * a / 64.0, high * b / 64.0, false));
        const octet_range range = octet_observe_mse(f->numbers, false);
        assert_true(range.min >= f->numbers.ends.min && range.max <= f->numbers.ends.max);
        assert_true(reference_error(f->x, (double)range.min, (double)range.max, false) < 1.06 * least);
    }
}

/* Numbers x > 0 with the density exp(-x), cut at T and rounded in steps of T / 255: the squared error has its least
 * where 2 exp(-T) = T / (6 * 255^2), at T = 11.2. */
static void mse_cuts_an_exponential_where_calculus_says(void **state) {
    fixture *f = *state;
    enum { PARTS = 700 };
    octet_histogram_clear(&f->histogram);
    for (int part = 0; part < PARTS; part++) {
        for (int i = 0; i < N; i++) f->x[i] = (float)-log((i * PARTS + part + 0.5) / (N * PARTS));
        octet_histogram_observe(&f->histogram, f->x, N);
    }
    const octet_observed numbers = {&f->histogram, {0.0f, (float)log(2.0 * N * PARTS)}};
    const octet_range narrow = octet_observe_mse(numbers, false), wide = octet_observe_mse(numbers, true);
    assert_true(narrow.min == 0.0f && fabsf(narrow.max - 11.2f) < 0.3f);
    assert_true(wide.max == numbers.ends.max); /* int16 cuts nothing */
}

/* Nothing but zeros, and a constant. */
static void what_has_no_spread_keeps_its_ends(void **state) {
    fixture *f = *state;
    static const float constants[] = {0.0f, 2.5f, -2.5f};
    for (size_t k = 0; k < sizeof constants / sizeof *constants; k++) {
        const float c = constants[k];
        for (int i = 0; i < 10; i++) f->x[i] = c;
        observe(f, 10);
        const octet_range ranges[] = {octet_observe_percentile(f->numbers, 99.9),
                                      octet_observe_entropy(f->numbers, false), octet_observe_mse(f->numbers, false)};
        for (int m = 0; m < 3; m++) {
            assert_true(ranges[m].max <= fmaxf(c, 0.0f) && ranges[m].min >= fminf(c, 0.0f));
            assert_true(fabsf(c > 0.0f ? ranges[m].max - c : ranges[m].min - c) <= 0.02f * fabsf(c));
        }
    }
}

static int setup(void **state) {
    static fixture f;
    f = (fixture){.seed = 5};
    octet_context_init(&f.ctx);
    assert_int_equal(octet_histogram_create(&f.ctx, &f.arena, BINS, &f.histogram), OCTET_OK);
    *state = &f;
    return 0;
}

static int teardown(void **state) {
    fixture *f = *state;
    octet_arena_free(&f->ctx, &f->arena);
    return 0;
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(percentiles_are_those_of_the_sorted_numbers),
        CASE(moving_averages_are_means_over_samples),
        CASE(entropy_finds_the_least_divergence),
        CASE(errors_are_those_of_rounding_each_number),
        CASE(errors_of_one_number_are_exact),
        CASE(mse_finds_nearly_the_least_error_of_all_pairs),
        CASE(mse_cuts_an_exponential_where_calculus_says),
        CASE(what_has_no_spread_keeps_its_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
