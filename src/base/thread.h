/* base/thread.h - a pool of threads that costs nothing when one thread is used.
 * In:  a function and a number of work units.
 * Out: every unit done once; the caller's thread works too.
 * Knows: pthreadpool.
 * Does not know: what a unit is. Results must not depend on which thread does which unit. */
#ifndef OCTET_BASE_THREAD_H
#define OCTET_BASE_THREAD_H

#include "base/context.h"

typedef struct octet_pool octet_pool;

/* Number of processors this process may use, at least 1. */
uint32_t octet_thread_count(void);
/* n_threads 0 = octet_thread_count(). With one thread *out is NULL, which every function here accepts. */
octet_status octet_pool_create(octet_context *ctx, uint32_t n_threads, octet_pool **out);
void octet_pool_destroy(octet_context *ctx, octet_pool *pool);
uint32_t octet_pool_size(const octet_pool *pool); /* 1 for NULL */
/* True: between runs the threads sleep, which suits few long runs; false (at first, unless there are
 * more threads than processors): they spin for a while, for many short ones. */
void octet_pool_set_yield(octet_pool *pool, bool yields);

/* Calls task(user, thread, begin, end) until [0, n_units) is covered, in pieces of at most `grain` units (0: n_units
 * divided evenly over the threads). thread is 0..size-1 and never used twice at a time: it may index scratch memory. */
typedef void octet_pool_task(void *user, uint32_t thread, uint32_t begin, uint32_t end);
void octet_pool_run(octet_pool *pool, octet_pool_task *task, void *user, uint32_t n_units, uint32_t grain);

#endif
