/* Rows, observers, merging and files of statistics, on small graphs. */
#include <stdlib.h>

#include "base/hash.h"
#include "statistics/file.h"
#include "statistics/fingerprint.h"
#include "statistics/observer.h"
#include "support/graph_quantize.h"

enum { N = 4 };

/* x -> ABS -> RELU, both results under one name. */
static void make_graph(fixture *f) {
    const uint32_t x = input(f, N, 0.0f, 1.0f), a = unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f);
    const uint32_t y = unary(f, OCTET_OP_RELU, a, 0.0f, 1.0f);
    f->graph->values[a].name = f->graph->values[y].name = "y";
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
}

static octet_statistics *create(fixture *f) {
    octet_statistics *statistics = NULL;
    expect_ok(f, octet_statistics_create_for(&f->ctx, f->graph, &statistics));
    return statistics;
}

/* What an observer of these kinds tells after it saw these samples pass the graph of make_graph. */
static octet_statistics *gather_kinds(fixture *f, uint32_t kinds, const float *samples, size_t n) {
    octet_statistics *statistics = create(f);
    expect_ok(f, octet_statistics_gather(&f->ctx, f->graph, kinds, statistics));
    octet_arena arena = {0};
    uint32_t *rows_of;
    octet_observer *observer = NULL;
    expect_ok(f, octet_statistics_bind(&f->ctx, &arena, statistics, f->graph, &rows_of));
    expect_ok(f, octet_observer_create(&f->ctx, f->graph, statistics, rows_of, 1, &observer));
    for (size_t i = 0; i < n; i++) {
        float results[N];
        for (int j = 0; j < N; j++) results[j] = fabsf(samples[i * N + (size_t)j]);
        octet_observer_observe(observer, f->graph->inputs[0].value, samples + i * N, N);
        for (uint32_t k = 0; k < 2; k++)
            octet_observer_observe(observer, f->graph->operators[k].outputs[0], results, N);
    }
    expect_ok(f, octet_observer_give(&f->ctx, observer, statistics));
    statistics->n_samples = n;
    octet_observer_destroy(&f->ctx, observer);
    octet_arena_free(&f->ctx, &arena);
    return statistics;
}

static octet_statistics *gather(fixture *f, const float *samples, size_t n) { return gather_kinds(f, 0, samples, n); }

static octet_buffer bytes_of(fixture *f, const octet_statistics *statistics) {
    octet_buffer buffer = {0};
    expect_ok(f, octet_statistics_write(&f->ctx, statistics, &buffer));
    return buffer;
}

static void a_row_per_float_activation_in_order(void **state) {
    fixture *f = *state;
    make_graph(f);
    octet_statistics *s = create(f);
    assert_int_equal(s->n_rows, 3);
    assert_string_equal(s->rows[0].name, "x");
    assert_string_equal(s->rows[0].layer, "");
    assert_string_equal(s->rows[1].name, "y");
    assert_string_equal(s->rows[1].layer, "ABS");
    assert_int_equal(s->rows[1].occurrence, 0);
    assert_string_equal(s->rows[2].name, "y");
    assert_int_equal(s->rows[2].occurrence, 1);
    assert_false(octet_statistics_range(&s->rows[2]).seen);
    octet_statistics_free(&f->ctx, s);
}

static void samples_go_to_the_half_of_their_hash(void **state) {
    fixture *f = *state;
    make_graph(f);
    float samples[64][N] = {{0}};
    bool both[2] = {false, false};
    for (int i = 0; i < 64; i++) samples[i][0] = (float)(i + 1);
    octet_statistics *s = gather(f, samples[0], 64);
    octet_observed_range expected[2] = {octet_range_empty(), octet_range_empty()};
    for (int i = 0; i < 64; i++) {
        const uint32_t half = octet_observer_half(octet_hash(0, samples[i], sizeof samples[i]));
        octet_range_observe(&expected[half], samples[i], N);
        both[half] = true;
    }
    assert_true(both[0] && both[1]);
    for (int h = 0; h < 2; h++) {
        for (uint32_t row = 0; row < 3; row++) {
            assert_true(s->rows[row].ranges[h].max == expected[h].max);
            assert_true(s->rows[row].ranges[h].min == 0.0f);
        }
    }
    const char *where;
    const double growth = octet_statistics_late_growth(s, &where);
    assert_true(growth == 64.0 / (double)expected[0].max - 1.0);
    assert_int_equal(octet_statistics_n_distinct(s), 64);
    octet_statistics_free(&f->ctx, s);
}

