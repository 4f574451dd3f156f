/* board/timer.h - the clock of a board.
 * In:  -DTIMER=address of a CMSDK timer; none: a board without one.
 * Out: ticks since start_timer.
 * Knows: that qemu with -icount shift=5 gives 0.8 ticks an instruction on mps2-an385, an386 and an500.
 * Does not know: what runs meanwhile. */
#ifndef OCTET_TESTS_DEVICE_TIMER_H
#define OCTET_TESTS_DEVICE_TIMER_H

#include <stdint.h>

#ifdef TIMER /* a CMSDK timer counts down */
#define TIMER_CONTROL (*(volatile uint32_t *)(TIMER + 0u))
#define TIMER_VALUE (*(volatile uint32_t *)(TIMER + 4u))
#define TIMER_RELOAD (*(volatile uint32_t *)(TIMER + 8u))
static inline void start_timer(void) {
    TIMER_CONTROL = 0;
    TIMER_RELOAD = TIMER_VALUE = 0xFFFFFFFFu;
    TIMER_CONTROL = 1;
}
static inline uint32_t ticks(void) { return 0xFFFFFFFFu - TIMER_VALUE; }
#else
static inline void start_timer(void) {}
static inline uint32_t ticks(void) { return 0; }
#endif

#endif
