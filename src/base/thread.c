#define _GNU_SOURCE /* CPU_COUNT, sched_getcpu, syscall */
#include "base/thread.h"

#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>
#if defined(__linux__) && !defined(OCTET_NO_FUTEX)
#include <linux/futex.h>
#include <sys/syscall.h>
#endif

#include "base/clock.h"
#include "base/memory.h"

/* The state of a pool is one word, so that every change of it is one atomic step:
 *   bits 0..11   places: so many threads may still come and help
 *   bits 12..23  threads inside: came and have not left
 *   bit 30       the caller sleeps until nobody is inside
 *   bit 31       the threads are to end
 * A run opens places, and closes them when no piece is left. So a thread that comes late finds the door shut, and the
 * caller waits only for threads that are inside. The members of the run change only while nobody is. */
#define PLACES 0xfffu
#define ONE_INSIDE 0x1000u
#define INSIDE 0xfff000u
#define CALLER_SLEEPS 0x40000000u
#define END 0x80000000u
static_assert((OCTET_POOL_MOST_THREADS & ~PLACES) == 0, "a thread of the largest pool has a place");

/* Of a helper. The deepest kernel takes 22 KB (gcc -fstack-usage). Systems grant between 128 KB (musl) and 8 MB, which
 * would be taken from an address space that is limited. */
#ifndef OCTET_STACK_BYTES /* builds for debugging need more (CMakeLists.txt) */
#define OCTET_STACK_BYTES (1 << 20)
#endif
enum { STACK_BYTES = OCTET_STACK_BYTES };

/* The system may run a helper on the caller's processor, where looking on keeps the caller from working, and so does
 * being woken for each run: it rests for so long, and sleeps then. */
enum { REST_NS = 1000000 };

/* Who sleeps until the state changes. */
typedef enum sleeper { HELPER, CALLER, N_SLEEPERS } sleeper;

/* The pieces of a run are numbered, and each thread has a share of neighbours, so that it finds in its cache what it
 * wrote in the step before. It takes them from the front; who has none left takes from the back of another share. */
typedef struct seat {
    alignas(OCTET_ALIGNMENT) _Atomic uint64_t share; /* first piece, and 2^32 times the piece behind the last */
    octet_pool *pool;
    pthread_t thread; /* but for seat 0, the caller's */
    uint32_t number;
    uint64_t spin_ns; /* before it sleeps: 0 where others need the processor */
} seat;

struct octet_pool {
    alignas(OCTET_ALIGNMENT) _Atomic uint32_t state;
    _Atomic uint32_t n_asleep; /* helpers that sleep, or are about to */
    _Atomic int caller_processor;
#ifndef SYS_futex
    pthread_mutex_t mutex;
    pthread_cond_t awake[N_SLEEPERS];
#endif
    /* The run: written while nobody is inside. */
    alignas(OCTET_ALIGNMENT) octet_pool_task *task;
    void *user;
    uint32_t n_units, n_pieces, n_shares;
    /* The pool. */
    uint32_t size;
    pid_t process;
    seat seats[]; /* by thread */
};

#ifdef SYS_futex

static int processor(void) { return sched_getcpu(); }
static void make_sleepers(octet_pool *pool) { (void)pool; }
static void drop_sleepers(octet_pool *pool) { (void)pool; }

/* Returns at once unless the state is `seen`; may return too early. */
static void sleep_while(octet_pool *pool, uint32_t seen, sleeper who) {
    syscall(SYS_futex, &pool->state, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, seen, NULL, NULL, 1u << who);
}

static void wake(octet_pool *pool, sleeper who, uint32_t n) {
    syscall(SYS_futex, &pool->state, FUTEX_WAKE_BITSET | FUTEX_PRIVATE_FLAG, n, NULL, NULL, 1u << who);
}

#else

static int processor(void) { return -1; } /* not known */

static void make_sleepers(octet_pool *pool) {
    pthread_mutex_init(&pool->mutex, NULL);
    for (int i = 0; i < N_SLEEPERS; i++) pthread_cond_init(&pool->awake[i], NULL);
}

static void drop_sleepers(octet_pool *pool) {
    for (int i = 0; i < N_SLEEPERS; i++) pthread_cond_destroy(&pool->awake[i]);
    pthread_mutex_destroy(&pool->mutex);
}

