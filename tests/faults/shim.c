/* Preloaded into octet and octet-hdf5 by run.py: lets calls of one kind fail, as the system may.
 *
 * FAULT_KIND     which calls: a row of `kinds`; unset: none
 * FAULT_N        the number, from 1, of the call that fails; 0: none, calls are counted only
 * FAULT_ALL      set: all calls from that one on
 * FAULT_PROGRAM  the last part of the path of the program that is meant: octet or octet-hdf5
 * FAULT_COUNT    a file of two 64-bit words that exists: calls of the kind, and how many of them failed
 *
 * Calls that the C library makes of itself (the reads of stdio) do not pass by here. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum kind {
    MALLOC,
    CALLOC,
    REALLOC,
    ALIGNED,
    MMAP,
    OPEN,
    READ,
    WRITE,
    FSYNC,
    RENAME,
    SPAWN,
    PIPE,
    THREAD,
    DUP,
    STAT,
    CLOSE,
    MODE,
    POLL,
    SHORT_READ,
    SHORT_WRITE,
    INTERRUPT,
    N_KINDS
};

/* The names that run.py uses, and the error that a call of the kind fails with. */
static const struct {
    const char *name;
    int error;
} kinds[N_KINDS] = {
    [MALLOC] = {"malloc", ENOMEM},
    [CALLOC] = {"calloc", ENOMEM},
    [REALLOC] = {"realloc", ENOMEM},
    [ALIGNED] = {"aligned", ENOMEM},
    [MMAP] = {"mmap", ENOMEM},
    [OPEN] = {"open", EMFILE},
    [READ] = {"read", EIO},
    [WRITE] = {"write", ENOSPC},
    [FSYNC] = {"fsync", EIO},
    [RENAME] = {"rename", EXDEV},
    [SPAWN] = {"spawn", EAGAIN},
    [PIPE] = {"pipe", EMFILE},
    [THREAD] = {"thread", EAGAIN},
    [DUP] = {"dup", EMFILE},
    [STAT] = {"stat", EIO},
    [CLOSE] = {"close", EIO},
    [MODE] = {"mode", EPERM},
    [POLL] = {"poll", ENOMEM},
    [SHORT_READ] = {"short-read", 0},
    [SHORT_WRITE] = {"short-write", 0},
    [INTERRUPT] = {"interrupt", EINTR},
};

static bool is_meant; /* this program, and a kind is chosen */
static enum kind chosen;
static uint64_t first;
static bool goes_on;
static _Atomic uint64_t *counts;

static bool is_program(const char *name) {
    char path[4096];
    const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0) return false;
    path[n] = '\0';
    const char *slash = strrchr(path, '/');
    return slash != NULL && strcmp(slash + 1, name) == 0;
}

static int find_linker(struct dl_phdr_info *object, size_t size, void *user);

__attribute__((constructor)) static void begin(void) {
    const char *kind = getenv("FAULT_KIND"), *n = getenv("FAULT_N"), *program = getenv("FAULT_PROGRAM"),
               *count = getenv("FAULT_COUNT");
    if (kind == NULL || n == NULL || program == NULL || count == NULL || !is_program(program)) return;
    while (chosen < N_KINDS && strcmp(kinds[chosen].name, kind) != 0) chosen++;
    const long file = syscall(SYS_openat, AT_FDCWD, count, O_RDWR | O_CLOEXEC);
    if (chosen == N_KINDS || file < 0) _exit(125);
    void *words = (void *)syscall(SYS_mmap, NULL, (size_t)16, PROT_READ | PROT_WRITE, MAP_SHARED, (int)file, 0);
    syscall(SYS_close, file);
    if (words == MAP_FAILED) _exit(125);
    counts = words;
    first = strtoull(n, NULL, 10);
    goes_on = getenv("FAULT_ALL") != NULL;
    dl_iterate_phdr(find_linker, NULL);
    is_meant = true;
}

/* Whether this call is to fail; sets errno. */
static bool fails(enum kind kind) {
    if (!is_meant || kind != chosen) return false;
    const uint64_t number = atomic_fetch_add(&counts[0], 1) + 1;
    if (first == 0 || (goes_on ? number < first : number != first)) return false;
    atomic_fetch_add(&counts[1], 1);
    if (kinds[kind].error != 0) errno = kinds[kind].error;
    return true;
}

/* A system call that waits may be interrupted whatever it does; all of them from the first on would never end. */
static bool is_interrupted(void) {
    static _Thread_local bool was_before;
    was_before = !was_before && fails(INTERRUPT);
    return was_before;
}

