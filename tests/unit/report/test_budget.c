/* What takes most of a budget, and what would help. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "base/memory.h"
#include "report/budget.h"

static octet_context context, *ctx = &context;

/* Bytes that parts share count once; the second group is fuller though its parts are smaller together. */
static const octet_budget_part parts[] = {{"rows of", "a", 0, 100, 0, 0},
                                          {"rows of", "b", 50, 100, 0, 0},
                                          {"", "c;d", 100, 60, 0, 1},
                                          {"sums of", "e", 0, 80, 1, 1},
                                          {"", "f", 200, 40, 1, 1}};
static const octet_budget_row rows[] = {
    {.group = 0, .layer = "first", .kind = OCTET_BUDGET_CONVOLUTION, .constants_bytes = 100, .cycles = {0, 900}},
    {.group = 1, .layer = "last", .kind = OCTET_BUDGET_DENSE, .constants_bytes = 9000, .cycles = {0, 100}}};

static octet_budget sample(void) {
    return (octet_budget){.model = "m",
                          .constants_bytes = 9100,
                          .code_bytes = 900,
                          .arena_bytes = 240,
                          .ports_bytes = 20,
                          .stack_bytes = 100,
                          .scales_bytes = 150,
                          .cores = {{"a", "a", 1, 1}, {"b", "b", 1, 1000}},
                          .usual_core = 1,
                          .rows = rows,
                          .parts = parts,
                          .n_rows = 2,
                          .n_parts = 5};
}

static void test_most(void **state) {
    (void)state;
    octet_budget b = sample();
    const octet_budget_most most = octet_budget_find_most(&b);
    assert_int_equal(most.flash, 1);
    assert_int_equal(most.cycles, 0);
    assert_int_equal(most.group, 1);
    assert_int_equal(most.used_bytes, 80 + 60 + 40);
    assert_int_equal(most.part, 3);
    b.n_rows = b.n_parts = 0;
    const octet_budget_most none = octet_budget_find_most(&b);
    assert_true(none.flash == OCTET_BUDGET_NOTHING && none.cycles == OCTET_BUDGET_NOTHING);
    assert_true(none.part == OCTET_BUDGET_NOTHING && none.used_bytes == 0);
}

static bool says(const octet_budget_advice *advice, const char *words) {
    for (uint32_t i = 0; i < advice->n; i++)
        if (strstr(advice->lines[i], words) != NULL) return true;
    return false;
}

static void test_advice(void **state) {
    (void)state;
    octet_arena arena = {0};
    octet_budget_advice advice;
    octet_budget b = sample();
    octet_context_init(ctx);
    assert_int_equal(octet_budget_advise(ctx, &arena, &b, &advice), OCTET_OK);
    assert_true(says(&advice, "half as many outputs in last: about 4,500 bytes less"));
    assert_true(says(&advice, "--per-tensor): 150 bytes less"));
    assert_true(says(&advice, "RAM: fewer channels or a narrower map in e, of which 80 bytes"));
    assert_true(says(&advice, "half as many channels in first: about 45 % of the cycles less"));
    assert_false(says(&advice, "external"));
    b.flash_bytes = 5000; /* only what is missing is spoken of */
    assert_int_equal(octet_budget_advise(ctx, &arena, &b, &advice), OCTET_OK);
    assert_true(says(&advice, "external flash") && !says(&advice, "RAM") && !says(&advice, "time"));
    b.flash_bytes = 0;
    b.ram_bytes = 300;
    b.ports_bytes = 400;
    assert_int_equal(octet_budget_advise(ctx, &arena, &b, &advice), OCTET_OK);
    assert_true(says(&advice, "a smaller input") && advice.n == 1);
    octet_arena_free(ctx, &arena);
    assert_int_equal(ctx->memory_bytes, 0);
}

static void test_round(void **state) {
    (void)state;
    static const struct {
        double cycles;
        uint64_t rounded;
    } cases[] = {{0.0, 0}, {7.4, 7}, {999.4, 999}, {999.6, 1000}, {123456.0, 123000}, {99950000.0, 100000000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(octet_budget_round(cases[i].cycles), cases[i].rounded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_most),
        cmocka_unit_test(test_advice),
        cmocka_unit_test(test_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
