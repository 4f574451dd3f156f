/* Figures of a row against sums over all numbers at once, however the runs are divided. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "layers/table.h"

enum { N_RUNS = 12, N_CHANNELS = 4, N = 8 * N_CHANNELS, N_ALL = N_RUNS * N };

static octet_context ctx;
static octet_graph *graph;
static octet_arena arena;
static octet_layer_measured measured;
static float real[N_ALL], shown[N_ALL], alone[N_ALL];
static int8_t codes[N_ALL];

static void good(octet_status status) {
    if (status != OCTET_OK) fail_msg("%s: %s", octet_status_name(status), ctx.message);
}

static float next(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (float)((int64_t)(*seed >> 33) - (1 << 30)) / (float)(1 << 30);
}

/* Scale 0.1, zero point -28: -10..15.5. Channel 2 is ten times as large, and has a mean error. */
static int setup(void **state) {
    (void)state;
    const float scale = 0.1f;
    const int32_t zero = -28;
    uint64_t seed = 5;
    uint32_t v;
    octet_context_init(&ctx);
    good(octet_graph_create(&ctx, "g", &graph));
    good(octet_graph_add_value(&ctx, graph, "v", OCTET_INT8, &(octet_shape){2, {8, N_CHANNELS}}, &v));
    good(octet_value_set_quantization(&ctx, graph, v, 1, 0, &scale, &zero));
    assert_true(octet_layer_measured_make(&graph->values[v], &measured));
    for (size_t i = 0; i < N_ALL; i++) {
        const size_t c = i % N_CHANNELS;
        real[i] = (c == 2 ? 18.0f : 1.8f) * next(&seed);
        const float with_error = real[i] + 0.3f * next(&seed) + (c == 2 ? 0.5f : 0.0f);
        codes[i] = (int8_t)fminf(127.0f, fmaxf(-128.0f, roundf(with_error / scale) + (float)zero));
        shown[i] = scale * (float)(codes[i] - zero);
        alone[i] = shown[i] - 0.2f * next(&seed);
    }
    return 0;
}

static int teardown(void **state) {
    (void)state;
    octet_graph_destroy(&ctx, graph);
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
    return 0;
}

/* The row, with runs dealt to threads as `owner` says. */
static octet_layer_row fill(const int *owner, bool has_added) {
    octet_layer_measure parts[2];
    double sums[N_RUNS][OCTET_N_SUMS + 2 * N_CHANNELS], totals[OCTET_N_SUMS + 2 * N_CHANNELS] = {0};
    octet_layer_row row = {.has_added = has_added};
    for (int t = 0; t < 2; t++) good(octet_layer_measure_create(&ctx, &arena, &measured, &parts[t]));
    assert_int_equal(octet_layer_measured_n_sums(&measured), OCTET_N_SUMS + 2 * N_CHANNELS);
    for (int t = 1; t >= 0; t--)
        for (size_t run = 0; run < N_RUNS; run++)
            if (owner[run] == t)
                octet_layer_measure_add(&parts[t], &measured, real + run * N, shown + run * N, codes + run * N,
                                        has_added ? alone + run * N : NULL, N, sums[run]);
    for (size_t run = 0; run < N_RUNS; run++)
        for (size_t i = 0; i < OCTET_N_SUMS + 2 * N_CHANNELS; i++) totals[i] += sums[run][i];
    octet_layer_measure_merge(&parts[0], &parts[1], &measured);
    good(octet_layer_row_fill(&ctx, &arena, &measured, &parts[0], totals, &row));
    return row;
}

static const int first_only[N_RUNS] = {0}, dealt[N_RUNS] = {0, 1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 1};

static void near(double a, double b) {
    if (!(fabs(a - b) <= 1e-9 * fmax(1.0, fabs(b)))) fail_msg("%.12g is not %.12g", a, b);
}