static void sleep_while(octet_pool *pool, uint32_t seen, sleeper who) {
    pthread_mutex_lock(&pool->mutex);
    if (atomic_load(&pool->state) == seen) pthread_cond_wait(&pool->awake[who], &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}

static void wake(octet_pool *pool, sleeper who, uint32_t n) {
    if (pool->process != getpid()) return; /* forked: nobody sleeps, and the mutex may be locked for ever */
    pthread_mutex_lock(&pool->mutex);
    for (uint32_t i = 0; i < n; i++) pthread_cond_signal(&pool->awake[who]);
    pthread_mutex_unlock(&pool->mutex);
}

#endif

uint32_t octet_thread_count(void) {
    long count = 0;
#ifdef CPU_COUNT
    cpu_set_t allowed; /* taskset, containers */
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = CPU_COUNT(&allowed);
#endif
    if (count == 0) count = sysconf(_SC_NPROCESSORS_ONLN); /* glibc reads a file for it */
    return count < 1 ? 1 : count > 256 ? 256 : (uint32_t)count;
}

/* False when the share is empty. */
static bool take(_Atomic uint64_t *share, bool from_back, uint32_t *piece) {
    uint64_t old = atomic_load_explicit(share, memory_order_relaxed), rest;
    do {
        const uint32_t first = (uint32_t)old, end = (uint32_t)(old >> 32);
        if (first == end) return false;
        *piece = from_back ? end - 1 : first;
        rest = from_back ? old - ((uint64_t)1 << 32) : old + 1;
    } while (!atomic_compare_exchange_weak_explicit(share, &old, rest, memory_order_relaxed, memory_order_relaxed));
    return true;
}

/* Takes pieces until none is left. */
static void work(octet_pool *pool, uint32_t number) {
    for (uint32_t i = 0; i < pool->n_shares; i++) {
        _Atomic uint64_t *share = &pool->seats[(number + i) % pool->n_shares].share;
        for (uint32_t piece; take(share, i > 0, &piece);) {
            const uint64_t n = pool->n_units;
            pool->task(pool->user, number, (uint32_t)(piece * n / pool->n_pieces),
                       (uint32_t)((piece + 1) * n / pool->n_pieces));
        }
    }
}

static bool is_on_callers_processor(octet_pool *pool) {
    const int own = processor();
    return own >= 0 && own == atomic_load(&pool->caller_processor);
}

/* The state, once it has any of these bits, or none of them if `gone`. */
static uint32_t wait_for(octet_pool *pool, uint32_t bits, bool gone, const seat *own) {
    uint32_t state = atomic_load(&pool->state);
    if (((state & bits) == 0) == gone) return state;
    bool spins = own->number == 0 || !is_on_callers_processor(pool);
    if (!spins) {
        nanosleep(&(struct timespec){.tv_nsec = REST_NS}, NULL);
        state = atomic_load(&pool->state);
    }
    const uint64_t end_ns = octet_clock_ns() + own->spin_ns;
    for (; ((state & bits) == 0) != gone; state = atomic_load(&pool->state)) {
        if (spins) {
            spins = octet_clock_ns() < end_ns;
        } else if (own->number > 0) {
            /* A caller that opens places afterwards sees the number, and wakes; one that did before has changed the
             * state. */
            atomic_fetch_add(&pool->n_asleep, 1);
            sleep_while(pool, state, HELPER);
            atomic_fetch_sub(&pool->n_asleep, 1);
        } else if (state & CALLER_SLEEPS ||
                   atomic_compare_exchange_strong(&pool->state, &state, state | CALLER_SLEEPS)) {
            sleep_while(pool, state | CALLER_SLEEPS, CALLER);
        }
    }
    return state;
}

/* The last to leave wakes a caller that sleeps. Who leaves has found no piece, so nobody else need come. */
static void leave(octet_pool *pool) {
    uint32_t state = atomic_load(&pool->state), left;
    do left = (state & ~PLACES) - ONE_INSIDE;
    while (!atomic_compare_exchange_weak(&pool->state, &state, left));
    if ((left & INSIDE) == 0 && left & CALLER_SLEEPS) wake(pool, CALLER, 1);
}

static void *help(void *user) {
    const seat *self = user;
    octet_pool *pool = self->pool;
    for (;;) {
        uint32_t state = wait_for(pool, PLACES | END, false, self);
        if (state & END) return NULL;
        if (!atomic_compare_exchange_strong(&pool->state, &state, state - 1 + ONE_INSIDE)) continue;
        work(pool, self->number);
        leave(pool);
    }
}

/* False where the system refuses it. */
static bool start_thread(pthread_t *thread, void *(*run)(void *), void *user) {
    sigset_t all, before;
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* the thread inherits it */
    const bool is_started = pthread_create(thread, &attributes, run, user) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return is_started;
}

/* As many as the system grants, up to n in all. */
static void start_helpers(octet_pool *pool, uint32_t n) {
    const uint32_t n_processors = octet_thread_count();
    pool->size = 1;
    pool->seats[0] = (seat){.pool = pool, .spin_ns = n_processors > 1 ? OCTET_POOL_SPIN_NS : 0};
    for (; pool->size < n; pool->size++) {
        seat *own = &pool->seats[pool->size];
        *own =
            (seat){.pool = pool, .number = pool->size, .spin_ns = pool->size < n_processors ? OCTET_POOL_SPIN_NS : 0};
        if (!start_thread(&own->thread, help, own)) break;
    }
}

octet_status octet_pool_create(octet_context *ctx, uint32_t n_threads, octet_pool **out) {
    *out = NULL;
    if (n_threads == 0) n_threads = octet_thread_count();
    OCTET_CHECK(ctx, n_threads <= OCTET_POOL_MOST_THREADS, OCTET_LIMIT,
                "%u threads are asked for, at most %d are possible", n_threads, OCTET_POOL_MOST_THREADS);
    if (n_threads == 1) return OCTET_OK;
    octet_pool *pool;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *pool + n_threads * sizeof(seat), (void **)&pool));
    *pool = (octet_pool){.caller_processor = -1, .process = getpid()};
    make_sleepers(pool);
    start_helpers(pool, n_threads);
    if (pool->size > 1) *out = pool;
    else octet_pool_destroy(ctx, pool);
    return OCTET_OK;
}