/* How much of `size` bytes one call takes. */
static size_t some(enum kind kind, size_t size) { return size > 1 && fails(kind) ? size / 2 : size; }

/* The function behind the one of this name here. */
#define NEXT(name)                 \
    static __typeof__(name) *next; \
    if (next == NULL) *(void **)(void *)&next = dlsym(RTLD_NEXT, #name)

/* ---- Memory. octet-hdf5 stands in front of malloc itself and calls what the C library has behind it. ---- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

/* What the dynamic linker takes for a library that is loaded late is its own: it ends the program where that is
 * refused, as it does before main. */
static uintptr_t linker_begin, linker_end;

static int find_linker(struct dl_phdr_info *object, size_t size, void *user) {
    (void)size;
    (void)user;
    if (strstr(object->dlpi_name, "/ld-linux") == NULL) return 0;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const uintptr_t end = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr + object->dlpi_phdr[i].p_memsz;
        if (object->dlpi_phdr[i].p_type == PT_LOAD && end > linker_end) linker_end = end;
    }
    linker_begin = object->dlpi_addr;
    return 1;
}

static bool is_linker(const void *caller) {
    const uintptr_t at = (uintptr_t)caller;
    return at >= linker_begin && at < linker_end;
}

#define ALLOCATION(name, kind, parameters, ...)                                                   \
    void *name parameters {                                                                       \
        NEXT(name);                                                                               \
        return !is_linker(__builtin_return_address(0)) && fails(kind) ? NULL : next(__VA_ARGS__); \
    }

ALLOCATION(malloc, MALLOC, (size_t size), size)
ALLOCATION(__libc_malloc, MALLOC, (size_t size), size)
ALLOCATION(calloc, CALLOC, (size_t n, size_t size), n, size)
ALLOCATION(__libc_calloc, CALLOC, (size_t n, size_t size), n, size)
ALLOCATION(realloc, REALLOC, (void *block, size_t size), block, size)
ALLOCATION(__libc_realloc, REALLOC, (void *block, size_t size), block, size)
ALLOCATION(__libc_memalign, ALIGNED, (size_t alignment, size_t size), alignment, size)
ALLOCATION(aligned_alloc, ALIGNED, (size_t alignment, size_t size), alignment, size)

int posix_memalign(void **out, size_t alignment, size_t size) {
    NEXT(posix_memalign);
    return fails(ALIGNED) ? ENOMEM : next(out, alignment, size);
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
    NEXT(mmap);
    return fails(MMAP) ? MAP_FAILED : next(address, size, protection, flags, file, offset);
}

void *mmap64(void *address, size_t size, int protection, int flags, int file, off64_t offset) {
    return mmap(address, size, protection, flags, file, offset);
}

/* ---- Files ---- */

#define OPENING(name)                                                                             \
    int name(const char *path, int flags, ...) {                                                  \
        NEXT(name);                                                                               \
        va_list arguments;                                                                        \
        va_start(arguments, flags);                                                               \
        const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0; \
        va_end(arguments);                                                                        \
        return fails(OPEN) || is_interrupted() ? -1 : next(path, flags, mode);                    \
    }

OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                                                          \
    int name(int folder, const char *path, int flags, ...) {                                      \
        NEXT(name);                                                                               \
        va_list arguments;                                                                        \
        va_start(arguments, flags);                                                               \
        const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0; \
        va_end(arguments);                                                                        \
        return fails(OPEN) || is_interrupted() ? -1 : next(folder, path, flags, mode);            \
    }

OPENING_AT(openat)
OPENING_AT(openat64)

/* A function of one kind that returns `bad` when it fails. */
#define CALL(type, name, kind, bad, parameters, ...)  \
    type name parameters {                            \
        NEXT(name);                                   \
        return fails(kind) ? bad : next(__VA_ARGS__); \
    }

