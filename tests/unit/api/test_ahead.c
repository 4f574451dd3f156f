/* What the original runs while calibration samples are decompressed: the same results as without it. */
#include <string.h>
#include <time.h>

#include "api/evaluate.h"
#include "support/mnist.h"

static octet_model *model, *quantized;
static octet_data *data;

static int open_all(void **state) {
    const int status = start(state);
    model = load("mnist_fc_k2.h5");
    data = open_mnist();
    GOOD(octet_model_quantize(ctx, model, data, NULL, &quantized, NULL));
    return status;
}

static int close_all(void **state) {
    octet_model_destroy(ctx, quantized);
    octet_data_close(ctx, data);
    octet_model_destroy(ctx, model);
    return end(state);
}

/* Two threads, also on one processor, where nothing runs ahead. */
static octet_run_options options_of(uint64_t first, uint64_t limit) {
    octet_run_options run = OCTET_RUN_OPTIONS_INIT;
    run.first = first;
    run.limit = limit;
    run.n_threads = 2;
    return run;
}

static octet_verdict *compare(const octet_run_options *run, const octet_ahead *ahead) {
    octet_verdict *verdict = NULL;
    GOOD(octet_api_compare(ctx, model, quantized, data, NULL, run, ahead, &verdict));
    return verdict;
}

static void expect_same(const octet_verdict *a, const octet_verdict *b) {
    const octet_evaluation *x[] = {a->before.evaluation, a->after.evaluation},
                           *y[] = {b->before.evaluation, b->after.evaluation};
    for (int m = 0; m < 2; m++) {
        assert_int_equal(x[m]->n_samples, y[m]->n_samples);
        assert_memory_equal(x[m]->answers, y[m]->answers, x[m]->n_samples * sizeof *x[m]->answers);
        assert_memory_equal(&x[m]->accuracy, &y[m]->accuracy, sizeof x[m]->accuracy);
        assert_memory_equal(&x[m]->loss, &y[m]->loss, sizeof x[m]->loss);
    }
    assert_int_equal(a->n_agree, b->n_agree);
    assert_memory_equal(&a->signal_to_noise_db, &b->signal_to_noise_db, sizeof a->signal_to_noise_db);
}

static void results_are_the_same(void **state) {
    (void)state;
    static const uint64_t cuts[][2] = {{0, 0}, {0, 37}, {100, 1000}, {9990, 0}};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        const octet_run_options run = options_of(cuts[i][0], cuts[i][1]);
        octet_ahead *ahead = NULL;
        octet_verdict *without = compare(&run, NULL);
        octet_ahead_begin(ctx, model, data, data, &run, &ahead);
        if (ahead != NULL && i % 2 > 0) /* all of them; else those that there is time for */
            while (octet_ahead_n(ahead) < without->before.evaluation->n_samples)
                nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
        octet_ahead_stop(ctx, ahead);
        octet_ahead_stop(ctx, ahead);
        octet_verdict *with = compare(&run, ahead);
        expect_same(with, without);
        octet_verdict_destroy(ctx, with);
        octet_run_options others = options_of(cuts[i][0] / 2, 500); /* part of which has run ahead, in another way */
        others.numerics = "integer";
        octet_verdict *other = compare(&others, ahead), *expected = compare(&others, NULL);
        expect_same(other, expected);
        octet_verdict_destroy(ctx, other);
        octet_verdict_destroy(ctx, expected);
        octet_verdict_destroy(ctx, without);
        octet_ahead_end(ctx, ahead);
    }
}

static void one_call_gives_what_two_give(void **state) {
    (void)state;
    const octet_run_options run = options_of(0, 0);
    octet_model *made = NULL;
    octet_verdict *verdict = NULL, *expected = compare(&run, NULL);
    void *bytes[2];
    size_t sizes[2];
    GOOD(octet_model_quantize_for(ctx, model, data, NULL, NULL, &run, NULL, &made, NULL, &verdict, NULL));
    expect_same(verdict, expected);
    GOOD(octet_model_write_bytes(ctx, made, &bytes[0], &sizes[0]));
    GOOD(octet_model_write_bytes(ctx, quantized, &bytes[1], &sizes[1]));
    assert_int_equal(sizes[0], sizes[1]);
    assert_memory_equal(bytes[0], bytes[1], sizes[0]);
    for (int i = 0; i < 2; i++) octet_bytes_free(ctx, bytes[i]);
    octet_verdict_destroy(ctx, expected);
    octet_verdict_destroy(ctx, verdict);
    octet_model_destroy(ctx, made);
}

static void expect_none(octet_data *from, const octet_run_options *run) {
    octet_ahead *ahead = NULL;
    octet_ahead_begin(ctx, model, from, data, run, &ahead);
    assert_null(ahead);
    assert_string_equal(octet_context_message(ctx), "");
}

static void nothing_runs_without_need(void **state) {
    (void)state;
    octet_run_options run = options_of(0, 0);
    octet_open_options open = OCTET_OPEN_OPTIONS_INIT;
    octet_data *single = NULL;
    run.n_threads = 1;
    expect_none(data, &run);
    run = options_of(0, 0);
    run.part = 1;
    run.n_parts = 2;
    expect_none(data, &run);
    run = options_of(10000, 0);
    expect_none(data, &run);
    run = options_of(0, 0);
    const int64_t dims[3] = {2, 28, 28};
    static uint8_t pixels[2 * 28 * 28];
    octet_array_view input = OCTET_ARRAY_VIEW_INIT;
    input.type = "uint8";
    input.rank = 3;
    input.dims = dims;
    input.data = pixels;
    GOOD(octet_data_from_arrays(ctx, &input, 1, NULL, &open, &single)); /* nothing to decompress */
    expect_none(single, &run);
    octet_data_close(ctx, single);
    octet_context_set_max_memory(ctx, (size_t)1 << 30);
    expect_none(data, &run);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_are_the_same),
        cmocka_unit_test(one_call_gives_what_two_give),
        cmocka_unit_test(nothing_runs_without_need),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
