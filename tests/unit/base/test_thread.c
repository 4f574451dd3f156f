/* The pool of threads. The step `threads` of .ci/run runs this with ThreadSanitizer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/thread.h"

/* The linker calls these instead of pthread_create (--wrap). */
typedef void *thread_function(void *);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, thread_function *run, void *user);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, thread_function *run, void *user);

static uint32_t n_granted = UINT32_MAX; /* so many more threads start */

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, thread_function *run, void *user) {
    if (n_granted == 0) return EAGAIN;
    if (n_granted != UINT32_MAX) n_granted--;
    return __real_pthread_create(thread, attributes, run, user);
}

static void sleep_ms(long ms) { nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL); }

static void count_units(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    (void)thread;
    for (uint32_t i = begin; i < end; i++) ((uint8_t *)user)[i]++;
}

/* Every unit of a few runs is done once. */
static void check_units(octet_pool *pool) {
    static const uint32_t counts[] = {0, 1, 2, 7, 64, 1000};
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        for (uint32_t grain = 0; grain < 9; grain += 4) {
            for (uint32_t n_threads = 0; n_threads < 4; n_threads++) {
                uint8_t done[1001] = {0};
                octet_pool_run(pool, n_threads, count_units, done, counts[c], grain);
                for (uint32_t i = 0; i < sizeof done; i++) assert_int_equal(done[i], i < counts[c]);
            }
        }
    }
}

static void every_unit_is_done_once(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    for (uint32_t n_threads = 1; n_threads <= 9; n_threads++) {
        octet_pool *pool;
        assert_int_equal(octet_pool_create(&ctx, n_threads, &pool), OCTET_OK);
        assert_int_equal(octet_pool_size(pool), n_threads);
        check_units(pool);
        octet_pool_destroy(&ctx, pool);
    }
    assert_int_equal(ctx.memory_bytes, 0);
}

typedef struct pieces {
    uint32_t grain, n_units;
    _Atomic uint32_t n_bad, n_calls, n_done;
} pieces;

static void check_piece(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    (void)thread;
    pieces *p = user;
    p->n_calls++;
    p->n_done += end - begin;
    if (begin >= end || end - begin > p->grain || end > p->n_units) p->n_bad++;
}

static void pieces_are_at_most_a_grain_and_as_many_for_each_thread(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_pool *pool;
    assert_int_equal(octet_pool_create(&ctx, 3, &pool), OCTET_OK);
    static const uint32_t n_units[] = {9, 10, 11, 4000000000u, UINT32_MAX};
    static const uint32_t grains[] = {5, 4, 3, 1000000000u, 1u << 31};
    for (size_t i = 0; i < sizeof grains / sizeof *grains; i++) {
        pieces p = {.grain = grains[i], .n_units = n_units[i]};
        octet_pool_run(pool, 0, check_piece, &p, p.n_units, p.grain);
        assert_int_equal(p.n_bad, 0);
        assert_true(p.n_done == p.n_units);
        const uint32_t n_least = (p.n_units - 1) / p.grain + 1, n = octet_pool_size(pool);
        assert_int_equal(p.n_calls, n_least < n ? n_least : (n_least + n - 1) / n * n);
    }
    octet_pool_destroy(&ctx, pool);
}

/* A small run that is soon over, thousands of times: threads come late, sleep, and never meet under one number. */
typedef struct crowd {
    uint32_t size;
    _Atomic uint32_t n_done, inside[8], n_inside, n_most;
    _Atomic bool met;
} crowd;

static void enter(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    crowd *c = user;
    if (thread >= c->size || atomic_fetch_add(&c->inside[thread], 1) != 0) c->met = true;
    const uint32_t n = atomic_fetch_add(&c->n_inside, 1) + 1;
    if (n > c->n_most) c->n_most = n;
    c->n_done += end - begin;
    c->n_inside--;
    c->inside[thread]--;
}

