/* exec/share.h - how many threads are worth their while in each step.
 * In:  tasks, the processor, the number of threads there are.
 * Out: an estimate of each step's time, and how many threads take part in it. Results do not depend on either.
 * Knows: what steps and waking cost on the machine of docs/performance.md.
 * Does not know: the pool, how busy the machine is. */
#ifndef OCTET_EXEC_SHARE_H
#define OCTET_EXEC_SHARE_H

#include "exec/run.h"

/* Nanoseconds of a task on one thread: rather too few, so that no step is shared that is faster alone. cpu: OCTET_CPU_*
 * bits that the task was made for. Of a group the multiply-accumulates count. */
uint64_t octet_share_estimate(const octet_graph *graph, const octet_task *task, uint32_t cpu);

/* Steps must save as much where helpers are woken for them: that takes the caller 16 us where processors sleep deeply,
 * and the helper as long until it works, with cold caches. ResNet-8, where 64 us seem to be saved, is slower then. */
enum { OCTET_SHARE_WAKE_NS = 80000 };

/* n_of_step[i]: 1..n_threads, of a run whose steps take time_ns[i] on one thread, one after the other. Gives the
 * nanoseconds that sharing saves when helpers are awake as the run begins. */
uint64_t octet_share_plan(const uint64_t *time_ns, uint32_t n_steps, uint32_t n_threads, uint32_t *n_of_step);

#endif
