#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/hash.h"
#include "statistics/distinct.h"

static octet_context ctx;

/* Hashes of the numbers first, first + step, ... below `end`, as one part has them. */
static void fill(octet_distinct *set, uint64_t first, uint64_t step, uint64_t end) {
    assert_int_equal(octet_distinct_create(&ctx, set), OCTET_OK);
    for (uint64_t i = first; i < end; i += step) octet_distinct_add(set, octet_hash(0, &i, sizeof i));
    octet_distinct_settle(set);
}

static void repetitions_count_once(void **state) {
    (void)state;
    octet_context_init(&ctx);
    octet_distinct set;
    fill(&set, 0, 1, 1000);
    for (uint64_t i = 500; i < 1500; i++) octet_distinct_add(&set, octet_hash(0, &i, sizeof i));
    octet_distinct_settle(&set);
    assert_int_equal(octet_distinct_count(&set), 1500);
    octet_distinct_free(&ctx, &set);
}

static void the_count_is_exact_below_the_limit_and_near_above(void **state) {
    (void)state;
    octet_context_init(&ctx);
    octet_distinct set;
    fill(&set, 0, 1, OCTET_DISTINCT_MOST - 1);
    assert_int_equal(octet_distinct_count(&set), OCTET_DISTINCT_MOST - 1);
    octet_distinct_free(&ctx, &set);
    for (uint64_t n = OCTET_DISTINCT_MOST; n < 1000000; n *= 2) {
        fill(&set, 0, 1, n);
        assert_in_range(octet_distinct_count(&set), n - n / 50, n + n / 50);
        octet_distinct_free(&ctx, &set);
    }
}

/* Whatever the parts and their order, the same hashes stay, below the limit and above it. */
static void parts_merge_to_the_whole(void **state) {
    (void)state;
    octet_context_init(&ctx);
    for (uint64_t n = 1000; n <= 200000; n *= 200) {
        octet_distinct whole, parts[3], merged = {0};
        fill(&whole, 0, 1, n);
        for (uint64_t p = 0; p < 3; p++) fill(&parts[p], p * n / 4, 1, (p + 2) * n / 4); /* they overlap */
        static const int orders[3][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}};
        for (int o = 0; o < 3; o++) {
            for (int i = 0; i < 3; i++)
                assert_int_equal(octet_distinct_merge(&ctx, &merged, &parts[orders[o][i]]), OCTET_OK);
            assert_int_equal(merged.n, whole.n);
            assert_memory_equal(merged.hashes, whole.hashes, whole.n * sizeof *whole.hashes);
            octet_distinct_free(&ctx, &merged);
        }
        for (int p = 0; p < 3; p++) octet_distinct_free(&ctx, &parts[p]);
        octet_distinct_free(&ctx, &whole);
    }
    assert_int_equal(ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repetitions_count_once),
        cmocka_unit_test(the_count_is_exact_below_the_limit_and_near_above),
        cmocka_unit_test(parts_merge_to_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
