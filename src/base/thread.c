#define _GNU_SOURCE /* CPU_COUNT */
#include "base/thread.h"

#include <pthreadpool.h>
#include <sched.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/memory.h"

struct octet_pool {
    pthreadpool_t threads;
    uint32_t size;
    bool yields;
};

uint32_t octet_thread_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef CPU_COUNT
    cpu_set_t allowed; /* taskset, containers */
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = CPU_COUNT(&allowed);
#endif
    return count < 1 ? 1 : count > 256 ? 256 : (uint32_t)count;
}

octet_status octet_pool_create(octet_context *ctx, uint32_t n_threads, octet_pool **out) {
    *out = NULL;
    if (n_threads == 0) n_threads = octet_thread_count();
    OCTET_CHECK(ctx, n_threads <= 1024, OCTET_LIMIT, "%u threads are asked for, at most 1024 are possible", n_threads);
    if (n_threads == 1) return OCTET_OK;
    octet_pool *pool;
    OCTET_TRY(octet_memory_allocate(ctx, sizeof *pool, (void **)&pool));
    *pool = (octet_pool){.size = n_threads,
                         .yields = n_threads > octet_thread_count()}; /* who spins would keep another from working */
    pool->threads = pthreadpool_create(n_threads);
    if (pool->threads == NULL) {
        octet_memory_free(ctx, pool);
        return octet_context_fail(ctx, OCTET_NOMEM, "%u threads cannot be started", n_threads);
    }
    *out = pool;
    return OCTET_OK;
}

void octet_pool_destroy(octet_context *ctx, octet_pool *pool) {
    if (pool == NULL) return;
    pthreadpool_destroy(pool->threads);
    octet_memory_free(ctx, pool);
}

void octet_pool_set_yield(octet_pool *pool, bool yields) {
    if (pool != NULL) pool->yields = yields;
}

uint32_t octet_pool_size(const octet_pool *pool) { return pool != NULL ? pool->size : 1; }

typedef struct run {
    octet_pool_task *task;
    void *user;
    uint32_t n_units, grain;
    _Atomic uint32_t next; /* first unit that nobody took; at most n_units + size * grain */
} run;

/* One call per thread number: each takes pieces until none is left. */
static void work(void *argument, size_t thread) {
    run *job = argument;
    for (;;) {
        const uint32_t begin = atomic_fetch_add_explicit(&job->next, job->grain, memory_order_relaxed);
        if (begin >= job->n_units) return;
        const uint32_t left = job->n_units - begin;
        job->task(job->user, (uint32_t)thread, begin, begin + (left < job->grain ? left : job->grain));
    }
}

void octet_pool_run(octet_pool *pool, octet_pool_task *task, void *user, uint32_t n_units, uint32_t grain) {
    if (n_units == 0) return;
    if (pool == NULL || n_units == 1) {
        task(user, 0, 0, n_units);
        return;
    }
    if (grain == 0) grain = (n_units - 1) / pool->size + 1;
    run job = {.task = task, .user = user, .n_units = n_units, .grain = grain, .next = 0};
    if (grain >= n_units) {
        task(user, 0, 0, n_units);
        return;
    }
    pthreadpool_parallelize_1d(pool->threads, work, &job, pool->size,
                               pool->yields ? PTHREADPOOL_FLAG_YIELD_WORKERS : 0);
}
