/* limits.h - how much octet-hdf5 may take, and what it says when libhdf5 takes more or crashes.
 * In:  sizes and seconds.
 * Out: limits of the process; the last answer, from a signal handler.
 * Knows: POSIX limits and signals.
 * Does not know: HDF5. */
#ifndef OCTET_HELPER_HDF5_LIMITS_H
#define OCTET_HELPER_HDF5_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits processor time, memory (what the process holds already, a gigabyte, and eight times the file), and core dumps
 * (none). From here on a crash and the end of the time are answered through `answer`, a descriptor. */
void limits_set(uint64_t cpu_seconds, uint64_t file_size, int answer);

/* To be called before an answer is sent: a crash afterwards ends the process without another one. */
void limits_stop_answering(void);

/* The largest block of memory that the process asked for in vain, in bytes; 0: none. Always 0 where the C library is
 * not glibc or a sanitizer stands in for its allocator. */
size_t limits_refused_bytes(void);

#endif
