/* base/process.h - a program that is started, spoken to over a socket, and ended.
 * In:  the path of a program, an open file for it to read, bytes to send.
 * Out: what it sends, and how it ended; where this library and this program lie.
 * Knows: POSIX: posix_spawn (never fork, which is unsafe in a program with threads), sockets, wait.
 * Does not know: the protocol. Leaves signals, their handlers and the other children of the host alone. */
#ifndef OCTET_BASE_PROCESS_H
#define OCTET_BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct octet_process {
    int64_t id;
    int socket;
    uint64_t cpu_ns;           /* that it had used when it was looked at */
    uint32_t n_idle, max_idle; /* looks one after the other that found it idle, and how many are too many */
} octet_process;

typedef struct octet_process_end {
    bool is_known; /* false where the host collects its children itself (SIGCHLD ignored, or waited for elsewhere) */
    int signal;    /* 0: it ended by itself; SIGKILL: octet_process_finish or somebody else ended it */
    int exit_code;
} octet_process_end;

/* Starts the program `path`, called `name` (argv[0]), without arguments. Its descriptors are 0 and 1 (one socket, whose
 * other end is process->socket), 2 (/dev/null, or `file` where there is none), 3 (`file`, open for reading only), and
 * those of the host that are not marked close-on-exec; its signals have their default actions and none is blocked.
 * Returns 0 or the system's error number; then nothing was started. */
int octet_process_start(const char *path, const char *name, int file, octet_process *process);

/* Sends everything. False (errno; EPIPE or ECONNRESET when the program does not take it) when that failed. */
bool octet_process_send(const octet_process *process, const void *data, size_t size);

/* Waits for at most `size` bytes (> 0): for as long as the program works or waits for a processor or a disk. Returns
 * their number, 0 at the end of what the program sends, or -1 (errno; ETIMEDOUT for a program that does nothing for
 * ten seconds). The end of the program is seen also where another process holds its end of the
 * socket, as the child of another thread may. */
int64_t octet_process_receive(octet_process *process, void *data, size_t size);

/* Ends the program if it still runs, collects it, closes the socket. */
octet_process_end octet_process_finish(octet_process *process);

/* Runs a program to its end: arguments[0] is looked up in PATH, NULL ends them. It reads nothing; what it says goes to
 * the file `log`, which is made anew. Descriptors of the host that are not marked close-on-exec, and signals, as in
 * octet_process_start. Returns 0 or the system's error number (ENOENT: there is no such program); then nothing was
 * started. */
int octet_process_run(const char *const *arguments, const char *log, octet_process_end *end);

/* The file that holds the code at `address` (the program or a shared library), and the program that runs, as absolute
 * paths. False (errno; ENOENT when the system does not tell) when that failed or `size` is too small. */
bool octet_process_code_path(const void *address, char *path, size_t size);
bool octet_process_program_path(char *path, size_t size);

#endif
