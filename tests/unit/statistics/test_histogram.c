/* Histograms against counts that are made of all numbers at once, as the header defines them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "statistics/histogram.h"

enum { N = 4000 };

typedef struct fixture {
    octet_context ctx;
    octet_arena arena;
    float x[N];
    uint64_t seed;
} fixture;

static double draw(fixture *f) {
    f->seed = f->seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(f->seed >> 11) * 0x1p-53;
}

static octet_histogram create(fixture *f, uint32_t n_most) {
    octet_histogram h;
    assert_int_equal(octet_histogram_create(&f->ctx, &f->arena, n_most, &h), OCTET_OK);
    return h;
}

/* The least exponent by trying all. */
static int exponent_of(const float *x, size_t n, uint32_t n_most) {
    for (int e = -149; e < 128; e++) {
        double first = INFINITY, last = -INFINITY;
        for (size_t i = 0; i < n; i++) {
            if (x[i] == 0.0f || !isfinite(x[i])) continue;
            const double at = floor((double)x[i] / ldexp(1.0, e));
            first = fmin(first, at);
            last = fmax(last, at);
        }
        if (last - first < n_most && first >= -0x1p24 && last <= 0x1p24) return e;
    }
    return 128;
}

static void expect_counts(const octet_histogram *h, const float *x, size_t n) {
    const int exponent = exponent_of(x, n, h->n_most);
    uint64_t zeros = 0, inside = 0, total = 0;
    for (size_t i = 0; i < n; i++) zeros += x[i] == 0.0f;
    for (size_t i = 0; i < n; i++) inside += x[i] != 0.0f && isfinite(x[i]);
    assert_int_equal(h->n_zeros, zeros);
    assert_int_equal(h->n, inside);
    if (inside == 0) return;
    assert_int_equal(h->exponent, exponent);
    for (int32_t bin = h->first; bin <= h->last; bin++) {
        const double low = ldexp((double)bin, exponent), high = ldexp((double)bin + 1.0, exponent);
        uint64_t count = 0;
        for (size_t i = 0; i < n; i++) count += x[i] != 0.0f && (double)x[i] >= low && (double)x[i] < high;
        assert_int_equal(octet_histogram_count(h, bin), count);
        total += count;
    }
    assert_int_equal(total, inside);
    assert_true(octet_histogram_count(h, h->first) > 0 && octet_histogram_count(h, h->last) > 0);
}

/* In parts of growing size, in another order, and merged of two: the same. */
static void expect_the_same_in_parts(fixture *f, const float *x, size_t n, uint32_t n_most) {
    octet_histogram whole = create(f, n_most), parts = create(f, n_most), a = create(f, n_most), b = create(f, n_most);
    octet_histogram_observe(&whole, x, n);
    expect_counts(&whole, x, n);
    for (size_t end = n, size = 1; end > 0; end -= size, size = 2 * size < end ? 2 * size : end)
        octet_histogram_observe(&parts, x + end - size, size);
    octet_histogram_observe(&a, x, n / 3);
    octet_histogram_observe(&b, x + n / 3, n - n / 3);
    octet_histogram_merge(&b, &a);
    expect_counts(&parts, x, n);
    expect_counts(&b, x, n);
}

static void counts_are_those_of_all_numbers_at_once(void **state) {
    fixture *f = *state;
    for (int kind = 0; kind < 8; kind++) {
        for (int i = 0; i < N; i++) {
            const double u = draw(f), v = draw(f);
            const double normal = sqrt(-2.0 * log(u + 1e-12)) * cos(6.283185307179586 * v);
            const double numbers[8] = {normal,
                                       normal > 0.0 ? normal : 0.0, /* half of them zero */
                                       normal * exp(4.0 * v),
                                       100.0 + normal,
                                       -5.0 - u,
                                       pow(10.0, 60.0 * (u - 0.5)),
                                       i < 10 ? 1e-42 : 0.0,
                                       (i % 3 == 0 ? -1.0 : 1.0) * 3e38 * u};
            f->x[i] = (float)numbers[kind];
        }
        expect_the_same_in_parts(f, f->x, kind == 0 ? N : 1000, kind % 2 == 0 ? 2048 : 256);
    }
}

static void single_numbers_have_one_bin(void **state) {
    fixture *f = *state;
    static const float numbers[] = {1.0f, -1.0f, 0.5f, 3.40282347e38f, -3.40282347e38f, 1.40129846e-45f, 7.3f};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        expect_the_same_in_parts(f, &numbers[i], 1, 2048);
        octet_histogram h = create(f, 2048);
        octet_histogram_observe(&h, &numbers[i], 1);
        assert_int_equal(h.first, h.last);
    }
}

static void zeros_nan_and_infinity_make_no_bins(void **state) {
    fixture *f = *state;
    const float x[6] = {0.0f, NAN, -0.0f, INFINITY, -INFINITY, 0.0f};
    octet_histogram h = create(f, 256);
    octet_histogram_observe(&h, x, 6);
    expect_counts(&h, x, 6);
    const float y[4] = {NAN, 2.0f, 0.0f, -3.0f};
    octet_histogram_clear(&h);
    octet_histogram_observe(&h, y, 4);
    expect_counts(&h, y, 4);
}

static void bins_get_fewer_where_rows_are_many(void **state) {
    (void)state;
    assert_int_equal(octet_histogram_bins_for(1), 2048);
    assert_int_equal(octet_histogram_bins_for(2048), 2048);
    assert_int_equal(octet_histogram_bins_for(2049), 1024);
    assert_int_equal(octet_histogram_bins_for(1000000), 256);
}

static int setup(void **state) {
    static fixture f;
    f = (fixture){.seed = 7};
    octet_context_init(&f.ctx);
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
        CASE(counts_are_those_of_all_numbers_at_once),
        CASE(single_numbers_have_one_bin),
        CASE(zeros_nan_and_infinity_make_no_bins),
        CASE(bins_get_fewer_where_rows_are_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
