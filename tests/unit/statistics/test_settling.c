/* How far ranges move with the last tenth, on ranges that are set by hand. */
#include "statistics/settling.h"
#include "support/graph_quantize.h"

enum { N = 4 };

/* Statistics of x and ABS, each tenth of which reaches from 0 to reach[t]. */
static void make(fixture *f, const float *reach) {
    const uint32_t x = input(f, N, 0.0f, 1.0f);
    unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f);
    expect_ok(f, octet_statistics_create_for(&f->ctx, f->graph, &f->statistics));
    expect_ok(f, octet_statistics_gather(&f->ctx, f->graph, OCTET_KIND_TENTHS, f->statistics));
    for (uint32_t row = 0; row < 2; row++)
        for (int t = 0; t < OCTET_STATISTICS_TENTHS; t++)
            f->statistics->rows[row].tenths[t] = (octet_observed_range){0.0f, reach[t], true, false};
}

static void equal_tenths_move_nothing(void **state) {
    fixture *f = *state;
    static const float reach[10] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    make(f, reach);
    const octet_settling s = octet_statistics_settling(f->statistics);
    assert_true(s.last_tenth == 0.0 && s.at_half == 0.0);
    assert_int_equal(octet_settling_enough(&s, 100, 0.02), 100);
}

/* One tenth reaches 1.5 times as far as the others: it is the last one in a tenth of the ways to order them, and one of
 * the last of five in as many. */
static void one_wide_tenth_counts_a_tenth(void **state) {
    fixture *f = *state;
    static const float reach[10] = {2, 2, 2, 2, 2, 2, 3, 2, 2, 2};
    make(f, reach);
    const octet_settling s = octet_statistics_settling(f->statistics);
    assert_true(fabs(s.last_tenth - 0.05) < 1e-9);
    assert_true(fabs(s.at_half - 0.05 * log(10.0 / 9.0) / log(5.0 / 4.0)) < 1e-6);
}

/* Rows that saw nothing or only zeros do not count. */
static void what_has_no_width_does_not_count(void **state) {
    fixture *f = *state;
    static const float reach[10] = {2, 2, 2, 2, 2, 2, 3, 2, 2, 2};
    make(f, reach);
    for (int t = 0; t < OCTET_STATISTICS_TENTHS; t++)
        f->statistics->rows[1].tenths[t] =
            t == 0 ? (octet_observed_range){0.0f, 0.0f, true, false} : octet_range_empty();
    const octet_settling s = octet_statistics_settling(f->statistics);
    assert_true(fabs(s.last_tenth - 0.05) < 1e-9);
    f->statistics->rows[0].tenths = f->statistics->rows[1].tenths = NULL;
    const octet_settling none = octet_statistics_settling(f->statistics);
    assert_true(none.last_tenth == 0.0 && none.at_half == 0.0);
}

/* Movement that falls as 1 / n: four times as many for a quarter. It is taken to fall at least as its root. */
static void enough_follows_the_fall(void **state) {
    (void)state;
    assert_int_equal(octet_settling_enough(&(octet_settling){0.08, 0.16}, 100, 0.02), 400);
    assert_int_equal(octet_settling_enough(&(octet_settling){0.08, 0.32}, 100, 0.02), 200);
    assert_int_equal(octet_settling_enough(&(octet_settling){0.04, 0.04}, 100, 0.02), 400);
    assert_int_equal(octet_settling_enough(&(octet_settling){0.0205, 0.041}, 1000, 0.02), 1100);
    assert_int_equal(octet_settling_enough(&(octet_settling){0.02, 0.04}, 77, 0.02), 77);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(equal_tenths_move_nothing),
        CASE(one_wide_tenth_counts_a_tenth),
        CASE(what_has_no_width_does_not_count),
        CASE(enough_follows_the_fall),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
