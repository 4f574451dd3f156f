/* report: evaluations as bytes, and joined after they were read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "report/evaluation.h"

enum { N_SAMPLES = 5, N_SCORES = 4 };

static octet_context ctx;

static int begin(void **state) {
    (void)state;
    octet_context_init(&ctx);
    return 0;
}

static int end(void **state) {
    (void)state;
    octet_context_clear(&ctx);
    return ctx.memory_bytes == 0 ? 0 : -1;
}

/* Samples first..first+N_SAMPLES by a measure; scores and labels follow from the number alone. One is infinite. */
static octet_evaluation *evaluate(octet_measure measure, uint64_t first) {
    octet_evaluation *e = NULL;
    assert_int_equal(
        octet_evaluation_make(&ctx, "a model", "test", N_SAMPLES, N_SCORES, OCTET_SCORES_PROBABILITIES, measure, &e),
        OCTET_OK);
    e->fingerprint = 77;
    e->conditions = "as usual";
    e->own_scaling = "rescaling: x * 2";
    e->expects_bytes = true;
    e->row = measure == OCTET_MEASURE_ROWS ? 2 : N_SCORES;
    e->n_targets = measure == OCTET_MEASURE_ROWS ? 2 : N_SCORES;
    e->raw_max = (double)first;
    e->n_threads = 2;
    for (uint64_t i = 0; i < N_SAMPLES; i++) {
        float scores[N_SCORES], targets[N_SCORES];
        const uint64_t number = first + i;
        for (uint64_t k = 0; k < N_SCORES; k++) {
            scores[k] = (float)((number * 7 + k * 3) % 10) / 10.0f;
            targets[k] = (float)((number + k) % 2);
        }
        if (number == 3) scores[1] = INFINITY;
        e->numbers[i] = number;
        octet_evaluation_record(e, i, scores, (int32_t)(number % N_SCORES), targets, 100 + number);
    }
    octet_evaluation_finish(e);
    return e;
}

static octet_buffer bytes_of(const octet_evaluation *e) {
    octet_buffer bytes = {0};
    assert_int_equal(octet_evaluation_write(&ctx, e, &bytes), OCTET_OK);
    return bytes;
}

static octet_evaluation *again(octet_evaluation *e) {
    octet_buffer bytes = bytes_of(e);
    octet_evaluation *read = NULL;
    octet_evaluation_free(&ctx, e);
    assert_int_equal(octet_evaluation_read(&ctx, (octet_bytes){bytes.data, bytes.size}, "f", &read), OCTET_OK);
    octet_buffer_free(&ctx, &bytes);
    return read;
}

static void expect_same(const octet_evaluation *a, const octet_evaluation *b) {
    octet_buffer x = bytes_of(a), y = bytes_of(b);
    assert_int_equal(x.size, y.size);
    assert_memory_equal(x.data, y.data, x.size);
    octet_buffer_free(&ctx, &x);
    octet_buffer_free(&ctx, &y);
}

static octet_status name_classes(octet_evaluation *e) {
    OCTET_TRY(OCTET_NEW(&ctx, &e->arena, N_SCORES, &e->class_names));
    for (int i = 0; i < N_SCORES; i++) e->class_names[i] = i % 2 == 0 ? "even" : "";
    return OCTET_OK;
}

/* What was read has all that was written, and its bytes and report are the same again. */
static void files_give_back_what_was_written(void **state) {
    (void)state;
    for (octet_measure measure = OCTET_MEASURE_NONE; measure <= OCTET_MEASURE_ERROR; measure++) {
        octet_evaluation *e = evaluate(measure, 0), *kept = evaluate(measure, 0);
        assert_int_equal(name_classes(e), OCTET_OK);
        assert_int_equal(name_classes(kept), OCTET_OK);
        octet_evaluation *read = again(e);
        octet_buffer before = {0}, after = {0};
        expect_same(read, kept);
        assert_int_equal(octet_evaluation_write_json(&ctx, kept, measure == OCTET_MEASURE_CLASS, &before), OCTET_OK);
        assert_int_equal(octet_evaluation_write_json(&ctx, read, measure == OCTET_MEASURE_CLASS, &after), OCTET_OK);
        assert_string_equal((const char *)before.data, (const char *)after.data);
        octet_buffer_free(&ctx, &before);
        octet_buffer_free(&ctx, &after);
        octet_evaluation_free(&ctx, read);
        octet_evaluation_free(&ctx, kept);
    }
}