static void short_runs_follow_each_other(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    for (uint32_t size = 2; size <= 8; size += 3) {
        octet_pool *pool;
        assert_int_equal(octet_pool_create(&ctx, size, &pool), OCTET_OK);
        for (uint32_t i = 0; i < 4000; i++) {
            if (i % 1000 == 999) sleep_ms(1); /* all sleep */
            crowd c = {.size = size};
            const uint32_t n_threads = i % (size + 1);
            octet_pool_run(pool, n_threads, enter, &c, 2 + i % 9, 1);
            assert_int_equal(c.n_done, 2 + i % 9);
            assert_false(c.met);
            if (n_threads != 0) assert_true(c.n_most <= n_threads);
        }
        octet_pool_destroy(&ctx, pool);
    }
}

/* A piece waits until others have begun: so all threads take part, awake or woken. */
typedef struct gathering {
    _Atomic uint32_t n_here;
    uint32_t n_expected;
} gathering;

static void gather(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    (void)thread, (void)begin, (void)end;
    gathering *g = user;
    g->n_here++;
    while (g->n_here < g->n_expected) sleep_ms(1);
}

static void all_threads_come_when_there_is_time(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_pool *pool;
    assert_int_equal(octet_pool_create(&ctx, 4, &pool), OCTET_OK);
    for (uint32_t i = 0; i < 6; i++) {
        if (i % 2 == 1) sleep_ms(2);
        gathering g = {.n_expected = 2 + i % 3};
        octet_pool_run(pool, g.n_expected, gather, &g, g.n_expected, 1);
        assert_int_equal(g.n_here, g.n_expected);
    }
    octet_pool_destroy(&ctx, pool);
}

/* Another thread's piece is long: the caller sleeps, and wakes when it is done. */
static void do_long_piece(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    (void)begin, (void)end;
    gather(user, thread, begin, end);
    if (thread != 0) sleep_ms(5);
    ((gathering *)user)->n_here += 100;
}

static void the_caller_waits_for_what_has_begun(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_pool *pool;
    assert_int_equal(octet_pool_create(&ctx, 3, &pool), OCTET_OK);
    for (uint32_t i = 0; i < 10; i++) {
        gathering g = {.n_expected = 3};
        octet_pool_run(pool, 0, do_long_piece, &g, 3, 1);
        assert_int_equal(g.n_here, 303);
    }
    octet_pool_destroy(&ctx, pool);
}

static void *use_a_pool(void *user) {
    octet_context ctx;
    octet_context_init(&ctx);
    octet_pool *pool = NULL;
    bool *is_well = user;
    *is_well = octet_pool_create(&ctx, 3, &pool) == OCTET_OK;
    for (uint32_t i = 0; *is_well && i < 2000; i++) {
        uint8_t done[40] = {0};
        octet_pool_run(pool, 0, count_units, done, 40, 1 + i % 5);
        for (uint32_t k = 0; k < 40; k++) *is_well = *is_well && done[k] == 1;
    }
    octet_pool_destroy(&ctx, pool);
    return NULL;
}

static void two_threads_have_a_pool_each(void **state) {
    (void)state;
    pthread_t threads[2];
    bool is_well[2];
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&threads[i], NULL, use_a_pool, &is_well[i]), 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        assert_true(is_well[i]);
    }
}

static void refused_threads_leave_a_smaller_pool(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    for (uint32_t n = 0; n < 8; n++) {
        octet_pool *pool;
        n_granted = n;
        const octet_status status = octet_pool_create(&ctx, 8, &pool);
        n_granted = UINT32_MAX;
        assert_int_equal(status, OCTET_OK);
        assert_int_equal(octet_pool_size(pool), n + 1);
        assert_int_equal(pool == NULL, n == 0);
        check_units(pool);
        octet_pool_destroy(&ctx, pool);
    }
    assert_int_equal(ctx.memory_bytes, 0);
}

static void a_pool_ends_awake_or_asleep(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    for (uint32_t i = 0; i < 100; i++) {
        octet_pool *pool;
        assert_int_equal(octet_pool_create(&ctx, 1 + i % 5, &pool), OCTET_OK);
        if (i % 10 == 0) sleep_ms(1);
        uint8_t done[50] = {0};
        if (i % 2 == 0) octet_pool_run(pool, 0, count_units, done, 50, 1);
        if (i % 20 == 0) sleep_ms(1);
        octet_pool_destroy(&ctx, pool);
    }
    assert_int_equal(ctx.memory_bytes, 0);
}

