/* How many threads take part in which steps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/thread.h"
#include "exec/share.h"

enum { MOST = 32 };

/* Compares the plan of steps that take us[i] microseconds, and gives what it saves. */
static uint64_t check_plan(uint32_t n_threads, uint32_t n, const uint32_t *us, const uint32_t *expected) {
    uint64_t time_ns[MOST];
    uint32_t n_of_step[MOST];
    for (uint32_t i = 0; i < n; i++) time_ns[i] = us[i] * UINT64_C(1000);
    const uint64_t saved_ns = octet_share_plan(time_ns, n, n_threads, n_of_step);
    uint64_t expected_ns = 0;
    for (uint32_t i = 0; i < n; i++) {
        assert_int_equal(n_of_step[i], expected[i]);
        expected_ns += time_ns[i] - time_ns[i] / expected[i];
    }
    assert_int_equal(saved_ns, expected_ns);
    return saved_ns;
}

static void one_thread_shares_nothing(void **state) {
    (void)state;
    assert_int_equal(check_plan(1, 3, (uint32_t[]){1000, 0, 9}, (uint32_t[]){1, 1, 1}), 0);
    assert_int_equal(octet_share_plan(NULL, 0, 4, NULL), 0);
}

static void large_steps_take_all_threads_and_small_ones_few(void **state) {
    (void)state;
    check_plan(8, 4, (uint32_t[]){1000, 12, 6, 4}, (uint32_t[]){8, 8, 4, 2});
    check_plan(1000, 2, (uint32_t[]){1000, 1000000}, (uint32_t[]){666, 1000});
}

static void a_small_step_stays_alone_unless_its_neighbours_are_shared(void **state) {
    (void)state;
    check_plan(2, 3, (uint32_t[]){1, 4, 1}, (uint32_t[]){1, 1, 1});
    check_plan(2, 3, (uint32_t[]){1, 2, 1}, (uint32_t[]){1, 1, 1});
    check_plan(2, 4, (uint32_t[]){4, 4, 4, 1}, (uint32_t[]){2, 2, 2, 1});
    check_plan(2, 4, (uint32_t[]){4, 0, 4, 1}, (uint32_t[]){2, 1, 2, 1}); /* what takes no time moves nothing */
    check_plan(2, 4, (uint32_t[]){4, 1, 4, 1}, (uint32_t[]){1, 1, 1, 1});
}

/* Steps of 2 us are alone: eleven of them in a row let helpers fall asleep. */
static void helpers_are_woken_only_for_much_work(void **state) {
    (void)state;
    uint32_t us[MOST], alone[MOST], shared[MOST];
    for (uint32_t i = 0; i < MOST; i++) us[i] = 2, alone[i] = shared[i] = 1;
    us[0] = us[1] = us[15] = 30;
    check_plan(2, MOST, us, alone);
    us[0] = 1000; /* saves enough, and takes its neighbour along */
    shared[0] = shared[1] = 2;
    check_plan(2, MOST, us, shared);
    us[15] = 200;
    shared[15] = 2;
    check_plan(2, MOST, us, shared);
}

/* In runs that follow each other, the end of one and the beginning of the next are neighbours. */
static void a_short_run_is_shared_where_helpers_stay_awake(void **state) {
    (void)state;
    check_plan(2, 5, (uint32_t[]){2, 2, 20, 2, 2}, (uint32_t[]){1, 1, 2, 1, 1});
    check_plan(2, 7, (uint32_t[]){2, 2, 2, 20, 2, 2, 2}, (uint32_t[]){1, 1, 1, 1, 1, 1, 1});
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_thread_shares_nothing),
        cmocka_unit_test(large_steps_take_all_threads_and_small_ones_few),
        cmocka_unit_test(a_small_step_stays_alone_unless_its_neighbours_are_shared),
        cmocka_unit_test(helpers_are_woken_only_for_much_work),
        cmocka_unit_test(a_short_run_is_shared_where_helpers_stay_awake),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