static void expect_parts_to_merge(fixture *f, uint32_t kinds) {
    float samples[30][N];
    for (int i = 0; i < 30; i++)
        for (int j = 0; j < N; j++) samples[i][j] = i % 7 == 0 ? -0.0f : (float)((i * 37 + j * 11) % 23) - 11.5f;
    octet_statistics *whole = gather_kinds(f, kinds, samples[0], 30);
    octet_buffer expected = bytes_of(f, whole);
    static const size_t ends[4] = {7, 8, 21, 30};
    for (size_t first = 0; first < 4; first++) {
        octet_statistics *merged = create(f);
        for (size_t i = 0; i < 4; i++) {
            const size_t part = (first + 3 * i) % 4, begin = part == 0 ? 0 : ends[part - 1];
            octet_statistics *s = gather_kinds(f, kinds, samples[begin], ends[part] - begin);
            expect_ok(f, octet_statistics_join(&f->ctx, merged, s));
            octet_statistics_free(&f->ctx, s);
        }
        octet_buffer got = bytes_of(f, merged);
        assert_int_equal(got.size, expected.size);
        assert_memory_equal(got.data, expected.data, got.size);
        octet_buffer_free(&f->ctx, &got);
        octet_statistics_free(&f->ctx, merged);
    }
    octet_buffer_free(&f->ctx, &expected);
    octet_statistics_free(&f->ctx, whole);
}

static void parts_merge_to_the_same_bytes_in_any_order(void **state) {
    fixture *f = *state;
    make_graph(f);
    for (uint32_t kinds = 0; kinds <= OCTET_KINDS_ALL; kinds++) expect_parts_to_merge(f, kinds);
}

static void parts_of_different_kinds_keep_what_both_have(void **state) {
    fixture *f = *state;
    make_graph(f);
    const float samples[3 * N] = {1, -2, 3, 4, 0.5f, 2, -8, 1, 1, -2, 3, 4};
    octet_statistics *both = gather_kinds(f, OCTET_KIND_MOMENTS | OCTET_KIND_HISTOGRAM, samples, 2);
    octet_statistics *one = gather_kinds(f, OCTET_KIND_MOMENTS | OCTET_KIND_TENTHS, samples + 2 * N, 1);
    expect_ok(f, octet_statistics_join(&f->ctx, both, one));
    octet_statistics *expected = gather_kinds(f, OCTET_KIND_MOMENTS, samples, 3);
    octet_buffer got = bytes_of(f, both), wanted = bytes_of(f, expected);
    assert_int_equal(both->kinds, OCTET_KIND_MOMENTS);
    assert_int_equal(got.size, wanted.size);
    assert_memory_equal(got.data, wanted.data, got.size);
    octet_buffer_free(&f->ctx, &wanted);
    octet_buffer_free(&f->ctx, &got);
    octet_statistics_free(&f->ctx, expected);
    octet_statistics_free(&f->ctx, one);
    octet_statistics_free(&f->ctx, both);
}