static void figures_are_those_of_all_numbers(void **state) {
    (void)state;
    long double signal = 0, noise = 0, added = 0, inherited = 0, addition = 0, error = 0, dot = 0, square = 0;
    double largest = 0, largest_added = 0, low = INFINITY, high = -INFINITY, n_low = 0, n_high = 0, n_cut = 0,
           n_codes = 0;
    bool seen[256] = {false};
    for (size_t i = 0; i < N_ALL; i++) {
        const long double f = real[i], q = shown[i], e = q - f, a = q - alone[i];
        signal += f * f, noise += e * e, added += a * a, addition += a, inherited += (e - a) * (e - a), error += e;
        dot += f * q, square += q * q;
        largest_added = fmax(largest_added, fabs((double)a));
        largest = fmax(largest, fabs((double)e)), low = fmin(low, real[i]), high = fmax(high, real[i]);
        n_low += codes[i] == -128, n_high += codes[i] == 127;
        n_cut += (double)f > 15.5 + 0.15 || (double)f < -10.0 - 0.15;
        n_codes += !seen[codes[i] + 128], seen[codes[i] + 128] = true;
    }
    const octet_layer_row row = fill(dealt, true);
    near(row.sqnr_db, 10.0 * log10((double)(signal / noise)));
    near(row.added_db, 10.0 * log10((double)(signal / added)));
    near(row.inherited_db, 10.0 * log10((double)(signal / inherited)));
    near(row.added_share, (double)(added / (added + inherited)));
    near(row.cosine, (double)(dot / sqrtl(signal * square)));
    near(row.error.mean, (double)error / N_ALL);
    near(row.error.mean_square, (double)noise / N_ALL);
    near(row.error.deviation, sqrt((double)(noise / N_ALL - error * error / N_ALL / N_ALL)));
    near(row.error.largest, largest);
    near(row.added.mean, (double)addition / N_ALL);
    near(row.added.mean_square, (double)added / N_ALL);
    near(row.added.deviation, sqrt((double)(added / N_ALL - addition * addition / N_ALL / N_ALL)));
    near(row.added.largest, largest_added);
    near(row.min, low);
    near(row.max, high);
    near(row.low_share, n_low / N_ALL);
    near(row.high_share, n_high / N_ALL);
    near(row.cut_share, n_cut / N_ALL);
    near(row.unused_share, 1.0 - n_codes / 256.0);
    assert_true(n_low > 0 && n_high > 0 && n_cut > 0 && row.unused_share > 0.0);
    near(row.scale, (double)0.1f);
    assert_int_equal(row.zero_point, -28);
    near(row.low, -100.0 * (double)0.1f);
    near(row.high, 155.0 * (double)0.1f);
}

static void threads_do_not_count(void **state) {
    (void)state;
    const octet_layer_row a = fill(first_only, true), b = fill(dealt, true);
    assert_memory_equal(&a, &b, sizeof a);
}

/* Counted one by one, in bins whose borders are computed another way. */
static void bins_count_every_number(void **state) {
    (void)state;
    octet_layer_measure parts[2];
    double sums[OCTET_N_SUMS + 2 * N_CHANNELS];
    uint64_t expected[OCTET_MEASURE_BINS] = {0};
    const double width = (measured.high - measured.low) / OCTET_MEASURE_INNER_BINS;
    real[3] = 1e30f, real[N + 5] = -1e30f; /* beyond all bins */
    for (int t = 0; t < 2; t++) good(octet_layer_measure_create(&ctx, &arena, &measured, &parts[t]));
    for (size_t run = 0; run < N_RUNS; run++)
        octet_layer_measure_add(&parts[run % 2], &measured, real + run * N, shown + run * N, codes + run * N, NULL, N,
                                sums);
    octet_layer_measure_merge(&parts[0], &parts[1], &measured);
    for (size_t i = 0; i < N_ALL; i++) {
        size_t bin = 0;
        while (bin + 1 < OCTET_MEASURE_BINS &&
               (double)real[i] >= measured.low + width * ((double)bin + 1.0 - OCTET_MEASURE_INNER_BINS))
            bin++;
        expected[bin]++;
    }
    assert_memory_equal(parts[0].bins, expected, sizeof expected);
    assert_true(expected[0] > 0 && expected[OCTET_MEASURE_BINS - 1] > 0);
}

