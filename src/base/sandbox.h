/* base/sandbox.h - a process that gives up what it does not need.
 * In:  nothing.
 * Out: system calls that open files, start programs, reach the network or make code fail with EPERM from here on.
 * Knows: seccomp filters of Linux, on x86-64 and arm64.
 * Does not know: who asks. For a program of its own, never for a host. */
#ifndef OCTET_BASE_SANDBOX_H
#define OCTET_BASE_SANDBOX_H

#include <stdbool.h>

/* What stays: memory that is not executable, reading and writing of what is open, time, signals to itself, the end. It
 * holds for this process for good. False where the system has no such filters: then nothing has changed. */
bool octet_sandbox_enter(void);

#endif
