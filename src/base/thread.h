/* base/thread.h - a pool of threads that costs nothing when one thread is used; a thread for one call.
 * In:  a function and a number of work units.
 * Out: every unit done once. The caller's thread works first; the others help when they get to run.
 * Knows: POSIX threads; on Linux futexes.
 * Does not know: what a unit is. Results must not depend on which thread does which unit. */
#ifndef OCTET_BASE_THREAD_H
#define OCTET_BASE_THREAD_H

#include "base/context.h"

typedef struct octet_pool octet_pool;

enum {
    OCTET_POOL_MOST_THREADS = 1024,
    OCTET_POOL_SPIN_NS = 20000 /* a thread that waits looks on for so long before it sleeps */
};

/* Number of processors this process may use, at least 1. */
uint32_t octet_thread_count(void);
/* n_threads 0 = octet_thread_count(). Where the system refuses threads, the pool has fewer: octet_pool_size tells. A
 * pool of one thread is NULL, which every function here accepts. The threads take no signals. A process that was forked
 * has none of them: there a pool of before the fork works with the caller's thread alone. Errors: LIMIT, NOMEM. */
octet_status octet_pool_create(octet_context *ctx, uint32_t n_threads, octet_pool **out);
/* Ends and joins the threads. */
void octet_pool_destroy(octet_context *ctx, octet_pool *pool);
uint32_t octet_pool_size(const octet_pool *pool); /* 1 for NULL */

/* Calls task(user, thread, begin, end) until [0, n_units) is covered, in pieces of at most `grain` units (0: n_units
 * divided evenly over the threads), as many for each thread, on at most n_threads threads (0: all of the pool). thread
 * is 0..size-1 and never used twice at a time: it may index scratch memory. One caller at a time; no call from a task
 * of the same pool. */
typedef void octet_pool_task(void *user, uint32_t thread, uint32_t begin, uint32_t end);
void octet_pool_run(octet_pool *pool, uint32_t n_threads, octet_pool_task *task, void *user, uint32_t n_units,
                    uint32_t grain);

/* A call beside what the caller does. */
typedef struct octet_errand octet_errand;
typedef void octet_errand_task(void *user);
/* Calls task(user) on a thread of its own, which takes no signals. *out is NULL, and nothing is called, where the
 * system refuses a thread. Errors: NOMEM. */
octet_status octet_errand_start(octet_context *ctx, octet_errand_task *task, void *user, octet_errand **out);
/* Waits until the call has returned. NULL is allowed. The process must not have been forked since the start. */
void octet_errand_wait(octet_context *ctx, octet_errand *errand);

#endif