static void channels_show_shift_and_outlier(void **state) {
    (void)state;
    double means[N_CHANNELS] = {0}, noise = 0, square = 0;
    for (size_t i = 0; i < N_ALL; i++) {
        const double e = (double)shown[i] - (double)real[i];
        means[i % N_CHANNELS] += e / (N_ALL / N_CHANNELS);
        noise += e * e;
    }
    for (int c = 0; c < N_CHANNELS; c++) square += means[c] * means[c] * N_ALL / N_CHANNELS;
    const octet_layer_row row = fill(dealt, false);
    const double chance = (double)N_CHANNELS / N_ALL;
    near(row.shift_share, fmax(0.0, (square / noise - chance) / (1.0 - chance)));
    near(row.shift_steps, sqrt(square / N_ALL) / (double)0.1f);
    near(row.shift_left, 1.0);
    assert_int_equal(row.outlier_channel, 2);
    assert_true(row.outlier_ratio > 8.0 && row.outlier_ratio < 12.0);
    assert_true(isnan(row.added_db) && isnan(row.added_share) && isnan(row.added.mean));
    const octet_layer_row both = fill(dealt, true);
    assert_true(both.shift_share < 0.1); /* what is added has no common mean */
    assert_true(both.shift_left > 10.0);
}

static void numbers_that_are_none_do_not_count(void **state) {
    (void)state;
    const octet_layer_row before = fill(dealt, true);
    const float kept[2] = {real[0], real[N]};
    real[0] = NAN, real[N] = INFINITY;
    const octet_layer_row row = fill(dealt, true);
    real[0] = kept[0], real[N] = kept[1];
    assert_int_equal(before.n_not_finite, 0);
    assert_int_equal(row.n_not_finite, 2);
    assert_true(isfinite(row.sqnr_db) && isfinite(row.error.mean) && isfinite(row.max));
}

/* Rows of which the second falls and the third only inherits: the second collapses, and stands first. */
static void first_collapse_is_found(void **state) {
    (void)state;
    octet_graph *g;
    uint32_t v[3];
    octet_layer_row rows[3] = {0};
    good(octet_graph_create(&ctx, "chain", &g));
    for (int i = 0; i < 3; i++) good(octet_graph_add_value(&ctx, g, "v", OCTET_FLOAT32, &(octet_shape){1, {4}}, &v[i]));
    good(octet_graph_add_input(&ctx, g, v[0], "x"));
    for (int i = 1; i < 3; i++)
        good(octet_graph_add_operator(&ctx, g, OCTET_OP_RELU, "r", &v[i - 1], 1, NULL, &v[i], 1, OCTET_NONE, NULL));
    static const double sqnr[] = {40.0, 15.0, 14.0}, added[] = {40.0, 15.5, 60.0}, share[] = {1.0, 0.9, 0.01};
    for (uint32_t i = 0; i < 3; i++)
        rows[i] = (octet_layer_row){.layer = "l",
                                    .op = "RELU",
                                    .value = v[i],
                                    .producer = i > 0 ? i - 1 : OCTET_NONE,
                                    .has_added = true,
                                    .sqnr_db = sqnr[i],
                                    .added_db = added[i],
                                    .added_share = share[i]};
    octet_layers layers = {.rows = rows, .n_rows = 3};
    good(octet_layers_finish(&ctx, &layers, g));
    assert_int_equal(layers.first_collapse, 1);
    assert_non_null(strstr(layers.collapse, "15.0 dB, what it reads has 40.0 dB"));
    assert_int_equal(layers.worst[0], 1);
    assert_int_equal(layers.worst[1], 0);
    assert_int_equal(layers.worst[2], 2);
    rows[1].added_share = 0.4; /* most of it is inherited */
    good(octet_layers_finish(&ctx, &layers, g));
    assert_int_equal(layers.first_collapse, 3);
    rows[2].sqnr_db = 9.9;
    good(octet_layers_finish(&ctx, &layers, g));
    assert_int_equal(layers.first_collapse, 2);
    octet_arena_free(&ctx, &layers.arena);
    octet_graph_destroy(&ctx, g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(figures_are_those_of_all_numbers, setup, teardown),
        cmocka_unit_test_setup_teardown(threads_do_not_count, setup, teardown),
        cmocka_unit_test_setup_teardown(bins_count_every_number, setup, teardown),
        cmocka_unit_test_setup_teardown(channels_show_shift_and_outlier, setup, teardown),
        cmocka_unit_test_setup_teardown(numbers_that_are_none_do_not_count, setup, teardown),
        cmocka_unit_test_setup_teardown(first_collapse_is_found, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