static void limits_are_told(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_pool *pool;
    assert_int_equal(octet_pool_create(&ctx, OCTET_POOL_MOST_THREADS + 1, &pool), OCTET_LIMIT);
    assert_null(pool);
    octet_context_clear(&ctx);
    ctx.fail_allocation = ctx.n_allocations + 1;
    assert_int_equal(octet_pool_create(&ctx, 2, &pool), OCTET_NOMEM);
    assert_null(pool);
}

static void note_mask(void *user, uint32_t thread, uint32_t begin, uint32_t end) {
    gather(user, thread, begin, end);
    sigset_t mask;
    if (pthread_sigmask(SIG_SETMASK, NULL, &mask) != 0) return;
    const bool blocks = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGCHLD) == 1;
    if (blocks != (thread > 0)) ((gathering *)user)->n_here += 100;
}

static void threads_take_no_signals_of_the_host(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_pool *pool;
    assert_int_equal(octet_pool_create(&ctx, 3, &pool), OCTET_OK);
    gathering g = {.n_expected = 3};
    octet_pool_run(pool, 0, note_mask, &g, 3, 1);
    assert_int_equal(g.n_here, 3);
    octet_pool_destroy(&ctx, pool);
}

/* The child's copy of the pool has no threads, and a pool of its own has. Not under ThreadSanitizer, which ends
 * processes that start threads after a fork. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
enum { CAN_FORK = 0 };
#else
enum { CAN_FORK = 1 };
#endif

static void a_forked_process_goes_on(void **state) {
    (void)state;
    if (!CAN_FORK) skip();
    octet_context ctx;
    octet_context_init(&ctx);
    octet_pool *pool;
    assert_int_equal(octet_pool_create(&ctx, 3, &pool), OCTET_OK);
    for (uint32_t i = 0; i < 4; i++) {
        uint8_t done[64] = {0};
        if (i % 2 == 0) sleep_ms(1);
        octet_pool_run(pool, 0, count_units, done, 64, 1);
        const pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            alarm(20);
            octet_pool_run(pool, 0, count_units, done, 64, 1);
            octet_pool_destroy(&ctx, pool);
            bool is_well = true;
            use_a_pool(&is_well);
            for (uint32_t k = 0; k < 64; k++) is_well = is_well && done[k] == 2;
            _exit(is_well ? 0 : 1);
        }
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
    octet_pool_destroy(&ctx, pool);
}

static void set_flag(void *user) {
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, NULL, &blocked);
    atomic_store((atomic_int *)user, sigismember(&blocked, SIGINT) ? 1 : 2);
}

static void an_errand_is_done_or_refused(void **state) {
    (void)state;
    octet_context ctx;
    octet_context_init(&ctx);
    octet_errand *errand;
    atomic_int flag = 0;
    assert_int_equal(octet_errand_start(&ctx, set_flag, &flag, &errand), OCTET_OK);
    assert_non_null(errand);
    octet_errand_wait(&ctx, errand);
    assert_int_equal(atomic_load(&flag), 1);
    atomic_store(&flag, 0);
    n_granted = 0;
    assert_int_equal(octet_errand_start(&ctx, set_flag, &flag, &errand), OCTET_OK);
    n_granted = UINT32_MAX;
    assert_null(errand);
    octet_errand_wait(&ctx, errand);
    assert_int_equal(atomic_load(&flag), 0);
    assert_int_equal(ctx.memory_bytes, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_errand_is_done_or_refused),
        cmocka_unit_test(every_unit_is_done_once),
        cmocka_unit_test(pieces_are_at_most_a_grain_and_as_many_for_each_thread),
        cmocka_unit_test(short_runs_follow_each_other),
        cmocka_unit_test(all_threads_come_when_there_is_time),
        cmocka_unit_test(the_caller_waits_for_what_has_begun),
        cmocka_unit_test(two_threads_have_a_pool_each),
        cmocka_unit_test(refused_threads_leave_a_smaller_pool),
        cmocka_unit_test(a_pool_ends_awake_or_asleep),
        cmocka_unit_test(limits_are_told),
        cmocka_unit_test(threads_take_no_signals_of_the_host),
        cmocka_unit_test(a_forked_process_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