/* Parts that were saved and read join to the same bytes from either side. */
static void parts_join_after_they_were_read(void **state) {
    (void)state;
    octet_evaluation *parts[3], *left = NULL, *right = NULL, *all = NULL, *same = NULL;
    for (uint32_t i = 0; i < 3; i++) {
        parts[i] = evaluate(OCTET_MEASURE_CLASS, i * N_SAMPLES);
        parts[i]->model = i == 1 ? "b model" : "a model"; /* the same under another name */
        assert_int_equal(octet_parts_set(&ctx, &parts[i]->arena, i + 1, 3, 9, &parts[i]->parts), OCTET_OK);
        parts[i] = again(parts[i]);
    }
    assert_int_equal(octet_evaluation_join(&ctx, parts[0], parts[1], &left), OCTET_OK);
    assert_int_equal(octet_evaluation_join(&ctx, left, parts[2], &all), OCTET_OK);
    assert_int_equal(octet_evaluation_join(&ctx, parts[2], parts[1], &right), OCTET_OK);
    assert_int_equal(octet_evaluation_join(&ctx, right, parts[0], &same), OCTET_OK);
    expect_same(all, same);
    assert_string_equal(all->model, "a model");
    assert_string_equal(all->own_scaling, "rescaling: x * 2");
    assert_true(all->expects_bytes && all->parts.n == 0 && left->parts.n == 3);
    assert_int_equal(all->n_not_finite, 1);
    octet_evaluation *const made[] = {parts[0], parts[1], parts[2], left, right, all, same};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) octet_evaluation_free(&ctx, made[i]);
}

static void other_evaluations_do_not_join(void **state) {
    (void)state;
    octet_evaluation *a = evaluate(OCTET_MEASURE_CLASS, 0), *b = evaluate(OCTET_MEASURE_CLASS, N_SAMPLES), *both;
    b->fingerprint++;
    assert_int_equal(octet_evaluation_join(&ctx, a, b, &both), OCTET_DATA);
    assert_non_null(strstr(ctx.message, "two models"));
    octet_context_clear(&ctx);
    b->fingerprint--;
    b->conditions = "otherwise";
    assert_int_equal(octet_evaluation_join(&ctx, a, b, &both), OCTET_DATA);
    assert_non_null(strstr(ctx.message, "as usual; otherwise"));
    octet_context_clear(&ctx);
    b->conditions = a->conditions;
    b->keeps_state = true;
    assert_int_equal(octet_evaluation_join(&ctx, a, b, &both), OCTET_DATA);
    assert_non_null(strstr(ctx.message, "keeps state"));
    octet_context_clear(&ctx);
    b->keeps_state = false;
    b->drops_folders = true;
    assert_int_equal(octet_evaluation_join(&ctx, a, b, &both), OCTET_USAGE);
    octet_evaluation_free(&ctx, b);
    octet_evaluation_free(&ctx, a);
}

