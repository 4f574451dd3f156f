/* base/parts.h: where parts lie, how they join, what is missing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/parts.h"

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

static octet_parts part(uint32_t number, uint32_t n, uint64_t choice) {
    octet_parts parts;
    assert_int_equal(octet_parts_set(&ctx, &arena, number, n, choice, &parts), OCTET_OK);
    return parts;
}

static octet_parts join(octet_parts a, octet_parts b) {
    octet_parts both;
    assert_int_equal(octet_parts_join(&ctx, &arena, &a, &b, "things", &both), OCTET_OK);
    return both;
}

static void refused(octet_parts a, octet_parts b, const char *words) {
    octet_parts both;
    assert_int_equal(octet_parts_join(&ctx, &arena, &a, &b, "things", &both), OCTET_DATA);
    if (strstr(ctx.message, words) == NULL) fail_msg("'%s' lacks '%s'", ctx.message, words);
    octet_context_clear(&ctx);
}

/* They lie one behind the other, cover all, and differ by one item at most. */
static void blocks_cover_the_whole(void **state) {
    (void)state;
    static const size_t items[] = {1, 2, 7, 32, 33, 100, 50000};
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        for (uint32_t n = 1; n <= 40 && n <= items[i]; n++) {
            size_t next = 0, first, after;
            for (uint32_t k = 1; k <= n; k++) {
                assert_int_equal(octet_parts_place(&ctx, k, n, items[i], "items", &first, &after), OCTET_OK);
                assert_int_equal(first, next);
                assert_in_range(after - first, items[i] / n, items[i] / n + 1);
                next = after;
            }
            assert_int_equal(next, items[i]);
        }
    }
    size_t first, after;
    assert_int_equal(octet_parts_place(&ctx, 0, 0, 9, "items", &first, &after), OCTET_OK);
    assert_true(first == 0 && after == 9);
    static const uint32_t wrong[][2] = {{0, 3}, {4, 3}, {1, OCTET_PARTS_MOST + 1u}, {1, 10}, {UINT32_MAX, 3}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(octet_parts_place(&ctx, wrong[i][0], wrong[i][1], 9, "items", &first, &after), OCTET_USAGE);
        octet_context_clear(&ctx);
    }
}

static void all_parts_are_the_whole_in_any_order(void **state) {
    (void)state;
    char text[OCTET_PARTS_TEXT];
    for (uint32_t n = 1; n <= 33; n++) {
        octet_parts all = part(1, n, 5);
        for (uint32_t i = 1; i < n; i++) {
            /* 1, 1 + step, ...: each once where step and n have no factor in common. */
            const uint32_t step = n % 5 == 0 ? 3 : 5;
            if (n % step == 0) break;
            all = join(part(1 + i * step % n, n, 5), all);
            assert_int_equal(octet_parts_count(&all), i + 1 == n ? 0 : i + 1);
            if (i + 1 == n) assert_int_equal(all.n, 0);
        }
    }
    octet_parts some = join(join(part(9, 16, 1), part(3, 16, 1)), join(part(4, 16, 1), part(5, 16, 1)));
    assert_string_equal(octet_parts_text(&some, false, text), "3 to 5, 9");
    assert_string_equal(octet_parts_text(&some, true, text), "1, 2, 6 to 8, 10 to 16");
}

static void other_parts_do_not_join(void **state) {
    (void)state;
    const octet_parts some = join(part(3, 16, 1), part(4, 16, 1));
    refused(some, part(4, 16, 1), "part 4/16 is there twice");
    refused(part(3, 16, 1), some, "part 3/16 is there twice");
    refused(some, part(5, 16, 2), "different samples");
    refused(some, part(5, 17, 1), "part 3, 4 of 16 and of part 5 of 17");
    refused(some, part(1, 1, 1), "the other parts of its whole");
    refused((octet_parts){0}, some, "the other parts of its whole");
}

/* Texts stay within their room, however many runs there are. */
static void long_lists_are_cut(void **state) {
    (void)state;
    char text[OCTET_PARTS_TEXT];
    octet_parts all = part(1, OCTET_PARTS_MOST, 0);
    for (uint32_t i = 1; i < 200; i++) all = join(all, part(1 + 1000 * i, OCTET_PARTS_MOST, 0));
    for (int missing = 0; missing < 2; missing++) {
        octet_parts_text(&all, missing == 1, text);
        assert_string_equal(text + strlen(text) - 5, ", ...");
    }
}

static void hostile_bytes_are_refused(void **state) {
    (void)state;
    const octet_parts some = join(part(1, 9, 7), join(part(4, 9, 7), part(5, 9, 7)));
    octet_buffer bytes = {0};
    assert_int_equal(octet_parts_write(&ctx, &some, &bytes), OCTET_OK);
    octet_parts again;
    octet_record_reader r = {.ctx = &ctx, .bytes = {bytes.data, bytes.size}, .file = "f", .what = "things"};
    assert_int_equal(octet_parts_read(&r, &arena, &again), OCTET_OK);
    assert_int_equal(again.n_runs, 2);
    assert_int_equal(octet_parts_count(&again), 3);
    for (size_t size = 0; size < bytes.size; size++) {
        r = (octet_record_reader){.ctx = &ctx, .bytes = {bytes.data, size}, .file = "f", .what = "things"};
        assert_int_equal(octet_parts_read(&r, &arena, &again), OCTET_FORMAT);
        octet_context_clear(&ctx);
    }
    static const struct {
        size_t at;
        uint8_t value;
    } wrong[] = {{0, 1}, {3, 1}, {12, 0}, {12, 10}, {16, 0}, {16, 3}, {20, 3}, {20, 9}, {24, 2}, {24, 6}, {28, 10}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const uint8_t was = bytes.data[wrong[i].at];
        bytes.data[wrong[i].at] = wrong[i].value;
        r = (octet_record_reader){.ctx = &ctx, .bytes = {bytes.data, bytes.size}, .file = "f", .what = "things"};
        assert_int_equal(octet_parts_read(&r, &arena, &again), OCTET_FORMAT);
        octet_context_clear(&ctx);
        bytes.data[wrong[i].at] = was;
    }
    octet_buffer_free(&ctx, &bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(blocks_cover_the_whole, begin, end),
        cmocka_unit_test_setup_teardown(all_parts_are_the_whole_in_any_order, begin, end),
        cmocka_unit_test_setup_teardown(other_parts_do_not_join, begin, end),
        cmocka_unit_test_setup_teardown(long_lists_are_cut, begin, end),
        cmocka_unit_test_setup_teardown(hostile_bytes_are_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
