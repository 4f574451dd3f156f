/* statistics/looks.h: parts in any order give the bytes of one look at everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "statistics/looks.h"

enum { N = 5000, COLUMNS = 3 };

static octet_context ctx;
static octet_arena arena;

static int begin(void **state) {
    (void)state;
    octet_context_init(&ctx);
    arena = (octet_arena){0};
    return 0;
}

static int end(void **state) {
    (void)state;
    octet_arena_free(&ctx, &arena);
    octet_context_clear(&ctx);
    return ctx.memory_bytes == 0 ? 0 : -1;
}

/* Largest magnitude of a sample: some are equal, two share the largest one. */
static float reach_of(size_t i) { return i == 4321 || i == 777 ? 900.0f : (float)(i * 37 % 251); }

/* Looks at the samples first..end of N. */
static octet_looks look(size_t first, size_t after, bool is_bytes) {
    static float reaches[N];
    octet_looks looks;
    size_t most = first;
    assert_int_equal(octet_looks_create(&ctx, &arena, 2, &looks), OCTET_OK);
    assert_int_equal(octet_looks_give_columns(&ctx, &arena, COLUMNS, &looks.inputs[0]), OCTET_OK);
    assert_int_equal(octet_looks_give_classes(&ctx, &arena, after > 4000 ? 7 : 5, &looks), OCTET_OK);
    for (size_t i = first; i < after; i++) {
        const octet_look_place at = {i, N - i};
        looks.n_looked++;
        if (i % 11 == 3) octet_look_add_odd(&looks.constant, at);
        if (i % 17 == 5) octet_look_add_odd(&looks.noise, at);
        looks.classes[i % 5] |= (uint8_t)(1 + i % 2);
        looks.inputs[0].min[i % COLUMNS] = fminf(looks.inputs[0].min[i % COLUMNS], -(float)i);
        looks.inputs[0].max[i % COLUMNS] = fmaxf(looks.inputs[0].max[i % COLUMNS], (float)i);
        reaches[i - first] = reach_of(i);
        if (reach_of(i) > reach_of(most)) most = i;
    }
    looks.inputs[0].is_bytes = true;
    looks.inputs[1].is_bytes = is_bytes;
    if (!is_bytes)
        assert_int_equal(octet_look_set_reaches(&ctx, &arena, &looks.inputs[1], reaches, after - first,
                                                (octet_look_place){most, N - most}, (uint32_t)(most % 9)),
                         OCTET_OK);
    return looks;
}

static void expect_same(const octet_looks *a, const octet_looks *b) {
    octet_buffer x = {0}, y = {0};
    assert_int_equal(octet_looks_write(&ctx, a, &x), OCTET_OK);
    assert_int_equal(octet_looks_write(&ctx, b, &y), OCTET_OK);
    assert_int_equal(x.size, y.size);
    assert_memory_equal(x.data, y.data, x.size);
    octet_buffer_free(&ctx, &x);
    octet_buffer_free(&ctx, &y);
}

static void parts_give_the_bytes_of_the_whole(void **state) {
    (void)state;
    static const size_t ends[] = {0, 1, 70, 800, 4500, N};
    const octet_looks whole = look(0, N, false);
    assert_int_equal(whole.inputs[1].n_reaches, OCTET_LOOKS_REACHES);
    assert_true(whole.inputs[1].most.place == 777 && whole.constant.first.place == 3);
    for (size_t first = 0; first < 5; first++) {
        octet_looks all = look(ends[first], ends[first + 1], false);
        for (size_t i = 1; i < 5; i++) {
            const size_t part = (first + 3 * i) % 5;
            const octet_looks some = look(ends[part], ends[part + 1], false);
            assert_true(octet_looks_match(&all, &some));
            assert_int_equal(octet_looks_merge(&ctx, &arena, &all, &some), OCTET_OK);
        }
        expect_same(&all, &whole);
    }
}

/* Where one part has bytes, no magnitude is kept, whichever comes first. */
static void bytes_have_no_reaches(void **state) {
    (void)state;
    octet_looks a = look(0, 100, false), b = look(100, 200, true);
    const octet_looks a_again = look(0, 100, false), b_again = look(100, 200, true);
    assert_int_equal(octet_looks_merge(&ctx, &arena, &a, &b_again), OCTET_OK);
    assert_int_equal(octet_looks_merge(&ctx, &arena, &b, &a_again), OCTET_OK);
    assert_int_equal(a.inputs[1].n_reaches, 0);
    expect_same(&a, &b);
}

static void files_give_back_what_was_written(void **state) {
    (void)state;
    const octet_looks made = look(0, 50, false);
    octet_looks again;
    octet_buffer bytes = {0};
    assert_int_equal(octet_looks_write(&ctx, &made, &bytes), OCTET_OK);
    octet_record_reader r = {.ctx = &ctx, .bytes = {bytes.data, bytes.size}, .file = "f", .what = "looks"};
    assert_int_equal(octet_looks_read(&r, &arena, &again), OCTET_OK);
    assert_int_equal(r.at, bytes.size);
    expect_same(&made, &again);
    for (size_t size = 0; size < bytes.size; size++) {
        r = (octet_record_reader){.ctx = &ctx, .bytes = {bytes.data, size}, .file = "f", .what = "looks"};
        assert_int_equal(octet_looks_read(&r, &arena, &again), OCTET_FORMAT);
        octet_context_clear(&ctx);
    }
    octet_buffer_free(&ctx, &bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(parts_give_the_bytes_of_the_whole, begin, end),
        cmocka_unit_test_setup_teardown(bytes_have_no_reaches, begin, end),
        cmocka_unit_test_setup_teardown(files_give_back_what_was_written, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