/* Cut anywhere; any byte changed, with a check sum that fits again: refused, or sound enough to be reported. */
static void damaged_files_are_refused(void **state) {
    (void)state;
    octet_evaluation *e = evaluate(OCTET_MEASURE_ROWS, 0), *read = NULL;
    octet_buffer bytes = bytes_of(e), text = {0};
    octet_evaluation_free(&ctx, e);
    for (size_t size = 0; size < bytes.size; size++) {
        assert_int_equal(octet_evaluation_read(&ctx, (octet_bytes){bytes.data, size}, "f", &read), OCTET_FORMAT);
        octet_context_clear(&ctx);
    }
    for (size_t at = 0; at < bytes.size - 8; at++) {
        for (int bit = 0; bit < 8; bit++) {
            octet_buffer changed = {0};
            assert_int_equal(octet_buffer_append(&ctx, &changed, bytes.data, bytes.size), OCTET_OK);
            changed.data[at] ^= (uint8_t)(1 << bit);
            octet_status status = octet_evaluation_read(&ctx, (octet_bytes){changed.data, changed.size}, "f", &read);
            assert_true(status == OCTET_FORMAT || status == OCTET_UNSUPPORTED);
            octet_context_clear(&ctx);
            changed.size -= 8;
            assert_int_equal(octet_record_write_check(&ctx, &changed, 0), OCTET_OK);
            status = octet_evaluation_read(&ctx, (octet_bytes){changed.data, changed.size}, "f", &read);
            if (status == OCTET_OK) {
                assert_int_equal(octet_evaluation_write_text(&ctx, read, false, &text), OCTET_OK);
                octet_evaluation_free(&ctx, read);
            }
            octet_buffer_free(&ctx, &text);
            octet_buffer_free(&ctx, &changed);
            octet_context_clear(&ctx);
        }
    }
    octet_buffer_free(&ctx, &bytes);
}

static void running_out_of_memory_leaks_nothing(void **state) {
    (void)state;
    octet_evaluation *e = evaluate(OCTET_MEASURE_ERROR, 0), *read = NULL;
    octet_buffer bytes = bytes_of(e);
    const size_t before = ctx.memory_bytes;
    octet_status status = OCTET_NOMEM;
    for (uint64_t n = 1; status != OCTET_OK; n++) {
        octet_context_clear(&ctx);
        ctx.fail_allocation = ctx.n_allocations + n;
        status = octet_evaluation_read(&ctx, (octet_bytes){bytes.data, bytes.size}, "f", &read);
        if (status == OCTET_OK) break;
        assert_int_equal(status, OCTET_NOMEM);
        assert_int_equal(ctx.memory_bytes, before);
    }
    ctx.fail_allocation = 0;
    octet_evaluation_free(&ctx, read);
    octet_evaluation_free(&ctx, e);
    octet_buffer_free(&ctx, &bytes);
}

static octet_buffer findings_of(const octet_evaluation *e) {
    octet_buffer bytes = {0};
    assert_int_equal(octet_evaluation_write_findings(&ctx, e, &bytes), OCTET_OK);
    return bytes;
}

static bool found_the_same(const octet_evaluation *a, const octet_evaluation *b) {
    octet_buffer x = findings_of(a), y = findings_of(b);
    const bool same = x.size == y.size && memcmp(x.data, y.data, x.size) == 0;
    octet_buffer_free(&ctx, &x);
    octet_buffer_free(&ctx, &y);
    return same;
}

static void findings_are_all_but_how_it_was_run(void **state) {
    (void)state;
    octet_evaluation *a = evaluate(OCTET_MEASURE_ERROR, 0), *b = evaluate(OCTET_MEASURE_ERROR, 0);
    b->model = "the same model elsewhere";
    b->wall_ns = 5;
    b->n_threads = 7;
    b->time_ns[2] = 9;
    assert_true(found_the_same(a, b));
    b->numbers[4]++;
    assert_false(found_the_same(a, b));
    b->numbers[4]--;
    b->errors[0].target += 1.0;
    assert_false(found_the_same(a, b));
    b->errors[0].target -= 1.0;
    b->fingerprint++;
    assert_false(found_the_same(a, b));
    octet_evaluation_free(&ctx, a);
    octet_evaluation_free(&ctx, b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(files_give_back_what_was_written, begin, end),
        cmocka_unit_test_setup_teardown(parts_join_after_they_were_read, begin, end),
        cmocka_unit_test_setup_teardown(other_evaluations_do_not_join, begin, end),
        cmocka_unit_test_setup_teardown(findings_are_all_but_how_it_was_run, begin, end),
        cmocka_unit_test_setup_teardown(damaged_files_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(running_out_of_memory_leaks_nothing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
