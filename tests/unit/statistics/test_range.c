#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "statistics/range.h"

static octet_observed_range seen(const float *data, size_t n) {
    octet_observed_range range = octet_range_empty();
    octet_range_observe(&range, data, n);
    return range;
}

static void the_maximum_starts_above_zero(void **state) {
    (void)state;
    float data[40];
    for (int i = 0; i < 40; i++) data[i] = (float)-i;
    octet_observed_range range = seen(data, 40);
    assert_true(range.min == -39.0f && range.max == 1.17549435e-38f);
    data[39] = 7.0f;
    octet_range_observe(&range, data + 30, 10);
    assert_true(range.min == -39.0f && range.max == 7.0f);
    range = seen(data + 39, 1);
    assert_true(range.min == 7.0f && range.max == 7.0f);
}

static void nan_is_skipped_and_noted_wherever_it_stands(void **state) {
    (void)state;
    for (int at = 0; at < 40; at++) {
        float data[40];
        for (int i = 0; i < 40; i++) data[i] = (float)(i + 1);
        assert_false(seen(data, 40).saw_nan);
        data[at] = NAN;
        const octet_observed_range range = seen(data, 40);
        assert_true(range.saw_nan && range.min == (at == 0 ? 2.0f : 1.0f) && range.max == (at == 39 ? 39.0f : 40.0f));
    }
}

static void nothing_leaves_it_empty(void **state) {
    (void)state;
    const octet_observed_range range = seen(NULL, 0);
    assert_true(!range.seen && range.min > range.max);
}

/* Zeros of both signs in either order leave the same bytes. */
static void zero_has_no_sign(void **state) {
    (void)state;
    const float data[3] = {-0.0f, 0.0f, -0.0f};
    for (size_t n = 1; n <= 2; n++) {
        const octet_observed_range range = seen(data, n), other = seen(data + 1, n);
        assert_memory_equal(&range.min, &other.min, sizeof range.min);
        assert_false(signbit(range.min));
    }
}

static void parts_merge_to_the_whole(void **state) {
    (void)state;
    const float data[6] = {0.5f, -2.0f, NAN, 3.0f, -1.0f, 0.25f};
    const octet_observed_range whole = seen(data, 6);
    for (size_t cut = 0; cut <= 6; cut++) {
        octet_observed_range first = seen(data, cut), second = seen(data + cut, 6 - cut), other = second;
        octet_range_merge(&other, &first);
        octet_range_merge(&first, &second);
        assert_true(first.min == whole.min && first.max == whole.max && first.seen && first.saw_nan);
        assert_true(other.min == whole.min && other.max == whole.max && other.seen && other.saw_nan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_maximum_starts_above_zero), cmocka_unit_test(nan_is_skipped_and_noted_wherever_it_stands),
        cmocka_unit_test(nothing_leaves_it_empty),       cmocka_unit_test(zero_has_no_sign),
        cmocka_unit_test(parts_merge_to_the_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
