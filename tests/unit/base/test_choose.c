#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/choose.h"
#include "octet/octet.h"

static const char *const fruit[] = {"apple", "pear", "plum", NULL};

static void no_name_is_the_first(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    int place = 7;
    assert_int_equal(octet_choose(&ctx, "fruit", NULL, fruit, &place), OCTET_OK);
    assert_int_equal(place, 0);
    place = 7;
    assert_int_equal(octet_choose(&ctx, "fruit", "", fruit, &place), OCTET_OK);
    assert_int_equal(place, 0);
}

static void names_have_their_places(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    for (int i = 0; i < 3; i++) {
        int place = 7;
        assert_int_equal(octet_choose(&ctx, "fruit", fruit[i], fruit, &place), OCTET_OK);
        assert_int_equal(place, i);
    }
}

static void another_name_is_told_the_right_ones(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    int place;
    assert_int_equal(octet_choose(&ctx, "fruit", "Apple", fruit, &place), OCTET_USAGE);
    assert_string_equal(ctx.message, "fruit: 'Apple': use apple, pear or plum");
}

/* Every list that octet.h promises ends, and nothing follows its end. */
static void lists_of_the_interface(void **state) {
    (void)state;
    static const struct {
        const char *choice, *first;
        uint32_t n;
    } lists[] = {
        {"mode", "int8", 5},         {"type", "int8", 3},  {"int16x8 type", "float32", 2},
        {"target", "litert", 6},     {"split", "test", 2}, {"numerics", "litert", 3},
        {"float order", "fma", 3},   {"preset", "raw", 6}, {"input rounding", "nearest", 2},
        {"layer names", "layer", 2},
    };
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        assert_string_equal(octet_choice_name(lists[i].choice, 0), lists[i].first);
        for (uint32_t k = 1; k < lists[i].n; k++) assert_non_null(octet_choice_name(lists[i].choice, k));
        assert_null(octet_choice_name(lists[i].choice, lists[i].n));
        assert_null(octet_choice_name(lists[i].choice, lists[i].n + 1));
        assert_null(octet_choice_name(lists[i].choice, UINT32_MAX));
    }
    assert_null(octet_choice_name("colour", 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_name_is_the_first),
        cmocka_unit_test(names_have_their_places),
        cmocka_unit_test(another_name_is_told_the_right_ones),
        cmocka_unit_test(lists_of_the_interface),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
