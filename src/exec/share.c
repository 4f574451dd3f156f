#include "exec/share.h"

#include "base/thread.h"
#include "graph/work.h"
#include "kernels/fast/cpu.h"

/* Work per nanosecond of one core, as fast as it was measured for steps of 2 to 50 us (`octet bench` of the ResNet-8
 * and the DS-CNN of tests/bench/networks.py on a Xeon with AMX, also with OCTET_KERNELS=avx512vnni, avx2 and ref).
 * Where there is no row for an instruction set, that of AVX2 stands for it. */
enum {
    PRODUCT_F32_AVX512 = 95, /* multiply-accumulates */
    PRODUCT_F32 = 60,
    PRODUCT_F32_PLAIN = 7,
    PRODUCT_S8_AMX = 600,
    PRODUCT_S8_VNNI = 290,
    PRODUCT_S8 = 100,
    PRODUCT_S8_PLAIN = 15,
    DEPTHWISE = 22,
    DEPTHWISE_PLAIN = 7,
    ELEMENTS = 6 /* read or written by the other operators */
};

static uint64_t rate_of(const octet_graph *graph, const octet_task *task, uint32_t cpu) {
    const octet_kernel kernel = task->step->kernel; /* as_s8 runs whatever its inner task has */
    const bool is_plain = cpu == 0 || (task->run == octet_runs[kernel] && kernel != OCTET_KERNEL_as_s8);
    if (octet_kernel_params(kernel) == OCTET_PARAMS_depthwise) return is_plain ? DEPTHWISE_PLAIN : DEPTHWISE;
    if (octet_type_size(graph->values[task->step->outputs[0]].type) == 1)
        return is_plain                      ? PRODUCT_S8_PLAIN
               : cpu & OCTET_CPU_AMX_INT8    ? PRODUCT_S8_AMX
               : cpu & OCTET_CPU_AVX512_VNNI ? PRODUCT_S8_VNNI
                                             : PRODUCT_S8;
    return is_plain ? PRODUCT_F32_PLAIN : cpu & OCTET_CPU_AVX512 ? PRODUCT_F32_AVX512 : PRODUCT_F32;
}

uint64_t octet_share_estimate(const octet_graph *graph, const octet_task *task, uint32_t cpu) {
    const octet_operator *op = &graph->operators[task->step->operator_index];
    uint64_t macs = octet_operator_macs(graph, op);
    if (op->n_outputs == 0) return 0;
    for (uint32_t i = 0; i < task->n_behind; i++)
        macs += octet_operator_macs(graph, &graph->operators[task->behind[i]->operator_index]);
    return macs > 0 ? macs / rate_of(graph, task, cpu) : octet_operator_work(graph, op) / ELEMENTS;
}

/* What sharing costs, measured on the same machine with two threads. A step is worth two threads when each has so much
 * to do: handing over costs 0.5 us, and shares are never equal. */
enum { EACH_NS = 1500 };
/* Shared steps in a row must save as much: what one thread wrote moves to the other's cache before them and behind. */
enum { MOVE_NS = 4000 };

/* Leaves steps [first, end) to one thread unless the others save as much. */
static void share_if_it_saves(const uint64_t *time_ns, uint32_t first, uint32_t end, uint64_t least_ns,
                              uint32_t *n_of_step) {
    uint64_t saved_ns = 0;
    for (uint32_t i = first; i < end; i++) saved_ns += time_ns[i] - time_ns[i] / n_of_step[i];
    for (uint32_t i = first; i < end && saved_ns < least_ns; i++) n_of_step[i] = 1;
}

/* Helpers sleep after OCTET_POOL_SPIN_NS without a shared step; estimates may be half of what steps take. */
enum { AWAKE_NS = OCTET_POOL_SPIN_NS / 2 };

/* In runs that follow each other at once. */
static bool helpers_stay_awake(const uint64_t *time_ns, uint32_t n_steps, const uint32_t *n_of_step) {
    uint64_t alone_ns = 0;
    for (uint64_t i = 0; i < 2 * (uint64_t)n_steps && alone_ns < AWAKE_NS; i++)
        alone_ns = n_of_step[i % n_steps] > 1 ? 0 : alone_ns + time_ns[i % n_steps];
    return alone_ns < AWAKE_NS;
}

/* The end of the steps from `first` on during which helpers, once woken, stay awake. */
static uint32_t end_of_waking(const uint64_t *time_ns, uint32_t first, uint32_t n_steps, const uint32_t *n_of_step) {
    uint64_t alone_ns = 0;
    uint32_t i = first;
    for (; i < n_steps && alone_ns < AWAKE_NS; i++) alone_ns = n_of_step[i] > 1 ? 0 : alone_ns + time_ns[i];
    return i;
}

uint64_t octet_share_plan(const uint64_t *time_ns, uint32_t n_steps, uint32_t n_threads, uint32_t *n_of_step) {
    for (uint32_t i = 0; i < n_steps; i++) {
        const uint64_t n = time_ns[i] / EACH_NS;
        n_of_step[i] = n < 1 ? 1 : n < n_threads ? (uint32_t)n : n_threads;
    }
    for (uint32_t first = 0, end; first < n_steps; first = end + 1) {
        for (end = first; end < n_steps && (n_of_step[end] > 1 || time_ns[end] == 0);) end++;
        share_if_it_saves(time_ns, first, end, MOVE_NS, n_of_step);
    }
    const bool stay_awake = helpers_stay_awake(time_ns, n_steps, n_of_step);
    for (uint32_t first = 0, end; first < n_steps && !stay_awake; first = end) {
        end = end_of_waking(time_ns, first, n_steps, n_of_step);
        share_if_it_saves(time_ns, first, end, OCTET_SHARE_WAKE_NS, n_of_step);
    }
    uint64_t saved_ns = 0;
    for (uint32_t i = 0; i < n_steps; i++) saved_ns += time_ns[i] - time_ns[i] / n_of_step[i];
    return saved_ns;
}
