/* Which ranges a method changes, and which it leaves. */
#include "quant/narrow.h"
#include "support/graph_quantize.h"

enum { N = 64 };

/* x -> ABS -> y; y -> SOFTMAX. Statistics of all kinds. */
static void make(fixture *f) {
    const uint32_t x = input(f, N, 0.0f, 1.0f), y = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f);
    const uint32_t z = unary(f, OCTET_OP_SOFTMAX, y, 0.0f, 1.0f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, z, "z"));
    expect_ok(f, octet_statistics_create_for(&f->ctx, f->graph, &f->statistics));
    expect_ok(f, octet_statistics_gather(&f->ctx, f->graph, OCTET_KINDS_ALL, f->statistics));
}

/* One sample into every row. */
static void see(fixture *f, uint32_t half, const float *x) {
    for (uint32_t i = 0; i < f->statistics->n_rows; i++) {
        octet_range_observe(&f->statistics->rows[i].ranges[half], x, N);
        octet_row_observe_sample(&f->statistics->rows[i], half, 0, x, N);
    }
    f->statistics->n_samples++;
}

/* Samples from 0 to 1 + s / 4, s below 8. */
static void see_ramps(fixture *f) {
    float x[N];
    for (int s = 0; s < 8; s++) {
        for (int i = 0; i < N; i++) x[i] = (1.0f + (float)s / 4.0f) * (float)i / (float)(N - 1);
        see(f, (uint32_t)s % 2, x);
    }
}

static octet_observed_range range_of(fixture *f, uint32_t row) {
    return octet_statistics_range(&f->statistics->rows[row]);
}

/* The share of the numbers beyond the ranges. */
static double use(fixture *f, octet_observe_method method) {
    const octet_observe_options options = {.method = method, .percentile = 90.0};
    double clipped = 5.0;
    expect_ok(f, octet_narrow_ranges(&f->ctx, f->graph, &options, f->statistics, &clipped));
    return clipped;
}

static void inputs_and_fixed_ranges_stay(void **state) {
    fixture *f = *state;
    make(f);
    see_ramps(f);
    use(f, OCTET_OBSERVE_MOVING_AVERAGE);
    assert_true(range_of(f, 0).max == 2.75f);  /* x */
    assert_true(range_of(f, 1).max == 1.875f); /* mean of 1, 1.25, ... 2.75 */
    assert_true(range_of(f, 2).max == 2.75f);  /* SOFTMAX, whose range is fixed */
    assert_true(range_of(f, 1).min == 0.0f && range_of(f, 1).seen);
}

static void minmax_changes_nothing(void **state) {
    fixture *f = *state;
    make(f);
    see_ramps(f);
    assert_true(use(f, OCTET_OBSERVE_MINMAX) == 0.0);
    for (uint32_t i = 0; i < 3; i++) assert_true(range_of(f, i).max == 2.75f);
    assert_true(f->statistics->rows[1].ranges[0].max == 2.5f); /* each half has its own */
}

static void a_percentile_cuts_what_few_numbers_reach(void **state) {
    fixture *f = *state;
    make(f);
    see_ramps(f);
    const double clipped = use(f, OCTET_OBSERVE_PERCENTILE);
    assert_true(clipped > 0.04 && clipped < 0.11); /* of the zeros at the lower end none are cut */
    assert_true(range_of(f, 1).max > 1.5f && range_of(f, 1).max < 2.5f);
}

static void state_and_what_shares_its_scale_stay(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, N, 0.0f, 1.0f), state_value = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f);
    f->graph->values[state_value].is_variable = true;
    unary(f, OCTET_OP_ABS, state_value, 0.0f, 1.0f);
    unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f);
    expect_ok(f, octet_statistics_create_for(&f->ctx, f->graph, &f->statistics));
    expect_ok(f, octet_statistics_gather(&f->ctx, f->graph, OCTET_KINDS_ALL, f->statistics));
    see_ramps(f);
    use(f, OCTET_OBSERVE_MOVING_AVERAGE);
    static const float expected[4] = {2.75f, 2.75f, 2.75f, 1.875f}; /* x, the state, what reads it, another */
    for (uint32_t i = 0; i < 4; i++) assert_true(range_of(f, i).max == expected[i]);
}

static void what_held_nan_or_infinity_stays_to_be_refused(void **state) {
    fixture *f = *state;
    static const float odd[] = {NAN, INFINITY};
    make(f);
    see_ramps(f);
    for (int k = 0; k < 2; k++) octet_range_observe(&f->statistics->rows[1].ranges[0], &odd[k], 1);
    use(f, OCTET_OBSERVE_MSE);
    assert_true(range_of(f, 1).saw_nan && isinf(range_of(f, 1).max));
    assert_int_equal(octet_statistics_check(&f->ctx, f->statistics, NULL), OCTET_DATA);
    octet_context_clear(&f->ctx);
}

/* Both halves hold the same even numbers, so that the mean of the maxima cuts the second sample's, and minmax does not;
 * auto sees what that costs on the half that it was not fitted on. */
static void auto_takes_the_least_error_on_the_other_half(void **state) {
    fixture *f = *state;
    make(f);
    float small[N], large[N];
    for (int i = 0; i < N; i++) small[i] = 0.5f * (float)i / (float)N, large[i] = 4.0f * (float)i / (float)N;
    for (uint32_t half = 0; half < 2; half++) {
        see(f, half, small);
        see(f, half, large);
    }
    use(f, OCTET_OBSERVE_AUTO);
    assert_true(range_of(f, 1).max > 3.8f);
}

static void methods_need_their_kinds(void **state) {
    fixture *f = *state;
    static const octet_observe_options options = {.method = OCTET_OBSERVE_MSE};
    double clipped;
    make(f);
    expect_ok(f, octet_statistics_gather(&f->ctx, f->graph, OCTET_KIND_MOMENTS, f->statistics));
    see_ramps(f);
    assert_int_equal(octet_narrow_ranges(&f->ctx, f->graph, &options, f->statistics, &clipped), OCTET_DATA);
    octet_context_clear(&f->ctx);
    assert_int_equal(octet_narrow_kinds(OCTET_OBSERVE_MINMAX), 0);
    assert_true(use(f, OCTET_OBSERVE_MOVING_AVERAGE) == -1.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(inputs_and_fixed_ranges_stay),
        CASE(minmax_changes_nothing),
        CASE(a_percentile_cuts_what_few_numbers_reach),
        CASE(state_and_what_shares_its_scale_stay),
        CASE(what_held_nan_or_infinity_stays_to_be_refused),
        CASE(auto_takes_the_least_error_on_the_other_half),
        CASE(methods_need_their_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
