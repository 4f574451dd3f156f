/* Runs the self-test of an exported net (its prefix is `net`) on a board, and counts: instructions of all runs, the
 * deepest stack of one run. */
#include "semihost.h"
#include "timer.h"

static uint32_t total, before, deepest;

#if __STDC_HOSTED__ /* the stack is the system's */
static void before_run(void) { before = ticks(); }
static void after_run(void) { total += ticks() - before; }
#else
extern uint32_t stack_limit[];

enum { PAINT = 0x5AFE5AFE };

static uint32_t *stack_pointer(void) {
    uint32_t *here;
#ifdef __riscv
    __asm__ volatile("mv %0, sp" : "=r"(here));
#else
    __asm__ volatile("mov %0, sp" : "=r"(here));
#endif
    return here;
}

static void before_run(void) {
    uint32_t *const here = stack_pointer(), *at;
    for (at = stack_limit; at < here - 8; ++at) *at = PAINT;
    before = ticks();
}

static void after_run(void) {
    const uint32_t after = ticks();
    uint32_t *const here = stack_pointer(), *at = stack_limit;
    total += after - before;
    while (*at == PAINT) ++at;
    if ((uint32_t)((char *)here - (char *)at) > deepest) deepest = (uint32_t)((char *)here - (char *)at);
}
#endif

#define NET_SELFTEST_NO_MAIN
#define NET_BEFORE_RUN before_run()
#define NET_AFTER_RUN after_run()
#include "net_selftest.c"

int main(void) {
    int32_t differ;
    start_timer();
    differ = net_selftest();
    host_print_number("ticks ", total);
    host_print_number("stack ", deepest);
    host_print_number("differ ", (uint32_t)differ);
    return differ != 0;
}
