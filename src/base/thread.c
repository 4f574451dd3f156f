#define _GNU_SOURCE /* CPU_COUNT */
#include "base/thread.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/memory.h"

/* The caller opens a run and works at it too; threads that notice in time join. When no unit is left the caller closes the run and waits
 * for those who joined; who comes later finds it closed. So a thread that the system lets wait holds nobody up: more threads than
 * processors, or busy neighbours, cost little.
 *
 * The state is one number: which run it is (high 32 bits), whether it is open, how many threads joined (low bits). */
static const uint64_t OPEN = UINT64_C(1) << 31;
static uint32_t run_of(uint64_t state) { return (uint32_t)(state >> 32); }

/* Waiting threads look this often, some 30 us altogether, before they sleep: waking them takes about as long as a small operator. The
 * processor is offered to others now and then. */
enum { LOOKS = 1024, LOOKS_PER_YIELD = 64 };

typedef struct run {
    octet_pool_task *task;
    void *user;
    uint32_t n_units, grain;
    _Atomic uint32_t next; /* first unit that nobody took; at most n_units + size * grain */
} run;

typedef struct worker {
    octet_pool *pool;
    pthread_t thread;
    uint32_t number; /* 1..size-1 */
} worker;

struct octet_pool {
    uint32_t size;
    _Atomic bool yields, stops;
    _Atomic uint64_t state;
    run *job; /* of the open run */
    pthread_mutex_t mutex;
    pthread_cond_t opened; /* or stops */
    _Atomic uint32_t n_asleep;
    uint32_t n_workers;
    worker workers[];
};

uint32_t octet_thread_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef CPU_COUNT
    cpu_set_t allowed; /* taskset, containers */
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = CPU_COUNT(&allowed);
#endif
    return count < 1 ? 1 : count > 256 ? 256 : (uint32_t)count;
}

static void look_again(uint32_t i) {
    if (i % LOOKS_PER_YIELD == LOOKS_PER_YIELD - 1) sched_yield();
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/* Takes pieces until none is left. */
static void work(run *job, uint32_t thread) {
    for (;;) {
        const uint32_t begin = atomic_fetch_add_explicit(&job->next, job->grain, memory_order_relaxed);
        if (begin >= job->n_units) return;
        const uint32_t left = job->n_units - begin;
        job->task(job->user, thread, begin, begin + (left < job->grain ? left : job->grain));
    }
}

/* Returns when there is another run than `seen`; false when the pool stops. */
static bool await(octet_pool *pool, uint32_t seen) {
    for (uint32_t i = 0; i < LOOKS && !pool->yields; i++) {
        if (pool->stops) return false;
        if (run_of(pool->state) != seen) return true;
        look_again(i);
    }
    pthread_mutex_lock(&pool->mutex);
    pool->n_asleep++; /* before the state is read: octet_pool_run changes it before it reads n_asleep */
    while (run_of(pool->state) == seen && !pool->stops) pthread_cond_wait(&pool->opened, &pool->mutex);
    pool->n_asleep--;
    pthread_mutex_unlock(&pool->mutex);
    return !pool->stops;
}

/* Whether the newest run, whose number goes to *seen, was still open. */
static bool joined(octet_pool *pool, uint32_t *seen) {
    uint64_t state = pool->state;
    do {
        *seen = run_of(state);
        if (!(state & OPEN)) return false;
    } while (!atomic_compare_exchange_weak(&pool->state, &state, state + 1));
    return true;
}

static void *serve(void *argument) {
    const worker *self = argument;
    octet_pool *pool = self->pool;
    uint32_t seen = 0;
    while (await(pool, seen)) {
        if (!joined(pool, &seen)) continue;
        work(pool->job, self->number);
        pool->state--;
    }
    return NULL;
}

octet_status octet_pool_create(octet_context *ctx, uint32_t n_threads, octet_pool **out) {
    *out = NULL;
    if (n_threads == 0) n_threads = octet_thread_count();
    OCTET_CHECK(ctx, n_threads <= 1024, OCTET_LIMIT, "%u threads are asked for, at most 1024 are possible", n_threads);
    if (n_threads == 1) return OCTET_OK;
    octet_pool *pool;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *pool + (n_threads - 1) * sizeof(worker), (void **)&pool));
    *pool = (octet_pool){.size = n_threads, .mutex = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER};
    for (; pool->n_workers < n_threads - 1; pool->n_workers++) {
        worker *w = &pool->workers[pool->n_workers];
        *w = (worker){.pool = pool, .number = pool->n_workers + 1};
        if (pthread_create(&w->thread, NULL, serve, w) != 0) {
            octet_pool_destroy(ctx, pool);
            return octet_context_fail(ctx, OCTET_NOMEM, "%u threads cannot be started", n_threads);
        }
    }
    *out = pool;
    return OCTET_OK;
}

static void wake(octet_pool *pool) {
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->opened);
    pthread_mutex_unlock(&pool->mutex);
}

void octet_pool_destroy(octet_context *ctx, octet_pool *pool) {
    if (!pool) return;
    pool->stops = true;
    wake(pool);
    for (uint32_t i = 0; i < pool->n_workers; i++) pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->opened);
    pthread_mutex_destroy(&pool->mutex);
    octet_memory_free(ctx, pool);
}

void octet_pool_set_yield(octet_pool *pool, bool yields) {
    if (pool) pool->yields = yields;
}

uint32_t octet_pool_size(const octet_pool *pool) { return pool ? pool->size : 1; }

void octet_pool_run(octet_pool *pool, octet_pool_task *task, void *user, uint32_t n_units, uint32_t grain) {
    if (n_units == 0) return;
    if (pool && grain == 0) grain = (n_units - 1) / pool->size + 1;
    if (!pool || grain >= n_units) {
        task(user, 0, 0, n_units);
        return;
    }
    run job = {.task = task, .user = user, .n_units = n_units, .grain = grain, .next = 0};
    assert(!(pool->state & OPEN));
    pool->job = &job;
    pool->state = (uint64_t)(run_of(pool->state) + 1) << 32 | OPEN;
    if (pool->n_asleep) wake(pool);
    work(&job, 0);
    pool->state &= ~OPEN;
    for (uint32_t i = 0; (uint32_t)pool->state != 0; i++) look_again(i);
}
