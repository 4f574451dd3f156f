/* base/clock.h - time for measurements.
 * In:  nothing.
 * Out: nanoseconds of a clock that never runs backwards.
 * Knows: POSIX.
 * Does not know: dates. */
#ifndef OCTET_BASE_CLOCK_H
#define OCTET_BASE_CLOCK_H

#include <stdint.h>

uint64_t octet_clock_ns(void);

#endif