CALL(FILE *, fopen, OPEN, NULL, (const char *path, const char *mode), path, mode)
CALL(FILE *, fopen64, OPEN, NULL, (const char *path, const char *mode), path, mode)
CALL(DIR *, opendir, OPEN, NULL, (const char *path), path)
CALL(int, memfd_create, OPEN, -1, (const char *name, unsigned flags), name, flags)
CALL(struct dirent *, readdir, READ, NULL, (DIR * folder), folder)
CALL(struct dirent64 *, readdir64, READ, NULL, (DIR * folder), folder)
CALL(ssize_t, readlink, READ, -1, (const char *path, char *text, size_t size), path, text, size)
CALL(int, fsync, FSYNC, -1, (int file), file)
CALL(int, rename, RENAME, -1, (const char *from, const char *to), from, to)
CALL(int, linkat, RENAME, -1, (int a, const char *from, int b, const char *to, int flags), a, from, b, to, flags)
CALL(int, fchmod, MODE, -1, (int file, mode_t mode), file, mode)
CALL(int, mkdir, MODE, -1, (const char *path, mode_t mode), path, mode)
CALL(int, ftruncate, WRITE, -1, (int file, off_t size), file, size)
CALL(int, ftruncate64, WRITE, -1, (int file, off64_t size), file, size)
CALL(int, fflush, WRITE, EOF, (FILE * stream), stream)
CALL(int, dup2, DUP, -1, (int from, int to), from, to)
CALL(int, stat, STAT, -1, (const char *path, struct stat *out), path, out)
CALL(int, stat64, STAT, -1, (const char *path, struct stat64 *out), path, out)
CALL(int, lstat, STAT, -1, (const char *path, struct stat *out), path, out)
CALL(int, lstat64, STAT, -1, (const char *path, struct stat64 *out), path, out)
CALL(int, fstat, STAT, -1, (int file, struct stat *out), file, out)
CALL(int, fstat64, STAT, -1, (int file, struct stat64 *out), file, out)
CALL(int, access, STAT, -1, (const char *path, int mode), path, mode)

int close(int file) { /* the descriptor is free all the same */
    NEXT(close);
    const int result = next(file);
    return fails(CLOSE) ? -1 : result;
}

#define CONTROL(name)                                                         \
    int name(int file, int command, ...) {                                    \
        NEXT(name);                                                           \
        va_list arguments;                                                    \
        va_start(arguments, command);                                         \
        void *argument = va_arg(arguments, void *);                           \
        va_end(arguments);                                                    \
        const bool copies = command == F_DUPFD || command == F_DUPFD_CLOEXEC; \
        return copies && fails(DUP) ? -1 : next(file, command, argument);     \
    }

CONTROL(fcntl)
CONTROL(fcntl64)

/* ---- Bytes ---- */

#define TRANSFER(name, kind, short_kind, bytes, parameters, ...) \
    ssize_t name parameters {                                    \
        NEXT(name);                                              \
        if (fails(kind) || is_interrupted()) return -1;          \
        size = some(short_kind, size);                           \
        return next(__VA_ARGS__);                                \
    }

TRANSFER(read, READ, SHORT_READ, data, (int file, void *data, size_t size), file, data, size)
TRANSFER(pread, READ, SHORT_READ, data, (int file, void *data, size_t size, off_t at), file, data, size, at)
TRANSFER(pread64, READ, SHORT_READ, data, (int file, void *data, size_t size, off64_t at), file, data, size, at)
TRANSFER(recv, READ, SHORT_READ, data, (int file, void *data, size_t size, int flags), file, data, size, flags)
TRANSFER(write, WRITE, SHORT_WRITE, data, (int file, const void *data, size_t size), file, data, size)
TRANSFER(pwrite, WRITE, SHORT_WRITE, data, (int file, const void *data, size_t size, off_t at), file, data, size, at)
TRANSFER(pwrite64, WRITE, SHORT_WRITE, data, (int file, const void *data, size_t size, off64_t at), file, data, size,
         at)
TRANSFER(send, WRITE, SHORT_WRITE, data, (int file, const void *data, size_t size, int flags), file, data, size, flags)

/* ---- Processes and threads ---- */

int posix_spawn(pid_t *id, const char *path, const posix_spawn_file_actions_t *actions,
                const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
    NEXT(posix_spawn);
    return fails(SPAWN) ? kinds[SPAWN].error : next(id, path, actions, attributes, arguments, environment);
}

CALL(pid_t, fork, SPAWN, -1, (void), )
CALL(int, pipe, PIPE, -1, (int ends[2]), ends)
CALL(int, pipe2, PIPE, -1, (int ends[2], int flags), ends, flags)
CALL(int, socketpair, PIPE, -1, (int domain, int type, int protocol, int ends[2]), domain, type, protocol, ends)

int poll(struct pollfd *files, nfds_t n, int timeout_ms) {
    NEXT(poll);
    return fails(POLL) || is_interrupted() ? -1 : next(files, n, timeout_ms);
}

pid_t waitpid(pid_t id, int *status, int options) {
    NEXT(waitpid);
    return is_interrupted() ? -1 : next(id, status, options);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*function)(void *), void *argument) {
    NEXT(pthread_create);
    return fails(THREAD) ? kinds[THREAD].error : next(thread, attributes, function, argument);
}
