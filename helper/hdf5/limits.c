#define _DEFAULT_SOURCE /* RLIMIT_AS, sigaltstack */
#include "limits.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/prctl.h>
#endif
#include <sys/resource.h>
#include <unistd.h>

#include "base/sandbox.h"
#include "base/status.h"
#include "formats/hdf5/protocol.h"

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

/* A sanitizer's shadow memory is larger than any limit, and its allocator its own. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || HAS_FEATURE(address_sanitizer) || \
    HAS_FEATURE(thread_sanitizer) || HAS_FEATURE(memory_sanitizer)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif

static volatile sig_atomic_t answer_descriptor = -1;

/* ---- Refused memory ---- */

/* A block that is larger than all that the file could hold, deflated (at most 1032 to 1), is asked for by damage. */
static uint64_t most_possible_bytes = UINT64_MAX;
static volatile sig_atomic_t shortage = LIMITS_NO_SHORTAGE;

limits_shortage limits_shortage_of_memory(void) { return (limits_shortage)shortage; }

/* ---- Signals ---- */

typedef struct last_answer {
    octet_hdf5_verdict verdict;
    char sentence[96];
} last_answer;

static void put(last_answer *answer, const char *text) {
    while (*text != '\0') answer->sentence[answer->verdict.size++] = *text++;
}

/* Number 0: libhdf5 calls exit. Calls nothing but write: the memory of the process may be in any state. */
static void answer_signal(int number) {
    last_answer answer = {.verdict = {.status = number == SIGXCPU ? OCTET_LIMIT : OCTET_FORMAT}};
    const char tens[2] = {(char)('0' + number / 10 % 10)}, ones[2] = {(char)('0' + number % 10)};
    if (limits_shortage_of_memory() != LIMITS_NO_SHORTAGE) { /* libhdf5 goes on as if it had the memory */
        answer.verdict.status = OCTET_NOMEM;
        put(&answer, LIMITS_NO_MEMORY);
    } else if (number == SIGBUS) {
        answer.verdict.status = OCTET_IO;
        put(&answer, ": it became shorter while it was read, or its disk fails");
    } else if (number == SIGXCPU) {
        put(&answer, ": the HDF5 library does not come to an end with it: the file is corrupt");
    } else if (number == 0) {
        put(&answer, ": the HDF5 library gives up: the file is corrupt");
    } else {
        put(&answer, ": the HDF5 library fails on it (signal ");
        if (number >= 10) put(&answer, tens);
        put(&answer, ones);
        put(&answer, "): the file is corrupt");
    }
    const ssize_t n = write(answer_descriptor, &answer, sizeof answer.verdict + (size_t)answer.verdict.size);
    _exit(n > 0 ? 0 : OCTET_HDF5_EXIT_UNSENT); /* a descriptor of -1 is no place to write to */
}

static void answer_exit(void) { answer_signal(0); }

void limits_answer_to(int descriptor) { answer_descriptor = descriptor; }

void limits_answer_crashes(void) {
    atexit(answer_exit); /* this program itself ends by _exit */
    static const int signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU};
    static char stack[1 << 17]; /* of its own: the other one may be full */
    const stack_t place = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&place, NULL);
    struct sigaction action = {.sa_handler = answer_signal, .sa_flags = SA_ONSTACK | (int)SA_RESETHAND};
    sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) sigaction(signals[i], &action, NULL);
}

/* ---- Limits ---- */

/* Lowers a limit, never above what the process was given; the soft one, which is told by a signal, stays below the hard
 * one, which kills. */
static void lower(int resource, rlim_t soft, rlim_t hard) {
    struct rlimit limit;
    if (getrlimit(resource, &limit) != 0) return;
    if (limit.rlim_max == RLIM_INFINITY || hard < limit.rlim_max) limit.rlim_max = hard;
    limit.rlim_cur = soft < limit.rlim_max || limit.rlim_max == 0 ? soft : limit.rlim_max - 1;
    setrlimit(resource, &limit);
}

/* Opened while files can be opened. */
static int system_status = -1;

/* Of address space, now or at its largest ("VmSize:", "VmPeak:"); 0: the system does not tell. Calls no allocator. */
static uint64_t used_bytes(const char *what) {
    char text[4096];
    const ssize_t n = pread(system_status, text, sizeof text - 1, 0);
    text[n > 0 ? n : 0] = '\0';
    const char *line = strstr(text, what);
    return line != NULL ? 1024 * (uint64_t)strtoull(line + strlen(what), NULL, 10) : 0;
}

