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

/* From here on a crash and the end of the time are answered, through the descriptor that limits_answer_to names; -1, to
 * be set before an answer is sent: they end the process without another one. */
void limits_answer_crashes(void);
void limits_answer_to(int descriptor);

/* Limits processor time; memory: what the process holds already, the file, and limits_memory_bytes; core dumps (none).
 */
void limits_set(uint64_t cpu_seconds, uint64_t file_size, uint64_t max_memory_bytes);

/* What reading may take: a gigabyte and seven times the file, or max_memory_bytes where that is less. */
uint64_t limits_memory_bytes(void);

typedef enum limits_shortage {
    LIMITS_NO_SHORTAGE,
    LIMITS_OWN_SHORTAGE,   /* more than limits_memory_bytes was needed */
    LIMITS_SYSTEM_SHORTAGE /* the system had less */
} limits_shortage;

/* Whether the process asked for memory in vain that the file may need. Always NO_SHORTAGE where the C library is not
 * glibc or a sanitizer stands in for its allocator. */
limits_shortage limits_shortage_of_memory(void);

/* The sentence of a shortage, without the name of the file. */
#define LIMITS_NO_MEMORY ": reading it takes more memory than there is"

#endif