void octet_pool_destroy(octet_context *ctx, octet_pool *pool) {
    if (pool == NULL) return;
    if (pool->process == getpid()) {
        atomic_store(&pool->state, END);
        wake(pool, HELPER, pool->size - 1);
        for (uint32_t i = 1; i < pool->size; i++) pthread_join(pool->seats[i].thread, NULL);
        drop_sleepers(pool);
    }
    octet_memory_free(ctx, pool);
}

uint32_t octet_pool_size(const octet_pool *pool) { return pool != NULL ? pool->size : 1; }

void octet_pool_run(octet_pool *pool, uint32_t n_threads, octet_pool_task *task, void *user, uint32_t n_units,
                    uint32_t grain) {
    if (n_units == 0) return;
    const uint32_t size = octet_pool_size(pool);
    if (n_threads == 0 || n_threads > size) n_threads = size;
    if (grain == 0) grain = (n_units - 1) / n_threads + 1;
    uint32_t n_pieces = (n_units - 1) / grain + 1;
    if (n_threads > n_pieces) n_threads = n_pieces;
    if (n_threads == 1) {
        task(user, 0, 0, n_units);
        return;
    }
    /* As many for each thread, where there are so many units. */
    const uint64_t even = ((uint64_t)n_pieces + n_threads - 1) / n_threads * n_threads;
    if (even <= n_units) n_pieces = (uint32_t)even;
    pool->task = task;
    pool->user = user;
    pool->n_units = n_units;
    pool->n_pieces = n_pieces;
    pool->n_shares = n_threads;
    for (uint64_t i = 0; i < n_threads; i++) {
        const uint64_t first = i * n_pieces / n_threads, end = (i + 1) * n_pieces / n_threads;
        atomic_store_explicit(&pool->seats[i].share, first | end << 32, memory_order_relaxed);
    }
    atomic_store_explicit(&pool->caller_processor, processor(), memory_order_relaxed);
    atomic_store(&pool->state, n_threads - 1);
    const uint32_t n_asleep = atomic_load(&pool->n_asleep), n_awake = size - 1 - n_asleep;
    if (n_awake < n_threads - 1) wake(pool, HELPER, n_threads - 1 - n_awake);
    work(pool, 0);
    atomic_fetch_and(&pool->state, ~PLACES);
    wait_for(pool, INSIDE, true, &pool->seats[0]);
    atomic_store_explicit(&pool->state, 0, memory_order_relaxed);
}

struct octet_errand {
    pthread_t thread;
    octet_errand_task *task;
    void *user;
};

static void *run_errand(void *user) {
    const octet_errand *errand = user;
    errand->task(errand->user);
    return NULL;
}

octet_status octet_errand_start(octet_context *ctx, octet_errand_task *task, void *user, octet_errand **out) {
    *out = NULL;
    octet_errand *errand;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *errand, (void **)&errand));
    *errand = (octet_errand){.task = task, .user = user};
    if (start_thread(&errand->thread, run_errand, errand)) *out = errand;
    else octet_memory_free(ctx, errand);
    return OCTET_OK;
}

void octet_errand_wait(octet_context *ctx, octet_errand *errand) {
    if (errand == NULL) return;
    pthread_join(errand->thread, NULL);
    octet_memory_free(ctx, errand);
}