/* What a dense layer reads has channels, what ABS reads has none. Size is known before anything is seen, and stays. */
static void members_are_as_large_as_graph_and_kinds_say(void **state) {
    fixture *f = *state;
    static const float weights[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const uint32_t x = input(f, N, 0.0f, 1.0f), w = constant(f, "w", 2, (const int32_t[]){2, N}, weights);
    const uint32_t y = emit(f, OCTET_OP_FULLY_CONNECTED, (const uint32_t[]){x, w, OCTET_NONE}, 3, 0.0f, 1.0f);
    unary(f, OCTET_OP_ABS, y, 0.0f, 1.0f);
    octet_statistics *s = create(f);
    const size_t plain = octet_statistics_bytes(s, OCTET_KINDS_ALL);
    expect_ok(f, octet_statistics_gather(&f->ctx, f->graph, OCTET_KIND_CHANNELS, s));
    assert_int_equal(s->n_rows, 3);
    assert_non_null(s->rows[0].channels);
    assert_int_equal(s->rows[0].channels->n_channels, N);
    assert_null(s->rows[1].channels);
    assert_true(octet_statistics_bytes(s, OCTET_KINDS_ALL) > plain);
    expect_ok(f, octet_statistics_gather(&f->ctx, f->graph, OCTET_KINDS_ALL, s));
    const size_t all = octet_statistics_bytes(s, OCTET_KINDS_ALL);
    const float sample[N] = {1, -2, 3, 4};
    octet_row_observe_sample(&s->rows[0], 0, 0, sample, N);
    assert_true(octet_statistics_bytes(s, OCTET_KINDS_ALL) == all && all > 3 * 2 * 2048 * sizeof(uint64_t));
    octet_statistics_free(&f->ctx, s);
}

/* Two samples a run: each goes to its own half and tenth, and a repetition that fills the run up does not count. */
static void samples_of_a_batch_count_one_by_one(void **state) {
    fixture *f = *state;
    const uint32_t x = input(f, N, 0.0f, 1.0f);
    f->graph->values[x].shape.dims[0] = 2;
    unary(f, OCTET_OP_ABS, x, 0.0f, 1.0f);
    octet_arena arena = {0};
    uint32_t *rows_of;
    octet_observer *observer = NULL;
    octet_statistics *s = create(f);
    expect_ok(f, octet_statistics_gather(&f->ctx, f->graph, OCTET_KINDS_ALL, s));
    expect_ok(f, octet_statistics_bind(&f->ctx, &arena, s, f->graph, &rows_of));
    expect_ok(f, octet_observer_create(&f->ctx, f->graph, s, rows_of, 2, &observer));
    float samples[4][N];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < N; j++) samples[i == 3 ? 3 : i][j] = (float)((i == 3 ? 2 : i) + j + 1);
    for (uint32_t run = 0; run < 2; run++) {
        octet_observer_set_samples(observer, run == 0 ? 2 : 1);
        octet_observer_observe(observer, x, samples[2 * run], (size_t)2 * N);
    }
    expect_ok(f, octet_observer_give(&f->ctx, observer, s));
    uint64_t n[2] = {0, 0};
    for (int i = 0; i < 3; i++) n[octet_observer_half(octet_hash(0, samples[i], sizeof samples[i]))]++;
    for (int h = 0; h < 2; h++) {
        assert_int_equal(s->rows[0].moments[h].n_samples, n[h]);
        assert_int_equal(s->rows[0].moments[h].n, n[h] * N);
        assert_int_equal(s->rows[0].histograms[h].n, n[h] * N);
    }
    octet_observer_destroy(&f->ctx, observer);
    octet_arena_free(&f->ctx, &arena);
    octet_statistics_free(&f->ctx, s);
}

/* It is the fingerprint of what shares the constants; a copy, which may change, finds out its own. */
static void a_graph_that_knows_its_fingerprint_has_the_same(void **state) {
    fixture *f = *state;
    make_graph(f);
    uint64_t fingerprint, again;
    octet_graph known, *copy = NULL;
    expect_ok(f, octet_fingerprint_make(&f->ctx, f->graph, &fingerprint));
    expect_ok(f, octet_fingerprint_know(&f->ctx, f->graph, &known));
    expect_ok(f, octet_fingerprint_make(&f->ctx, &known, &again));
    assert_true(again == fingerprint && known.fingerprint == fingerprint && f->graph->fingerprint == 0);
    expect_ok(f, octet_graph_clone(&f->ctx, &known, &copy));
    copy->values[copy->operators[0].outputs[0]].name = "z";
    expect_ok(f, octet_fingerprint_make(&f->ctx, copy, &again));
    assert_true(again != fingerprint);
    octet_graph_destroy(&f->ctx, copy);
}

