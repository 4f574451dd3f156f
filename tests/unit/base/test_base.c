#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/checked.h"
#include "base/memory.h"

static void first_error_wins_and_is_printable(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    assert_int_equal(octet_context_fail(&ctx, OCTET_FORMAT, "a\nb\x1b[31m %s \xff", "caf\xc3\xa9"), OCTET_FORMAT);
    assert_string_equal(ctx.message, "a?b?[31m caf\xc3\xa9 ?");
    assert_int_equal(octet_context_fail(&ctx, OCTET_IO, "second"), OCTET_FORMAT);
    assert_string_equal(ctx.message, "a?b?[31m caf\xc3\xa9 ?");
}

static void sentences_say_what_they_are_about(void **state) {
    (void)state;
    char long_name[300];
    octet_context ctx, other;
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    octet_context_init(&ctx);
    octet_context_fail(&ctx, OCTET_MODEL, "%s: layer %s (%s): is odd", "a.h5", "dense: 1", "Dense");
    assert_string_equal(ctx.subject.place, "a.h5");
    assert_string_equal(ctx.subject.layer, "dense: 1");
    assert_string_equal(ctx.subject.value, "");
    octet_context_fail(&ctx, OCTET_USAGE, "%s: '%s': use another", "mode", "int7");
    assert_string_equal(ctx.subject.place, "a.h5");
    octet_context_clear(&ctx);
    assert_string_equal(ctx.subject.place, "");
    octet_context_fail(&ctx, OCTET_USAGE, "%s: '%s': use another", "mo\nde", "int7");
    assert_string_equal(ctx.subject.place, "mo?de");
    assert_string_equal(ctx.subject.value, "int7");
    octet_context_init(&other);
    octet_context_pass(&other, &ctx);
    assert_int_equal(other.status, OCTET_USAGE);
    assert_string_equal(other.message, "mo?de: 'int7': use another");
    assert_string_equal(other.subject.value, "int7");
    octet_context_clear(&ctx);
    octet_context_fail(&ctx, OCTET_USAGE, "--limit: '%s' is no number", "many");
    assert_string_equal(ctx.subject.place, "--limit");
    assert_string_equal(ctx.subject.value, "many");
    octet_context_clear(&ctx);
    octet_context_fail(&ctx, OCTET_IO, "%s/%s: is gone", "cats", "1.png");
    assert_string_equal(ctx.subject.place, "cats/1.png");
    octet_context_clear(&ctx);
    octet_context_fail(&ctx, OCTET_IO, "out of %d: no more", 3);
    assert_string_equal(ctx.subject.place, "");
    octet_context_clear(&ctx);
    octet_context_fail(&ctx, OCTET_IO, "%s: '%s'", long_name, long_name);
    assert_string_equal(ctx.subject.place, "");
    assert_string_equal(ctx.subject.value, "");
}

static void long_sentences_lose_their_middle(void **state) {
    (void)state;
    octet_context ctx;
    char name[6001];
    for (size_t n = 900; n < 6000; n += n < 1100 ? 1 : 1000) {
        octet_context_init(&ctx);
        for (size_t i = 0; i < n; i++) name[i] = (char)(i % 2 == 0 ? 0xc3 : 0xa9); /* two bytes a letter */
        name[n - n % 2] = '\0';
        octet_context_fail(&ctx, OCTET_IO, "%s: cannot be opened: the reason", name);
        const size_t length = strlen(ctx.message);
        assert_true(length < sizeof ctx.message && strncmp(ctx.message, name, 400) == 0);
        assert_string_equal(ctx.message + length - 28, &": cannot be opened: the reason"[2]);
        assert_null(strchr(ctx.message, '?'));
        assert_int_equal(strstr(ctx.message, "...") != NULL, strlen(name) + 30 >= sizeof ctx.message);
        assert_int_equal(ctx.memory_bytes, 0);
    }
}

static void memory_has_a_limit_and_an_account(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    ctx.max_memory_bytes = 1 << 20;
    void *block;
    assert_int_equal(octet_memory_allocate(&ctx, 2 << 20, &block), OCTET_LIMIT);
    assert_null(block);
    octet_context_clear(&ctx);
    assert_int_equal(octet_memory_allocate(&ctx, SIZE_MAX, &block), OCTET_LIMIT);
    octet_context_clear(&ctx);
    assert_int_equal(octet_memory_allocate(&ctx, 1000, &block), OCTET_OK);
    assert_int_equal((uintptr_t)block % OCTET_ALIGNMENT, 0);
    assert_true(ctx.memory_bytes >= 1000);
    octet_memory_free(&ctx, block);
    assert_int_equal(ctx.memory_bytes, 0);
    ctx.fail_allocation = ctx.n_allocations + 1;
    assert_int_equal(octet_memory_allocate(&ctx, 1, &block), OCTET_NOMEM);
}

static void arena_blocks_are_cleared_aligned_and_apart(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_arena arena = {0};
    uint8_t *previous = NULL;
    for (size_t i = 1; i < 3000; i += 7) {
        void *block;
        const size_t alignment = (size_t)1 << i % 7;
        assert_int_equal(octet_arena_allocate(&ctx, &arena, i * i, alignment, &block), OCTET_OK);
        assert_int_equal((uintptr_t)block % alignment, 0);
        for (size_t j = 0; j < i * i; j += 97) assert_int_equal(((uint8_t *)block)[j], 0);
        memset(block, 0xaa, i * i);
        if (previous != NULL) assert_int_equal(previous[0], 0xaa);
        previous = block;
    }
    octet_arena_free(&ctx, &arena);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void buffer_grows_up_to_its_cap(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_buffer buffer = {.max_size = 10000};
    for (int i = 0; i < 1000; i++) assert_int_equal(octet_buffer_format(&ctx, &buffer, "%d,", i % 10), OCTET_OK);
    assert_int_equal(buffer.size, 2000);
    assert_int_equal(strlen((char *)buffer.data), 2000);
    assert_int_equal(octet_buffer_extend(&ctx, &buffer, 8001, NULL), OCTET_LIMIT);
    assert_int_equal(buffer.size, 2000);
    octet_buffer_free(&ctx, &buffer);
    assert_int_equal(ctx.memory_bytes, 0);
}

static void reads_stay_inside(void **state) {
    (void)state;
    const uint8_t data[] = {1, 2, 3, 4, 5, 6, 7, 8};
    const octet_bytes bytes = {data, sizeof data};
    uint32_t word;
    uint64_t wide;
    assert_true(octet_bytes_u32le(bytes, 4, &word));
    assert_int_equal(word, 0x08070605);
    assert_true(octet_bytes_u32be(bytes, 4, &word));
    assert_int_equal(word, 0x05060708);
    assert_false(octet_bytes_u32le(bytes, 5, &word));
    assert_false(octet_bytes_u32le(bytes, SIZE_MAX, &word));
    assert_true(octet_bytes_u64le(bytes, 0, &wide));
    assert_false(octet_bytes_u64le(bytes, 1, &wide));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins_and_is_printable),
        cmocka_unit_test(sentences_say_what_they_are_about),
        cmocka_unit_test(long_sentences_lose_their_middle),
        cmocka_unit_test(memory_has_a_limit_and_an_account),
        cmocka_unit_test(arena_blocks_are_cleared_aligned_and_apart),
        cmocka_unit_test(buffer_grows_up_to_its_cap),
        cmocka_unit_test(reads_stay_inside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