static uint64_t own_limit_bytes; /* 0: the system has the lower limit, or none was set */

static uint64_t memory_bytes;

uint64_t limits_memory_bytes(void) { return memory_bytes; }

/* More than this program takes itself: where the system does not tell, as without /proc. */
#define MOST_OWN_BYTES (UINT64_C(64) << 20)

static void limit_memory(uint64_t file_size) {
    const uint64_t told = used_bytes("VmSize:"), used = told > 0 ? told : MOST_OWN_BYTES;
    const uint64_t bytes = used + file_size + memory_bytes;
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) != 0) return;
    if (bytes < limit.rlim_cur) own_limit_bytes = bytes;
    lower(RLIMIT_AS, (rlim_t)bytes, (rlim_t)bytes);
}

void limits_set(uint64_t cpu_seconds, uint64_t file_size, uint64_t max_memory_bytes) {
#if defined(__linux__)
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* nobody waits for it when the other side is gone */
#endif
    system_status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    memory_bytes = (UINT64_C(1) << 30) + 7 * file_size;
    if (memory_bytes > max_memory_bytes) memory_bytes = max_memory_bytes;
    most_possible_bytes = 1032 * (file_size + (1 << 20));
    lower(RLIMIT_CORE, 0, 0);
    lower(RLIMIT_CPU, (rlim_t)cpu_seconds, (rlim_t)cpu_seconds + 1);
    if (IS_SANITIZED) return;
    limit_memory(file_size);
    octet_sandbox_enter(); /* where the system has none, the limits stand alone */
}

#if IS_SANITIZED
/* Read by the sanitizers when the program starts: they refuse large blocks in place of the limit of the system, and
 * what they find is answered as the crash that it would be. */
#define SANITIZER_OPTIONS "abort_on_error=1:allocator_may_return_null=1:max_allocation_size_mb=1024"
const char *__asan_default_options(void);
const char *__tsan_default_options(void);
const char *__asan_default_options(void) { return SANITIZER_OPTIONS; }
const char *__tsan_default_options(void) { return SANITIZER_OPTIONS; }
#elif defined(__GLIBC__)
/* libhdf5 does not tell a lack of memory from damage. glibc lets a program stand in front of its allocator; what is
 * visible stands there for shared libraries too. A program without them has a linker that does it (--wrap). */
#if defined(OCTET_STATIC_PROGRAM)
#define OWN(name) __wrap_##name
#define GLIBC(name) __real_##name
#define GLIBC_ALIGNED __real_aligned_alloc
#else
#define OWN(name) name
#define GLIBC(name) __libc_##name
#define GLIBC_ALIGNED __libc_memalign
#endif
#define VISIBLE __attribute__((visibility("default")))
void *GLIBC(malloc)(size_t size);
void *GLIBC(calloc)(size_t n, size_t size);
void *GLIBC(realloc)(void *block, size_t size);
void *GLIBC_ALIGNED(size_t alignment, size_t size);
void *OWN(malloc)(size_t size);
void *OWN(calloc)(size_t n, size_t size);
void *OWN(realloc)(void *block, size_t size);
void *OWN(aligned_alloc)(size_t alignment, size_t size);

static void *note(void *block, size_t size) {
    if (block != NULL || size == 0 || size > most_possible_bytes) return block;
    const bool is_own = own_limit_bytes > 0 && used_bytes("VmPeak:") + size > own_limit_bytes;
    if (shortage != LIMITS_SYSTEM_SHORTAGE) shortage = is_own ? LIMITS_OWN_SHORTAGE : LIMITS_SYSTEM_SHORTAGE;
    return block;
}

VISIBLE void *OWN(malloc)(size_t size) { return note(GLIBC(malloc)(size), size); }
VISIBLE void *OWN(calloc)(size_t n, size_t size) {
    size_t product;
    if (__builtin_mul_overflow(n, size, &product)) product = SIZE_MAX;
    return note(GLIBC(calloc)(n, size), product);
}
VISIBLE void *OWN(aligned_alloc)(size_t alignment, size_t size) { return note(GLIBC_ALIGNED(alignment, size), size); }
VISIBLE void *OWN(realloc)(void *block, size_t size) { return note(GLIBC(realloc)(block, size), size); }
#endif