static void what_makes_another_model_makes_another_fingerprint(void **state) {
    fixture *f = *state;
    static const float weights[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const uint32_t x = input(f, N, 0.0f, 1.0f), w = constant(f, "w", 2, (const int32_t[]){2, N}, weights);
    const uint32_t inputs[3] = {x, w, OCTET_NONE};
    emit(f, OCTET_OP_FULLY_CONNECTED, inputs, 3, 0.0f, 1.0f);
    octet_statistics *s = create(f);
    octet_operator *op = &f->graph->operators[0];
    float *data = (float *)(uintptr_t)f->graph->values[w].data;
    octet_arena arena = {0};
    uint32_t *rows_of;
    for (int change = 0; change < 5; change++) {
        octet_activation *activation = &op->options.fully_connected.activation;
        if (change == 1) data[7] = 8.5f;
        if (change == 2) *activation = OCTET_ACTIVATION_RELU;
        if (change == 3) f->graph->values[x].name = "other";
        if (change == 4) f->graph->values[x].shape.dims[0] = 2;
        assert_int_equal(octet_statistics_bind(&f->ctx, &arena, s, f->graph, &rows_of),
                         change == 0 ? OCTET_OK : OCTET_DATA);
        octet_context_clear(&f->ctx);
        data[7] = 8.0f;
        *activation = OCTET_ACTIVATION_NONE;
        f->graph->values[x].name = "x";
        f->graph->values[x].shape.dims[0] = 1;
    }
    octet_arena_free(&f->ctx, &arena);
    octet_statistics_free(&f->ctx, s);
}

static void parts_of_two_models_do_not_merge(void **state) {
    fixture *f = *state;
    make_graph(f);
    octet_statistics *s = create(f), *other;
    f->graph->operators[1].code = OCTET_OP_EXP;
    other = create(f);
    assert_int_equal(octet_statistics_join(&f->ctx, s, other), OCTET_DATA);
    assert_string_equal(f->ctx.message, "statistics of two models: only parts gathered with one model can be merged");
    octet_statistics_free(&f->ctx, other);
    octet_statistics_free(&f->ctx, s);
}

static void parts_of_a_model_with_state_do_not_merge(void **state) {
    fixture *f = *state;
    make_graph(f);
    f->graph->values[f->graph->operators[0].outputs[0]].is_variable = true;
    octet_statistics *s = create(f), *empty = create(f), *fresh = create(f);
    assert_false(s->keeps_state);
    assert_true(octet_statistics_graph_keeps_state(f->graph, true));
    f->graph->is_stateful = true;
    assert_true(octet_statistics_graph_keeps_state(f->graph, false));
    s->keeps_state = true;
    s->n_samples = fresh->n_samples = 3;
    expect_ok(f, octet_statistics_join(&f->ctx, s, empty));
    expect_ok(f, octet_statistics_join(&f->ctx, empty, s));
    assert_true(empty->keeps_state);
    assert_int_equal(octet_statistics_join(&f->ctx, fresh, s), OCTET_DATA);
    assert_int_equal(octet_statistics_join(&f->ctx, s, fresh), OCTET_DATA);
    octet_context_clear(&f->ctx);
    assert_int_equal(octet_statistics_join(&f->ctx, s, s), OCTET_DATA);
    assert_non_null(strstr(f->ctx.message, "keeps state from sample to sample"));
    octet_statistics_free(&f->ctx, fresh);
    octet_statistics_free(&f->ctx, empty);
    octet_statistics_free(&f->ctx, s);
}

/* A first file for the fuzz target, where OCTET_WRITE_CORPUS names a folder for them. */
static void keep(fixture *f, const char *name, octet_buffer bytes) {
    const char *corpus = getenv("OCTET_WRITE_CORPUS"), *path;
    octet_arena arena = {0};
    if (corpus == NULL) return;
    expect_ok(f, octet_arena_format(&f->ctx, &arena, &path, "%s/%s", corpus, name));
    expect_ok(f, octet_file_write(&f->ctx, path, (octet_bytes){bytes.data, bytes.size}));
    octet_arena_free(&f->ctx, &arena);
}

static void files_give_back_what_was_written(void **state) {
    fixture *f = *state;
    make_graph(f);
    const float samples[3 * N] = {1, -2, 3, 4, 0.5f, NAN, -8, 1, 1, -2, 3, 4};
    for (size_t n = 0; n <= 7; n++) { /* from 4 on with all kinds */
        octet_statistics *s = gather_kinds(f, n < 4 ? 0 : OCTET_KINDS_ALL, samples, n % 4), *again = NULL;
        if (n % 4 > 0) s->data = (octet_data_range){-8.0, 4.0, -1.0, 0.5};
        octet_buffer bytes = bytes_of(f, s);
        expect_ok(f, octet_statistics_read(&f->ctx, (octet_bytes){bytes.data, bytes.size}, "s", &again));
        octet_buffer copy = bytes_of(f, again);
        assert_int_equal(bytes.size, copy.size);
        assert_memory_equal(bytes.data, copy.data, copy.size);
        assert_int_equal(octet_statistics_n_distinct(again), n % 4 < 2 ? n % 4 : 2);
        assert_int_equal(again->kinds & ~(uint32_t)OCTET_KIND_CHANNELS,
                         n < 4 ? 0 : OCTET_KINDS_ALL - OCTET_KIND_CHANNELS);
        assert_true(again->data.raw_min == s->data.raw_min);
        static const char *const names[8] = {"empty",     "one",     "nan",     "three",
                                             "empty_all", "one_all", "nan_all", "three_all"};
        keep(f, names[n], bytes);
        octet_buffer_free(&f->ctx, &copy);
        octet_buffer_free(&f->ctx, &bytes);
        octet_statistics_free(&f->ctx, again);
        octet_statistics_free(&f->ctx, s);
    }
}

/* Cut anywhere, with any byte changed: refused, and nothing leaks (teardown). */
static void damaged_files_are_refused(void **state) {
    fixture *f = *state;
    make_graph(f);
    const float samples[2 * N] = {1, -2, 3, 4, 1.5f, 3, -2, 1}; /* so close that the histograms are short */
    octet_statistics *s = gather_kinds(f, OCTET_KINDS_ALL, samples, 2), *again = NULL;
    octet_buffer bytes = bytes_of(f, s);
    for (size_t size = 0; size < bytes.size; size++) {
        assert_int_equal(octet_statistics_read(&f->ctx, (octet_bytes){bytes.data, size}, "s", &again), OCTET_FORMAT);
        octet_context_clear(&f->ctx);
    }
    for (size_t at = 0; at < bytes.size; at++) {
        bytes.data[at] ^= 1;
        const octet_status status = octet_statistics_read(&f->ctx, (octet_bytes){bytes.data, bytes.size}, "s", &again);
        assert_true(status == OCTET_FORMAT || status == OCTET_UNSUPPORTED);
        octet_context_clear(&f->ctx);
        bytes.data[at] ^= 1;
    }
    bytes.data[8] = 3;
    assert_int_equal(octet_statistics_read(&f->ctx, (octet_bytes){bytes.data, bytes.size}, "s", &again),
                     OCTET_UNSUPPORTED);
    assert_string_equal(
        f->ctx.message,
        "s: statistics in version 3 of their layout; this octet reads version 2: gather them again with it");
    octet_buffer_free(&f->ctx, &bytes);
    octet_statistics_free(&f->ctx, s);
}

static void running_out_of_memory_leaks_nothing(void **state) {
    fixture *f = *state;
    make_graph(f);
    const float samples[2 * N] = {1, -2, 3, 4, 0.5f, 7, -8, 1};
    octet_statistics *s = gather_kinds(f, OCTET_KINDS_ALL, samples, 2), *again = NULL;
    octet_buffer bytes = bytes_of(f, s);
    const size_t before = f->ctx.memory_bytes;
    octet_status status = OCTET_NOMEM;
    for (uint64_t n = 1; status != OCTET_OK; n++) {
        octet_context_clear(&f->ctx);
        f->ctx.fail_allocation = f->ctx.n_allocations + n;
        status = octet_statistics_read(&f->ctx, (octet_bytes){bytes.data, bytes.size}, "s", &again);
        if (status == OCTET_OK) break;
        assert_int_equal(status, OCTET_NOMEM);
        assert_int_equal(f->ctx.memory_bytes, before);
    }
    f->ctx.fail_allocation = 0;
    octet_buffer_free(&f->ctx, &bytes);
    octet_statistics_free(&f->ctx, again);
    octet_statistics_free(&f->ctx, s);
}

/* ABS of both inputs joined, instead of ABS of each: the new values held what their operands held. */
static void values_that_are_joined_held_what_their_parts_held(void **state) {
    fixture *f = *state;
    static const float numbers[2] = {-8.0f, 0.5f};
    const uint32_t x = input(f, N, -1.0f, 2.0f), a = unary(f, OCTET_OP_ABS, x, 0.0f, 3.0f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, a, "y"));
    make_statistics(f);
    f->statistics->n_samples = 9;
    octet_graph *from_graph = f->graph;
    expect_ok(f, octet_graph_create(&f->ctx, "test", &f->graph));
    const uint32_t again = input(f, N, 0.0f, 0.0f);
    const uint32_t c = constant(f, "c", 2, (const int32_t[]){1, 2}, numbers);
    const uint32_t joined = emit(f, OCTET_OP_CONCATENATION, (const uint32_t[]){again, c}, 2, 0.0f, 0.0f);
    const uint32_t y = unary(f, OCTET_OP_ABS, joined, 0.0f, 0.0f);
    expect_ok(f, octet_graph_add_output(&f->ctx, f->graph, y, "y"));
    const uint32_t old[] = {[0] = x, [1] = OCTET_NONE, [2] = OCTET_NONE, [3] = a};
    assert_true(again == 0 && c == 1 && joined == 2 && y == 3);
    octet_statistics *made = NULL;
    expect_ok(f, octet_statistics_carry_over(&f->ctx, f->statistics, from_graph, f->graph, old, &made));
    assert_int_equal(made->n_samples, 9);
    assert_int_equal(made->n_rows, 3);
    static const float expected[3][2] = {{-1.0f, 2.0f}, {-8.0f, 2.0f}, {0.0f, 3.0f}}; /* x, joined, y */
    for (int i = 0; i < 3; i++) {
        const octet_observed_range range = octet_statistics_range(&made->rows[i]);
        assert_true(range.seen && range.min == expected[i][0] && range.max == expected[i][1]);
    }
    octet_statistics_free(&f->ctx, made);
    made = NULL; /* the statistics are those of from_graph */
    assert_int_equal(octet_statistics_carry_over(&f->ctx, f->statistics, f->graph, from_graph, old, &made), OCTET_DATA);
    assert_null(made);
    octet_graph_destroy(&f->ctx, from_graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(a_row_per_float_activation_in_order),
        CASE(samples_go_to_the_half_of_their_hash),
        CASE(parts_merge_to_the_same_bytes_in_any_order),
        CASE(a_graph_that_knows_its_fingerprint_has_the_same),
        CASE(what_makes_another_model_makes_another_fingerprint),
        CASE(parts_of_two_models_do_not_merge),
        CASE(parts_of_a_model_with_state_do_not_merge),
        CASE(files_give_back_what_was_written),
        CASE(damaged_files_are_refused),
        CASE(running_out_of_memory_leaks_nothing),
        CASE(parts_of_different_kinds_keep_what_both_have),
        CASE(members_are_as_large_as_graph_and_kinds_say),
        CASE(samples_of_a_batch_count_one_by_one),
        CASE(values_that_are_joined_held_what_their_parts_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
